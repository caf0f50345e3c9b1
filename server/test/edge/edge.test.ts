import net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { makeTeam, makeTicket, type Team } from '../harness/make.ts';
import { registerPerson } from '../harness/people.ts';
import { metrics_token, startServer, type TestServer } from '../harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer({ BATON_CORS_ORIGINS: 'https://app.example.com' });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

interface Problem {
  status: number;
  code: string;
}

/** A request as fetch sends it; what comes back must be a problem, and is given with its code. */
async function refused(path: string, init: RequestInit = {}): Promise<[number, string, Headers]> {
  const answer = await fetch(server.url + path, { redirect: 'manual', ...init });
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('x-request-id')).not.toBeNull();
  expect(text).not.toMatch(/node_modules|at \w+ \(|select |Express/i);
  const problem = JSON.parse(text) as Problem;
  expect(problem.status).toBe(answer.status);
  return [answer.status, problem.code, answer.headers];
}

const as = (person: { access_token: string }, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${person.access_token}`,
  ...more,
});
const json = { 'content-type': 'application/json' };

test('a write that takes no body refuses one, and does nothing', async () => {
  const { workspace_id, owner } = team;
  const { id } = await makeTicket(team);
  const url = `${server.url}/v1/workspaces/${workspace_id}/tickets/${id}`;
  const remove = (init: RequestInit) => fetch(url, { method: 'DELETE', ...init, headers: as(owner, json) });
  for (const body of ['{"version":7}', '[]', 'x'.repeat(100_000)]) {
    const answer = await remove({ body });
    expect([answer.status, await answer.json()]).toEqual([
      422,
      expect.objectContaining({ errors: [{ pointer: '', detail: 'This operation takes no body.' }] }),
    ]);
  }
  expect((await remove({ body: '{}' })).status).toBe(204);
  const restored = await fetch(`${url}/restore`, { method: 'POST', headers: as(owner) });
  expect(restored.status).toBe(200);
});

describe('every refusal is a problem', () => {
  test.each([
    ['/nowhere', {}, 404, 'not_found'],
    ['/v1/me/', {}, 404, 'not_found'],
    ['/docs/assets', {}, 404, 'not_found'],
    ['/docs/assets/', {}, 404, 'not_found'],
    ...['package.json', 'index.html', 'swagger-ui.js', 'swagger-ui-bundle.js.map', 'docs.html'].map(
      (file): [string, RequestInit, number, string] => [`/docs/assets/${file}`, {}, 404, 'not_found'],
    ),
    ['/docs/assets/swagger-ui.css', { headers: { 'if-match': '"other"' } }, 412, 'precondition_failed'],
    ['/V1/me', {}, 404, 'not_found'],
    ['/v1/workspaces/%zz', {}, 400, 'malformed_request'],
    ['/v1/workspaces/%00/tickets', {}, 401, 'unauthenticated'],
    ['/v1/me', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['/v1/me', {}, 401, 'unauthenticated'],
    ['/v1/me', { headers: { authorization: 'Basic YTpi' } }, 401, 'invalid_token'],
    ['/v1/me', { headers: { authorization: 'Bearer x' } }, 401, 'invalid_token'],
    ['/v1/auth/login', { method: 'POST', body: '{', headers: json }, 400, 'malformed_json'],
    ['/v1/auth/login', { method: 'POST', body: '"text"', headers: json }, 400, 'malformed_json'],
    ['/v1/auth/login', { method: 'POST', body: 'null', headers: json }, 400, 'malformed_json'],
    ['/v1/auth/login', { method: 'POST', headers: json }, 422, 'validation_failed'],
    ['/v1/auth/login', { method: 'POST', body: '[]', headers: json }, 422, 'validation_failed'],
    ['/v1/auth/login', { method: 'POST', body: '{}' }, 415, 'unsupported_media_type'],
    ['/v1/auth/login', { method: 'POST' }, 415, 'unsupported_media_type'],
    [
      '/v1/auth/login',
      { method: 'POST', body: 'x', headers: { 'content-type': 'text/html' } },
      415,
      'unsupported_media_type',
    ],
    [
      '/v1/auth/login',
      { method: 'POST', body: '{}', headers: { ...json, 'content-encoding': 'gzip' } },
      415,
      'unsupported_media_type',
    ],
    [
      '/v1/auth/login',
      { method: 'POST', body: '{}', headers: { 'content-type': 'application/json; charset=latin1' } },
      415,
      'unsupported_media_type',
    ],
    ['/v1/auth/login', { method: 'POST', body: `"${'x'.repeat(70_000)}"`, headers: json }, 413, 'body_too_large'],
    ...['utf-16', 'utf-7', 'utf-8; charset=utf-16'].map((charset): [string, RequestInit, number, string] => [
      '/v1/auth/login',
      { method: 'POST', body: '{}', headers: { 'content-type': `application/json; charset=${charset}` } },
      415,
      'unsupported_media_type',
    ]),
    [
      '/v1/auth/login',
      { method: 'POST', body: '{}', headers: { 'content-type': 'Application/JSON;Charset="UTF-8"' } },
      422,
      'validation_failed',
    ],
    [
      '/v1/auth/login',
      { method: 'POST', body: Buffer.from('{"email":"J\xf6rg"}', 'latin1'), headers: json },
      400,
      'malformed_json',
    ],
    [
      '/v1/auth/login',
      { method: 'POST', body: Buffer.from('\ufeff{}', 'utf16le'), headers: json },
      400,
      'malformed_json',
    ],
    ['/v1/auth/login', { method: 'POST', body: '\ufeff{}', headers: json }, 422, 'validation_failed'],
    [
      '/v1/auth/login',
      { method: 'POST', body: '{"email":"a","\\u0065mail":"b"}', headers: json },
      400,
      'malformed_json',
    ],
    ['/v1/policy?all=1', {}, 422, 'validation_failed'],
    ['/v1/policy?all=%E4', {}, 400, 'malformed_request'],
    ['/v1/policy?%C3&%A4', {}, 400, 'malformed_request'],
  ] as [string, RequestInit, number, string][])('%s %j: %i %s', async (path, init, status, code) => {
    expect((await refused(path, init)).slice(0, 2)).toEqual([status, code]);
  });

  test('a part that is not there of a page is answered with the whole', async () => {
    for (const path of ['/docs', '/docs/assets/swagger-ui.css']) {
      const answer = await fetch(server.url + path, { headers: { range: 'bytes=99999999-' } });
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  });

  test('a write with an Idempotency-Key is refused, since a retry would not be safe, and a read is not', async () => {
    const ticket = { method: 'POST', body: '{"title":"Once"}' };
    const path = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
    const keyed = { headers: as(team.member, { ...json, 'idempotency-key': 'a-key' }) };
    const list = `/v1/workspaces/${team.workspace_id}/tickets`;
    const count = async () => ((await (await fetch(server.url + list, keyed)).json()) as { data: [] }).data.length;
    const before = await count();
    const code = 'idempotency_key_unsupported';
    expect((await refused(path, { ...ticket, ...keyed })).slice(0, 2)).toEqual([400, code]);
    const sign_in = { method: 'POST', body: '{}', headers: { ...json, 'idempotency-key': 'a-key' } };
    expect((await refused('/v1/auth/login', sign_in)).slice(0, 2)).toEqual([400, code]);
    expect(await count()).toBe(before);
  });

  test('401 says how to sign in, and 405 what is allowed', async () => {
    const [, , unauthenticated] = await refused('/v1/me');
    expect(unauthenticated.get('www-authenticate')).toMatch(/^Bearer/);
    const [, , not_allowed] = await refused('/v1/me', { method: 'POST' });
    expect(not_allowed.get('allow')).toBe('GET, HEAD, PATCH');
  });
});

describe('bodies', () => {
  const create = (body: string) =>
    fetch(`${server.url}/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`, {
      method: 'POST',
      body,
      headers: as(team.member, json),
    });

  test.each([
    ['an unknown field', '{"title":"T","colour":"red"}'],
    ['a prototype', '{"title":"T","__proto__":{"priority":"high"}}'],
    ['a NUL', '{"title":"T\\u0000"}'],
    ['a lone surrogate', '{"title":"T\\ud800"}'],
    ['a number beyond all', '{"title":"T","due_on":1e999}'],
    ['a wrong type', '{"title":["T"]}'],
    ['no title', '{"title":"   "}'],
    ['a title of two lines', '{"title":"T\\u2028U"}'],
    ['a title that turns around', '{"title":"\\u202egnp.exe"}'],
    ['a label that looks like another', '{"title":"T","labels":["bu\\u200bg"]}'],
    ['a description of marks', JSON.stringify({ title: 'T', description: `a${'\u0315\u0316'.repeat(30_000)}` })],
    ['an impossible day', '{"title":"T","due_on":"2026-02-30"}'],
    ['too many labels', JSON.stringify({ title: 'T', labels: Array.from({ length: 51 }, (_, n) => `l${n}`) })],
    ['a year before all', '{"title":"T","due_on":"0000-01-01"}'],
    ['a wide object', `{"title":"T",${Array.from({ length: 10_000 }, (_, n) => `"f${n}":1`).join()}}`],
  ])('with %s are refused as invalid', async (_, body) => {
    const answer = await create(body);
    expect(answer.status).toBe(422);
    expect((await answer.json()) as Problem).toMatchObject({ code: 'validation_failed' });
  });

  test('and filters are composed, and compared so', async () => {
    const { workspace_id, project_id, member } = team;
    const body = { title: 'cafe\u0301', labels: ['caf\u00e9', 'cafe\u0301'], description: 'A\u030a\r\nb\u001b[0m\rc' };
    const ticket = await member.client.create_ticket({ workspace_id, project_id, body });
    expect(ticket).toMatchObject({ title: 'café', labels: ['café'], description: 'Å\nb\u001b[0m\rc' });
    for (const label of ['caf\u00e9', 'cafe\u0301']) {
      const { data } = await member.client.list_tickets({ workspace_id, label });
      expect(data.map(({ id }) => id)).toEqual([ticket.id]);
    }
    // What is composed already is no change.
    const edit = { title: 'cafe\u0301', labels: ['cafe\u0301'], version: 1 };
    expect((await member.client.update_ticket({ workspace_id, ticket: ticket.id, body: edit })).version).toBe(1);
    const long = { title: 'e\u0301'.repeat(512) };
    expect((await member.client.create_ticket({ workspace_id, project_id, body: long })).title).toBe('é'.repeat(512));
  });

  test.each([
    ['deep', `{"title":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['wide', `{"title":"T",${Array.from({ length: 400_000 }, (_, n) => `"f${n}":1`).join()}}`],
  ])('as %s as no contract is are refused unread', async (_, body) => {
    const answer = await create(body);
    expect(answer.status).toBe(413);
    expect((await answer.json()) as Problem).toMatchObject({ code: 'body_too_large' });
  });

  test.each(['0000-01-01T00:00:00Z', '2026-11-24T09:05:00+16:00', '2026-11-24T09:05:00-23:59'])(
    'and queries: a time that PostgreSQL does not know, %s, is refused as invalid',
    async (time) => {
      const query = `created_after=${encodeURIComponent(time)}`;
      for (const list of ['tickets', 'audit']) {
        const url = `${server.url}/v1/workspaces/${team.workspace_id}/${list}?${query}`;
        expect((await fetch(url, { headers: as(team.owner, {}) })).status).toBe(422);
      }
    },
  );

  test.each([
    ['thousands of faults', Array.from({ length: 20_000 }, (_, n) => `"f${n}":1`).join()],
    ['a fault of megabytes', `"${'x'.repeat(5_000_000)}":1`],
  ])('with %s are answered briefly', async (_, fields) => {
    const answer = await create(`{"title":"T",${fields}}`);
    expect(answer.status).toBe(422);
    expect((await answer.text()).length).toBeLessThan(10_000);
  });

  test('with a word of megabytes are not told that word', async () => {
    const statuses = [{ key: 'open', name: 'Open', category: 'todo' }];
    const answer = await fetch(
      `${server.url}/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/workflow`,
      {
        method: 'PUT',
        body: JSON.stringify({ statuses, initial: ['k'.repeat(900_000)], transitions: [] }),
        headers: as(team.owner, json),
      },
    );
    expect(answer.status).toBe(422);
    expect((await answer.text()).length).toBeLessThan(1000);
  });

  test('carry every character that can be stored, and texts to a million', async () => {
    const title = '🎫 👩‍👩‍👧 ﷽';
    const description = `\u202Eright to left\u001B[31m${'ä'.repeat(1_048_557)}`;
    const answer = await create(JSON.stringify({ title, description }));
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ title, description });
    expect((await create(JSON.stringify({ title, description: `${description}x` }))).status).toBe(422);
  });

  test('are read only while they fit into the caller’s share of the memory, and others’ are read all the same', async () => {
    const head = (person: { access_token: string }) => {
      const path = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
      const fixed = `Host: a\r\nAuthorization: Bearer ${person.access_token}\r\nContent-Type: application/json`;
      return `POST ${path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${6 * 1024 * 1024}\r\nExpect: 100-continue\r\n\r\n`;
    };
    const port = Number(new URL(server.url).port);
    const begin = (person: { access_token: string }) =>
      new Promise<[net.Socket, string]>((resolve) => {
        const socket = net.connect(port, '127.0.0.1', () => socket.write(head(person)));
        socket.once('data', (chunk) => resolve([socket, String(chunk).slice(9, 12)]));
      });
    const unfinished = [await begin(team.member), await begin(team.member)];
    expect(unfinished.map(([, status]) => status)).toEqual(['100', '100']);
    const beyond = await begin(team.member);
    const other = await begin(team.admin);
    expect([beyond[1], other[1]]).toEqual(['429', '100']);
    expect((await create('{"title":"A small one"}')).status).toBe(201);
    for (const [socket] of [...unfinished, beyond, other]) socket.destroy();
  });

  test('are not read from who isn’t signed in', async () => {
    const [status] = await refused(`/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`, {
      method: 'POST',
      body: 'x'.repeat(5_000_000),
      headers: json,
    });
    expect(status).toBe(401);
  });
});

