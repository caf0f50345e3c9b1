import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { presentContract } from '../../../sdk/compatibility/contract.ts';
import { response_headers } from '../../src/reference/openapi-headers.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { registerPerson } from '../../../proof/harness/people.ts';
import { metrics_token, startServer, type TestServer } from '../../../proof/harness/server.ts';
import { as, json, refused } from './refused.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer({ BATON_CORS_ORIGINS: 'https://app.example.com' });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

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
    ['/v1/me', { headers: { authorization: 'Basic YTpi' } }, 401, 'unauthenticated'],
    ['/v1/me', { headers: { authorization: 'Bearer x' } }, 401, 'invalid_token'],
    ['/v1/auth/login', { method: 'POST', body: '{', headers: json }, 400, 'malformed_json'],
    ['/v1/auth/login', { method: 'POST', body: '"text"', headers: json }, 422, 'validation_failed'],
    ['/v1/auth/login', { method: 'POST', body: 'null', headers: json }, 422, 'validation_failed'],
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
    expect((await refused(server, path, init)).slice(0, 2)).toEqual([status, code]);
  });

  test('a request for a range beyond the end of a page gets the whole page', async () => {
    for (const path of ['/docs', '/docs/assets/swagger-ui.css']) {
      const answer = await fetch(server.url + path, { headers: { range: 'bytes=99999999-' } });
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
  });

  test('an Idempotency-Key is refused if the caller is not signed in', async () => {
    const sign_in = { method: 'POST', body: '{}', headers: { ...json, 'idempotency-key': 'a-key' } };
    const refusal = (await refused(server, '/v1/auth/login', sign_in)).slice(0, 2);
    expect(refusal).toEqual([400, 'idempotency_key_unsupported']);
  });

  test('a 401 says how to sign in, and a 405 which methods are allowed', async () => {
    const [, , unauthenticated] = await refused(server, '/v1/me');
    expect(unauthenticated.get('www-authenticate')).toMatch(/^Bearer/);
    const [, , not_allowed] = await refused(server, '/v1/me', { method: 'POST' });
    expect(not_allowed.get('allow')).toBe('GET, HEAD, PATCH');
  });
});

