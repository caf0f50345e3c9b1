import bcrypt from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts';

const cost = 4;
const here = { network: '127.0.0.1' };
const matches = async (kept: string, tried: string) =>
  verifyPassword(tried, await hashPassword(kept, cost, here), cost, here);

describe('a password', () => {
  test.each([71, 72, 73, 74, 255])('of %d bytes is compared up to its last byte', async (length) => {
    const password = 'x'.repeat(length);
    expect(await matches(password, password)).toBe(true);
    expect(await matches(password, `${password}y`)).toBe(false);
    expect(await matches(password, `${password.slice(0, -1)}y`)).toBe(false);
  });

  test('control: is compared by plain bcrypt only up to 72 bytes', async () => {
    const password = 'x'.repeat(72);
    expect(await bcrypt.compare(`${password} and anything`, await bcrypt.hash(password, cost))).toBe(true);
  });

  test('of four-byte characters is compared up to its last character', async () => {
    const password = '🎫'.repeat(18);
    expect(await matches(`${password}a`, `${password}b`)).toBe(false);
  });

  test('matches whether an accented letter is typed as one character or as two', async () => {
    expect(await matches('caf\u00e9 au lait', 'cafe\u0301 au lait')).toBe(true);
  });

  test('never matches an account that does not exist', async () => {
    expect(await verifyPassword('anything at all', undefined, cost, here)).toBe(false);
  });

  test('needs a new hash when the cost changes', async () => {
    const hash = await hashPassword('anything at all', cost, here);
    expect([needsRehash(hash, cost), needsRehash(hash, cost + 1)]).toEqual([false, true]);
  });
});

test('hashing beyond the queue’s length is refused, and the queued hashing is done', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 80 }, () => hashPassword('anything at all', cost, here)),
  );
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(20);
  expect(await matches('after the rush', 'after the rush')).toBe(true);
});
