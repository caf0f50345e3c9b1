import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BatonApiError, type BatonClient, type ClientOptions, type CookieTokens, createClient } from './index.ts';

// Stands for what a client may meet: a proxy that responds by itself, or an overloaded server.
let proxy: Server;
let base_url: string;
let answer: RequestListener;
let asked: string[];

const json = { 'content-type': 'application/json' };
const problem = (status: number, code: string, more: object = {}) =>
  JSON.stringify({ type: `/docs/errors#${code}`, title: 'A title', status, code, ...more });

/** Responds with each listener once, in order, and then always with the last. */
function inTurn(...listeners: RequestListener[]): void {
  let nth = 0;
  answer = (req, res) => listeners[Math.min(nth++, listeners.length - 1)]?.(req, res);
}

const refuse =
  (status: number, code: string, headers: Record<string, string> = {}): RequestListener =>
  (_req, res) =>
    res
      .writeHead(status, { 'content-type': 'application/problem+json', 'x-request-id': 'request-1', ...headers })
      .end(problem(status, code));
const succeed =
  (body: object = { data: [], next_cursor: null }, status = 200): RequestListener =>
  (_req, res) =>
    res.writeHead(status, json).end(JSON.stringify(body));
const hangUp: RequestListener = (req) => req.socket.destroy();

beforeAll(async () => {
  proxy = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    answer(req, res);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  base_url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => proxy.close(resolve)));
beforeEach(() => {
  asked = [];
  answer = succeed();
});

const workspace_id = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';
const client = (options: Partial<ClientOptions> = {}) => createClient({ base_url, max_wait_ms: 2_000, ...options });

async function failureOf(work: Promise<unknown>): Promise<BatonApiError> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof BatonApiError)) throw new Error(`no BatonApiError, but ${String(failure)}`);
  return failure;
}

/** The client without its types, as JavaScript uses it. */
type Loose = Record<string, (input?: object) => Promise<unknown>>;
const loose = (one: BatonClient) => one as unknown as Loose;

test('fetch is called as a plain function, because a browser refuses it as a method', async () => {
  inTurn(succeed({ id: 'me' }));
  async function strict(this: unknown, ...given: Parameters<typeof fetch>): Promise<Response> {
    if (this !== undefined) throw new TypeError('Illegal invocation');
    return fetch(...given);
  }
  await client({ fetch: strict }).get_me();
  expect(asked).toEqual(['GET /v1/me']);
});

describe('input that the types would refuse', () => {
  test.each([
    ['a misspelt filter', 'list_tickets', { workspace_id, asignee: 'me' }, 'no parameter asignee'],
    ['a missing path parameter', 'get_ticket', { workspace_id }, 'needs ticket'],
    ['an empty path parameter', 'get_ticket', { workspace_id, ticket: '' }, 'needs ticket'],
    ['a path parameter that changes the path', 'get_ticket', { workspace_id, ticket: '..' }, 'needs ticket'],
    ['null for a filter', 'list_tickets', { workspace_id, assignee: null }, 'assignee must be a string'],
    ['a missing body', 'login', {}, 'needs a body'],
    ['a body for an operation without one', 'get_me', { body: {} }, 'no parameter body'],
    ['a body that is no JSON', 'login', { body: { password: 1n } }, 'BigInt'],
    [
      'If-Match for an operation without it',
      'get_ticket',
      { workspace_id, ticket: 'ENG-1', if_match: '"1"' },
      'if_match',
    ],
  ])('fails before anything is sent: %s', async (_, operation, input, says) => {
    const failure = await failureOf(loose(client())[operation]?.(input) ?? Promise.resolve());
    expect(failure).toMatchObject({ code: 'invalid_call', operation, status: undefined, retryable: false });
    expect(failure.message).toContain(says);
    expect(asked).toEqual([]);
  });

  test.each([
    ['null instead of parameters', () => loose(client())['get_me']?.(null as never), 'needs an object of parameters'],
    ['an infinite timeout', () => client().get_me({}, { timeout_ms: Infinity }), 'timeout_ms must be a whole number'],
    ['a fractional timeout', () => client({ timeout_ms: 1500.5 }).get_me(), 'timeout_ms must be a whole number'],
    ['a timeout of 0', () => client({ timeout_ms: 0 }).get_me(), 'timeout_ms must be a whole number'],
    ['retries that are no number', () => client({ retries: Number.NaN }).get_me(), 'retries and max_wait_ms must be'],
    ['a wait that is no number', () => client({ max_wait_ms: Number.NaN }).get_me(), 'retries and max_wait_ms must be'],
    [
      'a token that was abbreviated',
      () => client({ access_token: 'eyJ\u2026' }).get_me(),
      'access_token has a character',
    ],
  ])('fails before anything is sent: %s', async (_, call, says) => {
    const failure = await failureOf(call() ?? Promise.resolve());
    expect(failure).toMatchObject({ code: 'invalid_call', operation: 'get_me', status: undefined, retryable: false });
    expect(failure.message).toContain(says);
    expect(asked).toEqual([]);
  });

  test('with a line break in the access token fails with an error that does not contain the token at any depth', async () => {
    const access_token = 'a-secret-token\nand-its-rest';
    // Control: the runtime's own error contains the token.
    expect(() => new Headers({ authorization: `Bearer ${access_token}` })).toThrow('a-secret-token');
    const failure = await failureOf(client({ access_token }).get_me());
    expect(failure).toMatchObject({ code: 'invalid_call', operation: 'get_me' });
    expect(failure.cause).toBeUndefined();
    const told = inspect(failure, { depth: Infinity, showHidden: true });
    expect(told).not.toMatch(/a-secret-token|and-its-rest/);
    expect(asked).toEqual([]);
  });

  test('control: the same call, spelt correctly, is sent', async () => {
    await client().list_tickets({ workspace_id, assignee: 'me' });
    expect(asked).toEqual([`GET /v1/workspaces/${workspace_id}/tickets?assignee=me`]);
  });
});

