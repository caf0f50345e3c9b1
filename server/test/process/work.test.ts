import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterUrl, createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { freePort } from '../../../proof/harness/served.ts';
import { metrics_token } from '../../../proof/harness/server.ts';
import { emptyDir, register, says, start } from './running.ts';
import { upkeep } from '../../src/upkeep/catalogue.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

const work = (env: Record<string, string> = {}) =>
  start(emptyDir(), { DATABASE_URL: database.url, BATON_UPKEEP_INTERVAL_S: '1', ...env }, { verb: 'work' });

const fill = (rows: number) =>
  database.owner.query(
    `insert into rate_limits (key, hits, resets_at)
     select gen_random_uuid(), 1, now() - interval '1 hour' from generate_series(1, $1::int)`,
    [rows],
  );

async function left(): Promise<number> {
  const { rows } = await database.owner.query<{ n: number }>('select count(*)::int as n from rate_limits');
  return rows[0]?.n ?? Number.NaN;
}

test('work prints what it does and what to do next, responds to probes, and finishes what a killed process began', async () => {
  const rows = 50_000;
  await fill(rows);
  const killed = await work();
  await says(killed, 'BATON_WORK_PORT opens /livez, /readyz and /metrics');
  await expect.poll(left, { interval: 5, timeout: 20_000 }).toBeLessThan(rows);
  killed.child.kill('SIGKILL'); // in the middle
  const port = await freePort();
  const next = await work({ BATON_WORK_PORT: String(port) });
  await says(next, 'Ctrl-C stops it.');
  expect(next.output()).toMatch(/^Baton \d+\.\d+\.\d+ works$/m);
  expect(next.output()).toContain(`tasks      ${Object.keys(upkeep).join(', ')}`);
  expect(next.output()).toContain(`http://127.0.0.1:${port}/readyz`);
  expect(next.output()).toContain('Set BATON_WORKER=off for serve');
  expect(next.output()).not.toMatch(/postgres:\/\//); // no URL, no password
  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers });
  await expect.poll(async () => (await ask('/readyz')).status, { timeout: 20_000 }).toBe(200);
  expect((await ask('/livez')).status).toBe(200);
  expect((await ask('/v1/me')).status).toBe(404);
  await expect.poll(left, { timeout: 60_000 }).toBe(0);
  const metrics = await (await ask('/metrics', { authorization: `Bearer ${metrics_token}` })).text();
  const removed = /^baton_worker_rows_total\{task="rate_limits"\} (\d+)$/m.exec(metrics)?.[1];
  expect(Number(removed)).toBeGreaterThan(0);
  expect(metrics).toMatch(/^baton_worker_passes_total\{task="rate_limits",outcome="failed"\} 0$/m);
  next.child.kill('SIGTERM');
  expect(await next.ended).toBe(0);
}, 120_000);

test('work stops in time even while one of its statements hangs', async () => {
  await fill(10);
  const holder = await database.owner.connect();
  await holder.query('begin; lock table rate_limits in access exclusive mode');
  const timeouts = { BATON_LOCK_TIMEOUT_MS: '60000', BATON_STATEMENT_TIMEOUT_MS: '60000' };
  const hanging = await work({ ...timeouts, BATON_SHUTDOWN_TIMEOUT_MS: '300' });
  await says(hanging, 'Ctrl-C stops it.');
  const waiting = async () => {
    const { rows } = await database.owner.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length;
  };
  await expect.poll(waiting, { timeout: 20_000 }).toBe(1);
  const told = Date.now();
  hanging.child.kill('SIGTERM');
  expect(await hanging.ended).toBe(0);
  expect(Date.now() - told).toBeLessThan(10_000);
  await holder.query('rollback'); // PostgreSQL completes the statement or rolls it back
  holder.release();
}, 120_000);

test('a login without the worker’s role causes a warning, still serves requests, and works once it has the role', async () => {
  const login = `baton_web_${randomBytes(4).toString('hex')}`;
  await database.owner.query(`create role ${login} login password 'x' in role baton_app`);
  try {
    const url = new URL(database.url);
    [url.username, url.password] = [login, 'x'];
    const served = await start(emptyDir(), {
      DATABASE_URL: url.href,
      BATON_MIGRATE: 'off',
      BATON_UPKEEP_INTERVAL_S: '1',
    });
    await says(served, 'Ctrl-C stops it.');
    await says(served, 'Until then the worker does nothing.');
    expect(served.output()).toContain(
      'Warning: The worker may not act as baton_worker: its login is not in that role. Set WORKER_DATABASE_URL',
    );
    await register(served.url);
    await database.owner.query('delete from rate_limits');
    await database.owner.query(`grant baton_worker to ${login}`);
    await fill(10);
    await expect.poll(left, { timeout: 60_000 }).toBe(0);
    served.child.kill('SIGTERM');
    expect(await served.ended).toBe(0);
  } finally {
    await database.owner.query(`drop role ${login}`);
  }
}, 120_000);

test('a worker’s login for another database is refused with an explanation', async () => {
  const other = clusterUrl('postgres');
  const refused = await start(emptyDir(), {
    DATABASE_URL: database.url,
    WORKER_DATABASE_URL: other,
    BATON_MIGRATE: 'off',
  });
  expect(await refused.ended).toBe(1);
  expect(refused.output()).toBe(
    'WORKER_DATABASE_URL and DATABASE_URL lead to different databases. Correct one of them.\n',
  );
});
