import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { removeDue } from '../../../proof/harness/attachments.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { openFolder } from './folder.ts';

/** Polls until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 20_000 });

const mib = 2 ** 20;
let server: TestServer;
let team: Team;
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-limits-'));
  server = await startServer({
    BATON_ATTACHMENTS_DIR: dir,
    BATON_MAX_ATTACHMENT_MIB: '1',
    BATON_MAX_ATTACHMENTS_PER_TICKET: '2',
    BATON_MAX_ATTACHMENT_MIB_PER_WORKSPACE: '2',
    BATON_UPLOAD_TIMEOUT_S: '1',
    BATON_REQUEST_TIMEOUT_MS: '30000',
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

async function place() {
  team = await makeTeam(server, 'standard');
  const { id: ticket } = await makeTicket(team);
  return { workspace_id: team.workspace_id, ticket };
}

type Place = Awaited<ReturnType<typeof place>>;
type Fetch = typeof fetch;

const send = (at: Place, body: Uint8Array<ArrayBuffer>, own: { fetch?: Fetch } = {}) =>
  team.member.client.raw.add_attachment({ ...at, name: 'a', body }, own);

const targetOf = (at: Place) => `/v1/workspaces/${at.workspace_id}/tickets/${at.ticket}/attachments?name=a`;

/** The start of a request that adds a file. */
const headOf = (at: Place) =>
  `POST ${targetOf(at)} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${team.member.access_token}\r\n`;

/** Returns the errors that were not handled while `act` ran. Each of them would end a server's process. */
async function uncaughtDuring(act: () => Promise<void>): Promise<unknown[]> {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  process.on('uncaughtException', note);
  try {
    await act();
  } finally {
    process.off('uncaughtException', note);
  }
  return uncaught;
}

/** The statements that wait for a lock. */
const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

/** Returns a `fetch` that sends these bytes without a Content-Length, and then ends the body or stalls. */
const streaming =
  (bytes: Uint8Array<ArrayBuffer>, { ends }: { ends: boolean }): Fetch =>
  (url, init) => {
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(bytes);
        if (ends) controller.close();
      },
    });
    return fetch(url, { ...init, body, duplex: 'half' });
  };

const stored = () =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

/** Expects that nothing is left of an upload: no row, and after the worker's pass no bytes. */
async function expectNothing(at: Place): Promise<void> {
  expect((await team.viewer.client.list_attachments(at)).data).toEqual([]);
  const left = async () => {
    await removeDue(server);
    const { rows } = await server.database.owner.query('select id from attachment_files where workspace_id = $1', [
      at.workspace_id,
    ]);
    return [rows.length, stored()];
  };
  await soon(left).toEqual([0, 0]);
}

async function purge(at: Place): Promise<void> {
  await team.owner.client.purge_ticket({ ...at, body: { fields: ['attachments'] } });
  await removeDue(server);
}

