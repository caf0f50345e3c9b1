import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { error_table } from '../server/src/errors.ts';
import { BatonApiError, type ClientCode, createClient } from './index.ts';

// Against a server that speaks HTTP badly, or not at all, a call throws only BatonApiError, whatever it gets.
let server: Server;
let base_url: string;
let respond: (socket: Socket) => void;
const open = new Set<Socket>();

beforeAll(async () => {
  server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
    socket.once('data', () => respond(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const says =
  (...lines: string[]) =>
  (socket: Socket) =>
    void socket.end(lines.join('\r\n'));
const ok = ['HTTP/1.1 200 OK', 'Content-Type: application/json'];

const garbage: [string, (socket: Socket) => void, ClientCode, number | undefined][] = [
  ['an empty 502', says('HTTP/1.1 502 Bad Gateway', 'Content-Length: 0', '', ''), 'unexpected_response', 502],
  [
    'an empty 502 that claims to be JSON',
    says('HTTP/1.1 502 Bad Gateway', 'Content-Type: application/problem+json', 'Content-Length: 0', '', ''),
    'unexpected_response',
    502,
  ],
  [
    'a page of HTML',
    says('HTTP/1.1 503 Sorry', 'Content-Type: text/html', 'Content-Length: 14', '', '<h1>Sorry</h1>'),
    'unexpected_response',
    503,
  ],
  ['a page of HTML for a success', says('HTTP/1.1 200 OK', '', '<h1>Sign in</h1>'), 'unexpected_response', 200],
  ['JSON that ends early', says(...ok, 'Content-Length: 10', '', '{"id":"019'), 'unexpected_response', 200],
  ['JSON that is no object', says(...ok, 'Content-Length: 4', '', 'null'), 'unexpected_response', 200],
  ['a success without a body', says(...ok, 'Content-Length: 0', '', ''), 'unexpected_response', 200],
  [
    'a problem without a code',
    says('HTTP/1.1 500 Oops', 'Content-Type: application/problem+json', 'Content-Length: 17', '', '{"title":"Oops!"}'),
    'unexpected_response',
    500,
  ],
  ['a body that is cut off', says(...ok, 'Content-Length: 1000', '', '{"id":'), 'unexpected_response', 200],
  ['a chunk that is cut off', says(...ok, 'Transfer-Encoding: chunked', '', 'ff', '{"id'), 'unexpected_response', 200],
  [
    'a body that isn’t the gzip it claims to be',
    says(...ok, 'Content-Encoding: gzip', 'Content-Length: 5', '', 'plain'),
    'unexpected_response',
    200,
  ],
  [
    'a redirect',
    says('HTTP/1.1 301 Moved', 'Location: /elsewhere', 'Content-Length: 0', '', ''),
    'unexpected_response',
    301,
  ],
  ['another protocol', says('SSH-2.0-OpenSSH_9.9', ''), 'no_response', undefined],
  ['two lengths', says(...ok, 'Content-Length: 2', 'Content-Length: 3', '', '{}'), 'no_response', undefined],
  ['a connection that ends without a response', (socket) => socket.end(), 'no_response', undefined],
  ['a connection that is reset', (socket) => socket.resetAndDestroy(), 'no_response', undefined],
  ['no response', () => undefined, 'timed_out', undefined],
  [
    'a body that never ends',
    (socket) => void socket.write([...ok, 'Content-Length: 1000', '', '{"id":'].join('\r\n')),
    'timed_out',
    200,
  ],
];

describe('only BatonApiError is thrown', () => {
  test.each(garbage)('for %s', async (_, response, code, status) => {
    respond = response;
    const baton = createClient({ base_url, retries: 0, timeout_ms: 500 });
    const failure: unknown = await baton.get_me().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BatonApiError);
    expect(failure).toMatchObject({ code, status });
  });

  test('if no server listens', async () => {
    const nobody = createServer();
    await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((resolve) => nobody.close(resolve));
    const baton = createClient({ base_url: `http://127.0.0.1:${port}`, retries: 1 });
    const failure: unknown = await baton.get_me().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'BatonApiError', code: 'no_response', retryable: true });
    expect((failure as Error).message).toContain('ECONNREFUSED');
  });
});

test('a write without a key is not repeated when its response was lost', async () => {
  let sent = 0;
  respond = (socket) => {
    sent++;
    socket.resetAndDestroy();
  };
  const baton = createClient({ base_url });
  await expect(baton.login({ body: { email: 'a@example.com', password: 'x' } })).rejects.toMatchObject({
    code: 'no_response',
    retryable: false,
  });
  await sleep(300);
  expect(sent).toBe(1);
});

test('the client’s own codes differ from the server’s', () => {
  const own: Record<ClientCode, true> = {
    ...{ invalid_call: true, no_response: true, timed_out: true },
    ...{ aborted: true, not_modified: true, unexpected_response: true },
  };
  expect(Object.keys(own).filter((code) => code in error_table)).toEqual([]);
});
