import { pino } from 'pino';
import { Sequencer } from '../../server/src/audit/sequencer.ts';
import { createPool } from '../../server/src/db/pool.ts';

/** Numbers everything that is committed, as the worker. Gives how many entries there were. */
export async function numberEvents(database_url: string): Promise<number> {
  const failures: Error[] = [];
  const pool = createPool({
    url: database_url,
    role: 'baton_worker',
    max: 1,
    statement_timeout_ms: 30_000,
    lock_timeout_ms: 1_000,
    on_error: (error) => failures.push(error),
  });
  let numbered = 0;
  try {
    const sequencer = new Sequencer(pool, pino({ level: 'error' }));
    await sequencer.pass({ goesOn: () => true, count: (rows) => (numbered += rows) });
  } finally {
    await pool.end();
  }
  if (failures[0] !== undefined) throw failures[0];
  return numbered;
}
