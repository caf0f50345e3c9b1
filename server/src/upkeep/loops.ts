import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Sql } from '../db/sql.ts';
import { autocommit } from '../db/transaction.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { type Retention, upkeep } from './catalogue.ts';

/** Rows of one statement: some milliseconds' work, which is as long as one of them stays locked. */
const batch_size = 500;

/** Takes steps until one removes nothing, or the pass is over. Each statement commits by itself. */
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

/** A loop for each task of the catalogue: one that fails keeps no other from its work. */
export function upkeepLoops(pool: pg.Pool, config: Retention & Pick<Config, 'upkeep_interval_s'>, log: Logger): Loop[] {
  return Object.entries(upkeep).map(([name, step]) => {
    const pass = (one: Pass) => removeSpent(pool, (limit) => step(config, limit), one);
    return new Loop({ name, interval_ms: config.upkeep_interval_s * 1000, log, pass });
  });
}
