/**
 * PostgreSQL's text form of a timestamptz in UTC as ISO 8601 with all six digits: `2026-11-24 09:05:00.12+00` becomes
 * `2026-11-24T09:05:00.120000Z`. A JavaScript Date would lose the microseconds, which cursors need.
 */
export function isoFromPostgres(text: string): string {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text);
  if (!match) throw new Error(`Expected a timestamptz in UTC, got ${text}. Is the session's timezone UTC?`);
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`;
}

/**
 * A client's point in time in the form of `isoFromPostgres`. A time before year 1 or after 9999 becomes PostgreSQL's
 * infinity. Digits after the sixth are cut.
 */
export function canonicalInstant(instant: string): string {
  const [, whole = '', digits = '', zone = ''] = /^(.{19}|.{16})(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)$/.exec(instant) ?? [];
  const seconds = new Date(`${whole}${zone}`);
  const year = seconds.getUTCFullYear();
  if (year < 1) return '-infinity';
  if (year > 9999) return 'infinity';
  return `${seconds.toISOString().slice(0, 19)}.${digits.slice(0, 6).padEnd(6, '0')}Z`;
}
