import { expect, test } from 'vitest';
import { ByteCache } from './byte-cache.ts';

test('a cache forgets what was not asked for longest, so that its bytes stay within the bound', () => {
  const cache = new ByteCache<number>(10);
  cache.set('a', 1, 4);
  cache.set('b', 2, 4);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3, 4);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.bytes]).toEqual([1, undefined, 3, 8]);
  cache.set('a', 4, 10);
  expect([cache.get('a'), cache.get('c'), cache.bytes]).toEqual([4, undefined, 10]);
});

test('what is larger than the bound is not remembered at all', () => {
  const cache = new ByteCache<number>(10);
  cache.set('a', 1, 11);
  expect([cache.get('a'), cache.bytes]).toEqual([undefined, 0]);
});
