import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { createPool } from '../db/pool.ts';
import { readOnly } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { createDeliverer } from './deliverer.ts';
import { webhooksBehind } from './worker-queries.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ BATON_MAX_WEBHOOKS_PER_WORKSPACE: '60' });
});
afterAll(() => server.stop());

test('many webhooks of one person delay another person’s by only one at a time', async () => {
  const [busy, other] = [await makeTeam(server), await makeTeam(server)];
  const url = 'https://receiver.invalid/';
  for (let n = 0; n < 60; n++) {
    const body = { url, types: ['ticket.deleted' as const] };
    await busy.owner.client.create_webhook({ workspace_id: busy.workspace_id, body });
  }
  const body = { url, types: ['ticket.created' as const] };
  await other.owner.client.create_webhook({ workspace_id: other.workspace_id, body });
  await makeTicket(busy);
  await makeTicket(other);
  await numberEvents(server.database.url);
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: server.database.url, role: 'baton_worker', max: 2, ...limits });
  onTestFinished(() => pool.end());
  const deliverer = createDeliverer(pool, server.config, pino({ level: 'silent' }));
  let steps = 0;
  await deliverer.pass({ goesOn: () => steps++ < 8, count: () => undefined });
  await deliverer.stop(1_000);
  const behind = async ({ workspace_id }: { workspace_id: string }) => {
    const { rows } = await server.database.owner.query<{ n: number }>(
      `select count(*)::int as n from webhooks w join event_heads h using (workspace_id)
       where workspace_id = $1 and w.last_sequence < h.last_sequence`,
      [workspace_id],
    );
    return rows[0]?.n;
  };
  expect(busy.workspace_id < other.workspace_id).toBe(true);
  expect(await behind(other)).toBe(0);
  expect(await behind(busy)).toBeGreaterThan(40);
});

test('a webhook’s attempts count for the person who gave it its address, not for its creator', async () => {
  const { workspace_id, owner, admin } = await makeTeam(server);
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: server.database.url, role: 'baton_worker', max: 1, ...limits });
  onTestFinished(() => pool.end());
  const url = 'https://receiver.invalid/';
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body: { url } });
  const chargedTo = async () => {
    const found = await readOnly(pool, {}, (db) => webhooksBehind(db, { workspace_id, id: first_id }));
    return found.find(({ id }) => id === webhook_id)?.charged_to;
  };
  const change = (body: { url?: string; description?: string }) =>
    admin.client.update_webhook({ workspace_id, webhook_id, if_match: '*', body });
  expect(await chargedTo()).toBe(owner.user.id);
  await change({ description: 'Of the owner', url });
  expect(await chargedTo()).toBe(owner.user.id);
  await change({ url: 'https://slow.invalid/' });
  expect(await chargedTo()).toBe(admin.user.id);
  // A webhook from before the column existed counts for its creator.
  await server.database.owner.query('update webhooks set url_given_by = null where id = $1', [webhook_id]);
  expect(await chargedTo()).toBe(owner.user.id);
});
