import type { Check } from '../check.ts';
import { kills_api } from './kills-api.ts';
import { kills_database } from './kills-database.ts';

/** What must hold when something breaks. */
export const faults: readonly Check[] = [kills_api, kills_database];
