import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Receiver, startReceiver } from '../../../proof/harness/receiver.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let worker: { stop: () => Promise<void> };

beforeAll(async () => {
  server = await startServer({
    BATON_WEBHOOK_PRIVATE: 'on',
    BATON_WEBHOOK_TIMEOUT_MS: '500',
    BATON_WEBHOOK_RETRIES_S: '0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0',
    BATON_WEBHOOK_PAUSE_AFTER_S: '3600',
  });
  worker = keepDelivering(server);
});
afterAll(async () => {
  await worker.stop();
  await server.stop();
});

async function scene(react?: Receiver['react']) {
  const receiver = await startReceiver(react);
  onTestFinished(() => receiver.stop());
  const team = await makeTeam(server);
  const { workspace_id } = team;
  const body = { url: receiver.url, types: ['ticket.created' as const] };
  const { id: webhook_id } = await team.owner.client.create_webhook({ workspace_id, body });
  const at = { workspace_id, webhook_id };
  return { team, receiver, at, state: () => team.owner.client.get_webhook(at) };
}

const eventsOf = async ({ owner, workspace_id }: Team, type: 'webhook.paused' | 'webhook.disabled') =>
  (await owner.client.list_audit({ workspace_id, action: type })).data;

describe('a receiver', () => {
  test('that responds with 410 gets no more messages, and admins see why', async () => {
    let gone = true;
    const { team, receiver, at, state } = await scene(() => (gone ? { status: 410 } : {}));
    await makeTicket(team);
    await expect.poll(async () => (await state()).state, { timeout: 5_000 }).toBe('disabled');
    expect(await state()).toMatchObject({ state: 'disabled', state_reason: 'gone', version: 2 });
    await makeTicket(team);
    await sleep(700);
    expect(receiver.received.length).toBe(1);
    expect(await eventsOf(team, 'webhook.disabled')).toMatchObject([
      { subject_id: at.webhook_id, subject_version: 2, after: { state: 'disabled', reason: 'gone' } },
    ]);
    // An admin activates it again, and it gets both messages, including the one that it refused.
    gone = false;
    await team.admin.client.update_webhook({ ...at, body: { state: 'active', version: 2 } });
    await expect.poll(() => receiver.accepted().length, { timeout: 5_000 }).toBe(2);
    expect(await state()).toMatchObject({ state: 'active', state_reason: null, failing_since: null });
  });

  test('that has failed for long has its webhook paused, and gets all messages once an admin activates it', async () => {
    let is_down = true;
    const { team, receiver, at, state } = await scene(() => (is_down ? { status: 500 } : {}));
    for (let n = 0; n < 3; n++) await makeTicket(team);
    await expect.poll(async () => (await state()).failing_since, { timeout: 5_000 }).not.toBeNull();
    await sleep(500);
    expect((await state()).state).toBe('active'); // it has failed, but not for long
    const longer = `update webhooks set failing_since = now() - interval '2 hours', rests_until = null where id = $1`;
    await server.database.owner.query(longer, [at.webhook_id]);
    await expect.poll(async () => (await state()).state, { timeout: 10_000 }).toBe('paused');
    expect(await state()).toMatchObject({ state_reason: 'failing', version: 2 });
    expect(await eventsOf(team, 'webhook.paused')).toMatchObject([
      { actor_id: team.owner.user.id, after: { state: 'paused', reason: 'failing' } },
    ]);
    await sleep(600);
    const tried = receiver.received.length;
    await sleep(600);
    expect(receiver.received.length).toBe(tried);
    is_down = false;
    await team.owner.client.update_webhook({ ...at, body: { state: 'active', version: 2 } });
    await expect.poll(() => receiver.accepted().length, { timeout: 5_000 }).toBe(3);
  });

  test('gets a message again only after its Retry-After, up to a day', async () => {
    const { team, receiver, at } = await scene(({ headers }) => {
      const tries = receiver.received.filter(({ id }) => id === headers['webhook-id']).length;
      return tries === 1 ? { status: 429, headers: { 'retry-after': '2' } } : {};
    });
    await makeTicket(team);
    await expect.poll(() => receiver.accepted().length, { timeout: 10_000 }).toBe(1);
    const [first, second] = receiver.received;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_900);
    receiver.react = () => ({ status: 503, headers: { 'retry-after': '999999999' } });
    await makeTicket(team);
    const pending = async () => (await team.owner.client.list_deliveries({ ...at, state: 'pending' })).data;
    await expect.poll(async () => (await pending())[0]?.last_status, { timeout: 5_000 }).toBe(503);
    const next = Date.parse((await pending())[0]?.next_attempt_at ?? '');
    expect(next - Date.now()).toBeGreaterThan(86_000_000);
    expect(next - Date.now()).toBeLessThan(86_500_000);
  });

  test.each([
    ['succeeds', 204],
    ['fails', 500],
  ])('gets no message at all during its Retry-After, even if an attempt in progress %s', async (_, last_status) => {
    const { team, receiver, at } = await scene((message) => {
      const place = receiver.received.indexOf(message);
      if (place === 1) return { status: 429, headers: { 'retry-after': '600' } };
      return place === 2 ? { status: last_status, after_ms: 200 } : {};
    });
    await makeTicket(team);
    await expect.poll(() => receiver.accepted().length, { timeout: 10_000 }).toBe(1); // two attempts at once are allowed now
    const { workspace_id, owner } = team;
    const become = (state: 'active' | 'paused') =>
      owner.client.update_webhook({ ...at, if_match: '*', body: { state } });
    await become('paused');
    for (let n = 0; n < 2; n++) await makeTicket(team);
    const created = async () =>
      (await owner.client.read_events({ workspace_id, types: 'ticket.created', limit: 100 })).data.length;
    await expect.poll(created, { timeout: 10_000 }).toBe(3);
    await become('active');
    const statuses = async () => (await owner.client.list_deliveries(at)).data.map((one) => one.last_status).toSorted();
    await expect.poll(statuses, { timeout: 10_000 }).toEqual([204, 429, last_status].toSorted());
    await makeTicket(team);
    await sleep(1_000);
    expect(receiver.received).toHaveLength(3);
    const { rows } = await server.database.owner.query<{ rests_s: number }>(
      'select extract(epoch from rests_until - now())::float as rests_s from webhooks where id = $1',
      [at.webhook_id],
    );
    expect(rows[0]?.rests_s).toBeGreaterThan(500);
    // Control: an admin who activates the webhook ends its rest.
    await become('paused');
    await become('active');
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBeGreaterThan(3);
  });

  test('that keeps failing gets one attempt at a time, with rests in between', async () => {
    let [at_once, most] = [0, 0];
    const { team, receiver, at } = await scene(() => {
      most = Math.max(most, ++at_once);
      setTimeout(() => at_once--, 45);
      return { status: 500, after_ms: 50 };
    });
    for (let n = 0; n < 12; n++) await makeTicket(team);
    const failures = async () => {
      const found = 'select failures from webhooks where id = $1';
      const { rows } = await server.database.owner.query<{ failures: number }>(found, [at.webhook_id]);
      return rows[0]?.failures ?? 0;
    };
    await expect.poll(failures, { timeout: 10_000 }).toBeGreaterThan(6);
    await sleep(500);
    most = 0;
    const tried = receiver.received.length;
    await sleep(3_000);
    expect(most).toBeLessThan(2);
    expect(receiver.received.length - tried).toBeLessThan(5);
  });

  test('that redirects has failed, and the redirect is not followed', async () => {
    const elsewhere = await startReceiver();
    onTestFinished(() => elsewhere.stop());
    const { team, receiver, at } = await scene(() => ({ status: 307, headers: { location: elsewhere.url } }));
    await makeTicket(team);
    await expect.poll(() => receiver.received.length, { timeout: 5_000 }).toBeGreaterThan(2);
    expect(elsewhere.received).toEqual([]);
    const { data } = await team.owner.client.list_deliveries(at);
    expect(data).toMatchObject([{ state: 'pending', last_status: 307 }]);
  });

  test('that does not respond or cannot be reached has failed, and the delivery says why', async () => {
    const { team, receiver, at } = await scene(() => ({ silent: true }));
    await makeTicket(team);
    const last = async () => (await team.owner.client.list_deliveries(at)).data[0]?.last_error;
    await expect.poll(last, { timeout: 5_000 }).toBe('TIMEOUT');
    await receiver.stop();
    await expect.poll(last, { timeout: 10_000 }).toBe('ECONNREFUSED');
  });
});
