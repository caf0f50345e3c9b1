import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Person, signInAgain } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

const kib = 1024;
const small_bytes = 16 * kib;

let server: TestServer;
let team: Team;
let comments: string;
let sockets: net.Socket[] = [];

beforeAll(async () => {
  server = await startServer({
    BATON_BODY_MEMORY_MIB: '8', // an account's share is 2 MiB
    BATON_WRITE_MIB_PER_HOUR: '64',
    BATON_REQUEST_TIMEOUT_MS: '12000', // some bytes of a body must arrive every two seconds
  });
  team = await makeTeam(server);
  const { id } = await makeTicket(team);
  comments = `/v1/workspaces/${team.workspace_id}/tickets/${id}/comments`;
});
afterAll(() => server.stop());
beforeEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await sleep(100); // so that the server notices
});

type Bearer = Pick<Person, 'access_token'>;

/** Announces a body of this length and sends its start. */
async function begin(
  { access_token }: Bearer,
  { length, start = '{', path = comments }: { length: number; start?: string; path?: string },
): Promise<net.Socket> {
  const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
  sockets.push(socket.on('error', () => undefined));
  const fixed = `Host: a\r\nAuthorization: Bearer ${access_token}\r\nContent-Type: application/json`;
  socket.write(`POST ${path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${length}\r\n\r\n${start}`);
  await once(socket, 'connect');
  return socket;
}

/** The response, or what came of it until the server closed the connection. */
async function responseOn(socket: net.Socket): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (Buffer.concat(chunks).includes('}')) break;
  }
  return Buffer.concat(chunks).toString();
}

async function send({ access_token }: Bearer, body: string, path = comments): Promise<[number, string | undefined]> {
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const response = await fetch(server.url + path, { method: 'POST', headers, body });
  return [response.status, ((await response.json()) as { code?: string }).code];
}

const comment = (bytes: number) => JSON.stringify({ body: 'x'.repeat(bytes) });

async function endedSession(person: Person): Promise<Bearer> {
  const session = await signInAgain(server, person);
  await session.client.logout();
  return session;
}

