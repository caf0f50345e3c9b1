import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Role } from '../http/contract.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Member } from './contract.ts';

const columns = sql`m.user_id, u.name, u.email, m.role, m.version, m.created_at, m.updated_at`;

/** A row for each member. */
export function memberships(workspace_id: string): Sql {
  return sql`select 1 from memberships m where m.workspace_id = ${workspace_id}`;
}

export function membersOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Member[]> {
  return db.rows(sql`
    select ${columns} from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and ${part.after}
    ${part.order_and_limit}`);
}

/** A membership, held until the commit. */
export function lockMember(tx: Tx, workspace_id: string, user_id: string): Promise<Member | undefined> {
  return tx.maybeOne(sql`
    select ${columns} from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} for update of m`);
}

export async function countOwners(tx: Tx, workspace_id: string): Promise<number> {
  const { owners } = await tx.one<{ owners: number }>(sql`
    select count(*)::integer as owners from memberships where workspace_id = ${workspace_id} and role = 'owner'`);
  return owners;
}

/** Changes a role in both places where a membership is written. */
export async function updateRole(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  role: Role,
): Promise<Pick<Member, 'version' | 'updated_at'>> {
  tx.send(sql`
    update user_workspaces set role = ${role} where user_id = ${user_id} and workspace_id = ${workspace_id}`);
  return tx.one(sql`
    update memberships set role = ${role}, version = version + 1,
      updated_at = greatest(now(), updated_at + interval '1 microsecond')
    where workspace_id = ${workspace_id} and user_id = ${user_id} returning version, updated_at`);
}

/** Deletes a membership in both places. Tickets must have been unassigned: their foreign key insists. */
export function deleteMembership(tx: Tx, workspace_id: string, user_id: string): void {
  tx.send(sql`delete from memberships where workspace_id = ${workspace_id} and user_id = ${user_id}`);
  tx.send(sql`delete from user_workspaces where user_id = ${user_id} and workspace_id = ${workspace_id}`);
}

export async function isMember(db: Db, workspace_id: string, email: string): Promise<boolean> {
  const found = await db.maybeOne(sql`
    select 1 from users u join memberships m on m.workspace_id = ${workspace_id} and m.user_id = u.id
    where u.email = ${email}`);
  return found !== undefined;
}

export interface UnassignedTicket {
  id: string;
  version: number;
  updated_at: string;
}

/** Takes a member's tickets from them, deleted ones too, held one after the other by id. */
export async function unassignTickets(tx: Tx, workspace_id: string, user_id: string): Promise<UnassignedTicket[]> {
  const held = await tx.rows<{ id: string }>(sql`
    select id from tickets where workspace_id = ${workspace_id} and assignee_id = ${user_id}
    order by id for no key update`);
  if (held.length === 0) return [];
  return tx.rows(sql`
    update tickets set assignee_id = null, version = version + 1,
      updated_at = greatest(now(), updated_at + interval '1 microsecond')
    where workspace_id = ${workspace_id} and id = any (${held.map(({ id }) => id)}::uuid[])
    returning id, version, updated_at`);
}
