import { type Sql, sql } from '../db/sql.ts';

/**
 * Removes invitations that expired or were revoked that long ago, in every workspace. The audit log still has them. Accepted
 * invitations stay. See accounts/upkeep-queries.ts for the form.
 */
export function removeLapsedInvitations(lapsed_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select i.workspace_id, i.id from invitations i
      where i.accepted_at is null and least(i.revoked_at, i.expires_at) < now() - ${lapsed_for_s} * interval '1 second'
      order by least(i.revoked_at, i.expires_at) limit ${limit} for update of i skip locked)
    delete from invitations i using due d where i.workspace_id = d.workspace_id and i.id = d.id returning 1`;
}
