import { describe, expect, test } from 'vitest';
import { addDays, bucketName, daysIn, everyOf, inWeeks, periodOf, readPeriod, todayIn } from './period.ts';
import { isZone } from '../ui/dates.ts';

const now = new Date('2026-03-01T02:00:00Z');
const period = (from: string, to: string) => ({ from, to, time_zone: 'UTC' });

describe('a period', () => {
  test('ends today in its time zone, and has the chosen number of days', () => {
    expect(todayIn('America/New_York', now)).toBe('2026-02-28');
    expect(periodOf({ days: '30', tz: 'America/New_York' }, now)).toEqual({
      from: '2026-01-30',
      to: '2026-02-28',
      time_zone: 'America/New_York',
    });
    expect(daysIn(periodOf({ tz: 'UTC' }, now))).toBe(90);
    expect(periodOf({ from: '2025-01-01', to: '2025-02-01', tz: 'UTC' }, now)).toMatchObject({ from: '2025-01-01' });
  });

  test('is read from the address, without its invalid parts', () => {
    expect(readPeriod({ days: '30', tz: 'Europe/Berlin' })).toEqual({ days: '30', tz: 'Europe/Berlin' });
    expect(readPeriod({ days: '31', from: '2026-02-01', to: '2026-01-01', tz: 'CET' })).toEqual({});
    expect(readPeriod({ from: '2026-02-30', to: '2026-13-01' })).toEqual({});
    expect(readPeriod({ from: '2026-01-01', to: '2026-02-01' })).toEqual({ from: '2026-01-01', to: '2026-02-01' });
  });

  test('uses the smallest buckets that the server allows', () => {
    expect(everyOf(period('2026-01-01', addDays('2026-01-01', 99)))).toBe('day');
    expect(everyOf(period('2026-01-01', addDays('2026-01-01', 100)))).toBe('week');
    expect(everyOf(period('2024-01-01', '2026-01-01'))).toBe('month');
  });

  test('is extended to whole weeks from Monday on, or to months if it would have too many weeks', () => {
    expect(inWeeks(period('2026-03-01', '2026-03-20'))).toMatchObject({
      every: 'week',
      period: { from: '2026-02-23' },
    });
    expect(inWeeks(period('2026-03-02', '2026-03-20')).period.from).toBe('2026-03-02');
    expect(inWeeks(period('2020-03-15', '2026-03-20'))).toMatchObject({
      every: 'month',
      period: { from: '2020-03-01' },
    });
  });
});

test('a time zone is valid if it has a place, or is UTC', () => {
  expect(['UTC', 'Europe/Berlin', 'CET', 'EST5EDT', 'Nowhere/Here', ''].map(isZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('a bucket is named after its first day in the period’s time zone', () => {
  expect(bucketName('2025-12-31T23:00:00Z', 'Europe/Berlin', { year: true })).toBe('Jan 1, 2026');
});
