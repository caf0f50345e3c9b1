import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SetAside } from './set-aside.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const after = (ms: number) => vi.advanceTimersByTime(ms);
const setAside = () => new SetAside({ first_retry_ms: 1_000, max_retry_ms: 5_000 });

test('an id that failed is skipped for a while, no other is, and then it can be tried again', () => {
  const aside = setAside();
  expect(aside.add('a')).toEqual({ failures: 1, retry_ms: 1_000 });
  expect([aside.has('a'), aside.has('b'), aside.size]).toEqual([true, false, 1]);
  after(999);
  expect(aside.has('a')).toBe(true);
  after(1);
  expect([aside.has('a'), aside.failuresOf('a')]).toEqual([false, 1]);
});

test('an id that keeps failing is skipped twice as long each time, up to a bound, until it succeeds', () => {
  const aside = setAside();
  const retries = [];
  for (let n = 0; n < 5; n++) retries.push(aside.add('a').retry_ms);
  expect(retries).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  aside.delete('a');
  expect([aside.has('a'), aside.failuresOf('a'), aside.size]).toEqual([false, 0, 0]);
  expect(aside.add('a')).toEqual({ failures: 1, retry_ms: 1_000 });
});

test('an id that nobody asks for any more is forgotten, and others are not', () => {
  const aside = setAside();
  aside.add('asked');
  aside.add('unasked');
  after(10);
  const since = performance.now();
  aside.has('asked');
  aside.add('new');
  aside.forgetUnasked(since);
  expect([aside.failuresOf('asked'), aside.failuresOf('unasked'), aside.failuresOf('new')]).toEqual([1, 0, 1]);
});