test.each(['/baton', '/baton/', '/a/b', '/x/y/api/'])('the path of the base URL is kept: %s', async (path) => {
  await createClient({ base_url: base_url + path }).list_tickets({ workspace_id });
  expect(asked).toEqual([`GET ${path.replace(/\/$/, '')}/v1/workspaces/${workspace_id}/tickets`]);
});

test.each(['localhost:3000', 'nowhere', '/baton', 'ftp://example.com', '', undefined])(
  'a base URL that no call could be sent to is refused when the client is created: %j',
  (given) => {
    const create = () => createClient({ base_url: given as string });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(/^createClient: base_url must be an http or https URL, like .*, not /);
  },
);

describe('an error', () => {
  test('contains the server’s problem, and whether and when the call may be repeated', async () => {
    answer = refuse(429, 'rate_limited', { 'retry-after': '900' });
    const failure = await failureOf(client().get_me());
    expect(failure).toMatchObject({
      ...{ name: 'BatonApiError', operation: 'get_me', status: 429, code: 'rate_limited', request_id: 'request-1' },
      ...{ retryable: true, retry_after_ms: 900_000, problem: { code: 'rate_limited' } },
    });
    expect(asked).toHaveLength(1); // 900 s are longer than max_wait_ms
  });

  test('narrows its problem for a known code, and keeps an unknown one', async () => {
    answer = refuse(409, 'invented_later');
    const failure = await failureOf(client().get_me());
    expect([failure.code, failure.is('transition_not_allowed')]).toEqual(['invented_later', false]);
    answer = refuse(409, 'transition_not_allowed');
    expect((await failureOf(client().get_me())).is('transition_not_allowed')).toBe(true);
  });

  test('is not thrown by raw calls, which are sent once and return the response as it is', async () => {
    answer = (_req, res) => res.writeHead(502, json).end('{"cut":');
    expect(await client().raw.get_me()).toMatchObject({ status: 502, body: '{"cut":' });
    expect(asked).toHaveLength(1);
  });
});

describe('a read is repeated', () => {
  test.each<[string, RequestListener]>([
    ['when the connection was cut', hangUp],
    ['when a proxy cannot reach the server', (_req, res) => res.writeHead(502).end()],
    ['when the server is overloaded', refuse(503, 'overloaded', { 'retry-after': '0' })],
    ['when it was rate-limited', refuse(429, 'rate_limited', { 'retry-after': '0' })],
    ['when its response was no JSON', (_req, res) => res.writeHead(200, json).end('{"id":"0198')],
  ])('%s', async (_, failing) => {
    inTurn(failing, failing, succeed({ data: ['found'], next_cursor: null }));
    expect(await client().list_tickets({ workspace_id })).toMatchObject({ data: ['found'] });
    expect(asked).toHaveLength(3);
  });

  test('no more often than `retries` allows', async () => {
    answer = hangUp;
    expect(await failureOf(client({ retries: 2 }).get_me())).toMatchObject({ code: 'no_response', retryable: true });
    expect(asked).toHaveLength(3);
    expect(await failureOf(client().get_me(undefined, { retries: 0 }))).toMatchObject({ code: 'no_response' });
    expect(asked).toHaveLength(4);
  });

  test('after the time that the server asks for, and not before', async () => {
    inTurn(refuse(503, 'overloaded', { 'retry-after': '1' }), succeed());
    const started = performance.now();
    await client().list_tickets({ workspace_id });
    expect(performance.now() - started).toBeGreaterThan(990);
  });

  test.each([
    ['a refusal', refuse(404, 'not_found')],
    ['an internal error', refuse(500, 'internal_error')],
  ])('but not after %s', async (_, failing) => {
    answer = failing;
    expect(await failureOf(client().get_me())).toMatchObject({ retryable: false });
    expect(asked).toHaveLength(1);
  });

  test('while it follows events, even if the server asks to wait for longer than a single call would', async () => {
    inTurn(refuse(503, 'overloaded', { 'retry-after': '1' }), succeed({ data: ['found'], next_offset: '1' }));
    for await (const one of client({ max_wait_ms: 500 }).follow({ workspace_id })) {
      expect(one).toBe('found');
      break;
    }
    expect(asked).toHaveLength(2);
  });

  test('page by page, when a walk through a list fails in between', async () => {
    inTurn(succeed({ data: [1, 2], next_cursor: 'two' }), hangUp, succeed({ data: [3], next_cursor: null }));
    const walked: unknown[] = [];
    for await (const one of client().pages.list_tickets({ workspace_id, status: 'open' })) walked.push(one);
    expect(walked).toEqual([1, 2, 3]);
    expect(
      asked.map((one) => one.includes('status=open&cursor=two') || one.includes('cursor=two&status=open')),
    ).toEqual([false, true, true]);
  });
});

