import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

test.each([undefined, {}])(
  'minor garbage collections remove the requests that have their responses, with the body %j',
  async (body) => {
    const { server } = createHttpServer((req, res) => {
      Object.assign(req, { ballast: Array.from({ length: 2_500 }, () => 0) }); // 20 KB
      req.resume();
      setTimeout(() => res.end(), 5);
    }, limits);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const wire = new Wire(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 8);
    const method = body === undefined ? 'GET' : 'POST';
    const sendMany = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) {
        await Promise.all(Array.from({ length: 8 }, () => wire.send({ method, path: '/', body })));
        collect({ type: 'minor' });
      }
      return process.memoryUsage().heapUsed;
    };
    const before = await sendMany(10);
    const kept = (await sendMany(50)) - before;
    expect(kept / (50 * 8)).toBeLessThan(5_000);
    wire.close();
    await new Promise((resolve) => server.close(resolve));
  },
);
