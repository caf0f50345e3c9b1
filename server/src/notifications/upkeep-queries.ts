import { type Sql, sql } from '../db/sql.ts';
import { uncounted } from '../quotas/queries.ts';

/** Removes notifications of that age, read or not. See accounts/upkeep-queries.ts for why it has this form. */
export function removeOldNotifications(kept_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select n.workspace_id, n.user_id, n.id from notifications n
      where n.created_at < now() - ${kept_for_s} * interval '1 second'
      order by n.created_at limit ${limit} for update of n skip locked),
    gone as (
      delete from notifications n using due
      where n.workspace_id = due.workspace_id and n.user_id = due.user_id and n.id = due.id returning n.workspace_id)
    ${uncounted(sql`gone`)}`;
}
