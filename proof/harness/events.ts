import type pg from 'pg';
import { pino } from 'pino';
import { Sequencer, sequencerLoop } from '../../server/src/audit/sequencer.ts';
import { createPool } from '../../server/src/db/pool.ts';
import { Notifier } from '../../server/src/notifications/notifier.ts';

const log = pino({ level: 'error' });

function workerPool(database_url: string): { pool: pg.Pool; failures: Error[] } {
  const failures: Error[] = [];
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000 };
  const on_error = (error: Error) => failures.push(error);
  return { pool: createPool({ url: database_url, role: 'baton_worker', ...limits, on_error }), failures };
}

/** Numbers all committed changes, as the worker does. Returns how many there were. */
export async function numberEvents(database_url: string): Promise<number> {
  const { pool, failures } = workerPool(database_url);
  let numbered = 0;
  try {
    await new Sequencer(pool, log).pass({ goesOn: () => true, count: (rows) => (numbered += rows) });
  } finally {
    await pool.end();
  }
  if (failures[0] !== undefined) throw failures[0];
  return numbered;
}

/** Numbers all committed changes and notifies people of them, as the worker does. */
export async function notifyPeople(
  database_url: string,
  telling?: ConstructorParameters<typeof Notifier>[2],
): Promise<void> {
  await numberEvents(database_url);
  const { pool, failures } = workerPool(database_url);
  const refused: string[] = [];
  const listening = pino({ level: 'error' }, { write: (line: string) => refused.push(line) });
  try {
    const notifier = new Notifier(pool, listening, telling);
    while ((await notifier.pass({ goesOn: () => true, count: () => undefined })) === 'more');
  } finally {
    await pool.end();
  }
  if (failures[0] !== undefined) throw failures[0];
  if (refused[0] !== undefined) throw new Error(refused[0]);
}

/** Numbers changes as they are committed, as the worker does, until it is stopped. */
export function keepNumbering(database_url: string): { stop: () => Promise<void> } {
  const { pool } = workerPool(database_url);
  const loop = sequencerLoop(pool, log);
  loop.start();
  return {
    stop: async () => {
      await loop.stop(10_000);
      await pool.end();
    },
  };
}