describe('a file', () => {
  test('over the size limit is refused with or without a Content-Length, and leaves nothing behind', async () => {
    const at = await place();
    const [fits, too_large] = [new Uint8Array(mib), new Uint8Array(mib + 1)];
    const refused = { status: 413, body: { code: 'body_too_large' } };
    expect(await send(at, too_large)).toMatchObject(refused);
    expect(await send(at, too_large, { fetch: streaming(too_large, { ends: true }) })).toMatchObject(refused);
    await expectNothing(at);
    expect((await send(at, fits, { fetch: streaming(fits, { ends: true }) })).status).toBe(201);
    await purge(at);
  });

  test('whose upload stalls is refused, and leaves nothing behind', async () => {
    const at = await place();
    const response = await send(at, new Uint8Array(1), { fetch: streaming(randomBytes(10), { ends: false }) });
    expect(response).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
    await expectNothing(at);
  });

  test('whose sender disconnects halfway leaves nothing behind', async () => {
    const at = await place();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`${headOf(at)}Content-Length: 500000\r\n\r\n${'x'.repeat(200_000)}`);
    await soon(() => Promise.resolve(stored())).toBe(1);
    socket.destroy();
    await expectNothing(at);
  });

  describe('whose upload waits for a lock', () => {
    /** Runs `act` while a table is locked. By default it is the one that an upload writes a row to first. */
    async function whileHeld(act: () => Promise<void>, lock = 'attachment_files in share mode'): Promise<void> {
      const holder = await server.database.owner.connect();
      try {
        await holder.query(`begin; lock table ${lock}`);
        await act();
      } finally {
        await holder.query('rollback');
        holder.release();
      }
    }

    test('is added once the lock is released, even after the upload timeout', async () => {
      const at = await place();
      let sent: ReturnType<typeof send> | undefined;
      await whileHeld(async () => {
        sent = send(at, new Uint8Array(10));
        await sleep(2_500); // more than twice the upload timeout
      });
      expect((await sent)?.status).toBe(201);
      await purge(at);
    });

    test('causes no uncaught error when its sender disconnects meanwhile', async () => {
      const at = await place();
      const uncaught = await uncaughtDuring(() =>
        whileHeld(async () => {
          const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
          socket.write(`${headOf(at)}Content-Length: 500000\r\n\r\nx`);
          await soon(async () => (await server.database.owner.query(waiting)).rowCount).toBe(1);
          socket.destroy();
          await sleep(200);
        }),
      );
      expect(uncaught).toEqual([]);
      await expectNothing(at);
    });

    // Every byte has reached the server's socket, but the server has read only some of them and never gets the rest.
    test.each([
      ['before its row is written', 'attachment_files in share mode'],
      ['before its permission is confirmed', 'memberships in access exclusive mode'],
    ])('leaves nothing behind when its sender disconnects after the last byte, %s', async (_, lock) => {
      const at = await place();
      await whileHeld(async () => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
        socket.write(`${headOf(at)}Content-Length: 150000\r\n\r\n${'x'.repeat(150_000)}`);
        await soon(async () => (await server.database.owner.query(waiting)).rowCount).toBe(1);
        await sleep(200);
        socket.destroy();
        await sleep(200);
      }, lock);
      await expectNothing(at);
    });
  });

  test('with a Content-Encoding is refused: its download would differ from what was sent', async () => {
    const at = await place();
    const encoded: Fetch = (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('content-encoding', 'gzip');
      return fetch(url, { ...init, headers });
    };
    expect(await send(at, new Uint8Array(9), { fetch: encoded })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    });
    await expectNothing(at);
  });

  test('from a caller who may not add it is refused, and leaves nothing behind', async () => {
    const at = await place();
    const add = (who: 'viewer' | 'stranger') =>
      team[who].client.raw.add_attachment({ ...at, name: 'a', body: new Uint8Array(1000) });
    expect([(await add('viewer')).status, (await add('stranger')).status]).toEqual([403, 404]);
    const elsewhere = { ...at, ticket: 'ENG-9999' };
    expect((await send(elsewhere, new Uint8Array(1000))).status).toBe(404);
    await expectNothing(at);
  });
});

describe('a quota', () => {
  const exceeded = (quota: string, limit: number) => ({ status: 409, body: { code: 'quota_exceeded', quota, limit } });

  test('limits the attachments of each ticket, and removing one makes room', async () => {
    const at = await place();
    const { body } = await send(at, new Uint8Array(1));
    expect((await send(at, new Uint8Array(1))).status).toBe(201);
    expect(await send(at, new Uint8Array(1))).toMatchObject(exceeded('attachments_per_ticket', 2));
    const { id: attachment_id } = body as { id: string };
    await team.member.client.remove_attachment({ ...at, attachment_id });
    expect((await send(at, new Uint8Array(1))).status).toBe(201);
  });

  test('limits the bytes of each workspace, and removing or purging attachments makes room', async () => {
    const at = await place();
    const other = { ...at, ticket: (await makeTicket(team)).id };
    const large = new Uint8Array(mib);
    const { body } = await send(at, large);
    expect((await send(at, large)).status).toBe(201);
    const refused = exceeded('attachment_mib_per_workspace', 2);
    expect(await send(other, new Uint8Array(1))).toMatchObject(refused);
    expect((await send(other, new Uint8Array())).status).toBe(201);
    const { id: attachment_id } = body as { id: string };
    await team.member.client.remove_attachment({ ...at, attachment_id });
    expect((await send(other, large)).status).toBe(201);
    expect(await send(at, new Uint8Array(1))).toMatchObject(refused);
    await team.owner.client.purge_ticket({ ...other, body: { fields: ['attachments'] } });
    expect((await send(at, new Uint8Array(1))).status).toBe(201);
  });
});

test('an account can upload six files at a time, and the next is refused until one of them ends', async () => {
  const at = await place();
  const slow = await startServer({ BATON_ATTACHMENTS_DIR: dir }, { database: server.database });
  try {
    const port = Number(new URL(slow.url).port);
    const before = stored();
    const sockets = Array.from({ length: 6 }, () => connect(port, '127.0.0.1'));
    for (const socket of sockets) socket.write(`${headOf(at)}Content-Length: 10\r\n\r\nx`);
    await soon(() => Promise.resolve(stored())).toBe(before + 6);
    const upload = (token: string) =>
      fetch(slow.url + targetOf(at), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: 'A file.',
      });
    const refused = await upload(team.member.access_token);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([
      429,
      '"files";q=6;qu="concurrent-requests"',
    ]);
    expect((await upload(team.admin.access_token)).status).toBe(201);
    for (const socket of sockets) socket.destroy();
    await soon(async () => (await upload(team.member.access_token)).status).toBe(201);
  } finally {
    await slow.stop();
  }
});

