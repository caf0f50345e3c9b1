import { expect, test, vi } from 'vitest';
import { ByteShares } from './byte-shares.ts';

const ada = { user_id: 'ada', network: '10.0.0.1' };
const bob = { user_id: 'bob', network: '10.0.0.1' };
const eve = { user_id: 'eve', network: '10.0.0.2' };
const limited = expect.objectContaining({ code: 'rate_limited', retry_after_s: 1 });

test('an account uses at most a quarter of the bytes, and can use them again once they are released', () => {
  const shares = new ByteShares(100);
  shares.take(ada, 20);
  expect(() => shares.take(ada, 6)).toThrow(limited);
  shares.take(ada, 5);
  expect(() => shares.requireRoom(ada)).toThrow(limited);
  expect(() => shares.requireRoom(bob)).not.toThrow();
  shares.give(ada, 20);
  shares.take(ada, 20);
  expect(shares.held).toBe(25);
});

test('a network uses at most half of the bytes, whichever of its accounts use them', () => {
  const shares = new ByteShares(100);
  shares.take(ada, 25);
  shares.take(bob, 25);
  expect(() => shares.take({ user_id: 'cid', network: '10.0.0.1' }, 1)).toThrow(limited);
  expect(() => shares.take({ user_id: undefined, network: '10.0.0.1' }, 1)).toThrow(limited);
  expect(() => shares.take(eve, 25)).not.toThrow();
});

test('an item larger than a share may pass alone, but no large item may exceed the total', () => {
  const mib = 1024 * 1024;
  const shares = new ByteShares(100 * mib);
  shares.take(ada, 90 * mib);
  expect(() => shares.take(ada, 1)).toThrow(limited);
  expect(() => shares.take(eve, 11 * mib)).toThrow(expect.objectContaining({ code: 'overloaded', retry_after_s: 1 }));
  shares.take(eve, 10 * mib);
  shares.take({ user_id: 'small', network: '10.0.0.3' }, 1000); // a small item may exceed the total by a quarter
  shares.give({ user_id: 'small', network: '10.0.0.3' }, 1000);
  shares.give(ada, 90 * mib);
  shares.give(eve, 10 * mib);
  shares.take(eve, 90 * mib);
  shares.give(eve, 90 * mib);
  expect(shares.held).toBe(0);
});

test('an item that comes piece by piece fits as it would in one piece, and a check beforehand counts nothing', () => {
  const mib = 1024 * 1024;
  const shares = new ByteShares(100 * mib);
  shares.requireFree(ada, 60 * mib); // alone
  expect(shares.held).toBe(0);
  for (let own = 0; own < 60 * mib; own += 10 * mib) shares.take(ada, 10 * mib, own);
  expect(() => shares.take(ada, 1, 0)).toThrow(limited);
  shares.give(ada, 60 * mib);
  shares.take(eve, 90 * mib);
  shares.take(ada, 10 * mib);
  // Its last piece is small, but the item is not.
  expect(() => shares.take(ada, 1000, 10 * mib)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  expect(() => shares.requireFree({ user_id: 'cid', network: '10.0.0.3' }, 1000)).not.toThrow();
  expect(shares.held).toBe(100 * mib);
});

test('a caller that was refused is refused early for a second, and other callers are not', () => {
  vi.useFakeTimers();
  try {
    const shares = new ByteShares(100);
    shares.take(ada, 20);
    expect(() => shares.requireRoom(ada)).not.toThrow();
    expect(() => shares.take(ada, 10)).toThrow(limited);
    vi.advanceTimersByTime(900);
    expect(() => shares.requireRoom(ada)).toThrow(limited);
    expect(() => shares.take(ada, 10)).toThrow(limited); // which doesn't make the second longer
    expect(() => shares.requireRoom(bob)).not.toThrow();
    vi.advanceTimersByTime(100);
    expect(() => shares.requireRoom(ada)).not.toThrow();
  } finally {
    vi.useRealTimers();
  }
});
