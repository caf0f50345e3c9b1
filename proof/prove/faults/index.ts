import type { Check } from '../check.ts';
import { clock } from './clock.ts';
import { database_away } from './database-away.ts';
import { disk_errors } from './disk.ts';
import { early_stops } from './early-stops.ts';
import { embedded } from './embedded.ts';
import { full_disk } from './full-disk.ts';
import { kills_api } from './kills-api.ts';
import { kills_database } from './kills-database.ts';
import { migrations } from './migrations.ts';
import { poolers } from './poolers.ts';
import { power_cuts } from './power-cuts.ts';
import { rolling_restart } from './rolling-restart.ts';
import { takeovers } from './takeovers.ts';

/** The checks of what must hold when something breaks. */
export const faults: readonly Check[] = [
  kills_api,
  kills_database,
  database_away,
  rolling_restart,
  early_stops,
  clock,
  migrations,
  embedded,
  disk_errors,
  full_disk,
  power_cuts,
  poolers,
  takeovers,
];
