import { type Columns, inserted, listed, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** A user whose lost rights require a clean-up, and the workspace. */
export interface CleanupKey {
  workspace_id: string;
  user_id: string;
}

/** The actor, request and token to which the clean-up is attributed. */
export interface Cleaner {
  actor_id: string;
  request_id: string;
  token_id: string | null;
}

const cleaner_columns = {
  actor_id: sql`actor_id`,
  request_id: sql`request_id`,
  token_id: sql`token_id`,
} satisfies Columns<keyof Cleaner>;

const cleanup_columns = {
  workspace_id: sql`workspace_id`,
  user_id: sql`user_id`,
  ...cleaner_columns,
} satisfies Columns<keyof CleanupKey | keyof Cleaner>;

/** Records that a clean-up is due, and to whom it is attributed. */
export function insertCleanup(tx: Tx, row: CleanupKey & Cleaner): void {
  tx.send(sql`
    insert into membership_cleanups ${inserted(cleanup_columns, row)}
    on conflict (workspace_id, user_id) do update
      set (${listed(cleaner_columns)}) = (${selected(cleaner_columns, sql`excluded`)})`);
}

/** Returns the oldest unfinished clean-ups of all workspaces. */
export function unfinishedCleanups(db: Db, limit: number): Promise<CleanupKey[]> {
  return db.rows(sql`
    select c.workspace_id, c.user_id from membership_cleanups c order by c.created_at, c.user_id limit ${limit}`);
}

/** Returns the workspaces that the user may invite people to. */
export async function workspacesInvitedTo(db: Db, user_id: string): Promise<string[]> {
  const rows = await db.rows<{ workspace_id: string }>(sql`
    select m.workspace_id from user_workspaces m where m.user_id = ${user_id} and m.role in ('owner', 'admin')`);
  return rows.map(({ workspace_id }) => workspace_id);
}

export interface Cleanup extends Cleaner {
  /** Whether the user is not a member now: the membership has ended and was not renewed. */
  removed: boolean;
}

/** Locks a clean-up and returns it, or undefined if it is done or another process has locked it. */
export function lockCleanup(tx: Tx, { workspace_id, user_id }: CleanupKey): Promise<Cleanup | undefined> {
  return tx.maybeOne(sql`
    select ${selected(cleaner_columns, sql`c`)}, m.removed_at is not null as removed
    from membership_cleanups c
    join memberships m on m.workspace_id = ${workspace_id} and m.user_id = c.user_id
    where c.workspace_id = ${workspace_id} and c.user_id = ${user_id}
    for no key update of c skip locked`);
}

export function deleteCleanup(tx: Tx, { workspace_id, user_id }: CleanupKey): void {
  tx.send(sql`delete from membership_cleanups where workspace_id = ${workspace_id} and user_id = ${user_id}`);
}
