import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SharedReads } from './shared-reads.ts';

const now = () => performance.now();

test('what many callers ask for at the same moment is read once per key', async () => {
  const shared = new SharedReads<number>();
  let reads = 0;
  const read = async () => {
    reads++;
    await sleep(20);
    return reads;
  };
  const asked_at = now();
  const given = await Promise.all(['a', 'a', 'b', 'a'].map((key) => shared.get(key, asked_at, read)));
  expect([reads, new Set(given.map(({ result }) => result)).size]).toEqual([2, 1]);
  // Also for a caller whose turn comes later.
  await shared.get('a', asked_at, read);
  expect(reads).toBe(2);
});

test('a result read before a caller asked is read again for them, however recent it is', async () => {
  const shared = new SharedReads<number>();
  let reads = 0;
  const read = () => Promise.resolve(++reads);
  expect(await shared.get('a', now(), read)).toEqual({ result: 1, is_no_newer: true });
  await sleep(2);
  expect(await shared.get('a', now(), read)).toEqual({ result: 2, is_no_newer: true });
});

test('a read in progress when a caller asks is not shared with them', async () => {
  const shared = new SharedReads<number>();
  let reads = 0;
  const read = async () => {
    const mine = ++reads;
    await sleep(30);
    return mine;
  };
  const first = shared.get('a', now(), read);
  await sleep(5);
  expect(await shared.get('a', now(), read)).toEqual({ result: 2, is_no_newer: true });
  expect(await first).toEqual({ result: 1, is_no_newer: true });
});

test('a result that was ready is no newer than the caller’s next read; one that was waited for may be', async () => {
  const shared = new SharedReads<number>();
  const asked_at = now();
  const read = async () => {
    await sleep(20);
    return 1;
  };
  const own = shared.get('a', asked_at, read);
  const waited_for = shared.get('a', asked_at, read);
  expect(await own).toEqual({ result: 1, is_no_newer: true });
  expect(await waited_for).toEqual({ result: 1, is_no_newer: false });
  expect(await shared.get('a', asked_at, read)).toEqual({ result: 1, is_no_newer: true });
});

test('a caller who waited for a read that failed reads for themselves, and that may be newer than their other reads', async () => {
  const shared = new SharedReads<number>();
  const asked_at = now();
  const failing = shared.get('a', asked_at, () => Promise.reject(new Error('away')));
  const other = shared.get('a', asked_at, () => Promise.resolve(7));
  await expect(failing).rejects.toThrow('away');
  expect(await other).toEqual({ result: 7, is_no_newer: false });
  expect(await shared.get('a', asked_at, () => Promise.resolve(8))).toEqual({ result: 8, is_no_newer: true });
});

test('a result is kept for a quarter of a second, and no more than sixteen at one time', async () => {
  const shared = new SharedReads<number>();
  const asked_at = now();
  const get = async (key: string, result: number) =>
    (await shared.get(key, asked_at, () => Promise.resolve(result))).result;
  for (let n = 0; n < 17; n++) await get(`key ${n}`, 1);
  expect(await get('key 16', 2)).toBe(1);
  expect(await get('key 0', 2)).toBe(2);
  await sleep(400);
  expect(await get('key 16', 3)).toBe(3);
});