describe('a call that its caller aborts', () => {
  test('fails at once with the reason', async () => {
    answer = () => undefined;
    const failure = failureOf(client().get_me(undefined, { signal: AbortSignal.timeout(50) }));
    expect(await failure).toMatchObject({ code: 'aborted', retryable: false, cause: { name: 'TimeoutError' } });
  });

  test('is not repeated, even if it is waiting to be', async () => {
    answer = refuse(503, 'overloaded', { 'retry-after': '2' });
    const started = performance.now();
    const failure = await failureOf(client().get_preferences(undefined, { signal: AbortSignal.timeout(200) }));
    expect(failure).toMatchObject({ code: 'aborted', cause: { code: 'overloaded' } });
    expect(performance.now() - started).toBeLessThan(1500);
    // By their path, because the request of the test before may arrive only now.
    expect(asked.filter((request) => request.includes('preferences'))).toHaveLength(1);
  });

  test('is not confused with one that times out', async () => {
    answer = () => undefined;
    expect(await failureOf(client({ retries: 0, timeout_ms: 50 }).get_me())).toMatchObject({ code: 'timed_out' });
  });
});

describe('an access token that has expired', () => {
  const tokens = (n: number) => ({ access_token: `access-${n}`, refresh_token: `refresh-${n}`, user: {} });
  const expired = refuse(401, 'invalid_token');

  /** A server that accepts one access token, and renews sessions. */
  function sessions(current: { access_token: string }, renew: RequestListener): RequestListener {
    return (req, res) => {
      if (req.url === '/v1/auth/refresh') renew(req, res);
      else if (req.headers.authorization === `Bearer ${current.access_token}`) succeed({ id: 'me' })(req, res);
      else expired(req, res);
    };
  }

  test('is renewed once for all calls that are refused together, and on_tokens gets the new tokens', async () => {
    const kept: object[] = [];
    const baton = client({
      access_token: 'access-1',
      refresh_token: 'refresh-1',
      on_tokens: (pair) => void kept.push(pair),
    });
    answer = sessions(tokens(2), succeed(tokens(2)));
    await Promise.all(Array.from({ length: 8 }, () => baton.get_me()));
    expect(asked.filter((one) => one.includes('refresh'))).toHaveLength(1);
    expect(kept).toEqual([{ access_token: 'access-2', refresh_token: 'refresh-2' }]);
    expect([baton.access_token, baton.refresh_token]).toEqual(['access-2', 'refresh-2']);
  });

  test('is renewed only once per call, even if the new one is refused, too', async () => {
    answer = sessions(tokens(9), succeed(tokens(2)));
    const baton = client({ access_token: 'access-1', refresh_token: 'refresh-1' });
    expect(await failureOf(baton.get_me())).toMatchObject({ status: 401, code: 'invalid_token' });
    expect(asked).toEqual(['GET /v1/me', 'POST /v1/auth/refresh', 'GET /v1/me']);
  });

  test.each(['invalid_refresh_token', 'session_ended', 'invalid_token'])(
    'fails the call with its own refusal if the session is over, with the refused renewal as the cause: %s',
    async (code) => {
      answer = sessions(tokens(2), refuse(401, code));
      const baton = client({ access_token: 'access-1', refresh_token: 'refresh-1' });
      const failure = await failureOf(baton.get_me());
      expect(failure).toMatchObject({ operation: 'get_me', code: 'invalid_token', status: 401 });
      expect(failure.cause).toBeInstanceOf(BatonApiError);
      expect(failure.cause).toMatchObject({ operation: 'refresh', code, status: 401 });
      expect(asked).toEqual(['GET /v1/me', 'POST /v1/auth/refresh']);
    },
  );

  test('fails the call with the error of the renewal if the session may not be over', async () => {
    answer = sessions(tokens(2), refuse(503, 'overloaded', { 'retry-after': '0' }));
    const baton = client({ access_token: 'access-1', refresh_token: 'refresh-1', retries: 2 });
    expect(await failureOf(baton.get_me())).toMatchObject({ operation: 'refresh', code: 'overloaded' });
    expect(asked.filter((one) => one.includes('refresh'))).toHaveLength(3);
  });

  test('is not renewed without a refresh token, or after another refusal', async () => {
    answer = sessions(tokens(2), succeed(tokens(2)));
    expect(await failureOf(client({ access_token: 'access-1' }).get_me())).toMatchObject({ code: 'invalid_token' });
    answer = refuse(401, 'session_ended');
    const baton = client({ access_token: 'access-1', refresh_token: 'refresh-1' });
    expect(await failureOf(baton.get_me())).toMatchObject({ code: 'session_ended' });
    expect(asked).toEqual(['GET /v1/me', 'GET /v1/me']);
  });

  test.each([
    ['the response of the renewal was lost', hangUp],
    ['the server was overloaded', refuse(503, 'overloaded', { 'retry-after': '0' })],
  ])('is renewed even though %s', async (_, failing) => {
    let first = true;
    answer = sessions(tokens(2), (req, res) => {
      if (first) failing(req, res);
      else succeed(tokens(2))(req, res);
      first = false;
    });
    expect(await client({ access_token: 'access-1', refresh_token: 'refresh-1' }).get_me()).toEqual({ id: 'me' });
  });
});

