import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { default_limits, startServer, test_environment, type TestServer } from '../../../proof/harness/server.ts';
import { createApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { createPool } from '../db/pool.ts';

const html = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const index = '<!doctype html><title>Baton</title><script type="module" src="/assets/main-4kRQkme_.js"></script>';
const script = `console.log(${JSON.stringify('x'.repeat(5_000))});`;
const style = 'body { margin: 0 }';
const main = '/assets/main-4kRQkme_.js';

let dir: string;
let server: TestServer;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-console-'));
  mkdirSync(path.join(dir, 'built/assets'), { recursive: true });
  const write = (file: string, bytes: string | Buffer) => writeFileSync(path.join(dir, 'built', file), bytes);
  write('index.html', index);
  write('index.html.br', brotliCompressSync(index));
  write('icon.svg', '<svg/>');
  write(main.slice(1), script);
  write(`${main.slice(1)}.br`, brotliCompressSync(script));
  write(`${main.slice(1)}.gz`, gzipSync(script));
  write('assets/main-BnYq3Jme.css', style);
  for (let n = 0; n < 14; n++) write(`assets/page-${n}.js`, script);
  write('assets/.secret', 'not served');
  writeFileSync(path.join(dir, 'outside.txt'), 'not served');
  server = await startServer({}, { console_dir: path.join(dir, 'built') });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

const get = (at: string, init: RequestInit = {}) => fetch(server.url + at, { redirect: 'manual', ...init });

/** Sends a request without normalising the path, and returns the response without decoding it; fetch would do both. */
async function raw(at: string, headers: Record<string, string>, method = 'GET') {
  const sent = request(server.url, { path: at, method, headers }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe('the console', () => {
  test.each(['/', '/signin', '/w/0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90/t/ENG-7', '/index.html', '/v12', '/docsy'])(
    'serves its one page to a browser at %s',
    async (at) => {
      const page = await get(at, { headers: html });
      expect([page.status, await page.text()]).toEqual([200, index]);
      expect(Object.fromEntries(page.headers)).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        vary: 'Authorization, Accept',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'SAMEORIGIN',
        'cross-origin-opener-policy': 'same-origin',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify",
      });
    },
  );

  test('serves its page at / to a program that accepts anything, too', async () => {
    expect(await (await get('/')).text()).toBe(index);
    expect((await get('/', { headers: { accept: 'application/json' } })).status).toBe(404);
  });

  test('has an entity tag, so that an unchanged page is not sent again', async () => {
    const tag = (await get('/', { headers: html })).headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    const again = await get('/signin', { headers: { ...html, 'if-none-match': tag } });
    expect([again.status, await again.text(), again.headers.get('cache-control')]).toEqual([304, '', 'no-cache']);
    expect((await get('/signin', { headers: { ...html, 'if-none-match': 'W/"other"' } })).status).toBe(200);
    expect((await get('/signin', { headers: { ...html, 'if-match': '"other"' } })).status).toBe(412);
  });

  test.each([
    ['/', html, index],
    [main, {}, script],
  ])('responds to HEAD %s with the headers of GET and no body', async (at, headers, whole) => {
    const head = await get(at, { method: 'HEAD', headers: { ...headers, 'accept-encoding': 'identity' } });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
    expect(await head.text()).toBe('');
  });

  test('lets caches keep a file for a year if a hash of its content is in its name', async () => {
    const file = await get('/assets/main-BnYq3Jme.css');
    expect(await file.text()).toBe(style);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
    });
    expect((await get(main)).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    const icon = await get('/icon.svg');
    expect([icon.headers.get('content-type'), icon.headers.get('cache-control')]).toEqual([
      'image/svg+xml',
      'no-cache',
    ]);
  });

  test.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, br;q=0', 'gzip', gunzipSync],
    ['deflate', undefined, (bytes: Buffer) => bytes],
    ['', undefined, (bytes: Buffer) => bytes],
  ] as [string, string | undefined, (bytes: Buffer) => Buffer][])(
    'sends the smallest encoding that the build has of a file to a client that accepts %j',
    async (accepted, encoding, decode) => {
      const { headers, body } = await raw(main, { 'accept-encoding': accepted });
      expect(headers['content-encoding']).toBe(encoding);
      expect(headers['content-length']).toBe(String(body.length));
      expect(decode(body).toString()).toBe(script);
      const known = await raw(main, { 'accept-encoding': accepted, 'if-none-match': headers.etag ?? '' });
      expect([known.status, known.body.length]).toEqual([304, 0]);
    },
  );

  test('sends a file uncompressed if the build did not compress it', async () => {
    const { headers, body } = await raw('/assets/main-BnYq3Jme.css', { 'accept-encoding': 'br, gzip' });
    expect([headers['content-encoding'], body.toString()]).toEqual([undefined, style]);
  });
});

