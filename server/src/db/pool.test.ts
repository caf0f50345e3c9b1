import type pg from 'pg';
import { expect, test } from 'vitest';
import { createDatabase } from '../../../proof/harness/database.ts';
import { createPool } from './pool.ts';

test('a lost connection is reported, but not while the pool ends, because the database may stop before it has closed it', async () => {
  const database = await createDatabase();
  const reported: string[] = [];
  const on_error = ({ message }: Error) => void reported.push(message);
  const limits = { max: 1, statement_timeout_ms: 2_000, lock_timeout_ms: 1_000 };
  const pool = createPool({ url: database.url, role: 'baton_app', ...limits, on_error });
  try {
    const client: pg.PoolClient = await pool.connect();
    client.emit('error', new Error('lost'));
    expect(reported).toEqual(['lost']);
    client.release();
    const ended = pool.end();
    client.emit('error', new Error('terminating connection due to administrator command'));
    await ended;
    expect(reported).toEqual(['lost']);
  } finally {
    await database.drop();
  }
});
