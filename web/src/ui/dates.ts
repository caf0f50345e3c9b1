import { dateLanguage, timeZone } from '../store/preferences.ts';
import { t } from './text.ts';

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

const two = (number: number) => String(number).padStart(2, '0');

/** Date formats by time zone. They are cached because every card needs one, and creating one takes 0.1 ms. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format_in = new Intl.DateTimeFormat('en-CA', { ...parts, timeZone: zone });
  formats.set(zone, format_in);
  return format_in;
}

/** Returns whether the server accepts this name of a time zone: `Area/Place`, or UTC. */
export const isZone = (name: string): boolean => {
  if (name !== 'UTC' && !name.includes('/')) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** Returns the time zone that the person has chosen, or else the browser’s. */
export function ownZone(): string {
  const here = timeZone() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isZone(here) ? here : 'UTC';
}

/** Returns the date of a moment in the person's time zone: `2026-12-04`. */
export function dayOf(at: Date): string {
  const zone = timeZone();
  if (zone === undefined) return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const parts = new Map(
    formatIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
}

/**
 * Returns a date's midnight in UTC, for calculating and formatting in UTC. Formatted in a time zone west of Greenwich,
 * it would be the day before.
 */
const utc = (day: string) => new Date(`${day}T00:00:00Z`);

const daysBetween = (from: string, to: string) => Math.round((utc(to).getTime() - utc(from).getTime()) / day_ms);

const format = (day: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(dateLanguage(), { ...options, timeZone: 'UTC' }).format(utc(day));

/** Formats a date briefly: "Fri, 4 Dec". */
export const shortDay = (day: string): string => format(day, { weekday: 'short', day: 'numeric', month: 'short' });

/** Returns the date some days after another. */
export const dayAfter = (day: string, days: number): string =>
  new Date(utc(day).getTime() + days * day_ms).toISOString().slice(0, 10);

/** Returns whether a text is a date, such as `2026-12-04`. Chromium takes 30 February for 2 March. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text).getTime()) && dayAfter(text, 0) === text;

/** Returns the first Monday after a date. */
export const mondayAfter = (day: string): string => dayAfter(day, (8 - utc(day).getUTCDay()) % 7 || 7);

/** Returns the date some days after today, in the person's time zone. */
export const dayIn = (days: number, now: Date): string => dayAfter(dayOf(now), days);

export interface Due {
  text: string;
  /** The full date: "Friday, 4 December 2026". */
  exact: string;
  state: 'overdue' | 'soon' | 'later';
}

/** Formats a due date: by name within a week, otherwise as day and month, with the year if it is another one. */
export function dueOf(due_on: string, now: Date, is_done = false): Due {
  const today = dayOf(now);
  const days = daysBetween(today, due_on);
  const exact = format(due_on, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  // Dates in this format compare correctly as texts.
  const state = is_done ? 'later' : due_on < today ? 'overdue' : days <= 1 ? 'soon' : 'later';
  return { text: nameOfDay(due_on, { today, days }), exact, state };
}

function nameOfDay(day: string, { today, days }: { today: string; days: number }): string {
  if (days === 0) return t('Today');
  if (days === 1) return t('Tomorrow');
  if (days === -1) return t('Yesterday');
  if (days > 1 && days < 7) return format(day, { weekday: 'short' });
  return dateOf(day, today);
}

/** Formats a date, with the year if it is another one. */
function dateOf(day: string, today: string): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' as const };
  return format(day, { day: 'numeric', month: 'short', ...year });
}

/** Formats how long ago a moment was; after a day, its date. */
export function agoOf(at: Date, now: Date): string {
  const ago_ms = now.getTime() - at.getTime();
  if (ago_ms < minute_ms) return t('just now');
  if (ago_ms < hour_ms) return t('{minutes} min ago', { minutes: Math.floor(ago_ms / minute_ms) });
  if (ago_ms < day_ms) return t('{hours} h ago', { hours: Math.floor(ago_ms / hour_ms) });
  return dateOf(dayOf(at), dayOf(now));
}

/** Formats a moment with date, time and time zone. */
export const exactOf = (at: Date): string =>
  new Intl.DateTimeFormat(dateLanguage(), { dateStyle: 'full', timeStyle: 'medium', timeZone: timeZone() }).format(at);

/** Formats the time of day in the person's time zone: "10:02". */
export const timeOf = (at: string | number): string =>
  new Intl.DateTimeFormat(dateLanguage(), {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: timeZone(),
  }).format(new Date(at));