/** Requires that the response is a problem, not a page, and returns its status and code. */
async function codeAt(at: string, headers: Record<string, string> = html, method = 'GET') {
  const { status, headers: given, body } = await raw(at, headers, method);
  expect(given['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(given['content-security-policy']).not.toContain('trusted-types');
  return [status, (JSON.parse(body.toString()) as { code: string }).code];
}

describe('the response is a problem, not the console, for', () => {
  test.each([
    ['a file that was not built', '/assets/main-00000000.js'],
    ['a hidden file', '/assets/.secret'],
    ['a folder', '/assets/'],
    ['a compressed file by its own name', `${main}.br`],
    ['dots', '/assets/../../outside.txt'],
    ['encoded dots', '/assets/%2e%2e/%2e%2e/outside.txt'],
    ['encoded slashes', '/assets/..%2f..%2foutside.txt'],
    ['backslashes', '/assets/..\\..\\outside.txt'],
    ['a NUL', `${main}%00`],
    ['bad percent-encoding', '/assets/%zz'],
    ['an unknown page of the documentation', '/docs/nowhere'],
  ])('%s', async (_, at) => {
    expect(await codeAt(at)).toEqual([404, 'not_found']);
  });

  test.each([
    ['a program that accepts anything', { accept: '*/*' }],
    ['a program that sends no Accept', {}],
    ['a program that accepts JSON', { accept: 'application/json' }],
    ['an image', { accept: 'image/avif,image/webp,*/*;q=0.8' }],
  ] as [string, Record<string, string>][])('an unknown address requested by %s', async (_, headers) => {
    expect(await codeAt('/w/nowhere', headers)).toEqual([404, 'not_found']);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('a %s request for a page or a file', async (method) => {
    expect(await codeAt('/signin', html, method)).toEqual([404, 'not_found']);
    expect(await codeAt(main, html, method)).toEqual([404, 'not_found']);
  });

  test('every address under a path that the server itself uses', async () => {
    const url = 'postgres://nobody@127.0.0.1:1/none';
    const config = readConfig({ ...test_environment, DATABASE_URL: url });
    const pool = createPool({ url, max: 1, statement_timeout_ms: 1, lock_timeout_ms: 1, on_error: () => undefined });
    const lifecycle = { stopping: false };
    const parts = { config, pool, probe_pool: pool, log: pino({ level: 'silent' }), lifecycle, hint: () => undefined };
    const { handler } = createApp(parts);
    interface Layer {
      route?: { path: unknown };
      handle: { stack?: Layer[] };
    }
    const pathsOf = (layers: Layer[]): string[] =>
      layers.flatMap(({ route, handle }) => {
        if (typeof route?.path === 'string') return [route.path];
        return handle.stack === undefined ? [] : pathsOf(handle.stack);
      });
    const first = new Set(
      pathsOf((handler as unknown as { router: { stack: Layer[] } }).router.stack).map((one) => one.split('/')[1]),
    );
    expect(first).toEqual(
      new Set(['v1', 'docs', 'openapi.json', 'metrics', 'livez', 'readyz', 'unsubscribe', 'files']),
    );
    for (const begins of [...first, 'V1']) {
      for (const at of [`/${begins}`, `/${begins}/nowhere`]) {
        expect([at, await (await get(at, { headers: html })).text()]).not.toEqual([at, index]);
      }
    }
  });
});

test('pages and files count towards their network’s limit, which twenty page loads at once don’t use up', async () => {
  const limited = await startServer(default_limits, { console_dir: path.join(dir, 'built') });
  try {
    const files = ['/', main, ...Array.from({ length: 14 }, (_, n) => `/assets/page-${n}.js`)];
    const loads = Array.from({ length: 20 }, () => files.map((at) => fetch(limited.url + at, { headers: html })));
    const started = performance.now();
    const responses = await Promise.all(loads.flat());
    const renewed = ((performance.now() - started) / 1000) * 100;
    expect(responses.filter(({ status }) => status !== 200)).toEqual([]);
    const left = responses.map(({ headers }) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]));
    expect(Math.min(...left)).toBeLessThanOrEqual(1_000 - 320 + renewed);
  } finally {
    await limited.stop();
  }
});

test('the bytes of files are limited per network and minute, and the refusal is not compressed', async () => {
  const few = await startServer({ BATON_READ_MIB_PER_MINUTE: '1' }, { console_dir: path.join(dir, 'built') });
  try {
    const statuses = new Map<number, Response>();
    for (let n = 0; n < 40; n++) {
      const response = await fetch(few.url + '/assets/page-0.js');
      statuses.set(response.status, response);
      await response.text();
    }
    expect([...statuses.keys()]).toEqual([200, 429]);
    const refusal = await fetch(few.url + main);
    expect([refusal.status, refusal.headers.get('content-encoding'), refusal.headers.get('cache-control')]).toEqual([
      429,
      null,
      'no-store',
    ]);
    expect(await refusal.json()).toMatchObject({ code: 'rate_limited' });
  } finally {
    await few.stop();
  }
});

describe('a console that is not built', () => {
  let without: TestServer;
  beforeAll(async () => {
    without = await startServer({}, { console_dir: path.join(dir, 'nowhere') });
  });
  afterAll(() => without.stop());

  test.each(['/', '/w/nowhere'])('is replaced at %s by a page with the command that builds it', async (at) => {
    const page = await fetch(without.url + at, { headers: html });
    expect(page.status).toBe(503);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).toContain('<code>npm run build:web</code>');
  });

  test('leaves everything else unchanged', async () => {
    expect((await fetch(`${without.url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${without.url}${main}`, { headers: html })).status).toBe(404);
    expect((await fetch(`${without.url}/docs`)).status).toBe(200);
    expect((await fetch(`${without.url}/v1/policy`)).status).toBe(200);
  });
});