/** Sends bytes as they are, and gives the status and code of what comes back. */
function raw(bytes: string): Promise<[number, string]> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
      if (/\r\n\r\n\{.*\}/s.test(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
      const code = /"code":"(\w+)"/.exec(text)?.[1] ?? text;
      resolve([status, code]);
    });
  });
}

describe('framing', () => {
  test.each([
    ['two Hosts', 'GET /v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400, 'malformed_request'],
    ['no Host', 'GET /v1/me HTTP/1.1\r\n\r\n', 400, 'malformed_request'],
    [
      'two Authorization headers',
      'GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\nauthorization: Bearer y\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'two Content-Type headers',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Type: text/html\r\n\r\n',
      400,
      'malformed_request',
    ],
    ['bytes beyond ASCII in the query', 'GET /v1/policy?a=\xe4 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['an empty Host', 'GET /livez HTTP/1.1\r\nHost:\r\n\r\n', 400, 'malformed_request'],
    ['a malformed Host', 'GET /livez HTTP/1.1\r\nHost: a@b\r\n\r\n', 400, 'malformed_request'],
    ['HTTP/2.0', 'GET /livez HTTP/2.0\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['a fragment', 'GET /livez#x HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['absolute form and a user', 'GET http://a@b/v1/me HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['asterisk form', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['CONNECT', 'CONNECT other:443 HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['an expectation', 'GET /v1/me HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n', 417, 'expectation_failed'],
    [
      'length and chunks',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'two lengths',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      400,
      'malformed_request',
    ],
    ['a NUL in a header', 'GET /v1/me HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400, 'malformed_request'],
    ['no HTTP at all', 'hello\r\n\r\n', 400, 'malformed_request'],
    ['large headers', `GET /v1/me HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['a long URL', `GET /${'x'.repeat(5000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, 'uri_too_long'],
    [
      'a body announced as too large, and not sent',
      'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n',
      413,
      'body_too_large',
    ],
  ])('with %s is answered as a problem', async (_, bytes, status, code) => {
    expect(await raw(bytes)).toEqual([status, code]);
  });
});

describe('what HTTP obliges a server to take', () => {
  const create = (headers: string) => {
    const body = '{"title":"T"}';
    const path = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
    const fixed = `Host: a\r\nAuthorization: Bearer ${team.member.access_token}\r\nContent-Type: application/json`;
    return `POST ${path} HTTP/1.1\r\n${fixed}\r\nContent-Length: ${body.length}\r\n${headers}\r\n\r\n${body}`;
  };

  test.each([
    ['the absolute form', 'GET http://other:80/livez HTTP/1.1\r\nHost: a\r\n\r\n', 200],
    ['the absolute form with a query only', 'GET http://other?a=b HTTP/1.1\r\nHost: a\r\n\r\n', 302],
    ['HTTP/1.0 without Host', 'GET /livez HTTP/1.0\r\n\r\n', 200],
    ['HEAD', 'HEAD /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 200],
    ['OPTIONS', 'OPTIONS /v1/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 204],
    ['TE', 'GET /livez HTTP/1.1\r\nHost: a\r\nTE: trailers, gzip\r\nConnection: TE\r\n\r\n', 200],
    [
      'an upgrade to WebSocket, not taken',
      'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      200,
    ],
    [
      'an upgrade to HTTP/2, not taken',
      'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
      200,
    ],
  ])('%s', async (_, bytes, status) => {
    expect((await raw(bytes.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')))[0]).toBe(status);
  });

  test('an upgrade of a request with a body, not taken', async () => {
    const upgrade = create('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk');
    expect((await raw(upgrade))[0]).toBe(201);
  });

  test('Expect: 100-continue is answered once the body is wanted, and not before a refusal', async () => {
    expect((await raw(create('Expect: 100-continue')))[0]).toBe(100);
    expect((await raw(create('Expect: 100-continue').replace('Bearer ', 'Bearer no')))[0]).toBe(401);
  });
});

describe('headers', () => {
  test('forbid caching, sniffing and framing on every answer', async () => {
    for (const path of ['/v1/policy', '/nowhere', '/livez']) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('let in the origins listed, and no other', async () => {
    const origin = async (from: string) =>
      (await fetch(`${server.url}/v1/policy`, { headers: { origin: from } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await origin('https://app.example.com')).toBe('https://app.example.com');
    expect(await origin('https://evil.example.com')).toBeNull();
    expect(await origin('null')).toBeNull();
  });

  test('keep a request id that is well-formed, and replace any other', async () => {
    const id = async (given: string) =>
      (await fetch(`${server.url}/livez`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await id('abc-123.DEF')).toBe('abc-123.DEF');
    expect(await id('a b')).not.toBe('a b');
    expect(await id('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('pages', () => {
  test('are where the root leads, and explain each error where its type leads', async () => {
    const root = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect([root.status, new URL(root.headers.get('location') ?? '', `${server.url}/`).pathname]).toEqual([
      302,
      '/docs',
    ]);
    const problem = (await (await fetch(`${server.url}/v1/me`)).json()) as { type: string };
    const { pathname, hash } = new URL(problem.type, server.url);
    const page = await (await fetch(server.url + pathname)).text();
    const [, section = ''] = page.split(`<h2 id="${hash.slice(1)}">`);
    expect(section.slice(0, section.indexOf('<h2'))).toContain('Authorization: Bearer');
  });
});

describe('probes', () => {
  test('answer alive, ready, and how it does', async () => {
    const { version } = manifest;
    expect(await (await fetch(`${server.url}/livez`)).json()).toEqual({ status: 'ok', version });
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { info: { version: string } };
    expect(document.info.version).toBe(version);
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ok' });
    const headers = { authorization: `Bearer ${metrics_token}` };
    const metrics = await (await fetch(`${server.url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/baton_http_request_duration_seconds_count\{operation="create_ticket"/);
    expect(metrics).not.toContain(team.workspace_id);
  });
});

describe('metrics', () => {
  test('are not there without their token', async () => {
    for (const headers of [{}, { authorization: 'Bearer x' }, as(team.owner)]) {
      expect((await refused('/metrics', { headers })).slice(0, 2)).toEqual([404, 'not_found']);
    }
  });
});

describe('the log', () => {
  test('has one line a request, with nothing of what was sent', async () => {
    const lines: string[] = [];
    const logged = await startServer({ LOG_LEVEL: 'info' }, { log_to: (line) => lines.push(line) });
    try {
      const person = await registerPerson(logged);
      await person.client.refresh({ body: { refresh_token: person.refresh_token } });
      await fetch(`${logged.url}/v1/me?secret=in-the-query`, { headers: { ...as(person), cookie: 'a=in-a-cookie' } });
      await fetch(`${logged.url}/v1/auth/login`, { method: 'POST', body: '{"in-a-broken-body', headers: json });
      // A fault of ours is logged with its cause, and still without the values it was about.
      await logged.database.owner.query('alter table users rename column name to names');
      await fetch(`${logged.url}/v1/auth/register`, {
        method: 'POST',
        body: JSON.stringify({ email: 'in-a-body@example.com', password: 'a-password-in-a-body', name: 'N' }),
        headers: json,
      });
      await logged.database.owner.query('alter table users rename column names to name');
    } finally {
      await logged.stop();
    }
    const log = lines.join('');
    const requests = lines.map((line) => JSON.parse(line) as { msg: string; operation?: string; status?: number });
    expect(requests.filter(({ msg }) => msg === 'request').map(({ operation, status }) => [operation, status])).toEqual(
      [
        ['register', 201],
        ['refresh', 200],
        ['get_me', 422],
        ['login', 400],
        ['register', 500],
      ],
    );
    expect(log).toContain('internal_error');
    for (const secret of [
      'Bearer',
      'brt_',
      'eyJ',
      'in-the-query',
      'in-a-cookie',
      'in-a-broken-body',
      'in-a-body',
      '$2b$',
    ]) {
      expect([secret, log.includes(secret)]).toEqual([secret, false]);
    }
  });
});

describe('the rate limit', () => {
  test('answers 429 with when to come back', async () => {
    const limited = await startServer({ BATON_RATE_LIMIT_PER_MINUTE: '3' });
    try {
      const answers = [];
      for (let n = 0; n < 5; n++) answers.push(await fetch(`${limited.url}/v1/policy`));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
      const last = answers.at(-1);
      expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(last?.headers.get('ratelimit')).toContain('remaining=0');
      expect(await last?.json()).toMatchObject({ code: 'rate_limited', status: 429 });
      expect((await fetch(`${limited.url}/livez`)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });

  test('does not believe forwarding headers of just anybody', async () => {
    const limited = await startServer({ BATON_RATE_LIMIT_PER_MINUTE: '2' });
    try {
      const statuses: number[] = [];
      for (let n = 0; n < 4; n++) {
        const headers = { 'x-forwarded-for': `10.0.0.${n}`, forwarded: `for=10.0.0.${n}` };
        statuses.push((await fetch(`${limited.url}/v1/policy`, { headers })).status);
      }
      expect(statuses).toEqual([200, 200, 429, 429]);
    } finally {
      await limited.stop();
    }
  });
});
