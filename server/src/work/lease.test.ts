import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whileRenewing } from './lease.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Starts work that ends when the test says so, and counts the renewals meanwhile. */
function begin(renew: () => Promise<unknown> = () => Promise.resolve()) {
  const work = Promise.withResolvers<string>();
  let renewed = 0;
  let is_over = false;
  const counted = () => {
    renewed++;
    return renew();
  };
  const result = whileRenewing({ lease_ms: 20_000, renew: counted, work: () => work.promise });
  const over = result.then(
    () => (is_over = true),
    () => (is_over = true),
  );
  return { work, result, over, renewed: () => renewed, isOver: () => is_over };
}

test('a lease is renewed several times during its time while the work lasts, and not afterwards', async () => {
  const { work, result, renewed } = begin();
  await after(4_999);
  expect(renewed()).toBe(0);
  await after(55_002);
  expect(renewed()).toBe(12);
  work.resolve('done');
  expect(await result).toBe('done');
  await after(60_000);
  expect(renewed()).toBe(12);
});

test('renewals end when the work fails, and continue after one of them fails', async () => {
  const { work, result, over, renewed } = begin(() => Promise.reject(new Error('no connection')));
  await after(10_000);
  expect(renewed()).toBe(2);
  work.reject(new Error('refused'));
  await over;
  await expect(result).rejects.toThrow('refused');
  await after(60_000);
  expect(renewed()).toBe(2);
});

test('the end of the work waits for a renewal in progress, which would otherwise overwrite what comes after', async () => {
  const slow = Promise.withResolvers<undefined>();
  const { work, isOver, over, renewed } = begin(() => slow.promise);
  await after(20_000);
  expect(renewed()).toBe(1); // one at a time
  work.resolve('done');
  await after(1_000);
  expect(isOver()).toBe(false);
  slow.resolve(undefined);
  await over;
});
