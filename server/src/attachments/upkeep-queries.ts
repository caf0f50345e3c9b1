import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import type { Position } from '../db/walk.ts';

/** A file whose bytes are due for removal. */
export interface DueFile extends Position {
  workspace_id: string;
}

/** Returns a page of due files, those due longest first. No due file can become an attachment again, so no row needs a lock. */
export function dueFiles(db: Db, { at, id }: Position, limit: number): Promise<DueFile[]> {
  return db.rows(sql`
    select f.workspace_id, f.id, f.due_at::text as at from attachment_files f
    where f.due_at < now() and f.due_at >= ${at}::timestamptz and (f.due_at, f.id) > (${at}::timestamptz, ${id}::uuid)
    order by f.due_at, f.id limit ${limit}`);
}

/** Returns the statement that deletes the rows of files whose bytes have been removed. */
export function removeFiles(files: readonly DueFile[]): Sql {
  return sql`
    delete from attachment_files f
    using unnest(${files.map(({ workspace_id }) => workspace_id)}::uuid[], ${files.map(({ id }) => id)}::uuid[]) d (workspace_id, id)
    where f.workspace_id = d.workspace_id and f.id = d.id and f.due_at < now() returning 1`;
}
