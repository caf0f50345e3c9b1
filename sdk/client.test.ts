import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  BatonApiError,
  type BatonClient,
  BatonConnectionError,
  BatonResponseError,
  createClient,
  type RawResponse,
} from './index.ts';

// What stands between a client and Baton: a proxy that answers by itself, or cuts what it passes on.
let proxy: Server;
let base_url: string;
let answer: RequestListener;
let asked: string[];

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
  answer = (_req, res) =>
    res.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[],"next_cursor":null}');
});

const workspace_id = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';

/** The client as JavaScript sees it, where no type says what belongs. */
type Loose = Record<string, (input?: object) => Promise<unknown>>;
const loose = (client: BatonClient) => client as unknown as Loose;

describe('input that the types would refuse', () => {
  test.each([
    ['a misspelt filter', 'list_tickets', { workspace_id, asignee: 'me' }, 'no parameter asignee'],
    ['a missing path parameter', 'get_ticket', { workspace_id }, 'get_ticket needs ticket'],
    ['an empty path parameter', 'get_ticket', { workspace_id, ticket: '' }, 'needs ticket'],
    ['a path parameter that leads elsewhere', 'get_ticket', { workspace_id, ticket: '..' }, 'needs ticket'],
    ['null for a filter', 'list_tickets', { workspace_id, assignee: null }, 'assignee must be a string'],
    ['a missing body', 'login', {}, 'login needs a body'],
    ['a body where none belongs', 'get_me', { body: {} }, 'no parameter body'],
    ['If-Match where it means nothing', 'get_ticket', { workspace_id, ticket: 'ENG-1', if_match: '"1"' }, 'if_match'],
  ])('throws before anything is sent: %s', async (_, operation, input, says) => {
    const client = loose(createClient({ base_url }));
    await expect(client[operation]?.(input)).rejects.toThrow(says);
    await expect(client[operation]?.(input)).rejects.toBeInstanceOf(TypeError);
    expect(asked).toEqual([]);
  });

  test('control: the same call spelt right is sent', async () => {
    await createClient({ base_url }).list_tickets({ workspace_id, assignee: 'me' });
    expect(asked).toEqual([`GET /v1/workspaces/${workspace_id}/tickets?assignee=me`]);
  });
});

describe('a response that is not Baton’s', () => {
  const problem = { type: '/docs/errors#not_found', title: 'Not found', status: 404, code: 'not_found' };
  const json = { 'content-type': 'application/json' };

  test.each<[string, RequestListener, number]>([
    ['an empty 502', (_req, res) => res.writeHead(502).end(), 502],
    ['an empty 502 that claims to be JSON', (_req, res) => res.writeHead(502, json).end(), 502],
    ['a page of HTML', (_req, res) => res.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>'), 503],
    ['JSON that ends early', (_req, res) => res.writeHead(200, json).end('{"id":"0198'), 200],
    ['JSON of another kind', (_req, res) => res.writeHead(500, json).end('{"message":"oops"}'), 500],
    ['a success without a body', (_req, res) => res.writeHead(200, json).end(), 200],
    [
      'a connection cut within the body',
      (_req, res) => {
        res.writeHead(200, { ...json, 'content-length': 1000 });
        res.write('{"id":');
        setImmediate(() => res.destroy());
      },
      200,
    ],
  ])('raises BatonResponseError with its status: %s', async (_, given, status) => {
    answer = given;
    const failure = await createClient({ base_url })
      .get_me()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BatonResponseError);
    expect(failure).not.toBeInstanceOf(BatonApiError);
    expect(failure).toMatchObject({ name: 'BatonResponseError', status });
  });

  test('a problem raises BatonApiError, typed by its code', async () => {
    answer = (_req, res) =>
      res.writeHead(404, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
    const failure = await createClient({ base_url })
      .get_me()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BatonApiError);
    expect(failure).toMatchObject({ status: 404, code: 'not_found', problem });
  });

  test('raw calls return it as it came', async () => {
    answer = (_req, res) => res.writeHead(502, json).end('{"cut":');
    const response: RawResponse = await createClient({ base_url }).raw.get_me();
    expect(response).toMatchObject({ status: 502, body: '{"cut":' });
  });

  test('no response at all raises BatonConnectionError', async () => {
    answer = (req) => req.socket.destroy();
    await expect(createClient({ base_url }).get_me()).rejects.toBeInstanceOf(BatonConnectionError);
    answer = () => undefined;
    await expect(createClient({ base_url, timeout_ms: 50 }).get_me()).rejects.toBeInstanceOf(BatonConnectionError);
  });
});

test.each(['/baton', '/baton/', '/a/b'])('the path of the base URL is kept: %s', async (path) => {
  await createClient({ base_url: base_url + path }).list_tickets({ workspace_id });
  expect(asked).toEqual([`GET ${path.replace(/\/$/, '')}/v1/workspaces/${workspace_id}/tickets`]);
});
