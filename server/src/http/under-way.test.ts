import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Wire } from '../../../proof/harness/wire.ts';
import { createHttpServer } from './server.ts';

const limits = { headers_timeout_ms: 10_000, request_timeout_ms: 30_000, upload_timeout_ms: 30_000 };

test('a draining server closes each connection after its response, including one in progress', async () => {
  const { server, drain } = createHttpServer((req, res) => {
    setTimeout(() => res.end(req.url), 100);
  }, limits);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wire = new Wire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 2);
  const connection = async (path: string) => (await wire.send({ method: 'GET', path })).headers['connection'];
  expect(await connection('/before')).toBe('keep-alive');
  const under_way = connection('/under-way');
  await sleep(30);
  drain();
  expect(await under_way).toBe('close');
  expect(await connection('/after')).toBe('close');
  wire.close();
  await new Promise((resolve) => server.close(resolve));
});

test('a request that breaks off after its response gets no second response', async () => {
  const { server } = createHttpServer((_req, res) => res.writeHead(401).end(), limits);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (received += String(chunk)));
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  await once(socket, 'data');
  await sleep(30);
  socket.write('no chunk\r\n');
  await once(socket, 'close');
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
  await new Promise((resolve) => server.close(resolve));
});
