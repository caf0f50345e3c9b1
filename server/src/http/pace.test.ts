import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('a burst passes at once, and then requests pass at the rate', () => {
  const pace = new Pace({ count: 10, within_ms: 1000, burst: 3 });
  const passes = (now: number) => pace.spend('a', now) === 0;
  expect([passes(0), passes(0), passes(0), passes(0)]).toEqual([true, true, true, false]);
  expect(pace.spend('a', 0)).toBe(100);
  expect([pace.left('a', 0), pace.resetAfter_s('a', 0)]).toEqual([0, 1]);
  expect([passes(99), passes(100), passes(100)]).toEqual([false, true, false]);
  expect(pace.left('a', 1000)).toBe(3);
  expect(pace.spend('b', 0)).toBe(0);
});

test('a burst passes in full, and the remaining count is exact, whatever the clock says', () => {
  for (let n = 0; n < 10_000; n++) {
    const now = 1_234.567_89 + n * 7.123_456_789;
    const pace = new Pace({ count: 3, within_ms: 60_000, burst: 3 });
    const told = [0, 0, 0].map(() => [pace.spend('a', now), pace.left('a', now)]);
    expect([now, ...told]).toEqual([now, [0, 2], [0, 1], [0, 0]]);
    expect(pace.spend('a', now)).toBeGreaterThan(19_999);
  }
});

test('a request heavier than the burst passes if nothing was spent before, and delays those after it', () => {
  const pace = new Pace({ count: 10, within_ms: 1000, burst: 3 });
  expect(pace.spend('a', 0, 20)).toBe(0);
  expect(pace.spend('a', 0)).toBeGreaterThan(1000);
  expect(pace.spend('a', 2000)).toBe(0);
});

test('no more than fifty thousand callers are remembered', () => {
  const pace = new Pace({ count: 1, within_ms: 60_000, burst: 1 });
  for (let n = 0; n < 60_000; n++) pace.spend(`10.${n}`, 0);
  expect(pace.spend('10.59999', 1)).toBeGreaterThan(0);
  expect(pace.spend('10.1', 1)).toBe(0);
});
