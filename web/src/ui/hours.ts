import { timeZone } from '../store/preferences.ts';

const minute_ms = 60_000;

/** Returns how far a time zone is ahead of UTC at a moment, in milliseconds. */
function aheadOfUtc(zone: string, at: number): number {
  const numbers = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const parts = new Intl.DateTimeFormat('en', { ...numbers, hourCycle: 'h23', timeZone: zone }).formatToParts(at);
  const {
    year = 0,
    month = 1,
    day = 1,
    hour = 0,
    minute = 0,
  } = Object.fromEntries(parts.map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(at / minute_ms) * minute_ms;
}

/**
 * Returns the moment of a full hour of a date in the person's time zone. A day may have more or less than 24 hours; of an
 * hour that the clocks leave out, it is the end.
 */
export function hourOf(day: string, hour: number): Date {
  const zone = timeZone();
  const [year = 0, month = 1, of_month = 1] = day.split('-').map(Number);
  if (zone === undefined) return new Date(year, month - 1, of_month, hour);
  const in_utc = Date.UTC(year, month - 1, of_month, hour);
  // The clocks may change between the two moments, so the zone is asked again at the second one.
  const first = in_utc - aheadOfUtc(zone, in_utc);
  const second = in_utc - aheadOfUtc(zone, first);
  const exists = second + aheadOfUtc(zone, second) === in_utc;
  return new Date(exists ? second : Math.max(first, second));
}
