import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook as Verifier } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Receiver, startReceiver } from '../../../proof/harness/receiver.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { recordAudits } from '../audit/record.ts';
import { createPool } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { settle, takeDue } from './delivery.ts';

const settings = {
  BATON_WEBHOOK_PRIVATE: 'on',
  BATON_WEBHOOK_TIMEOUT_MS: '1000',
  BATON_WEBHOOK_RETRIES_S: '0,1,1',
};

let server: TestServer;
let worker: { stop: () => Promise<void> };

beforeAll(async () => {
  server = await startServer(settings);
  worker = keepDelivering(server);
});
afterAll(async () => {
  await worker.stop();
  await server.stop();
});

async function receive(react?: Receiver['react']): Promise<Receiver> {
  const receiver = await startReceiver(react);
  onTestFinished(() => receiver.stop());
  return receiver;
}

function workerPool({ database }: TestServer) {
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: database.url, role: 'baton_worker', max: 2, ...limits });
  onTestFinished(() => pool.end());
  return pool;
}

type Wanted = Parameters<Team['owner']['client']['create_webhook']>[0]['body'];

async function hook(team: Team, { url }: { url: string }, wanted: Partial<Wanted> = {}) {
  return team.owner.client.create_webhook({ workspace_id: team.workspace_id, body: { url, ...wanted } });
}

const until = (receiver: Receiver, count: number, timeout = 10_000) =>
  expect.poll(() => receiver.accepted().length, { timeout }).toBe(count);

