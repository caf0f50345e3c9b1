import { z } from 'zod';

/** Links that Node accepts, in any letter case, and PostgreSQL's data doesn't have. */
const unknown_zones = ['us/pacific-new', 'canada/east-saskatchewan'];

/**
 * Accepts names with a place in them, and UTC. PostgreSQL reads CET and IST as abbreviations, which have other
 * meanings.
 */
const isZone = (name: string) => {
  if (name === 'UTC') return true;
  if (!name.includes('/') || unknown_zones.includes(name.toLowerCase())) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** A time zone's name, in a response. */
export const time_zone = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/)
  .max(60)
  .meta({ example: 'Europe/Berlin' });

/** The name of a time zone that exists. */
export const known_time_zone = time_zone.refine(
  isZone,
  'Send the name of a time zone with a place in it, such as Europe/Berlin, or UTC.',
);

const day_ms = 24 * 60 * 60 * 1000;

/** The day that `today`, `today+7` or `today-1` names at this moment in a time zone; any other text as it is. */
export function dayNamed(text: string, time_zone: string): string {
  const [is_relative, days = '0'] = /^today([+-]\d+)?$/.exec(text) ?? [];
  if (is_relative === undefined) return text;
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone: time_zone, dateStyle: 'short' }).format(Date.now()); // 2026-11-24
  return new Date(Date.parse(`${today}T00:00:00Z`) + Number(days) * day_ms).toISOString().slice(0, 10);
}