describe('a client whose session is kept in a cookie', () => {
  const keeping = (options: object = {}) => createClient({ base_url, max_wait_ms: 2_000, keep: 'cookie', ...options });

  /** Responds after the body has arrived, which it records. */
  function noting(bodies: string[], respond: RequestListener): RequestListener {
    return (req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.once('end', () => {
        bodies.push(Buffer.concat(chunks).toString());
        respond(req, res);
      });
    };
  }

  /** A server that accepts one access token, and renews sessions. `bodies` gets the bodies of the renewals. */
  function sessions(renew: RequestListener, bodies: string[] = []): RequestListener {
    return (req, res) => {
      if (req.url === '/v1/auth/refresh') noting(bodies, renew)(req, res);
      else if (req.headers.authorization === 'Bearer access-2') succeed({ id: 'me' })(req, res);
      else refuse(401, req.headers.authorization === undefined ? 'unauthenticated' : 'invalid_token')(req, res);
    };
  }
  const renewed = succeed({ access_token: 'access-2', user: {} });

  test.each([
    ['none yet', undefined],
    ['one that has expired', 'access-1'],
  ])('gets an access token if it has %s, once for all calls that are refused together', async (_, access_token) => {
    const kept: CookieTokens[] = [];
    const bodies: string[] = [];
    answer = sessions(renewed, bodies);
    const baton = keeping({ access_token, on_tokens: (tokens: CookieTokens) => void kept.push(tokens) });
    await Promise.all(Array.from({ length: 8 }, () => baton.get_me()));
    expect(bodies).toEqual(['{"keep":"cookie"}']);
    expect(kept).toEqual([{ access_token: 'access-2', refresh_token: undefined }]);
    expect([baton.access_token, baton.refresh_token]).toEqual(['access-2', undefined]);
  });

  test('fails a call with its own refusal if nobody is signed in, with the refused renewal as the cause', async () => {
    answer = sessions(refuse(401, 'invalid_refresh_token'));
    const failure = await failureOf(keeping().get_me());
    expect(failure).toMatchObject({ operation: 'get_me', code: 'unauthenticated', status: 401 });
    expect(failure.cause).toMatchObject({ operation: 'refresh', code: 'invalid_refresh_token' });
    expect(asked).toEqual(['GET /v1/me', 'POST /v1/auth/refresh']);
  });

  test('asks for the cookie when it signs in only if its caller says so', async () => {
    const sent: string[] = [];
    answer = noting(sent, renewed);
    const baton = keeping();
    const body = { email: 'ada@example.com', password: 'p' };
    await baton.login({ body });
    await baton.login({ body: { ...body, keep: 'cookie' } });
    expect(sent.map((one) => (JSON.parse(one) as { keep?: string }).keep)).toEqual([undefined, 'cookie']);
  });

  test('control: without keep, a call that lacks a token is refused, and nothing is renewed', async () => {
    answer = sessions(renewed);
    expect(await failureOf(client({ refresh_token: 'refresh-1' }).get_me())).toMatchObject({ code: 'unauthenticated' });
    expect(asked).toEqual(['GET /v1/me']);
  });
});
