import { type Sql, sql } from '../db/sql.ts';

/**
 * Removes counters whose window has ended, and expired notes of networks. It does so a minute later, so that no
 * statement that began within a window finds its counter removed. See accounts/upkeep-queries.ts for the form.
 */
export function removeEndedCounters(limit: number): Sql {
  return sql`
    with due as (
      select r.key from rate_limits r where r.resets_at < now() - interval '1 minute'
      order by r.resets_at limit ${limit} for update of r skip locked)
    delete from rate_limits r using due d where r.key = d.key returning 1`;
}
