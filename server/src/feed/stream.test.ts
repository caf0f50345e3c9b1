import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepNumbering, numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { type Patch, startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  await numberEvents(server.database.url);
});
afterAll(() => server.stop());

type Event = Awaited<ReturnType<Person['client']['read_events']>>['data'][number];

interface Seen {
  events: Event[];
  last_ids: string[];
  problems: { code: string; status: number }[];
  /** The statuses of refused connections. */
  refusals: number[];
  close: () => void;
}

/** Follows the events as a browser's EventSource does, which reconnects by itself. */
function listen(url: string, { access_token }: Person): Seen {
  const source = new EventSource(url, {
    fetch: (input, init) =>
      fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${access_token}` } }),
  });
  const seen: Seen = { events: [], last_ids: [], problems: [], refusals: [], close: () => source.close() };
  source.addEventListener('message', ({ data, lastEventId }) => {
    seen.events.push(JSON.parse(data) as Event);
    seen.last_ids.push(lastEventId);
  });
  source.addEventListener('problem', ({ data }) => seen.problems.push(JSON.parse(data) as Seen['problems'][number]));
  source.addEventListener('error', ({ code }) => code !== undefined && seen.refusals.push(code));
  return seen;
}

const pathOf = ({ workspace_id }: Team, query = '') => `/v1/workspaces/${workspace_id}/events${query}`;
const open = (
  on: TestServer,
  { access_token }: Person,
  query = '',
  { signal, ...headers }: { signal?: AbortSignal; [header: string]: unknown } = {},
) =>
  fetch(`${on.url}${pathOf(team, query)}`, {
    headers: {
      authorization: `Bearer ${access_token}`,
      accept: 'text/event-stream',
      ...(headers as Record<string, string>),
    },
    ...(signal && { signal }),
  });
/** The first characters of a stream. */
async function readUntil(response: Response, length: number): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length >= length) break;
  }
  return text;
}
const latest = async () => {
  await numberEvents(server.database.url);
  const { next_offset } = await team.member.client.read_events({ workspace_id: team.workspace_id, after: 'now' });
  return next_offset;
};

/** All events after an offset, as a page returns them. */
async function paged(after: string): Promise<Event[]> {
  const page = await team.admin.client.read_events({ workspace_id: team.workspace_id, after, limit: 100 });
  expect(page.up_to_date).toBe(true);
  return page.data;
}

/** Starts a proxy that forwards connections to a port that can be changed, and that can cut them. */
async function startProxy(): Promise<{
  port: number;
  to: (server: TestServer) => void;
  cut: () => void;
  stop: () => void;
}> {
  let target = 0;
  const sockets = new Set<net.Socket>();
  const proxy = net.createServer((client) => {
    const upstream = net.connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((one) => one.destroy()));
    }
    client.pipe(upstream).pipe(client);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const { port } = proxy.address() as net.AddressInfo;
  return { port, to: ({ url }) => (target = Number(new URL(url).port)), cut, stop: () => (cut(), proxy.close()) };
}

/**
 * The events of 16 tickets that two clients get while their connections are cut and the server process is replaced; and
 * a page of them.
 */
async function followThroughCuts(patch?: Patch): Promise<{ seen: Event[][]; paged: Event[] }> {
  const after = await latest();
  const proxy = await startProxy();
  const numbering = keepNumbering(server.database.url);
  const seen: Seen[] = [];
  const servers: TestServer[] = [];
  try {
    for (const clients of [[team.owner, team.admin], []]) {
      const one = await startServer({}, { database: server.database, ...(patch && { patch }) });
      servers.push(one);
      proxy.to(one);
      const url = `http://127.0.0.1:${proxy.port}${pathOf(team, `?after=${after}&limit=2`)}`;
      for (const person of clients) seen.push(listen(url, person));
      for (let n = 0; n < 8; n++) {
        await makeTicket(team);
        if (n % 4 === 3) proxy.cut();
        await sleep(n % 4 === 2 ? 400 : 20);
      }
      proxy.cut();
    }
    const unnumbered = () => server.database.owner.query('select 1 from outbox').then(({ rows }) => rows);
    await expect.poll(unnumbered, { timeout: 20_000 }).toEqual([]);
    const last = await latest();
    for (const { last_ids } of seen) await expect.poll(() => last_ids.at(-1), { timeout: 20_000 }).toBe(last);
  } finally {
    for (const { close } of seen) close();
    proxy.stop();
    await numbering.stop();
    for (const one of servers) await one.stop();
  }
  return { seen: seen.map(({ events }) => events), paged: await paged(after) };
}