describe('headers', () => {
  test('forbid caching, sniffing and framing on every response', async () => {
    for (const path of ['/v1/policy', '/nowhere', '/livez']) {
      const { headers } = await fetch(server.url + path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('allow the configured origins, and no others', async () => {
    const origin = async (from: string) =>
      (await fetch(`${server.url}/v1/policy`, { headers: { origin: from } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await origin('https://app.example.com')).toBe('https://app.example.com');
    expect(await origin('https://evil.example.com')).toBeNull();
    expect(await origin('null')).toBeNull();
  });

  test('return the client’s request id if it is well-formed, and a new one otherwise', async () => {
    const id = async (given: string) =>
      (await fetch(`${server.url}/livez`, { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await id('abc-123.DEF')).toBe('abc-123.DEF');
    expect(await id('a b')).not.toBe('a b');
    expect(await id('operator')).toMatch(/^[0-9a-f-]{36}$/); // reserved: the audit log's entries of the operator have it
    expect(await id('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('pages', () => {
  test('explain each error at the URL of its type', async () => {
    const problem = (await (await fetch(`${server.url}/v1/me`)).json()) as { type: string };
    const { pathname, hash } = new URL(problem.type, server.url);
    const page = await (await fetch(server.url + pathname)).text();
    const [, section = ''] = page.split(`<h2 id="${hash.slice(1)}">`);
    expect(section.slice(0, section.indexOf('<h2'))).toContain('Authorization: Bearer');
  });
});

describe('probes', () => {
  test('say whether the process is alive and ready, and return its metrics', async () => {
    const { version } = manifest;
    expect(await (await fetch(`${server.url}/livez`)).json()).toEqual({ status: 'ok', version });
    const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { info: { version: string } };
    expect(document.info.version).toBe(version);
    expect(await (await fetch(`${server.url}/readyz`)).json()).toEqual({ status: 'ok' });
    const headers = { authorization: `Bearer ${metrics_token}` };
    const metrics = await (await fetch(`${server.url}/metrics`, { headers })).text();
    expect(metrics).toMatch(/baton_http_request_duration_seconds_count\{operation="create_workspace"/);
    expect(metrics).not.toContain(team.workspace_id);
  });
});

describe('metrics', () => {
  test('are not found without their token', async () => {
    for (const headers of [{}, { authorization: 'Bearer x' }, as(team.owner)]) {
      expect((await refused(server, '/metrics', { headers })).slice(0, 2)).toEqual([404, 'not_found']);
    }
  });
});

describe('the log', () => {
  test('has one line per request, without anything that the client sent', async () => {
    const lines: string[] = [];
    const logged = await startServer({ LOG_LEVEL: 'info' }, { log_to: (line) => lines.push(line) });
    try {
      const person = await registerPerson(logged);
      await person.client.refresh({ body: { refresh_token: person.refresh_token } });
      await fetch(`${logged.url}/v1/me?secret=in-the-query`, { headers: { ...as(person), cookie: 'a=in-a-cookie' } });
      await fetch(`${logged.url}/v1/auth/login`, { method: 'POST', body: '{"in-a-broken-body', headers: json });
      // An internal error is logged with its cause, but without the values it was about.
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

test('a browser at an allowed origin may send every request header of the contract and read every response header', async () => {
  const operations = Object.values(presentContract().operations);
  const sent = operations.flatMap(({ parameters }) => parameters.filter((one) => one.in === 'header'));
  const origin = 'https://app.example.com';
  const headers = { origin, 'access-control-request-method': 'POST' };
  const preflight = await fetch(`${server.url}/v1/workspaces`, { method: 'OPTIONS', headers });
  const allowed = preflight.headers.get('access-control-allow-headers')?.split(',') ?? [];
  expect(allowed).toEqual(expect.arrayContaining([...new Set(sent.map(({ name }) => name))]));
  const read = await fetch(`${server.url}/v1/policy`, { headers: { origin } });
  const exposed = read.headers.get('access-control-expose-headers')?.split(',') ?? [];
  // The browser itself uses these.
  const own = ['Access-Control-Allow-Origin', 'Set-Cookie', 'WWW-Authenticate'];
  const others = Object.keys(response_headers).filter((name) => !own.includes(name));
  const of_files = ['Accept-Ranges', 'Content-Range']; // their addresses are not in the contract
  expect(exposed.toSorted()).toEqual([...others, ...of_files].toSorted());
});

describe('the rate limit', () => {
  test('returns 429 with the time to wait before a retry', async () => {
    const limited = await startServer({ BATON_RATE_LIMIT_PER_MINUTE: '3' });
    try {
      const answers = [];
      for (let n = 0; n < 5; n++) answers.push(await fetch(`${limited.url}/v1/policy`));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
      const last = answers.at(-1);
      expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
      const policies = new Set(answers.map(({ headers }) => headers.get('ratelimit-policy')));
      expect([...policies]).toEqual(['"default";q=3;w=60']);
      const remaining = answers.map(({ headers }) => headers.get('ratelimit')?.replace(/;t=.*/, ''));
      const of = (r: number) => `"default";r=${r}`;
      expect(remaining).toEqual([of(2), of(1), of(0), of(0), of(0)]);
      expect(last?.headers.get('ratelimit')).toBe(`"default";r=0;t=${last?.headers.get('retry-after')}`);
      expect([...(last?.headers.keys() ?? [])].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
      expect(await last?.json()).toMatchObject({ code: 'rate_limited', status: 429 });
      expect((await fetch(`${limited.url}/livez`)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });

  test('ignores forwarding headers unless they come from a trusted proxy', async () => {
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

  test('counts the networks of an IPv6 site together, and other sites and IPv4 addresses separately', async () => {
    const limited = await startServer({ BATON_RATE_LIMIT_PER_MINUTE: '2', BATON_TRUST_PROXY: '127.0.0.1' });
    const statusFrom = async (address: string) =>
      (await fetch(`${limited.url}/v1/policy`, { headers: { 'x-forwarded-for': address } })).status;
    try {
      const statuses: number[] = [];
      for (let n = 0; n < 10; n++) statuses.push(await statusFrom(`2001:db8:1:${n}::1`));
      expect(statuses).toEqual([...Array<number>(8).fill(200), 429, 429]);
      for (let n = 0; n < 10; n++) expect(await statusFrom(`::ffff:10.0.0.${n}`)).toBe(200);
      expect([await statusFrom('2001:db8:2::1'), await statusFrom('2001:db8:2::2')]).toEqual([200, 200]);
      expect(await statusFrom('2001:db8:2::3')).toBe(429);
    } finally {
      await limited.stop();
    }
  });
});

test('a network gets a bounded number of bytes of documents per minute, even when it asks for many at once', async () => {
  const own = await startServer({ BATON_READ_MIB_PER_MINUTE: '64' });
  const document = (await (await fetch(`${own.url}/openapi.json`)).arrayBuffer()).byteLength;
  const allowed = (own.config.read_bytes_per_minute * 2) / 16; // at once
  const responses = await Promise.all(
    Array.from({ length: Math.ceil(allowed / document) + 10 }, () => fetch(`${own.url}/openapi.json`)),
  );
  const bodies = await Promise.all(responses.map(async (one) => [one.status, (await one.text()).length] as const));
  const bytes = bodies.reduce((sum, [status, length]) => (status === 200 ? sum + length : sum), document);
  expect(bytes).toBeLessThan(allowed + 2 * document);
  const tag = responses.find(({ status }) => status === 200)?.headers.get('etag') ?? '';
  const refused = responses.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(5);
  expect(refused[0]?.headers.get('ratelimit-policy')).toContain('"read"');
  await own.stop();

  // Responses without a body cost nothing.
  const other = await startServer({ BATON_READ_MIB_PER_MINUTE: '64' });
  for (let n = 0; n < 30; n++) {
    const head = await fetch(`${other.url}/openapi.json`, { method: 'HEAD' });
    const known = await fetch(`${other.url}/openapi.json`, { headers: { 'if-none-match': tag } });
    expect([head.status, known.status]).toEqual([200, 304]);
  }
  await other.stop();
});
