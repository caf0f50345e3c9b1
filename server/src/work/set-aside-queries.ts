import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** A workspace or a webhook that a task could not work on. */
export interface Subject {
  workspace_id: string;
  /** The id of the workspace itself or of the webhook. */
  id: string;
}

/** Records one more failure of a task to work on something. */
export function putAside(tx: Tx, { workspace_id, id }: Subject, { task, kind }: { task: string; kind: string }): void {
  tx.send(sql`select put_aside(${workspace_id}::uuid, ${task}, ${id}::uuid, ${kind})`);
}

/** Removes the record after a success, or to make every process try again at once. Returns whether there was one. */
export async function takeBack(tx: Tx, { workspace_id, id }: Subject, task: string): Promise<boolean> {
  const { taken } = await tx.one<{ taken: boolean }>(sql`
    select take_back(${workspace_id}::uuid, ${task}, ${id}::uuid) as taken`);
  return taken;
}

/** The ids of what a task has set aside, up to the limit. */
export async function setAsideBy(db: Db, task: string, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select s.subject_id as id from set_aside s where s.task = ${task} limit ${limit}`);
  return rows.map(({ id }) => id);
}

/**
 * Removes records of what no process has tried for an hour, because another process has worked on it since. See
 * accounts/upkeep-queries.ts for the form of the statement.
 */
export function removeForgotten(limit: number): Sql {
  return sql`
    with due as (
      select s.workspace_id, s.task, s.subject_id from set_aside s
      where s.failed_at < now() - interval '1 hour'
      order by s.failed_at limit ${limit} for update of s skip locked)
    delete from set_aside s using due
    where s.workspace_id = due.workspace_id and s.task = due.task and s.subject_id = due.subject_id returning 1`;
}
