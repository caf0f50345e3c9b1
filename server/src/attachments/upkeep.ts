import type pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { autocommit, readOnly } from '../db/transaction.ts';
import { everything } from '../db/walk.ts';
import { Loop, type Pass } from '../work/loop.ts';
import type { Store } from './store.ts';
import { dueFiles, removeFiles } from './upkeep-queries.ts';

/** The task's name. */
export const task = 'attachments';

/** The number of files that are removed at a time. */
const batch_size = 50;

/**
 * Removes the bytes of files that no ticket has: those of removed attachments and of failed uploads. The row is deleted last, so that
 * after an interruption the next pass finds the file again.
 */
export async function removeDueFiles(pool: pg.Pool, store: Store, { goesOn, count }: Pass): Promise<'done' | 'more'> {
  let { after } = everything;
  let failure: unknown;
  while (goesOn()) {
    const due = await readOnly(pool, {}, (db) => dueFiles(db, after, batch_size));
    const last = due.at(-1);
    if (last === undefined) {
      if (failure !== undefined) throw failure;
      return 'done';
    }
    // A file that can't be removed is skipped until the next pass, so that it does not block the others.
    after = last;
    const removals = await Promise.allSettled(due.map(({ id }) => store.remove(id)));
    const gone = due.filter((_, index) => removals[index]?.status === 'fulfilled');
    const removed = await autocommit(pool, {}, removeFiles(gone));
    count(removed.length);
    failure ??= removals.find((one) => one.status === 'rejected')?.reason;
  }
  return 'more';
}

/** Creates the loop that removes due files. Any number of processes may run it: removing bytes that are gone changes nothing. */
export function attachmentLoop(
  pool: pg.Pool,
  { store, log, upkeep_interval_s }: { store: Store; log: Logger } & Pick<Config, 'upkeep_interval_s'>,
): Loop {
  const pass = (one: Pass) => removeDueFiles(pool, store, one);
  return new Loop({ name: task, interval_ms: upkeep_interval_s * 1000, log, pass });
}
