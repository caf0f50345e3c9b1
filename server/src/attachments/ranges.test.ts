import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;
let at: { workspace_id: string; ticket: string };

beforeAll(async () => {
  server = await startServer({ BATON_CORS_ORIGINS: 'https://elsewhere.test' });
  team = await makeTeam(server, 'standard');
  at = { workspace_id: team.workspace_id, ticket: (await makeTicket(team)).id };
});
afterAll(() => server.stop());

const bytes = new Uint8Array(randomBytes(300_000));
const tag_of = (body: Uint8Array) => `"${createHash('sha256').update(body).digest('hex')}"`;
const tag = tag_of(bytes);

/** Adds a file, and returns its id and the address at which the viewer reads it. */
async function addFile(body = bytes) {
  const { id: attachment_id } = await team.member.client.add_attachment({ ...at, name: 'a.bin', body });
  const { path } = await team.viewer.client.get_attachment_link({ ...at, attachment_id });
  return { attachment_id, url: server.url + path };
}

/** What came of a request. */
async function received(url: string, headers: Record<string, string>, method = 'GET') {
  const response = await fetch(url, { headers, method });
  return {
    status: response.status,
    range: response.headers.get('content-range'),
    length: response.headers.get('content-length'),
    body: new Uint8Array(await response.arrayBuffer()),
    headers: response.headers,
  };
}

const whole = { status: 200, range: null, length: '300000', body: bytes };
const last = { status: 206, range: 'bytes 299000-299999/300000', length: '1000', body: bytes.subarray(299_000) };

describe('a download', () => {
  let url: string;
  beforeAll(async () => ({ url } = await addFile()));

  test.each([
    ['bytes=299000-', last],
    ['bytes=-1000', last],
    ['bytes=299000-400000', last],
    ['bytes=0-0', { status: 206, range: 'bytes 0-0/300000', length: '1', body: bytes.subarray(0, 1) }],
    ['bytes=-400000', { status: 206, range: 'bytes 0-299999/300000', length: '300000', body: bytes }],
  ])('of a range has just its bytes, with the headers of the whole: %s', async (range, expected) => {
    const { headers: of_whole } = await received(url, {});
    const { headers, ...came } = await received(url, { range });
    expect(came).toEqual(expected);
    const same = ['accept-ranges', 'etag', 'content-type', 'content-disposition', 'content-security-policy'];
    for (const name of [...same, 'cache-control', 'x-content-type-options'])
      expect([name, headers.get(name)]).toEqual([name, of_whole.get(name)]);
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect([headers.get('accept-ranges'), headers.get('etag')]).toEqual(['bytes', tag]);
  });

  test.each(['bytes=0-1,5-6', 'lines=0-1', 'bytes=5-2', 'bytes=a-b'])(
    'of several ranges, of another unit or of no range is the whole: %s',
    async (range) => {
      expect(await received(url, { range })).toMatchObject(whole);
    },
  );

  test('of a range behind its end is refused with its size, and not under the file’s name', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=300000-' } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */300000']);
    expect(await response.json()).toMatchObject({ code: 'range_not_satisfiable' });
    for (const name of ['content-disposition', 'etag']) expect(response.headers.get(name)).toBeNull();
  });

  test('of a range of an empty file is refused, and its last bytes are the whole', async () => {
    const { url: of_empty } = await addFile(new Uint8Array());
    expect(await received(of_empty, { range: 'bytes=0-' })).toMatchObject({ status: 416, range: 'bytes */0' });
    expect(await received(of_empty, { range: 'bytes=-5' })).toMatchObject({ status: 200, range: null, length: '0' });
  });

  test('continues only a file with the tag in If-Range; otherwise it is the whole', async () => {
    const range = 'bytes=299000-';
    expect(await received(url, { range, 'if-range': tag })).toMatchObject(last);
    for (const other of ['"other"', `W/${tag}`, 'Tue, 01 Dec 2026 00:00:00 GMT'])
      expect(await received(url, { range, 'if-range': other })).toMatchObject(whole);
    expect(await received(url, { range: 'bytes=300000-', 'if-range': '"other"' })).toMatchObject(whole);
    expect(await received(url, { 'if-range': tag })).toMatchObject(whole);
  });

  test('by HEAD has the headers of the whole, whatever range it names', async () => {
    for (const range of ['bytes=0-1', 'bytes=300000-']) {
      const { headers, ...came } = await received(url, { range }, 'HEAD');
      expect(came).toEqual({ ...whole, body: new Uint8Array() });
      expect([headers.get('accept-ranges'), headers.get('etag')]).toEqual(['bytes', tag]);
    }
  });

  test('evaluates If-Match and If-None-Match before the range', async () => {
    for (const method of ['GET', 'HEAD']) {
      const known = await received(url, { 'if-none-match': `"x", W/${tag}`, range: 'bytes=0-1' }, method);
      expect([known.status, known.body.length, known.headers.get('etag')]).toEqual([304, 0, tag]);
      for (const other of ['"x"', `W/${tag}`])
        expect((await received(url, { 'if-match': other, range: 'bytes=0-1' }, method)).status).toBe(412);
    }
    for (const if_match of [tag, `"x", ${tag}`, '*'])
      expect((await received(url, { 'if-match': if_match, range: 'bytes=0-1' })).status).toBe(206);
    expect((await received(url, { 'if-match': 'nonsense' })).status).toBe(400);
  });

  test('can be continued by a page of an allowed origin', async () => {
    const origin = 'https://elsewhere.test';
    const asked = {
      origin,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'if-range,range',
    };
    const { headers } = await received(url, asked, 'OPTIONS');
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(',');
    expect(allowed).toEqual(expect.arrayContaining(['if-range', 'range']));
    const exposed = (await received(url, { origin })).headers.get('access-control-expose-headers')?.split(',');
    expect(exposed).toEqual(expect.arrayContaining(['Accept-Ranges', 'Content-Range', 'ETag']));
  });
});

test('a part of a file is read only while the whole file may be', async () => {
  const { attachment_id, url } = await addFile();
  const range = 'bytes=299000-';
  expect((await received(url, { range })).status).toBe(206);
  await team.member.client.remove_attachment({ ...at, attachment_id });
  expect((await received(url, { range })).status).toBe(404);
});

test('a download that breaks off continues at another address of the same file, and then has all its bytes', async () => {
  const { attachment_id } = await addFile();
  const baton = team.viewer.client;
  const first = await baton.download({ ...at, attachment_id });
  const reader = first.body?.getReader();
  const kept = (await reader?.read())?.value ?? new Uint8Array();
  await reader?.cancel();
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.length).toBeLessThan(bytes.length);
  const if_range = first.headers.get('etag') ?? '';
  const rest = await baton.download({ ...at, attachment_id }, { from_byte: kept.length, if_range });
  expect(rest.status).toBe(206);
  expect(Buffer.concat([kept, await rest.bytes()]).equals(bytes)).toBe(true);
  const changed = await baton.download({ ...at, attachment_id }, { from_byte: kept.length, if_range: '"other"' });
  expect([changed.status, (await changed.bytes()).length]).toEqual([200, bytes.length]);
  const complete = baton.download({ ...at, attachment_id }, { from_byte: bytes.length, if_range });
  await expect(complete).rejects.toMatchObject({ code: 'range_not_satisfiable', status: 416, retryable: false });
  for (const wrong of [{ from_byte: -1 }, { from_byte: 0.5 }, { if_range }])
    await expect(baton.download({ ...at, attachment_id }, wrong)).rejects.toMatchObject({ code: 'invalid_call' });
});
