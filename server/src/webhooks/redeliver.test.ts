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
  server = await startServer();
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  pool = createPool({ url: server.database.url, role: 'baton_worker', max: 2, ...limits });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const reply = (status: number) => ({
  ...{ at: new Date().toISOString(), duration_ms: 1, status, error: null, retry_after_s: undefined },
  ...{ request_head: '', response_head: '', response_body: '' },
});
const schedule = { retries_s: [0], pause_after_s: 1_000_000 };

/** Makes a webhook with one delivery whose attempt has begun; `end` ends the attempt. */
async function scene() {
  const team = await makeTeam(server);
  const { workspace_id, owner } = team;
  await numberEvents(server.database.url);
  const body = { url: 'https://receiver.invalid/', types: ['ticket.created' as const] };
  const { id } = await owner.client.create_webhook({ workspace_id, body });
  const [key, at] = [
    { workspace_id, id },
    { workspace_id, webhook_id: id },
  ];
  await makeTicket(team);
  await numberEvents(server.database.url);
  await queueNext(pool, key);
  const [claim] = (await takeDue(pool, key, { limit: 8, lease_ms: 15_000 })).taken;
  if (claim === undefined) throw new Error('Nothing was due.');
  const ended = reply(204);
  const end = (status: number) => settle(pool, key, { claim, schedule, reply: { ...ended, status } });
  const look = () => owner.client.get_delivery({ ...at, delivery_id: claim.id });
  const redeliver = () => owner.client.raw.redeliver({ ...at, body: { delivery_id: claim.id } });
  return { team, at, end, look, redeliver };
}

describe('a redelivery', () => {
  test('changes nothing and is refused while its webhook is not for such events, and is queued once it is again', async () => {
    const { team, at, end, look, redeliver } = await scene();
    const { workspace_id, project_id, owner } = team;
    const change = (body: { types?: ['ticket.deleted'] | null; project_ids?: string[] }) =>
      owner.client.update_webhook({ ...at, if_match: '*', body });
    await end(204);
    const before = await look();
    const { id: other } = await owner.client.create_project({ workspace_id, body: { key: 'OPS', name: 'Ops' } });
    const narrower: Parameters<typeof change>[0][] = [
      { types: ['ticket.deleted'] },
      { types: null, project_ids: [other] },
    ];
    for (const one of narrower) {
      await change(one);
      const { status, body } = await redeliver();
      expect([status, body]).toMatchObject([409, { code: 'redelivery_refused', reason: 'not_wanted' }]);
      expect(await look()).toEqual(before);
    }
    await change({ project_ids: [project_id] });
    expect(await redeliver()).toMatchObject({ status: 202, body: { queued: 1 } });
    // It is pending now. Another request succeeds, and does not queue it twice.
    expect(await redeliver()).toMatchObject({ status: 202, body: { queued: 0 } });
    expect((await look()).state).toBe('pending');
  });

  test('is not ended by an earlier attempt whose outcome is stored twice', async () => {
    const { end, look, redeliver } = await scene();
    expect(await end(204)).toBe('delivered');
    expect(await redeliver()).toMatchObject({ status: 202, body: { queued: 1 } });
    // The database's response to the first call was lost, so the worker stores the outcome again.
    expect(await end(204)).toBe('late');
    expect(await look()).toMatchObject({ state: 'pending', finished_at: null });
  });
});
