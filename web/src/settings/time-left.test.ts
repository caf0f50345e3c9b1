import { expect, test } from 'vitest';
import { isSoon, leftOf } from './time-left.ts';

const now = new Date('2026-11-24T09:00:00Z');

test.each([
  ['2026-11-24T09:00:00Z', 'expired'],
  ['2026-11-24T09:20:00Z', 'expires within the hour'],
  ['2026-11-24T10:00:00Z', 'expires in 1 hour'],
  ['2026-11-26T08:00:00Z', 'expires in 47 hours'],
  ['2026-11-26T09:00:00Z', 'expires in 2 days'],
  ['2027-02-22T08:59:00Z', 'expires in 90 days'],
])('a token valid until %s %s', (at, says) => {
  expect(leftOf(new Date(at), now)).toBe(says);
});

test('an expiry within a week is soon', () => {
  expect(isSoon(new Date('2026-11-30T09:00:00Z'), now)).toBe(true);
  expect(isSoon(new Date('2026-12-02T09:00:00Z'), now)).toBe(false);
});
