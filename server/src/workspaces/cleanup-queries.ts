import { type Columns, inserted, listed, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';

/** Whose lost rights leave something to do. */
export interface CleanupKey {
  workspace_id: string;
  user_id: string;
}

/** In whose name it is done. */
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

/** Notes that there is something to do, and in whose name. */
export function insertCleanup(tx: Tx, row: CleanupKey & Cleaner): void {
  tx.send(sql`
    insert into membership_cleanups ${inserted(cleanup_columns, row)}
    on conflict (workspace_id, user_id) do update
      set (${listed(cleaner_columns)}) = (${selected(cleaner_columns, sql`excluded`)})`);
}

/** The oldest that nobody has finished, of every workspace. */
export function unfinishedCleanups(db: Db, limit: number): Promise<CleanupKey[]> {
  return db.rows(sql`
    select c.workspace_id, c.user_id from membership_cleanups c order by c.created_at, c.user_id limit ${limit}`);
}

/** The workspaces that the user may invite to. */
export async function workspacesInvitedTo(db: Db, user_id: string): Promise<string[]> {
  const rows = await db.rows<{ workspace_id: string }>(sql`
    select m.workspace_id from user_workspaces m where m.user_id = ${user_id} and m.role in ('owner', 'admin')`);
  return rows.map(({ workspace_id }) => workspace_id);
}

export interface Cleanup extends Cleaner {
  /** Whether the membership has ended, and is not there again. */
  removed: boolean;
}

/** One that is to be done, locked; nothing when it is done, or in another process's hands. */
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
