import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';

/** A file whose bytes are to be removed. */
export interface DueFile {
  workspace_id: string;
  id: string;
}

/** Those that are due, the longest first. Nothing makes a due file one of a ticket's again, so none needs a lock. */
export function dueFiles(db: Db, limit: number): Promise<DueFile[]> {
  return db.rows(sql`
    select f.workspace_id, f.id from attachment_files f
    where f.due_at < now() order by f.due_at limit ${limit}`);
}

/** Removes the rows of files whose bytes are gone. */
export function removeFiles(files: readonly DueFile[]): Sql {
  return sql`
    delete from attachment_files f
    using unnest(${files.map(({ workspace_id }) => workspace_id)}::uuid[], ${files.map(({ id }) => id)}::uuid[]) d (workspace_id, id)
    where f.workspace_id = d.workspace_id and f.id = d.id and f.due_at < now() returning 1`;
}