describe('a body takes a share of the memory', () => {
  test('as it arrives, not as it is announced', async () => {
    for (let n = 0; n < 8; n++) await begin(team.member, { length: 2040 * kib });
    await sleep(200);
    expect(await send(team.member, comment(100_000))).toEqual([201, undefined]);
  });

  test('until its response, and a body that does not fit beside it is refused unread', async () => {
    await begin(team.member, { length: 1900 * kib, start: ' '.repeat(1800 * kib) });
    await sleep(200);
    const beyond = await begin(team.member, { length: 1000 * kib });
    expect(await responseOn(beyond)).toMatch(/^HTTP\/1.1 429 /);
    expect(await send(team.admin, comment(100_000))).toEqual([201, undefined]);
  });

  test('even after its client has left, while its write waits for a lock', async () => {
    const { id } = await makeTicket(team);
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${id}/comments`;
    const blocker = await server.database.owner.connect();
    try {
      await blocker.query('begin');
      await blocker.query('select 1 from tickets where id = $1 for update', [id]);
      const body = comment(1000).padEnd(1900 * kib);
      const socket = await begin(team.member, { length: body.length, start: body, path });
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      const waits = () => server.database.owner.query(waiting).then(({ rows }) => rows.length);
      await expect.poll(waits, { timeout: 20_000 }).toBe(1);
      socket.destroy();
      await sleep(200);
      expect(await send(team.member, comment(200_000))).toEqual([429, 'rate_limited']);
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
    await sleep(1_200); // a caller that was refused is refused for a second more
    expect(await send(team.member, comment(200_000))).toEqual([201, undefined]);
  });

  test('unless it is small, so that small writes and sign-ins always have room', async () => {
    const people = [team.member, team.admin];
    for (const person of people) await begin(person, { length: 2040 * kib, start: ' '.repeat(2030 * kib) });
    await sleep(200);
    expect(await send(team.member, comment(100_000))).toEqual([429, 'rate_limited']);
    expect(await send(team.owner, comment(100_000))).toEqual([429, 'rate_limited']); // the network's share is used up
    expect(await send(team.member, comment(small_bytes - 100))).toEqual([201, undefined]);
    const { email, password } = team.owner;
    expect((await send({ access_token: '' }, JSON.stringify({ email, password }), '/v1/auth/login'))[0]).toBe(200);
  });
});

describe('a body over 16 KiB is read only after its caller is confirmed', () => {
  test('so an ended session, a token without the scope, a viewer and a stranger are refused without a byte of it', async () => {
    const { workspace_id, member, viewer, stranger } = team;
    const body = { name: 'Reads', scopes: ['workspace:read' as const] };
    const { token } = await member.client.create_token({ workspace_id, body });
    const refusals = [];
    for (const caller of [await endedSession(member), { access_token: token }, viewer, stranger]) {
      const socket = await begin(caller, { length: small_bytes + 1 });
      refusals.push(/^HTTP\/1.1 (\d+) .*"code":"(\w+)"/s.exec(await responseOn(socket))?.slice(1, 3));
    }
    expect(refusals).toEqual([
      ['401', 'session_ended'],
      ['403', 'insufficient_scope'],
      ['403', 'forbidden'],
      ['404', 'not_found'],
    ]);
  });

  test('also for operations on an account, and if it has no length', async () => {
    const { access_token } = await endedSession(team.member);
    const account = await begin({ access_token }, { length: small_bytes + 1, path: '/v1/workspaces' });
    expect(await responseOn(account)).toMatch(/^HTTP\/1.1 401 /);
    const chunked = net.connect(Number(new URL(server.url).port), '127.0.0.1');
    sockets.push(chunked);
    const fixed = `Host: a\r\nAuthorization: Bearer ${access_token}\r\nContent-Type: application/json`;
    chunked.write(`POST ${comments} HTTP/1.1\r\n${fixed}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n`);
    expect(await responseOn(chunked)).toMatch(/^HTTP\/1.1 401 /);
  });

  test('and is too large for an operation without a caller', async () => {
    const { email, password } = team.owner;
    const padded = JSON.stringify({ email, password }).padEnd(small_bytes + 1);
    expect(await send({ access_token: '' }, padded, '/v1/auth/login')).toEqual([413, 'body_too_large']);
  });
});

describe('a body', () => {
  test('that stalls is refused long before the request times out, and gives its share of the memory back', async () => {
    const begun = performance.now();
    const idle = [await begin(team.member, { length: 1000 * kib }), await begin(team.owner, { length: 100_000 })];
    const stalled = await begin(team.admin, { length: 1900 * kib, start: ' '.repeat(1800 * kib) });
    for (const socket of [...idle, stalled]) {
      const response = await responseOn(socket);
      expect(response).toMatch(/^HTTP\/1.1 408 .*connection: close.*"code":"request_timeout"/is);
    }
    expect(performance.now() - begun).toBeLessThan(9000);
    expect(await send(team.admin, comment(1_000_000))).toEqual([201, undefined]);
  });

  test('that arrives slowly but steadily is read', async () => {
    const body = comment(100_000);
    const socket = await begin(team.member, { length: body.length, start: body.slice(0, 10) });
    for (let at = 10; at < body.length; at += 10_000) {
      await sleep(500);
      socket.write(body.slice(at, at + 10_000));
    }
    expect(await responseOn(socket)).toMatch(/^HTTP\/1.1 201 /);
  });
});

describe('the number of bytes that an account may send in an hour', () => {
  test('is used up by its requests, but not by those of a session that has ended', async () => {
    const limited = await startServer({ BATON_WRITE_MIB_PER_HOUR: '1' }); // a quarter of it at once
    try {
      const other = await makeTeam(limited);
      const { id } = await makeTicket(other);
      const path = `${limited.url}/v1/workspaces/${other.workspace_id}/tickets/${id}/comments`;
      const post = async (access_token: string, body: string) => {
        const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
        return (await fetch(path, { method: 'POST', headers, body })).status;
      };
      const session = await signInAgain(limited, other.member);
      await session.client.logout();
      for (const bytes of [200_000, 100_000, 16_000, 16_000, ...Array.from({ length: 30 }, () => 15_000)]) {
        expect(await post(session.access_token, comment(2).padEnd(bytes))).toBe(401);
      }
      for (let n = 0; n < 8; n++) expect(await post(other.member.access_token, comment(2_000))).toBe(201);
      const statuses = [];
      for (let n = 0; n < 30; n++) statuses.push(await post(other.member.access_token, comment(15_000)));
      expect(statuses).toContain(429);
      expect(statuses.indexOf(429)).toBe(17); // 256 KiB
      expect(await post(other.admin.access_token, comment(15_000))).toBe(201);
    } finally {
      await limited.stop();
    }
  });
});
