import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ BATON_POOL_SIZE: '2' });
});
afterAll(() => server.stop());

test('readiness uses a separate connection, and concurrent probes share one query', async () => {
  const held = await Promise.all([server.pool.connect(), server.pool.connect()]);
  const statuses = await Promise.all(
    Array.from({ length: 60 }, async () => (await fetch(`${server.url}/readyz`)).status),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  const { rows } = await server.database.owner.query(
    `select count(*)::integer as open from pg_stat_activity
     where application_name = 'baton' and datname = current_database()`,
  );
  expect(rows).toEqual([{ open: 3 }]);
  for (const client of held) client.release();
});
