import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SharedReads } from './shared-reads.ts';

test('what many ask for at the same moment is read once, and each thing by itself', async () => {
  const shared = new SharedReads<number>();
  let reads = 0;
  const read = async () => {
    reads++;
    await sleep(20);
    return reads;
  };
  const found = await Promise.all(['a', 'a', 'b', 'a'].map((key) => shared.get(key, read)));
  expect([reads, new Set(found).size <= 2]).toEqual([2, true]);
  await sleep(10);
  await shared.get('a', read);
  expect(reads).toBe(2);
});

test('what was read a while ago is read again', async () => {
  const shared = new SharedReads<number>();
  let reads = 0;
  const read = () => Promise.resolve(++reads);
  expect(await shared.get('a', read)).toBe(1);
  await sleep(400);
  expect(await shared.get('a', read)).toBe(2);
});

test('a read that fails is nobody else’s', async () => {
  const shared = new SharedReads<number>();
  const failing = shared.get('a', () => Promise.reject(new Error('away')));
  const other = shared.get('a', () => Promise.resolve(7));
  await expect(failing).rejects.toThrow('away');
  expect(await other).toBe(7);
});
