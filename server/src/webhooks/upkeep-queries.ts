import { type Sql, sql } from '../db/sql.ts';
import { uncounted } from '../quotas/queries.ts';

/** Removes deliveries that ended that long ago. See accounts/upkeep-queries.ts for why the statement has this form. */
export function removeFinishedDeliveries(ended_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select d.workspace_id, d.webhook_id, d.sequence from deliveries d
      where d.finished_at < now() - ${ended_for_s} * interval '1 second'
      order by d.finished_at limit ${limit} for update of d skip locked),
    gone as (
      delete from deliveries d using due
      where d.workspace_id = due.workspace_id and d.webhook_id = due.webhook_id and d.sequence = due.sequence returning d.workspace_id)
    ${uncounted(sql`gone`)}`;
}

/** Removes the dropped deliveries of deleted webhooks after an hour. Nobody can list them. */
export function removeDroppedDeliveries(limit: number): Sql {
  return sql`
    with due as (
      select d.workspace_id, d.webhook_id, d.sequence from deliveries d
      where d.outcome = 'dropped' and d.finished_at < now() - interval '1 hour'
      order by d.finished_at limit ${limit} for update of d skip locked),
    gone as (
      delete from deliveries d using due
      where d.workspace_id = due.workspace_id and d.webhook_id = due.webhook_id and d.sequence = due.sequence returning d.workspace_id)
    ${uncounted(sql`gone`)}`;
}

/** Removes webhooks that were deleted that long ago. Their deliveries have ended by then. */
export function removeDeletedWebhooks(ended_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select w.workspace_id, w.id from webhooks w
      where w.deleted_at < now() - ${ended_for_s} * interval '1 second'
      order by w.deleted_at limit ${limit} for update of w skip locked)
    delete from webhooks w using due where w.workspace_id = due.workspace_id and w.id = due.id returning 1`;
}
