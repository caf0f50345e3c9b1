import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SharedReads } from './shared-reads.ts';

test('what many ask for at the same moment is read once, and each thing by itself', async () => {
  const shared = new SharedReads<number>((found) => found > 0);
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
  const shared = new SharedReads<number>((found) => found > 0);
  let reads = 0;
  const read = () => Promise.resolve(++reads);
  expect(await shared.get('a', read)).toBe(1);
  await sleep(400);
  expect(await shared.get('a', read)).toBe(2);
});

test('a read that fails is nobody else’s', async () => {
  const shared = new SharedReads<number>((found) => found > 0);
  const failing = shared.get('a', () => Promise.reject(new Error('away')));
  const other = shared.get('a', () => Promise.resolve(7));
  await expect(failing).rejects.toThrow('away');
  expect(await other).toBe(7);
});

test('a read that found nothing is nobody else’s either: what woke them may be newer', async () => {
  const shared = new SharedReads<number>((found) => found > 0);
  expect(await shared.get('a', () => Promise.resolve(0))).toBe(0);
  expect(await shared.get('a', () => Promise.resolve(1))).toBe(1);
});

test('no more than sixteen results are kept at one time', async () => {
  const shared = new SharedReads<number>((found) => found > 0);
  for (let n = 0; n < 17; n++) await shared.get(`key ${n}`, () => Promise.resolve(1));
  expect(await shared.get('key 16', () => Promise.resolve(2))).toBe(1);
  expect(await shared.get('key 0', () => Promise.resolve(2))).toBe(2);
});
