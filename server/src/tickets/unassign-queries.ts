import { later } from '../db/columns.ts';
import { sql, unprepared } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** A member, or former member, of a workspace. */
export interface Assignee {
  workspace_id: string;
  user_id: string;
}

/**
 * The ids of tickets that the user has, deleted ones too; in no order, as the index has them. Planned by the values each time: a plan for
 * whatever values would read all tickets for who has few.
 */
export async function assignedTickets(db: Db, { workspace_id, user_id }: Assignee, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(
    unprepared(sql`
      select t.id from tickets t where t.workspace_id = ${workspace_id} and t.assignee_id = ${user_id} limit ${limit}`),
  );
  return rows.map(({ id }) => id);
}

export interface UnassignedTicket {
  id: string;
  version: number;
  updated_at: string;
}

/**
 * Takes tickets from a user. Those that somebody else has locked are left for later, so that nobody waits for these in
 * turn; unless there is only one.
 */
export async function takeTickets(
  tx: Tx,
  { workspace_id, user_id }: Assignee,
  ids: readonly string[],
): Promise<UnassignedTicket[]> {
  const patience = ids.length === 1 ? sql`` : sql`skip locked`;
  const locked = await tx.rows<{ id: string }>(sql`
    select t.id from tickets t
    where t.workspace_id = ${workspace_id} and t.id = any (${ids}::uuid[]) and t.assignee_id = ${user_id}
    for no key update of t ${patience}`);
  if (locked.length === 0) return [];
  return tx.rows(sql`
    update tickets set assignee_id = null, version = version + 1,
      updated_at = ${later(sql`updated_at`)}
    where workspace_id = ${workspace_id} and id = any (${locked.map(({ id }) => id)}::uuid[])
    returning id, version, updated_at`);
}
