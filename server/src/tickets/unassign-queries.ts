import { later } from '../db/columns.ts';
import { sql, unprepared } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** A member, or former member, of a workspace. */
export interface Assignee {
  workspace_id: string;
  user_id: string;
}

/**
 * Returns the ids of tickets that are assigned to the user, deleted ones included, in no order. It is planned with its values each
 * time, because a generic plan would read all tickets for a user who has few.
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
 * Unassigns tickets from a user. It skips tickets that somebody else has locked, so that nobody waits for the tickets locked here
 * meanwhile. If there is only one, it waits for it.
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
