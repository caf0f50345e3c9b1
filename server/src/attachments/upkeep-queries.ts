import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { Position } from '../db/walk.ts';

/** A file whose bytes are to be removed. */
export interface DueFile extends Position {
  workspace_id: string;
}

/** Those that are due, the longest first. Nothing makes a due file one of a ticket's again, so none needs a lock. */
export function dueFiles(db: Db, { at, id }: Position, limit: number): Promise<DueFile[]> {
  return db.rows(sql`
    select f.workspace_id, f.id, f.due_at::text as at from attachment_files f
    where f.due_at < now() and f.due_at >= ${at}::timestamptz and (f.due_at, f.id) > (${at}::timestamptz, ${id}::uuid)
    order by f.due_at, f.id limit ${limit}`);
}

/** Removes the rows of files whose bytes are gone. */
export function removeFiles(files: readonly DueFile[]): Sql {
  return sql`
    delete from attachment_files f
    using unnest(${files.map(({ workspace_id }) => workspace_id)}::uuid[], ${files.map(({ id }) => id)}::uuid[]) d (workspace_id, id)
    where f.workspace_id = d.workspace_id and f.id = d.id and f.due_at < now() returning 1`;
}
