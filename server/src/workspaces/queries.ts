import { type Columns, inserted, later, type Locked, selected, without } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Workspace } from './contract.ts';

/** The columns of a workspace that are shown. */
const workspace_columns = {
  id: sql`id`,
  name: sql`name`,
  version: sql`version`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
} satisfies Columns<Exclude<keyof Workspace, 'role'>>;

const columns = selected(workspace_columns, sql`w`);

export function workspaceById(db: Db, workspace_id: string): Promise<Omit<Workspace, 'role'>> {
  return db.one(sql`select ${columns} from workspaces w where w.id = ${workspace_id}`);
}

/** A workspace, and when the caller joined it. */
export type JoinedWorkspace = Workspace & { joined_at: string };

export function workspacesOf(db: Db, user_id: string, part: KeysetPart) {
  return db.rows<JoinedWorkspace>(sql`
    select ${columns}, m.role, m.created_at as joined_at
    from user_workspaces m
    join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.user_id = ${user_id} and ${part.after}
    ${part.order_and_limit}`);
}

/** Counts the workspaces that a user owns, up to the limit. The user may be another than the caller. */
export async function countOwned(tx: Tx, user_id: string, limit: number): Promise<number> {
  const { owned } = await tx.one<{ owned: number }>(sql`
    select count_owned(${user_id}::uuid, ${limit}::integer) as owned`);
  return owned;
}

const created_columns = {
  ...without(workspace_columns, 'version', 'created_at', 'updated_at'),
  created_by: sql`created_by`,
};

export function insertWorkspace(
  tx: Tx,
  row: Omit<Workspace, 'role' | 'version' | 'created_at' | 'updated_at'> & { created_by: string },
) {
  return tx.one<Omit<Workspace, 'role'>>(sql`
    insert into workspaces as w ${inserted(created_columns, row)}
    returning ${columns}`);
}

/** Returns the workspace, locked, so that changes of owners happen one after the other. */
export function lockWorkspace(tx: Tx, workspace_id: string) {
  return tx.maybeOne<Locked<Omit<Workspace, 'role'>>>(sql`
    select ${columns}, ${later(sql`w.updated_at`)} as at from workspaces w where w.id = ${workspace_id} and w.deleted_at is null
    for no key update of w`);
}

export function renameWorkspace(tx: Tx, workspace_id: string, name: string): Promise<Omit<Workspace, 'role'>> {
  return tx.one(sql`
    update workspaces as w set name = ${name}, version = w.version + 1, updated_at = ${later(sql`w.updated_at`)}
    where w.id = ${workspace_id} returning ${columns}`);
}

/** Soft-deletes a workspace, and waits after the commit for all writes in it that are still in progress. */
export function markWorkspaceDeleted(tx: Tx, workspace_id: string): void {
  tx.send(sql`
    update workspaces set deleted_at = now(), version = version + 1, updated_at = ${later(sql`updated_at`)}
    where id = ${workspace_id}`);
  tx.settle(sql`select 1 from workspaces w where w.id = ${workspace_id} for update of w`);
}
