import { type Sql, sql } from '../db/sql.ts';

/**
 * Removes tokens that expired or were revoked that long ago, in every workspace. The audit log still has them. See
 * accounts/upkeep-queries.ts for why the statement has this form.
 */
export function removeEndedTokens(ended_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select k.workspace_id, k.id from api_tokens k
      where least(k.revoked_at, k.expires_at) < now() - ${ended_for_s} * interval '1 second'
      order by least(k.revoked_at, k.expires_at) limit ${limit} for update of k skip locked)
    delete from api_tokens k using due d where k.workspace_id = d.workspace_id and k.id = d.id returning 1`;
}
