import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { createPool } from '../db/pool.ts';
import { queueNext } from './deliverer.ts';
import { settle, takeDue } from './delivery.ts';

let server: TestServer;
let pool: pg.Pool;

beforeAll(async () => {
  server = await startServer({ BATON_WEBHOOK_PRIVATE: 'on' });
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  pool = createPool({ url: server.database.url, role: 'baton_worker', max: 2, ...limits });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const schedule = { retries_s: Array.from({ length: 10 }, () => 3_600), pause_after_s: 1_000_000 };
const lease_ms = 15_000;
const heads = { request_head: '', response_head: '', response_body: '' };
const reply = { duration_ms: 1, status: 500, error: null, ...heads, retry_after_s: undefined };

/** Makes a webhook with one delivery that has used up its schedule of ten retries, and is due again in some seconds. */
async function scene(due_in_s: number) {
  const { workspace_id, owner, ...team } = await makeTeam(server);
  const body = { url: 'https://receiver.invalid/', types: ['ticket.created' as const, 'ticket.updated' as const] };
  const { id } = await owner.client.create_webhook({ workspace_id, body });
  const key = { workspace_id, id };
  const at = { workspace_id, webhook_id: id, if_match: '*' };
  const { id: ticket } = await makeTicket({ workspace_id, owner, ...team });
  await numberEvents(server.database.url);
  await queueNext(pool, key);
  await server.database.owner.query(
    `update deliveries set failures = 10, next_attempt_at = now() + $2 * interval '1 second' where webhook_id = $1`,
    [id, due_in_s],
  );
  const become = (state: 'active' | 'paused') => owner.client.update_webhook({ ...at, body: { state } });
  const look = async () => {
    const found = `select failures, next_attempt_at from deliveries where webhook_id = $1`;
    const { rows } = await server.database.owner.query<{ failures: number; next_attempt_at: string }>(found, [id]);
    return rows[0];
  };
  const take = async () => (await takeDue(pool, key, { limit: 8, lease_ms })).taken;
  const fail = async (claim: Awaited<ReturnType<typeof take>>[number]) =>
    settle(pool, key, { claim, schedule, reply: { ...reply, at: new Date().toISOString() } });
  /** Queues the first delivery again. */
  const redeliver = async () => {
    const { data } = await owner.client.list_deliveries({ workspace_id, webhook_id: id });
    await owner.client.redeliver({ workspace_id, webhook_id: id, body: { delivery_id: data.at(-1)?.id ?? '' } });
  };
  /** Queues another event of the same ticket. */
  const makeNext = async () => {
    await owner.client.update_ticket({ workspace_id, ticket, if_match: '*', body: { title: 'Another' } });
    await numberEvents(server.database.url);
    await queueNext(pool, key);
  };
  return { key, become, look, take, fail, redeliver, makeNext };
}

describe('a failed delivery of a webhook that an admin activates again', () => {
  test.each([-60, 3_600])('is sent at once and starts its schedule anew: due in %d s', async (due_in_s) => {
    const { become, look, take, fail } = await scene(due_in_s);
    await become('paused');
    await become('active');
    expect(await look()).toMatchObject({ failures: 0 });
    const [claim] = await take();
    expect(claim && (await fail(claim))).toBe('failed');
    expect(await look()).toMatchObject({ failures: 1 });
  });

  test('is not sent a second time while an attempt is in progress, but starts its schedule anew', async () => {
    const { become, look, take, fail } = await scene(-1);
    const [claim] = await take();
    const leased = await look();
    await become('paused');
    await become('active');
    expect(await look()).toEqual({ ...leased, failures: 0 });
    expect(await take()).toEqual([]);
    expect(claim && (await fail(claim))).toBe('failed');
    expect(await look()).toMatchObject({ failures: 1 });
  });
});

const latest = {
  duration_ms: 1,
  status: 200,
  error: null,
  request_head: null,
  response_head: '',
  response_body: '',
  retry_after_s: undefined,
};

test('an outcome that is stored twice does not end a redelivery that was queued in between', async () => {
  const { key, take, redeliver, look } = await scene(-1);
  const [claim] = await take();
  if (claim === undefined) throw new Error('Nothing was taken.');
  const end = { claim, schedule, reply: { ...latest, at: new Date().toISOString() } };
  expect(await settle(pool, key, end)).toBe('delivered');
  await redeliver();
  expect(await settle(pool, key, end)).toBe('late');
  expect(await look()).toMatchObject({ failures: 0, next_attempt_at: expect.anything() as unknown });
});

test('later events of a ticket wait for an earlier one that is redelivered', async () => {
  const { key, take, redeliver, makeNext } = await scene(-1);
  const [first] = await take();
  if (first === undefined) throw new Error('Nothing was taken.');
  await settle(pool, key, { claim: first, schedule, reply: { ...latest, at: new Date().toISOString() } });
  await makeNext();
  await server.database.owner.query(
    `update deliveries set next_attempt_at = now() + interval '1 hour', failures = 1 where webhook_id = $1 and finished_at is null`,
    [key.id],
  );
  await redeliver();
  const { rows } = await server.database.owner.query(
    'select next_attempt_at is null as waits from deliveries where webhook_id = $1 order by sequence',
    [key.id],
  );
  expect(rows).toEqual([{ waits: false }, { waits: true }]);
  // The later event is due as soon as the earlier one has been delivered.
  const [again] = await take();
  expect(again?.sequence).toBe(first.sequence);
  if (again !== undefined)
    await settle(pool, key, { claim: again, schedule, reply: { ...latest, at: new Date().toISOString() } });
  expect((await take()).map(({ sequence }) => sequence > first.sequence)).toEqual([true]);
});
