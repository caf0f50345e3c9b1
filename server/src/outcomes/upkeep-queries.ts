import { type Sql, sql } from '../db/sql.ts';

/** Removes outcomes so old that no client retries their writes. See accounts/upkeep-queries.ts for the form. */
export function removeOldOutcomes(kept_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select o.user_id, o.key_hash, o.target from outcomes o
      where o.created_at < now() - ${kept_for_s} * interval '1 second'
      order by o.created_at limit ${limit} for update of o skip locked)
    delete from outcomes o using due d
    where o.user_id = d.user_id and o.key_hash = d.key_hash and o.target = d.target returning 1`;
}
