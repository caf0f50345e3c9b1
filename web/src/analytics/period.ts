import { isZone, ownZone } from '../ui/dates.ts';
import type { Every, Period } from '../api/analytics.ts';

/** Periods that are chosen by name, in days. */
export const lengths = ['30', '90', '365'] as const;
export type Length = (typeof lengths)[number];

/** The server counts in at most so many parts. */
const max_buckets = 100;
const day_ms = 86_400_000;
const day_form = /^\d{4}-\d{2}-\d{2}$/;

// Days are counted in UTC, where each has 24 hours.
const utc = (day: string) => new Date(`${day}T00:00:00Z`);
const dayOf = (date: Date) => date.toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string => dayOf(new Date(utc(day).getTime() + days * day_ms));

/** How many days a period has, both its ends counted. */
export const daysIn = ({ from, to }: Pick<Period, 'from' | 'to'>): number =>
  Math.round((utc(to).getTime() - utc(from).getTime()) / day_ms) + 1;

/** The day that it is in a time zone. */
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

/** What the address says of a period: so many days until today, or two days. */
export interface PeriodAddress {
  days?: Length | undefined;
  from?: string | undefined;
  to?: string | undefined;
  tz?: string | undefined;
}

const isLength = (text: string): text is Length => lengths.some((length) => length === text);

export function readPeriod(search: Partial<Record<string, string>>): PeriodAddress {
  const { days = '', from = '', to = '', tz = '' } = search;
  const has_days = day_form.test(from) && day_form.test(to) && from <= to;
  return {
    ...(isLength(days) && { days }),
    ...(has_days && { from, to }),
    ...(isZone(tz) && { tz }),
  };
}

/** The period that an address means. */
export function periodOf({ days = '90', from, to, tz }: PeriodAddress, now: Date): Period {
  const time_zone = tz ?? ownZone();
  if (from !== undefined && to !== undefined) return { from, to, time_zone };
  const today = todayIn(time_zone, now);
  return { from: addDays(today, 1 - Number(days)), to: today, time_zone };
}

/** The finest parts into which the server divides a period. */
export function everyOf(period: Period): Every {
  const days = daysIn(period);
  if (days <= max_buckets) return 'day';
  return days <= max_buckets * 7 ? 'week' : 'month';
}

/** A period in whole weeks from Monday on; in months where these would be too many weeks. */
export function inWeeks(period: Period): { period: Period; every: Every } {
  const since_monday = (utc(period.from).getUTCDay() + 6) % 7;
  const whole = { ...period, from: addDays(period.from, -since_monday) };
  if (Math.ceil(daysIn(whole) / 7) <= max_buckets) return { period: whole, every: 'week' };
  return { period: { ...period, from: `${period.from.slice(0, 7)}-01` }, every: 'month' };
}

/** The first day of a bucket, in the period's time zone: "4 Dec", with the year on request. */
export function bucketName(at: string, time_zone: string, { year = false } = {}): string {
  return new Date(at).toLocaleDateString('en', {
    timeZone: time_zone,
    day: 'numeric',
    month: 'short',
    ...(year && { year: 'numeric' }),
  });
}
