import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** How many workspaces one statement looks at. */
const looked_at = 500;

export interface FoundWorkspace {
  workspace_id: string;
  created_by: string;
  /** Whether its people may have to be told something. */
  is_behind: boolean;
}

/** Workspaces behind this one that are not deleted, in their order. */
export function workspacesBehind(db: Db, workspace_id: string): Promise<FoundWorkspace[]> {
  // A probe for each of them: by a join, the planner read both tables whole, 180 ms of 100,000 workspaces for 500.
  return db.rows(sql`
    select w.id as workspace_id, w.created_by, coalesce(h.last_sequence, 0) > coalesce(p.last_sequence, 0)
      or p.due_after is not null or coalesce(p.next_due_on <= (now() at time zone 'UTC')::date, false) as is_behind
    from (
      select w.id, w.created_by from workspaces w where w.id > ${workspace_id} and w.deleted_at is null
      order by w.id limit ${looked_at}) w
    left join lateral (select h.last_sequence from event_heads h where h.workspace_id = w.id limit 1) h on true
    left join lateral (select p.last_sequence, p.due_after, p.next_due_on from notification_places p where p.workspace_id = w.id limit 1) p on true
    order by w.id`);
}

/** Of these workspaces those that are not deleted. */
export function liveWorkspaces(
  db: Db,
  ids: readonly string[],
): Promise<Pick<FoundWorkspace, 'workspace_id' | 'created_by'>[]> {
  return db.rows(sql`
    select w.id as workspace_id, w.created_by from workspaces w where w.id = any (${ids}::uuid[]) and w.deleted_at is null`);
}

/** How many one transaction goes on by, and in how many seconds who wants it gets a mail; null: nobody does. */
export interface Telling {
  batch: number;
  mail_after_s: number | null;
}

/** Tells people of the next events, of the workspace in scope. Gives whether there are more; null while another process does it. */
export async function notifyOfEvents(tx: Tx, { batch, mail_after_s }: Telling): Promise<boolean | null> {
  const { more } = await tx.one<{ more: boolean | null }>(
    sql`select notify_of_events(${batch}::integer, ${mail_after_s}::integer) as more`,
  );
  return more;
}

/** Tells people of tickets that have become due. Gives whether there may be more; null while another process does it. */
export async function notifyOfDue(tx: Tx, { batch, mail_after_s }: Telling): Promise<boolean | null> {
  const { more } = await tx.one<{ more: boolean | null }>(
    sql`select notify_of_due(${batch}::integer, ${mail_after_s}::integer) as more`,
  );
  return more;
}
