import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** What a task could not work on: a workspace, or a webhook of it. */
export interface Subject {
  workspace_id: string;
  /** The workspace's own, or the webhook's. */
  id: string;
}

/** Notes that a task could not work on something, once more. */
export function putAside(tx: Tx, { workspace_id, id }: Subject, { task, kind }: { task: string; kind: string }): void {
  tx.send(sql`select put_aside(${workspace_id}::uuid, ${task}, ${id}::uuid, ${kind})`);
}

/** Has a task try something at once, in whichever process, or notes that it has worked on it. Tells whether it was set aside. */
export async function takeBack(tx: Tx, { workspace_id, id }: Subject, task: string): Promise<boolean> {
  const { taken } = await tx.one<{ taken: boolean }>(sql`
    select take_back(${workspace_id}::uuid, ${task}, ${id}::uuid) as taken`);
  return taken;
}

/** The ids of what a task has set aside, no more than the limit. */
export async function setAsideBy(db: Db, task: string, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select s.subject_id as id from set_aside s where s.task = ${task} limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** Removes what nobody has tried for an hour: another process has done it. See accounts/upkeep-queries.ts for the form. */
export function removeForgotten(limit: number): Sql {
  return sql`
    with due as (
      select s.workspace_id, s.task, s.subject_id from set_aside s
      where s.failed_at < now() - interval '1 hour'
      order by s.failed_at limit ${limit} for update of s skip locked)
    delete from set_aside s using due
    where s.workspace_id = due.workspace_id and s.task = due.task and s.subject_id = due.subject_id returning 1`;
}
