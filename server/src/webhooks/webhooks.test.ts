import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Received, type Receiver, startReceiver } from '../../../proof/harness/receiver.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;
const lines: string[] = [];

beforeAll(async () => {
  const settings = { BATON_WEBHOOK_PRIVATE: 'on', BATON_WEBHOOK_RETRIES_S: '0', LOG_LEVEL: 'debug' };
  server = await startServer(settings, { log_to: (line) => lines.push(line) });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

async function receive(react?: Receiver['react']): Promise<Receiver> {
  const receiver = await startReceiver(react);
  onTestFinished(() => receiver.stop());
  return receiver;
}

/** Runs a worker that delivers until the end of the test. */
function deliver(): void {
  const worker = keepDelivering(server, (line) => lines.push(line));
  onTestFinished(() => worker.stop());
}

const create = (body: object, { owner, workspace_id } = team) =>
  owner.client.create_webhook({ workspace_id, body: { url: 'https://receiver.invalid/', ...body } });
const headersOf = ({ headers }: Received) => headers as Record<string, string>;
const until = (receiver: Receiver, count: number) =>
  expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBe(count);

describe('a webhook', () => {
  test('can be created, read, listed, changed and deleted by owners and admins only', async () => {
    const { workspace_id, project_id, admin, member, owner } = team;
    const body = { url: 'https://receiver.invalid:8443/hook?key=1', types: ['ticket.created' as const] };
    expect((await member.client.raw.create_webhook({ workspace_id, body })).status).toBe(403);
    const { secret, ...created } = await admin.client.create_webhook({ workspace_id, body });
    expect(created).toMatchObject({ ...body, description: '', project_ids: null, state: 'active', version: 1 });
    expect(Buffer.from(secret.slice(6), 'base64').length).toBe(32);
    const at = { workspace_id, webhook_id: created.id };
    expect(await admin.client.get_webhook(at)).toEqual(created);
    expect((await owner.client.list_webhooks({ workspace_id })).data).toContainEqual(created);
    expect((await member.client.raw.get_webhook(at)).status).toBe(403);
    const changes = { project_ids: [project_id], types: null, state: 'paused' as const, version: 1 };
    // The same project by its key, in any letter case, and by its id.
    const named = { ...changes, project_ids: ['eng', project_id] };
    const changed = await admin.client.update_webhook({ ...at, body: named });
    expect(changed).toMatchObject({ ...changes, version: 2, state_reason: 'by_admin', url: body.url });
    // The request changes nothing, so nothing is recorded.
    expect(await admin.client.update_webhook({ ...at, body: { ...changes, version: 2 } })).toEqual(changed);
    await admin.client.delete_webhook(at);
    expect((await admin.client.raw.get_webhook(at)).status).toBe(404);
    expect((await admin.client.raw.ping_webhook(at)).status).toBe(404);
    const { data } = await owner.client.list_audit({ workspace_id, subject: created.id });
    expect(data.map(({ action, subject_version }) => [action, subject_version])).toEqual([
      ['webhook.deleted', 3],
      ['webhook.updated', 2],
      ['webhook.created', 1],
    ]);
    expect(data[1]).toMatchObject({
      before: { origin: 'https://receiver.invalid:8443', state: 'active', project_ids: null },
      after: { origin: 'https://receiver.invalid:8443', state: 'paused', project_ids: [project_id] },
    });
    expect(JSON.stringify(data)).not.toContain('key=1');
    const kept = await server.database.owner.query('select secret from webhooks where id = $1', [created.id]);
    expect(kept.rows).toEqual([{ secret: Buffer.alloc(0) }]);
  });

  test('is refused with a project of another workspace, a repeated value, or an unusable address', async () => {
    const { workspace_id, owner, stranger } = team;
    const other = await stranger.client.create_workspace({ body: { name: 'Other' } });
    const foreign = await stranger.client.create_project({
      workspace_id: other.id,
      body: { key: 'OPS', name: 'Ops' },
    });
    const url = 'https://receiver.invalid/';
    for (const body of [
      { url, project_ids: [foreign.id] },
      { url, types: ['ticket.created' as const, 'ticket.created' as const] },
      { url: 'ftp://receiver.invalid/' },
    ]) {
      expect((await owner.client.raw.create_webhook({ workspace_id, body })).status).toBe(422);
    }
    const strict = await startServer({}, { database: server.database });
    const made = await create({});
    for (const private_url of [
      'http://receiver.invalid/',
      'https://127.0.0.1/',
      'https://[::7f00:1]/',
      'https://localhost/',
    ]) {
      const at = { workspace_id, webhook_id: made.id };
      const { client } = team.owner;
      const send = (method: string, path: string, body: object) =>
        fetch(strict.url + path, {
          method,
          headers: {
            authorization: `Bearer ${team.owner.access_token}`,
            'content-type': 'application/json',
            'if-match': '*',
          },
          body: JSON.stringify(body),
        });
      const path = `/v1/workspaces/${workspace_id}/webhooks`;
      expect((await send('POST', path, { url: private_url })).status).toBe(422);
      expect((await send('PATCH', `${path}/${made.id}`, { url: private_url })).status).toBe(422);
      expect((await client.get_webhook(at)).url).toBe('https://receiver.invalid/');
    }
    await strict.stop();
  });

  test('does not appear in the events that members read', async () => {
    const { workspace_id, owner, member } = team;
    const { id } = await create({});
    await numberEvents(server.database.url);
    const seenBy = async ({ client }: typeof owner) => {
      const { next_offset } = await client.read_events({ workspace_id, after: 'now' });
      const after = String(Math.max(0, Number(next_offset) - 50)).padStart(16, '0');
      return (await client.read_events({ workspace_id, after, limit: 100 })).data.map(({ subject_id }) => subject_id);
    };
    expect(await seenBy(owner)).toContain(id);
    expect(await seenBy(member)).not.toContain(id);
  });

  test('has a secret that no later response, audit entry or log line contains', async () => {
    const { workspace_id, owner } = team;
    const receiver = await receive();
    deliver();
    const { secret, id: webhook_id } = await create({ url: receiver.url, types: ['ticket.created'] });
    const at = { workspace_id, webhook_id };
    const rotated = await owner.client.rotate_webhook_secret({ ...at, body: {} });
    await makeTicket(team);
    await until(receiver, 1);
    const delivery = () => owner.client.get_delivery({ ...at, delivery_id: receiver.received[0]?.id ?? '' });
    await expect.poll(async () => (await delivery()).log[0]?.request_head).toContain('webhook-signature: v1,');
    const reads = [
      await delivery(),
      await owner.client.get_webhook(at),
      await owner.client.list_webhooks({ workspace_id }),
      await owner.client.list_deliveries(at),
      await owner.client.update_webhook({ ...at, body: { description: 'D', version: 2 } }),
      await owner.client.list_audit({ workspace_id, subject: webhook_id }),
      lines,
    ];
    const { rows } = await server.database.owner.query(
      `select (select string_agg(w::text, '') from webhooks w) || (select string_agg(a::text, '') from audit_log a) as all`,
    );
    for (const one of [secret, rotated.secret]) {
      const bytes = Buffer.from(one.slice(6), 'base64');
      const told = JSON.stringify([reads, rows]);
      expect(told).toContain(webhook_id);
      for (const form of [one.slice(6), bytes.toString('hex')]) expect(told).not.toContain(form);
    }
  });
});

describe('a rotated secret', () => {
  test('signs messages together with the new one only during the requested overlap', async () => {
    const { workspace_id, owner } = team;
    const receiver = await receive();
    deliver();
    const { secret: before, id: webhook_id } = await create({ url: receiver.url, types: ['ticket.created'] });
    const at = { workspace_id, webhook_id };
    const { secret: after, previous_secret_until } = await owner.client.rotate_webhook_secret({
      ...at,
      body: { overlap_s: 3600 },
    });
    expect(Date.parse(previous_secret_until ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
    await makeTicket(team);
    await until(receiver, 1);
    const [both] = receiver.received as [Received];
    for (const secret of [before, after]) new Verifier(secret).verify(both.body, headersOf(both));
    await owner.client.rotate_webhook_secret({ ...at, body: { overlap_s: 0 } });
    await makeTicket(team);
    await until(receiver, 2);
    const [, one] = receiver.received as [Received, Received];
    for (const secret of [before, after])
      expect(() => new Verifier(secret).verify(one.body, headersOf(one))).toThrow('No matching signature');
  });

  test('replaces one that was sealed under another BATON_SECRET, whose deliveries fail as unreadable', async () => {
    const { workspace_id, owner } = team;
    const receiver = await receive();
    deliver();
    const { id: webhook_id } = await create({ url: receiver.url, types: ['ticket.created'] });
    const at = { workspace_id, webhook_id };
    await server.database.owner.query(`update webhooks set secret = decode(repeat('00', 60), 'hex') where id = $1`, [
      webhook_id,
    ]);
    await makeTicket(team);
    const last = async () => (await owner.client.list_deliveries(at)).data[0]?.last_error;
    await expect.poll(last, { timeout: 10_000 }).toBe('SECRET_UNREADABLE');
    expect(receiver.received).toEqual([]);
    const { secret } = await owner.client.rotate_webhook_secret({ ...at, body: {} });
    await makeTicket(team);
    await expect.poll(() => receiver.received.length, { timeout: 15_000 }).toBeGreaterThan(0);
    const [first] = receiver.received as [Received];
    new Verifier(secret).verify(first.body, headersOf(first));
  });
});

describe('a delivery', () => {
  test('can be sent again by its id or a range of offsets, with the same id, even if the event is older than the webhook', async () => {
    const mine = await makeTeam(server);
    const { workspace_id, owner } = mine;
    for (let n = 0; n < 3; n++) await makeTicket(mine);
    await numberEvents(server.database.url);
    const receiver = await receive();
    deliver();
    const { id: webhook_id } = await create({ url: receiver.url, types: ['ticket.created'] }, mine);
    await makeTicket(mine);
    await until(receiver, 1);
    const at = { workspace_id, webhook_id };
    const [first] = receiver.received as [Received];
    expect(await owner.client.redeliver({ ...at, body: { delivery_id: first.id } })).toEqual({ queued: 1 });
    await until(receiver, 2);
    expect([receiver.received[1]?.id, receiver.received[1]?.body]).toEqual([first.id, first.body]);
    const range = { from: '0000000000000001', to: '0000000000000999' };
    expect(await owner.client.redeliver({ ...at, body: range })).toEqual({ queued: 4 });
    await until(receiver, 6);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(4);
    const unknown = { delivery_id: webhook_id };
    expect((await owner.client.raw.redeliver({ ...at, body: unknown })).status).toBe(404);
    await owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'paused' } });
    const wide = { from: '0000000000000001', to: '0000000000001001' };
    const move = (by: number) =>
      server.database.owner.query('update webhooks set last_sequence = last_sequence + $2 where id = $1', [
        ...[webhook_id, by],
      ]);
    await move(2_000);
    expect((await owner.client.raw.redeliver({ ...at, body: wide })).status).toBe(422);
    await move(-2_000);
  });

  test('cannot be requested for an event that the webhook has not come to, so that a ticket’s events stay in order', async () => {
    const mine = await makeTeam(server);
    const { workspace_id, owner } = mine;
    await numberEvents(server.database.url);
    const receiver = await receive();
    const { id: webhook_id } = await create({ url: receiver.url, types: ['ticket.created', 'ticket.updated'] }, mine);
    const at = { workspace_id, webhook_id };
    await owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'paused' } });
    const { id: ticket } = await makeTicket(mine);
    await owner.client.update_ticket({ workspace_id, ticket, body: { title: 'Later', version: 1 } });
    await numberEvents(server.database.url);
    const { data } = await owner.client.read_events({ workspace_id, types: 'ticket.updated' });
    const offset = data[0]?.offset ?? '';
    expect(await owner.client.redeliver({ ...at, body: { from: offset, to: offset } })).toEqual({ queued: 0 });
    await owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'active' } });
    deliver();
    await until(receiver, 2);
    expect(receiver.accepted().map(({ type }) => type)).toEqual(['ticket.created', 'ticket.updated']);
  });

  test('no longer shows a purged text that its receiver repeated in a response', async () => {
    const { workspace_id, owner } = team;
    const receiver = await receive(({ body }) => ({ status: 500, body, headers: { 'x-told': body.slice(0, 1_000) } }));
    deliver();
    const { id: webhook_id } = await create({ url: receiver.url, types: ['ticket.created'] });
    const ticket = await makeTicket(team, { title: 'A secret' });
    const at = { workspace_id, webhook_id };
    const log = async () => {
      const [delivery] = (await owner.client.list_deliveries(at)).data;
      return JSON.stringify(delivery && (await owner.client.get_delivery({ ...at, delivery_id: delivery.id })));
    };
    await expect.poll(log, { timeout: 15_000 }).toContain('A secret');
    await owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'paused' } });
    await owner.client.update_ticket({ workspace_id, ticket: ticket.id, body: { title: 'Safe', version: 1 } });
    await owner.client.purge_ticket({ workspace_id, ticket: ticket.id, body: { fields: ['title'] } });
    expect(await log()).not.toContain('A secret');
    expect(await log()).toContain('"status":500');
  });

  test('no longer shows the name of a purged attachment that its receiver repeated in a response', async () => {
    const { workspace_id, owner } = team;
    const receiver = await receive(({ body }) => ({ status: 500, body }));
    deliver();
    const { id: webhook_id } = await create({ url: receiver.url, types: ['attachment.added'] });
    const { id: ticket } = await makeTicket(team);
    await owner.client.add_attachment({ workspace_id, ticket, name: 'secret.txt', body: new Blob(['text']) });
    const at = { workspace_id, webhook_id };
    const log = async () => {
      const [delivery] = (await owner.client.list_deliveries(at)).data;
      return JSON.stringify(delivery && (await owner.client.get_delivery({ ...at, delivery_id: delivery.id })));
    };
    await expect.poll(log, { timeout: 15_000 }).toContain('secret.txt');
    await owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'paused' } });
    await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['attachments'] } });
    expect(await log()).not.toContain('secret.txt');
    expect(await log()).toContain('"status":500');
  });

  test('is not queued again while too many are waiting', async () => {
    const { workspace_id, owner } = team;
    const { id: webhook_id } = await create({});
    const at = { workspace_id, webhook_id };
    await owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'paused' } });
    await server.database.owner.query(
      `insert into deliveries (workspace_id, webhook_id, sequence, event_id, subject_id, next_attempt_at)
       select $1, $2, 1000000 + n, gen_random_uuid(), gen_random_uuid(), now() from generate_series(1, 5000) n`,
      [workspace_id, webhook_id],
    );
    const range = { from: '0000000000000001', to: '0000000000000002' };
    expect(await owner.client.raw.redeliver({ ...at, body: range })).toMatchObject({
      status: 409,
      body: { code: 'redelivery_refused', reason: 'too_many_waiting' },
    });
    await server.database.owner.query('delete from deliveries where webhook_id = $1 and sequence > 1000000', [
      webhook_id,
    ]);
    expect(await owner.client.redeliver({ ...at, body: range })).toEqual({ queued: 2 });
  });

  test('of a ping goes only to the pinged webhook, whatever the webhook’s types', async () => {
    const [pinged, other] = [await receive(), await receive()];
    deliver();
    const mine = await makeTeam(server);
    const { workspace_id, owner } = mine;
    const { id: webhook_id } = await create({ url: pinged.url, types: ['ticket.deleted'] }, mine);
    await create({ url: other.url }, mine);
    await owner.client.ping_webhook({ workspace_id, webhook_id });
    await until(pinged, 1);
    expect(pinged.accepted()[0]).toMatchObject({ type: 'webhook.pinged', data: { subject_id: webhook_id } });
    await makeTicket(mine);
    await expect
      .poll(() => other.accepted().some(({ type }) => type === 'ticket.created'), { timeout: 10_000 })
      .toBe(true);
    expect(other.accepted().some(({ type }) => type === 'webhook.pinged')).toBe(false);
  });

  test('is not sent once its webhook or workspace is deleted', async () => {
    const [ended, gone] = [await receive(() => ({ status: 500 })), await receive()];
    const mine = await makeTeam(server);
    const { workspace_id, owner } = mine;
    const { id: webhook_id } = await create({ url: ended.url, types: ['ticket.created'] }, mine);
    const { id: other } = await create({ url: gone.url, types: ['ticket.created'] }, mine);
    await makeTicket(mine);
    await numberEvents(server.database.url);
    await owner.client.delete_webhook({ workspace_id, webhook_id });
    await owner.client.delete_workspace({ workspace_id });
    deliver();
    const another = await makeTeam(server);
    const receiver = await receive();
    await create({ url: receiver.url, types: ['ticket.created'] }, another);
    await makeTicket(another);
    await until(receiver, 1);
    expect([ended.received, gone.received]).toEqual([[], []]);
    const { rows } = await server.database.owner.query('select state, state_reason from webhooks where id = $1', [
      other,
    ]);
    expect(rows).toEqual([{ state: 'disabled', state_reason: 'workspace_deleted' }]);
  });
});