describe('a webhook', () => {
  test('receives signed messages with all events since its creation, as an admin reads them', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner, member } = team;
    const receiver = await receive();
    const so_far = () => owner.client.read_events({ workspace_id });
    await expect.poll(async () => (await so_far()).data.some(({ type }) => type === 'project.created')).toBe(true);
    const { secret, id } = await hook(team, receiver);
    const { id: ticket } = await makeTicket(team, { description: 'x'.repeat(5_000) });
    await member.client.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress', comment: 'On it.' } });
    await member.client.delete_ticket({ workspace_id, ticket });
    await owner.client.update_workspace({ workspace_id, body: { name: 'Renamed', version: 1 } });
    await until(receiver, 6);
    const { data } = await owner.client.read_events({ workspace_id, limit: 100 });
    const from = data.findIndex(({ type }) => type === 'webhook.created');
    const told = receiver.accepted().toSorted((a, b) => (a.data.offset < b.data.offset ? -1 : 1));
    expect(told).toEqual(
      data.slice(from).map((event) => ({ type: event.type, timestamp: event.created_at, data: event })),
    );
    const verifier = new Verifier(secret);
    for (const { id: message_id, headers, body } of receiver.received) {
      expect(verifier.verify(body, headers as Record<string, string>)).toMatchObject({ data: { id: message_id } });
      // Control: with one more byte, or another secret, the message is refused.
      expect(() => verifier.verify(`${body} `, headers as Record<string, string>)).toThrow('No matching signature');
      const other = new Verifier(`whsec_${Buffer.alloc(32).toString('base64')}`);
      expect(() => other.verify(body, headers as Record<string, string>)).toThrow('No matching signature');
    }
    // The last response comes a moment before its outcome is stored.
    const deliveries = async () => {
      const { data: all } = await owner.client.list_deliveries({ workspace_id, webhook_id: id });
      return all.map(({ state, last_status }) => [state, last_status]);
    };
    await expect.poll(deliveries).toEqual(Array(6).fill(['delivered', 204]));
  });

  test('receives each message again with the same id and bytes until it responds with success', async () => {
    const team = await makeTeam(server);
    let failures = 0;
    const receiver = await receive(({ body }) =>
      body.includes('ticket.created') && failures++ < 3 ? { status: 500 } : {},
    );
    const { secret } = await hook(team, receiver, { types: ['ticket.created'] });
    await makeTicket(team);
    await until(receiver, 1);
    const [first, ...later] = receiver.received;
    expect(later.length).toBe(3);
    for (const again of later) {
      expect([again.id, again.body]).toEqual([first?.id, first?.body]);
      new Verifier(secret).verify(again.body, again.headers as Record<string, string>);
    }
    await sleep(500);
    expect(receiver.received.length).toBe(4);
  });

  test('receives the events of a ticket in order despite failures, and meanwhile those of other tickets', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member } = team;
    const [failing, other] = [await makeTicket(team), await makeTicket(team)];
    let fails = true;
    const receiver = await receive(({ body }) =>
      fails && body.includes(failing.id) ? { status: 503 } : { after_ms: 20 },
    );
    await hook(team, receiver, { types: ['ticket.updated', 'comment.created'] });
    for (let version = 1; version <= 4; version++) {
      for (const { id: ticket } of [failing, other]) {
        await member.client.update_ticket({ workspace_id, ticket, body: { title: `T${version}`, version } });
        await member.client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } });
      }
    }
    await until(receiver, 8);
    expect(receiver.accepted().every(({ data }) => data.ticket_id === other.id)).toBe(true);
    // Of the failing ticket's events, only the first was tried.
    const tried = receiver.received.filter(({ body }) => body.includes(failing.id)).map(({ id }) => id);
    expect(new Set(tried).size).toBe(1);
    fails = false;
    await until(receiver, 16);
    for (const { id } of [failing, other]) {
      const offsets = receiver
        .accepted()
        .filter(({ data }) => data.ticket_id === id)
        .map(({ data }) => data.offset);
      expect(offsets).toEqual(offsets.toSorted());
      expect(offsets.length).toBe(8);
    }
  });

  test('has a message given up and listed after its last attempt, and then receives the ticket’s next event', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner, member } = team;
    const receiver = await receive(({ body }) =>
      body.includes('ticket.created') ? { status: 422, body: `No\0. ${'x'.repeat(5_000)}` } : {},
    );
    const { id: webhook_id } = await hook(team, receiver, { types: ['ticket.created', 'ticket.updated'] });
    const { id: ticket } = await makeTicket(team);
    await member.client.update_ticket({ workspace_id, ticket, body: { title: 'Another', version: 1 } });
    await until(receiver, 1);
    expect(receiver.received.length).toBe(5);
    const { data } = await owner.client.list_deliveries({ workspace_id, webhook_id, state: 'given_up' });
    expect(data).toMatchObject([{ type: 'ticket.created', state: 'given_up', attempts: 4, last_status: 422 }]);
    const delivery_id = data[0]?.id ?? '';
    const { log } = await owner.client.get_delivery({ workspace_id, webhook_id, delivery_id });
    expect(log.map(({ status, error }) => [status, error])).toEqual(Array(4).fill([422, null]));
    expect(log[0]?.response_body?.length).toBe(1024);
    expect(log[0]?.response_body).toMatch(/^No\ufffd\. x+$/);
    expect(log[0]?.response_head).toMatch(/^HTTP\/1\.1 422 Unprocessable Entity\n(.+\n)*Date: /);
    const [told] = receiver.received;
    const signature = String(told?.headers['webhook-signature']);
    expect(log[0]?.request_head).toMatch(/^POST \/ HTTP\/1\.1\nhost: 127\.0\.0\.1:\d+\n(.+\n)+content-length: \d+$/);
    expect(log[0]?.request_head).toContain(`webhook-id: ${told?.id}\n`);
    expect(log[0]?.request_head).toContain(`webhook-signature: ${signature}\n`);
    expect(Date.parse(log[0]?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  test('has the outcome of an attempt stored even if the status line of the response has a zero byte', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner } = team;
    const receiver = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n'));
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void receiver.close());
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const { id: webhook_id } = await hook(team, { url }, { types: ['ticket.created'] });
    await makeTicket(team);
    const listed = async () => (await owner.client.list_deliveries({ workspace_id, webhook_id })).data;
    await expect.poll(listed, { timeout: 10_000 }).toMatchObject([{ state: 'delivered', attempts: 1 }]);
    const delivery_id = (await listed())[0]?.id ?? '';
    const { log } = await owner.client.get_delivery({ workspace_id, webhook_id, delivery_id });
    expect(log[0]?.response_head).toBe('HTTP/1.1 200 O\ufffdK\nContent-Length: 0');
  });

  test('receives only events of its types and projects', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner, member } = team;
    const { id: project_id } = await owner.client.create_project({ workspace_id, body: { key: 'OPS', name: 'Ops' } });
    // A new webhook also receives earlier events that have no number yet.
    const unnumbered = () =>
      server.database.owner.query('select 1 from outbox where workspace_id = $1', [workspace_id]);
    await expect.poll(async () => (await unnumbered()).rowCount).toBe(0);
    const [of_types, of_project] = [await receive(), await receive()];
    await hook(team, of_types, { types: ['comment.created'] });
    await hook(team, of_project, { project_ids: [project_id] });
    const { id: elsewhere } = await makeTicket(team);
    const { id: ticket } = await member.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
    for (const one of [elsewhere, ticket]) {
      await member.client.create_comment({ workspace_id, ticket: one, body: { body: 'A word.' } });
    }
    await owner.client.update_project({ workspace_id, project_id, body: { name: 'Operations', version: 1 } });
    await until(of_types, 2);
    await until(of_project, 3);
    expect(of_types.accepted().map(({ type }) => type)).toEqual(['comment.created', 'comment.created']);
    const types = of_project.accepted().map(({ type }) => type);
    expect(types.sort()).toEqual(['comment.created', 'project.updated', 'ticket.created']);
  });

  test('is not delayed by other webhooks whose receiver never responds', async () => {
    const team = await makeTeam(server);
    const [dead, alive] = [await receive(() => ({ silent: true })), await receive()];
    for (let n = 0; n < 8; n++) await hook(team, dead, { types: ['ticket.created'] });
    await hook(team, alive, { types: ['ticket.created'] });
    for (let n = 0; n < 10; n++) await makeTicket(team);
    const began = performance.now();
    await until(alive, 10);
    expect(performance.now() - began).toBeLessThan(8_000); // one after the other they would take ten times as long
    expect(dead.received.length).toBeGreaterThan(5);
  });

  test('receives a message again that a killed worker had begun, once its lease has ended and not before', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner } = team;
    const receiver = await receive();
    const { id: webhook_id } = await hook(team, receiver, { types: ['ticket.created'] });
    await makeTicket(team);
    await until(receiver, 1);
    await worker.stop();
    await owner.client.redeliver({ workspace_id, webhook_id, body: { delivery_id: receiver.received[0]?.id ?? '' } });
    const pool = workerPool(server);
    // This is the state that a killed process leaves behind.
    const { taken } = await takeDue(pool, { workspace_id, id: webhook_id }, { limit: 8, lease_ms: 2_000 });
    expect(taken.length).toBe(1);
    const late = taken[0] ?? { sequence: 0, attempt: 0, failures: 0 };
    const key = { workspace_id, id: webhook_id };
    expect((await takeDue(pool, key, { limit: 8, lease_ms: 2_000 })).taken).toEqual([]);
    worker = keepDelivering(server);
    await until(receiver, 2);
    const [first, again] = receiver.received;
    expect([again?.id, again?.body]).toEqual([first?.id, first?.body]);
    // If that process was not killed but slow, its outcome comes too late and changes nothing.
    const heads = { request_head: '', response_head: '', response_body: '' };
    const reply = { at: new Date().toISOString(), duration_ms: 1, status: 500, error: null, ...heads };
    const schedule = { retries_s: [0], pause_after_s: 100 };
    const said = await settle(pool, key, { claim: late, reply: { ...reply, retry_after_s: undefined }, schedule });
    expect(said).toBe('late');
    const listed = async () => (await owner.client.list_deliveries({ workspace_id, webhook_id })).data;
    await expect.poll(listed).toMatchObject([{ state: 'delivered', last_status: 204 }]);
  });

  // With a plan that compared each delivery with each, the first attempt began after more than 20 s.
  test('receives the first of hundreds of due messages within seconds', async () => {
    const team = await makeTeam(server);
    const receiver = await receive();
    await hook(team, receiver, { types: ['project.archived'] });
    const { workspace_id, owner } = team;
    const is = { name: 'P', archived: true };
    const entries = Array.from({ length: 500 }, () => {
      const at = new Date().toISOString();
      return {
        action: 'project.archived',
        subject_id: newId(),
        subject_version: 1,
        at,
        before: is,
        after: is,
      } as const;
    });
    await transaction(server.pool, { workspace_id }, (tx) => {
      recordAudits(tx, { workspace_id, user_id: owner.user.id, request_id: 'seed-0001', token: null }, entries);
      return Promise.resolve();
    });
    await expect.poll(() => receiver.accepted().length, { timeout: 15_000 }).toBeGreaterThan(20);
  });
});
