import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createHttpServer } from './server.ts';

test('a refused connection is closed for writing but still read, so that its response is not lost', async () => {
  const limits = { headers_timeout_ms: 10_000, request_timeout_ms: 10_000, upload_timeout_ms: 20_000 };
  const { server } = createHttpServer(() => expect.unreachable(), limits);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const connected = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const client = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [accepted] = (await connected) as [Socket];
  client.write('GET /livez HTTP/2.0\r\nHost: a\r\n\r\n');
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
  client.write('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(server, 'clientError'); // the parser expected nothing more
  expect([accepted.writableEnded, accepted.destroyed]).toEqual([true, false]);
  client.destroy();
  accepted.destroy();
  server.close();
});
