import { type Sql, sql } from '../db/sql.ts';

/** Removes views that were deleted longer ago than this. See accounts/upkeep-queries.ts for the form. */
export function removeDeletedViews(deleted_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select v.workspace_id, v.id from views v
      where v.deleted_at < now() - ${deleted_for_s} * interval '1 second'
      order by v.deleted_at limit ${limit} for update of v skip locked)
    delete from views v using due where v.workspace_id = due.workspace_id and v.id = due.id returning 1`;
}
