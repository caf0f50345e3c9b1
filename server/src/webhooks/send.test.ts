import type { Resolver } from 'node:dns/promises';
import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startNameServer } from '../../../proof/harness/name-server.ts';
import { Sender } from './send.ts';

/** Starts a resolver that returns the next of these addresses for each look-up, and then always the last. */
async function resolving(...addresses: string[]): Promise<Resolver> {
  const server = await startNameServer((_, family) => {
    if (family === 6) return [];
    return addresses.length > 1 ? addresses.splice(0, 1) : addresses;
  });
  onTestFinished(() => server.stop());
  return server.resolver;
}

/** Listens on a port of this machine, and counts the connections to it. */
async function privatePort(): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as { port: number }).port, connections: () => connections };
}

const message = (url: string) => ({ url, headers: {}, body: '{}' });
const strict = { allow_private: false, timeout_ms: 1_500 };

describe('a message', () => {
  test('is never sent to an address that isn’t public, however the address is written', async () => {
    const { port, connections } = await privatePort();
    const hosts = [
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::7f00:1]',
      '[64:ff9b::7f00:1]',
      '0x7f.1',
      '2130706433',
    ];
    const sender = new Sender(strict);
    for (const host of hosts) {
      const reply = await sender.send(message(`https://${host}:${port}/`));
      expect([host, reply.status, reply.error]).toEqual([host, null, 'ADDRESS_NOT_PUBLIC']);
    }
    expect(connections()).toBe(0);
    // Control: a sender that may use private addresses connects.
    const lax = new Sender({ ...strict, allow_private: true });
    expect(await lax.send(message(`https://127.0.0.1:${port}/`))).toMatchObject({ status: null });
    expect(connections()).toBeGreaterThan(0);
  });

  test('is never sent to a private address of a name that had a public one a moment before', async () => {
    const { port, connections } = await privatePort();
    const resolver = await resolving('192.0.1.1', '127.0.0.1');
    const [looked_up] = await resolver.resolve4('rebinding.example'); // as a check before the connection would
    expect(looked_up).toBe('192.0.1.1');
    const sender = new Sender({ ...strict, resolver });
    const reply = await sender.send(message(`https://rebinding.example:${port}/`));
    expect(reply).toMatchObject({ status: null, error: 'ADDRESS_NOT_PUBLIC' });
    expect(connections()).toBe(0);
  });

  test('is never sent without TLS', async () => {
    const { port, connections } = await privatePort();
    const sender = new Sender({ ...strict, resolver: await resolving('192.0.1.1') });
    expect(await sender.send(message(`http://public.example:${port}/`))).toMatchObject({ error: 'ADDRESS_NOT_PUBLIC' });
    expect(connections()).toBe(0);
  });
});

describe('an attempt', () => {
  /** Starts a receiver that sends these bytes for each message, and leaves its connection open. */
  async function answering(bytes: string): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  }

  test.each([
    [
      'another protocol',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      'NO_RESPONSE',
    ],
    ['a status below 100', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n', 'NO_RESPONSE'],
    ['the status 000', 'HTTP/1.1 000 Odd\r\nContent-Length: 0\r\n\r\n', 'NO_RESPONSE'],
    ['an interim response alone', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'TIMEOUT'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-', 'TIMEOUT'],
    ['something other than HTTP', 'hello\r\n\r\n', 'HPE_INVALID_CONSTANT'],
  ])('fails if a receiver sends %s', async (_, bytes, error) => {
    const sender = new Sender({ allow_private: true, timeout_ms: 500 });
    const began = performance.now();
    expect(await sender.send(message(await answering(bytes)))).toMatchObject({ status: null, error });
    expect(performance.now() - began).toBeLessThan(5_000);
    sender.close();
  });

  test('ends at its timeout if the response’s body never ends, with the status that came', async () => {
    const sender = new Sender({ allow_private: true, timeout_ms: 500 });
    const url = await answering('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    expect(await sender.send(message(url))).toMatchObject({ status: 200, error: null });
    sender.close();
  });

  test('is recorded with shortened heads that leave out the URL’s path and values that look like secrets', async () => {
    const head = [
      'HTTP/1.1 200 Fine',
      'X-Request-Id: 7',
      'Set-Cookie: session=hidden',
      'X-Api-Key: hidden',
      'Content-Length: 2',
      `X-Long: ${'y'.repeat(3_000)}`,
    ];
    const url = new URL('hook/hidden?as=hidden', await answering(`${head.join('\r\n')}\r\n\r\nok`));
    const sender = new Sender({ allow_private: true, timeout_ms: 2_000 });
    const headers = { 'content-type': 'application/json', 'webhook-signature': 'v1,abc' };
    const reply = await sender.send({ url: url.href, headers, body: '{}' });
    sender.close();
    expect(reply).toMatchObject({ status: 200, error: null, response_body: 'ok' });
    expect(reply.request_head?.split('\n')).toEqual([
      'POST /… HTTP/1.1',
      `host: ${url.host}`,
      'content-type: application/json',
      'webhook-signature: v1,abc',
      'content-length: 2',
    ]);
    const shown = ['HTTP/1.1 200 Fine', 'X-Request-Id: 7', 'Set-Cookie: …', 'X-Api-Key: …', 'Content-Length: 2'];
    expect(reply.response_head?.split('\n').slice(0, -1)).toEqual(shown);
    expect(reply.response_head).toMatch(/\nX-Long: y+$/);
    expect(reply.response_head).toHaveLength(1024);
    expect(JSON.stringify(reply)).not.toContain('hidden');
    const refused = await new Sender(strict).send({ url: 'https://127.0.0.1/hidden', headers, body: '{}' });
    expect(refused).toMatchObject({ error: 'ADDRESS_NOT_PUBLIC', response_head: null, response_body: null });
    expect(refused.request_head).toContain('host: 127.0.0.1\n');
  });
});