test('the worker’s role can read events only while an active webhook waits for them', async () => {
  const mine = await makeTeam(server);
  const { workspace_id, owner } = mine;
  await makeTicket(mine, { title: 'Kept from the worker' });
  await numberEvents(server.database.url);
  const { id: webhook_id } = await create({}, mine);
  const client = await server.database.owner.connect();
  onTestFinished(() => client.release());
  const asWorker = async (text: string, values: unknown[] = []) => {
    try {
      await client.query(`begin; set local role baton_worker; set local app.workspace = '${workspace_id}'`);
      return (await client.query(text, values)).rows;
    } finally {
      await client.query('rollback');
    }
  };
  const events = () =>
    asWorker(`select type from events_to_deliver($1, array(select generate_series(1, 20)::bigint))`, [webhook_id]);
  expect(await events()).toEqual([]);
  await owner.client.redeliver({
    workspace_id,
    webhook_id,
    body: { from: '0000000000000001', to: '0000000000000002' },
  });
  expect((await events()).length).toBe(2);
  await owner.client.update_webhook({ workspace_id, webhook_id, body: { state: 'paused', version: 1 } });
  expect(await events()).toEqual([]);
  for (const text of [
    'select after from events',
    'select title from tickets',
    'insert into deliveries default values',
    'delete from webhooks where deleted_at is null returning id',
  ]) {
    const done = asWorker(text).then((rows) => rows.length);
    await expect(done.catch((error: unknown) => (error as { code: string }).code)).resolves.toSatisfy(
      (told: unknown) => told === '42501' || told === 0,
    );
  }
});
