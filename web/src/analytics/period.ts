import { isDate, isZone, ownZone } from '../ui/dates.ts';
import type { Every, Period } from '../api/analytics.ts';

/** The periods that can be chosen by name, in days. */
export const lengths = ['30', '90', '365'] as const;
export type Length = (typeof lengths)[number];

/** The most buckets that the server returns for one period. */
const max_buckets = 100;
const day_ms = 86_400_000;

// Calculations use UTC, where every day has 24 hours.
const utc = (day: string) => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date) => date.toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => dayOf(new Date(utc(day).getTime() + days * day_ms));

/** Returns the number of days in a period, including both ends. */
export const daysIn = ({ from, to }: Pick<Period, 'from' | 'to'>): number =>
  Math.round((utc(to).getTime() - utc(from).getTime()) / day_ms) + 1;

/** Returns today’s date in a time zone. */
export function todayIn(time_zone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: time_zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const {
    year = '',
    month = '',
    day = '',
  } = Object.fromEntries(parts.formatToParts(now).map(({ type, value }) => [type, value]));
  return `${year}-${month}-${day}`;
}

/** The period as the address names it: a number of days until today, or two dates. */
export interface PeriodAddress {
  days?: Length | undefined;
  from?: string | undefined;
  to?: string | undefined;
  tz?: string | undefined;
}

const isLength = (text: string): text is Length => lengths.some((length) => length === text);

export function readPeriod(search: Partial<Record<string, string>>): PeriodAddress {
  const { days = '', from = '', to = '', tz = '' } = search;
  const has_days = isDate(from) && isDate(to) && from <= to;
  return {
    ...(isLength(days) && { days }),
    ...(has_days && { from, to }),
    ...(isZone(tz) && { tz }),
  };
}

/** Resolves the period of an address to dates in a time zone. */
export function periodOf({ days = '90', from, to, tz }: PeriodAddress, now: Date): Period {
  const time_zone = tz ?? ownZone();
  if (from !== undefined && to !== undefined) return { from, to, time_zone };
  const today = todayIn(time_zone, now);
  return { from: addDays(today, 1 - Number(days)), to: today, time_zone };
}

/** Returns the smallest buckets into which the server can divide a period. */
export function everyOf(period: Period): Every {
  const days = daysIn(period);
  if (days <= max_buckets) return 'day';
  return days <= max_buckets * 7 ? 'week' : 'month';
}

/** Extends a period to whole weeks, starting on Monday; to months if it would have too many weeks. */
export function inWeeks(period: Period): { period: Period; every: Every } {
  const since_monday = (utc(period.from).getUTCDay() + 6) % 7;
  const whole = { ...period, from: addDays(period.from, -since_monday) };
  if (Math.ceil(daysIn(whole) / 7) <= max_buckets) return { period: whole, every: 'week' };
  return { period: { ...period, from: `${period.from.slice(0, 7)}-01` }, every: 'month' };
}

/** Formats the first day of a bucket in the period's time zone: "4 Dec", with the year on request. */
export function bucketName(at: string, time_zone: string, { year = false } = {}): string {
  return new Date(at).toLocaleDateString('en', {
    timeZone: time_zone,
    day: 'numeric',
    month: 'short',
    ...(year && { year: 'numeric' }),
  });
}
