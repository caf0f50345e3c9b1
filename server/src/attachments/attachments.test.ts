import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'content-disposition';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { joinWorkspace, type Person, registerPerson, signInAgain } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { removeDue } from '../../../proof/harness/attachments.ts';
import { newId } from '../lib/ids.ts';

/** Polls until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 20_000 });

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

const bytesOf = (text: string) => new TextEncoder().encode(text);
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function onTicket() {
  const { id: ticket } = await makeTicket(team);
  return { workspace_id: team.workspace_id, ticket };
}

type Place = Awaited<ReturnType<typeof onTicket>>;

/** Adds a file as the member. */
const add = (at: Place, name = 'a.txt', body: Uint8Array<ArrayBuffer> = bytesOf('A file.')) =>
  team.member.client.add_attachment({ ...at, name, body });

/** Requests the link as this person, then fetches its address without a credential. */
async function download(at: Place, attachment_id: string, { client }: Person = team.viewer): Promise<Response> {
  const { path } = await client.get_attachment_link({ ...at, attachment_id });
  return fetch(server.url + path);
}

/** The names of all files in the store. */
const stored = () =>
  readdirSync(server.config.attachments_dir ?? '', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

describe('an attachment', () => {
  test('has a name, size, hash, media type and the member who added it, and downloads byte for byte', async () => {
    const at = await onTicket();
    const body = new Uint8Array(randomBytes(3_000_001));
    const added = await add(at, 'crane.bin', body);
    expect(added).toEqual({
      id: expect.any(String),
      ticket_id: at.ticket,
      name: 'crane.bin',
      media_type: 'application/octet-stream',
      size_bytes: 3_000_001,
      checksum: createHash('sha256').update(body).digest('hex'),
      added_by: team.member.user.id,
      created_at: expect.any(String),
    });
    const { client } = team.viewer;
    expect(await client.get_attachment({ ...at, attachment_id: added.id })).toEqual(added);
    const second = await add(at, 'empty', new Uint8Array());
    expect((await client.list_attachments(at)).data).toEqual([added, second]);
    const response = await download(at, added.id);
    expect(response.headers.get('content-length')).toBe('3000001');
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    expect((await (await download(at, second.id)).arrayBuffer()).byteLength).toBe(0);
  });

  test.each([
    'crane.jpg',
    'Überlast – Übersicht.pdf',
    '起重机.txt',
    'رافعة.txt',
    '🏗️ "quoted"; and, so=on.txt',
    "it's 100 % back.txt",
    '日本語'.repeat(80),
  ])('keeps any Unicode name: %s', async (name) => {
    const at = await onTicket();
    const added = await add(at, name);
    expect(added.name).toBe(name);
    const given = (await download(at, added.id)).headers.get('content-disposition') ?? '';
    expect(given).toMatch(/^attachment;/);
    expect(parse(given).parameters['filename']).toBe(name);
  });

  test.each([
    ['../../etc/cron.d/a', '.._.._etc_cron.d_a'],
    ['C:\\Windows\\a.txt', 'C:_Windows_a.txt'],
    ['..', '_'],
    ['.', '_'],
  ])('is downloaded under a name that contains no path: %s', async (name, saved) => {
    const at = await onTicket();
    const added = await add(at, name);
    expect(added.name).toBe(name);
    const given = (await download(at, added.id)).headers.get('content-disposition') ?? '';
    expect(parse(given).parameters['filename']).toBe(saved);
  });

  test.each(['', '   ', 'two\nlines', 'nul\0', 'x'.repeat(256)])('cannot have the name %j', async (name) => {
    const at = await onTicket();
    const { status, body } = await team.member.client.raw.add_attachment({ ...at, name, body: bytesOf('A file.') });
    expect([status, body]).toMatchObject([422, { errors: [{ parameter: 'name' }] }]);
    expect((await team.member.client.list_attachments(at)).data).toEqual([]);
  });

  test.each([
    ['an image', png, 'text.txt', 'image/png', 'inline', 'image/png'],
    ['a page', bytesOf('<!doctype html><script>alert(1)</script>'), 'a.png', 'text/plain', 'attachment', undefined],
    [
      'a drawing with a script',
      bytesOf('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'a.png',
      'application/xml',
      'attachment',
      undefined,
    ],
    ['a PDF', bytesOf('%PDF-1.7\n%âãÏÓ\n'), 'a.jpg', 'application/pdf', 'attachment', undefined],
    ['a text', bytesOf('Grüße\n'), 'a.exe', 'text/plain', 'attachment', undefined],
    ['bytes', new Uint8Array([0, 1, 2, 255]), 'a.txt', 'application/octet-stream', 'attachment', undefined],
  ])('gets its media type from its bytes, and never runs: %s', async (_, body, name, media_type, disposition, type) => {
    const at = await onTicket();
    const added = await add(at, name, new Uint8Array(body));
    expect(added.media_type).toBe(media_type);
    const { headers } = await download(at, added.id);
    expect(headers.get('content-type')).toBe(type ?? 'application/octet-stream');
    expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition};`));
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('can be removed, with its bytes, only by the member who added it and by admins', async () => {
    const at = await onTicket();
    const [own, other] = [await add(at), await team.owner.client.add_attachment({ ...at, name: 'b', body: png })];
    const remove = ({ client }: Person, { id: attachment_id }: { id: string }) =>
      client.raw.remove_attachment({ ...at, attachment_id });
    expect(await remove(team.member, other)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await team.member.client.list_attachments(at)).data).toEqual([own, other]);
    expect(stored()).toContain(own.id);
    for (const [who, which] of [[team.member, own] as const, [team.admin, other] as const]) {
      const { path } = await team.viewer.client.get_attachment_link({ ...at, attachment_id: which.id });
      expect((await remove(who, which)).status).toBe(204);
      expect((await remove(who, which)).status).toBe(404);
      expect((await fetch(server.url + path)).status).toBe(404);
    }
    await removeDue(server);
    expect(stored()).not.toContain(own.id);
    expect(stored()).not.toContain(other.id);
  });

  test('whose bytes can’t be removed does not block the removal of others, and is retried', async () => {
    const at = await onTicket();
    const other = await add(at);
    const stuck = Array.from({ length: 60 }, newId);
    await server.database.owner.query(
      `insert into attachment_files (workspace_id, id, due_at)
        select $1, id, now() - interval '1 day' from unnest($2::uuid[]) id`,
      [at.workspace_id, stuck],
    );
    const places = stuck.map((id) => path.join(server.config.attachments_dir ?? '', id.slice(-2), id));
    for (const place of places) mkdirSync(place, { recursive: true }); // the store removes files, and fails for a directory
    await team.member.client.remove_attachment({ ...at, attachment_id: other.id });
    await expect(removeDue(server)).rejects.toThrow(/directory/);
    const due = async () => (await filesLeft(at.workspace_id)).flatMap((file) => (file.due ? file.id : [])).sort();
    expect(await due()).toEqual(stuck.sort());
    expect(stored()).not.toContain(other.id);
    for (const place of places) rmdirSync(place);
    await removeDue(server);
    expect(await due()).toEqual([]);
  });

  test('appears in its ticket’s activity, in the audit log and in the events when it is added and when it is removed', async () => {
    const at = await onTicket();
    const { id: attachment_id, ticket_id, name, media_type, size_bytes, checksum } = await add(at);
    await team.member.client.remove_attachment({ ...at, attachment_id });
    const fields = { ticket_id, name, media_type, size_bytes, checksum };
    const { data } = await team.viewer.client.list_activity(at);
    expect(data.map(({ action, subject_type, before, after }) => [action, subject_type, before ?? after])).toEqual(
      expect.arrayContaining([
        ['attachment.removed', 'attachment', fields],
        ['attachment.added', 'attachment', fields],
      ]),
    );
    const audit = await team.owner.client.list_audit({ workspace_id: at.workspace_id, subject: attachment_id });
    expect(audit.data.map(({ action }) => action)).toEqual(['attachment.removed', 'attachment.added']);
    await numberEvents(server.database.url);
    const types = 'attachment.added,attachment.removed';
    const events = await team.viewer.client.read_events({ workspace_id: at.workspace_id, types, ticket: at.ticket });
    expect(events.data.map(({ type }) => type)).toEqual(['attachment.added', 'attachment.removed']);
  });

  test('is deleted and restored with its ticket, and a purge removes it and its name', async () => {
    const at = await onTicket();
    const added = await add(at, 'secret.txt');
    const { path } = await team.viewer.client.get_attachment_link({ ...at, attachment_id: added.id });
    await team.member.client.delete_ticket(at);
    expect((await fetch(server.url + path)).status).toBe(404);
    expect((await team.viewer.client.raw.get_attachment({ ...at, attachment_id: added.id })).status).toBe(404);
    await removeDue(server);
    await team.member.client.restore_ticket(at);
    expect((await fetch(server.url + path)).status).toBe(200);
    await team.owner.client.purge_ticket({ ...at, body: { fields: ['attachments'] } });
    expect((await team.viewer.client.list_attachments(at)).data).toEqual([]);
    await removeDue(server);
    expect(stored()).not.toContain(added.id);
    const { data } = await team.owner.client.list_audit({ workspace_id: at.workspace_id, subject: added.id });
    expect(data.map(({ action, before, after }) => [action, before ?? after])).toEqual([
      ['attachment.removed', expect.objectContaining({ name: null, size_bytes: 7 })],
      ['attachment.added', expect.objectContaining({ name: null, size_bytes: 7 })],
    ]);
  });

  test('is added once when it is sent again with its idempotency key, which no other file can use', async () => {
    const at = await onTicket();
    const send = (text: string) =>
      team.member.client.raw.add_attachment({ ...at, name: 'a', body: bytesOf(text), idempotency_key: 'file-1' });
    const [first, again] = [await send('One'), await send('One')];
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect(await send('Two')).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    const { data } = await team.viewer.client.list_attachments(at);
    expect(data).toEqual([first.body]);
    await soon(async () => (await filesLeft(at.workspace_id)).filter(({ due }) => due)).toHaveLength(2);
    await removeDue(server);
    const kept = await filesLeft(at.workspace_id);
    expect(kept.filter(({ due }) => due)).toEqual([]);
    expect(stored()).toEqual(expect.arrayContaining(kept.map(({ id }) => id)));
  });
});

/** The files of the workspace that the database lists, and whether each is due for removal. */
async function filesLeft(workspace_id: string): Promise<{ id: string; due: boolean }[]> {
  const { rows } = await server.database.owner.query<{ id: string; due: boolean }>(
    'select id, coalesce(due_at < now(), false) as due from attachment_files where workspace_id = $1',
    [workspace_id],
  );
  return rows;
}

describe('the address of a file', () => {
  test('needs no credential, is authorized at each use, and ends with the access of the caller who got it', async () => {
    const at = await onTicket();
    const { id: attachment_id } = await add(at);
    const guest = await registerPerson(server);
    await joinWorkspace(team.owner, guest, at.workspace_id, 'viewer');
    const { token } = await guest.client.create_token({
      workspace_id: at.workspace_id,
      body: { name: 'Reader', scopes: ['tickets:read'] },
    });
    const bot = await team.owner.client.create_bot({ workspace_id: at.workspace_id, body: { name: 'Bot' } });
    const of_bot = await team.admin.client.create_token({
      workspace_id: at.workspace_id,
      body: { name: 'Bot', scopes: ['tickets:read'], user_id: bot.id },
    });
    const signed_in = await signInAgain(server, guest);
    const callers = { person: guest.client, by_token: conformingClient(server.url, token), session: signed_in.client };
    const paths: Record<string, string> = {};
    for (const [name, client] of Object.entries(callers))
      paths[name] = (await client.get_attachment_link({ ...at, attachment_id })).path;
    const { path: by_bot } = await conformingClient(server.url, of_bot.token).get_attachment_link({
      ...at,
      attachment_id,
    });
    const statuses = async () => {
      const all = await Promise.all(Object.values(paths).map((path) => fetch(server.url + path)));
      return all.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([200, 200, 200]);
    expect((await fetch(server.url + by_bot)).status).toBe(200);
    await signed_in.client.logout();
    expect(await statuses()).toEqual([200, 200, 401]);
    await team.owner.client.remove_member({ workspace_id: at.workspace_id, user_id: guest.user.id });
    expect(await statuses()).toEqual([404, 401, 401]);
    await team.owner.client.remove_bot({ workspace_id: at.workspace_id, bot_id: bot.id });
    expect((await fetch(server.url + by_bot)).status).toBe(401);
  });

  test('returns 404 unless this server signed it', async () => {
    const at = await onTicket();
    const { id: attachment_id } = await add(at);
    const { path, expires_at } = await team.viewer.client.get_attachment_link({ ...at, attachment_id });
    const left_ms = Date.parse(expires_at) - Date.now();
    expect(left_ms).toBeGreaterThan(4.9 * 60_000);
    expect(left_ms).toBeLessThan(5.2 * 60_000);
    const last = path.endsWith('A') ? 'B' : 'A';
    for (const wrong of [path.slice(0, -1) + last, `${path}A`, '/files/bat_', '/files/x', '/files/'])
      expect([wrong, (await fetch(server.url + wrong)).status]).toEqual([wrong, 404]);
    const head = await fetch(server.url + path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '7']);
    expect((await fetch(server.url + path, { method: 'POST' })).status).toBe(405);
    expect((await team.stranger.client.raw.get_attachment_link({ ...at, attachment_id })).status).toBe(404);
  });
});
