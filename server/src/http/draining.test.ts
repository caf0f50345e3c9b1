import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Wire } from '../../test/harness/wire.ts';
import { drainable } from './draining.ts';

test('once it drains, each answer is the last of its connection, one under way included', async () => {
  const server = createServer((req, res) => {
    setTimeout(() => res.end(req.url), 100);
  });
  const drain = drainable(server);
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
