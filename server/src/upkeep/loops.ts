import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { autocommit } from '../db/transaction.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { type Retention, upkeep } from './catalogue.ts';

/** How many rows one statement removes. It takes some milliseconds, which is how long each row stays locked. */
const batch_size = 500;

/** Repeats a step until it removes nothing, or the pass is over. Each statement commits by itself. */
export async function removeSpent(
  pool: pg.Pool,
  step: (limit: number) => readonly Sql[],
  { goesOn, count }: Pass,
): Promise<'done' | 'more'> {
  while (goesOn()) {
    let removed = 0;
    for (const statement of step(batch_size)) {
      const rows = await autocommit(pool, {}, statement);
      removed += rows.length;
      count(rows.length);
    }
    if (removed === 0) return 'done';
  }
  return 'more';
}

/** Creates a loop for each task of the catalogue, so that one that fails doesn't block the others. */
export function upkeepLoops(pool: pg.Pool, config: Retention & Pick<Config, 'upkeep_interval_s'>, log: Logger): Loop[] {
  return Object.entries(upkeep).map(([name, step]) => {
    const pass = (one: Pass) => removeSpent(pool, (limit) => step(config, limit), one);
    return new Loop({ name, interval_ms: config.upkeep_interval_s * 1000, log, pass });
  });
}