describe('a stream of events', () => {
  test('sends existing events, then new ones, with the same offsets as pages', async () => {
    const after = await latest();
    const { id: before } = await makeTicket(team);
    await numberEvents(server.database.url);
    const seen = listen(`${server.url}${pathOf(team, `?after=${after}`)}`, team.member);
    await expect.poll(() => seen.events, { timeout: 5_000 }).toHaveLength(1);
    const { id: later } = await makeTicket(team);
    await numberEvents(server.database.url);
    await expect.poll(() => seen.events, { timeout: 5_000 }).toHaveLength(2);
    seen.close();
    expect(seen.events).toMatchObject([
      { type: 'ticket.created', subject_id: before },
      { type: 'ticket.created', subject_id: later },
    ]);
    expect(seen.events).toEqual(await paged(after));
    expect(seen.last_ids).toEqual(seen.events.map(({ offset }) => offset));
  });

  test('continues without a gap or a repetition when connections are cut and the process is replaced', async () => {
    const { seen, paged } = await followThroughCuts();
    for (const events of seen) expect(events).toEqual(paged);
  });

  test('control: one that resumes with the last event it sent repeats it', async () => {
    const { seen, paged } = await followThroughCuts((text) => text.replace('and sequence > $', 'and sequence >= $'));
    for (const events of seen) expect(events.length).toBeGreaterThan(paged.length);
  });

  test('can be filtered like a page, tells the offset reached, and can begin at the end', async () => {
    const { workspace_id, member } = team;
    const after = await latest();
    const reader = new AbortController();
    const response = await open(server, member, '?after=now&types=comment.created&fields=type,offset', {
      signal: reader.signal,
    });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const ticket = await makeTicket(team);
    await numberEvents(server.database.url);
    await sleep(1_200); // so that the stream passes the filtered event by itself
    await member.client.create_comment({ workspace_id, ticket: ticket.id, body: { body: 'A word.' } });
    await numberEvents(server.database.url);
    const [first, second, third] = [1, 2, 3].map((n) => String(Number(after) + n - 1).padStart(16, '0'));
    const expected = `id: ${first}\n\nid: ${second}\n\nid: ${third}\ndata: {"type":"comment.created","offset":"${third}"}\n\n`;
    const head = 'retry: 1234\n\n';
    const text = await readUntil(response, head.length + expected.length);
    expect(text).toMatch(/^retry: [12]\d{3}\n\n/);
    expect(text.slice(head.length)).toBe(expected);
    reader.abort();
  });

  test('shows each of many waiting readers only what their role may see', async () => {
    const after = await latest();
    const { workspace_id, owner, member, viewer } = team;
    const url = server.url + pathOf(team, `?after=${after}&types=workspace.updated`);
    const people = [owner, member, viewer];
    const seen = Array.from({ length: 30 }, (_, n) => listen(url, people[n % 3] as Person));
    await sleep(500); // all of them wait
    await owner.client.update_workspace({ if_match: '*', workspace_id, body: { name: 'Seen by all' } });
    await numberEvents(server.database.url);
    await expect.poll(() => seen.filter(({ events }) => events.length === 1).length).toBe(30);
    for (const [n, { events, close }] of seen.entries()) {
      close();
      expect([events[0]?.before, events[0]?.after]).toEqual([
        n % 3 === 0 ? { name: 'Team' } : null,
        { name: 'Seen by all' },
      ]);
    }
  });

  test('is for clients that ask for it in Accept; others get a page', async () => {
    const typeOf = async (accept: string) => {
      const reader = new AbortController();
      const { headers } = await open(server, team.member, '?limit=1', { signal: reader.signal, accept });
      expect(headers.get('vary')).toBe('Authorization, Accept');
      reader.abort();
      return headers.get('content-type')?.split(';')[0];
    };
    const [page, stream] = ['application/json', 'text/event-stream'];
    expect(await typeOf('*/*')).toBe(page);
    expect(await typeOf('text/html')).toBe(page);
    expect(await typeOf('text/event-stream;q=0.5, application/json')).toBe(page);
    expect(await typeOf('text/event-stream, application/json;q=0.5')).toBe(stream);
  });

  test('does not begin for HEAD, which gets the headers of a page at once', async () => {
    const response = await fetch(`${server.url}${pathOf(team)}`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${team.member.access_token}`, accept: 'text/event-stream' },
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });

  test('begins for everybody who reconnects at the same moment, even while the database is slow', async () => {
    const small = await startServer({ BATON_POOL_SIZE: '1' }, { database: server.database });
    const readers = new AbortController();
    const holder = await server.database.owner.connect();
    try {
      await holder.query('begin; lock table event_heads in access exclusive mode');
      const people = [team.owner, team.admin, team.member, team.viewer];
      const streams = Array.from({ length: 200 }, (_, n) =>
        open(small, people[n % 4] as Person, '?after=-1&limit=100', { signal: readers.signal }),
      );
      await sleep(2_200);
      await holder.query('rollback');
      const statuses = (await Promise.all(streams)).map(({ status }) => String(status));
      expect(Object.keys(Object.groupBy(statuses, (status) => status))).toEqual(['200']);
    } finally {
      readers.abort();
      holder.release();
      await small.stop();
    }
  });

  test('resumes after Last-Event-ID, whatever the URL says, and refuses one that is not an offset', async () => {
    const after = await latest();
    await makeTicket(team);
    await numberEvents(server.database.url);
    const reader = new AbortController();
    const going = { signal: reader.signal, 'last-event-id': after };
    const response = await open(server, team.member, '?after=-1&fields=type', going);
    expect(await readUntil(response, 60)).toContain('"type":"ticket.created"');
    reader.abort();
    const refused = await open(server, team.member, '?after=-1', { 'last-event-id': 'abc' });
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      { code: 'validation_failed', errors: [{ parameter: 'Last-Event-ID' }] },
    ]);
    const beyond = await open(server, team.member, '', { 'last-event-id': '9'.repeat(16) });
    expect([beyond.status, ((await beyond.json()) as { code: string }).code]).toEqual([400, 'invalid_offset']);
  });
});

describe('a stream of events ends', () => {
  const joined = async (role: 'viewer' | 'member' = 'viewer') => {
    const guest = await registerPerson(server);
    await joinWorkspace(team.owner, guest, team.workspace_id, role);
    return guest;
  };
  const problemIn = (text: string) => (/event: problem\ndata: (.*)\n/.exec(text)?.[1] ?? '{}').slice(0, 200);

  test('with the membership, before it sends anything that happens afterwards', async () => {
    const guest = await joined();
    const after = await latest();
    const response = await open(server, guest, `?after=${after}`);
    await sleep(200);
    const began = performance.now();
    await team.owner.client.remove_member({ workspace_id: team.workspace_id, user_id: guest.user.id });
    await makeTicket(team, { title: 'Not for a former member' });
    await numberEvents(server.database.url);
    const text = await response.text();
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(problemIn(text)).toContain('"code":"not_found"');
    expect(text).not.toContain('Not for a former member');
  });

  test.each([
    ['the session', 'session_ended', async (guest: Person) => guest.client.logout({})],
    ['the token', 'invalid_token', async (_: Person, revoke: () => Promise<unknown>) => revoke()],
  ] as const)('with %s, even if nothing happens in the workspace', async (_, code, end) => {
    const guest = await joined();
    const { workspace_id } = team;
    const { id: token_id, token } = await guest.client.create_token({
      workspace_id,
      body: { name: 'Reader', scopes: ['events:read'] },
    });
    const by = code === 'invalid_token' ? { ...guest, access_token: token } : guest;
    const after = await latest();
    const response = await open(server, by, `?after=${after}`);
    await sleep(200);
    const began = performance.now();
    await end(guest, () => guest.client.revoke_token({ workspace_id, token_id }));
    expect(problemIn(await response.text())).toContain(`"code":"${code}"`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('without a problem when the process stops', async () => {
    const lifecycle = { stopping: false };
    const stopping = await startServer({}, { database: server.database, lifecycle });
    const after = await latest();
    const response = await open(stopping, team.member, `?after=${after}`);
    await sleep(200);
    lifecycle.stopping = true;
    expect(await response.text()).not.toContain('problem');
    await stopping.stop();
  });

  test('and makes room: an account may have fifty at a time, independent of other accounts', async () => {
    const guest = await joined();
    const readers = new AbortController();
    const one = () => open(server, guest, '?after=now', { signal: readers.signal });
    const streams = await Promise.all(Array.from({ length: 50 }, one));
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await open(server, guest, '?after=now');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit-policy')).toBe('"streams";q=50;qu="concurrent-requests"');
    const other = await open(server, team.viewer, '?after=now', { signal: readers.signal });
    expect(other.status).toBe(200);
    readers.abort();
    const admitted = async () => {
      const reader = new AbortController();
      const { status } = await open(server, guest, '?after=now', { signal: reader.signal });
      reader.abort();
      return status;
    };
    await expect.poll(admitted, { timeout: 5_000 }).toBe(200);
  });
});
