/**
 * PostgreSQL's text form of a timestamptz in UTC as ISO 8601 with all six digits: `2026-11-24 09:05:00.12+00` gives
 * `2026-11-24T09:05:00.120000Z`. A JavaScript Date would cut the microseconds, and cursors with them.
 */
export function isoFromPostgres(text: string): string {
  const match = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/.exec(text);
  if (!match) throw new Error(`Expected a timestamptz in UTC, got ${text}. Is the session's timezone UTC?`);
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(6, '0')}Z`;
}