/** The number of attachments' files that the process has open. */
function opened(): number {
  const of_process = '/proc/self/fd';
  const target = (fd: string) => {
    try {
      return readlinkSync(path.join(of_process, fd));
    } catch {
      return ''; // closed since then, like the descriptor of this listing itself
    }
  };
  return readdirSync(of_process).filter((fd) => target(fd).startsWith(dir)).length;
}

test.runIf(existsSync('/proc/self/fd'))('a client that leaves before the first byte leaves no file open', async () => {
  const at = await place();
  const { body } = await send(at, new Uint8Array(mib));
  const { id: attachment_id } = body as { id: string };
  const { path: address } = await team.member.client.get_attachment_link({ ...at, attachment_id });
  const holder = await server.database.owner.connect();
  try {
    await holder.query('begin; lock table attachments in access exclusive mode');
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`GET ${address} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await soon(async () => (await server.database.owner.query(waiting)).rowCount).toBe(1);
    socket.destroy();
    await sleep(200);
  } finally {
    await holder.query('rollback');
    holder.release();
  }
  await sleep(500); // a file is opened once the database has responded
  expect(opened()).toBe(0);
  await purge(at);
});

describe('a store', () => {
  test('that is not configured refuses files with attachments_not_configured', async () => {
    const none = await startServer(
      { NODE_ENV: 'production', BATON_BCRYPT_COST: '10', BATON_ATTACHMENTS_DIR: '', BATON_UPLOAD_TIMEOUT_S: '1' },
      { database: server.database },
    );
    try {
      expect(none.config.attachments_dir).toBeUndefined();
      const at = await place();
      const member = memberAt(none);
      const uncaught = await uncaughtDuring(async () => {
        const { status, body } = await member.raw.add_attachment({ ...at, name: 'a', body: new Uint8Array(1) });
        expect([status, body]).toMatchObject([403, { code: 'attachments_not_configured' }]);
        await sleep(1_500); // longer than the upload timeout
      });
      expect(uncaught).toEqual([]);
    } finally {
      await none.stop();
    }
  });

  test('that is not a folder fails the check at start-up with an error that names the setting', async () => {
    await expect(openFolder('/proc/nowhere').check()).rejects.toThrow(/^BATON_ATTACHMENTS_DIR can't be used/);
  });

  test('that has lost or changed a file returns not_found for it, and the server logs it', async () => {
    const lines: string[] = [];
    const own = await startServer({}, { database: server.database, log_to: (line) => lines.push(line) });
    try {
      const at = await place();
      const member = memberAt(own);
      const { id: attachment_id } = await member.add_attachment({ ...at, name: 'a', body: new Uint8Array(1) });
      const { path: address } = await member.get_attachment_link({ ...at, attachment_id });
      const kept = own.config.attachments_dir ?? '';
      const file = path.join(kept, attachment_id.slice(-2), attachment_id);
      // Truncated, grown, and gone. Sent with the length of its row, the file would run into the next response.
      for (const change of [() => truncateSync(file), () => writeFileSync(file, 'ab'), () => rmSync(file)]) {
        change();
        const response = await fetch(own.url + address);
        expect([response.status, await response.json()]).toMatchObject([404, { code: 'not_found' }]);
        expect(response.headers.get('content-disposition')).toBeNull();
        expect(lines.splice(0).join('')).toContain('bytes of an attachment are missing');
      }
    } finally {
      await own.stop();
    }
  });
});

/** The member as a client of another server on the same database. */
const memberAt = ({ url }: TestServer) => conformingClient(url, team.member.access_token);

describe('where a request may take three seconds', () => {
  let quick: TestServer;
  let socket: Socket;
  let received: string;

  beforeAll(async () => {
    quick = await startServer(
      { BATON_REQUEST_TIMEOUT_MS: '3000', BATON_HEADERS_TIMEOUT_MS: '2000', BATON_MAX_ATTACHMENT_MIB: '1' },
      { database: server.database },
    );
  });
  beforeEach(() => {
    received = '';
    socket = connect(Number(new URL(quick.url).port), '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', () => undefined); // the server closes the connection
  });
  afterEach(() => socket.destroy());
  afterAll(() => quick.stop());

  test('a body that is not a file is refused after that time, although files may take longer', async () => {
    socket.write(
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    );
    await sleep(100);
    expect(received).toBe('');
    await soon(() => Promise.resolve(received)).toContain('request_timeout');
  });

  test('a file that was refused may continue for no longer than that time', async () => {
    const at = await place();
    const chunkOf = (bytes: number) => `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n`;
    socket.write(`${headOf(at)}Transfer-Encoding: chunked\r\n\r\n${chunkOf(mib + 1)}`);
    await soon(() => Promise.resolve(received)).toContain('body_too_large');
    const more = setInterval(() => socket.write(chunkOf(1)), 50);
    await soon(() => Promise.resolve(socket.closed)).toBe(true);
    clearInterval(more);
  });
});
