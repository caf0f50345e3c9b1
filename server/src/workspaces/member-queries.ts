import { type Columns, inserted, later, listed, type Locked } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Role } from '../http/contract.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Member, Person } from './contract.ts';
import { wordStart } from '../lib/either-case.ts';

/** The columns of a member that are shown, each from the membership or the account. */
export const columns_of_members = {
  user_id: sql`m.user_id`,
  name: sql`u.name`,
  email: sql`u.email`,
  role: sql`m.role`,
  version: sql`m.version`,
  created_at: sql`m.created_at`,
  updated_at: sql`m.updated_at`,
} satisfies Columns<keyof Member>;

const member_columns = listed(columns_of_members);

/** The columns that are shown of somebody who is or was a member. */
export const columns_of_people = {
  user_id: sql`m.user_id`,
  name: sql`u.name`,
  bot: sql`u.kind = 'bot' as bot`,
  former: sql`m.removed_at is not null as former`,
  created_at: sql`m.created_at`,
  role: sql`case when m.removed_at is null then m.role end as role`,
} satisfies Columns<keyof Person>;

/** Selects a row for each member, bots included. */
export function memberships(workspace_id: string): Sql {
  return sql`select 1 from memberships m where m.workspace_id = ${workspace_id} and m.removed_at is null`;
}

export function membersOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Member[]> {
  return db.rows(sql`
    select ${member_columns} from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and m.removed_at is null and u.kind = 'person' and ${part.after}
    ${part.order_and_limit}`);
}

export function memberById(db: Db, workspace_id: string, user_id: string): Promise<Member | undefined> {
  return db.maybeOne(sql`
    select ${member_columns} from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.removed_at is null
      and u.kind = 'person'`);
}

/** Returns those who are or were members, optionally only those with these ids or whose name has a word that starts with `q`. */
export function peopleOf(
  db: Db,
  workspace_id: string,
  { ids, q }: { ids: readonly string[] | undefined; q?: string | undefined },
  part: KeysetPart,
): Promise<Person[]> {
  // Those with these ids are found by id and then sorted. In the order of the list, all members would be read.
  const chosen =
    ids === undefined
      ? sql`memberships m`
      : sql`(select * from memberships
          where workspace_id = ${workspace_id} and user_id = any (${ids}::uuid[]) offset 0) m`;
  return db.rows(sql`
    select ${listed(columns_of_people)}
    from ${chosen} join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and ${q === undefined ? sql`true` : sql`u.name ~ ${wordStart(q)}`} and ${part.after}
    ${part.order_and_limit}`);
}

/** Returns a member, locked against other changes of the membership until the commit, but not against writes that rely on it. */
export function lockMember(tx: Tx, workspace_id: string, user_id: string): Promise<Locked<Member> | undefined> {
  return tx.maybeOne(sql`
    select ${member_columns}, ${later(sql`m.updated_at`)} as at from memberships m join users u on u.id = m.user_id
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.removed_at is null
      and u.kind = 'person'
    for no key update of m`);
}

/** Locks the membership of the caller, who may be a bot, in the same way, and returns their role. */
export function lockOwnRole(tx: Tx, workspace_id: string, user_id: string): Promise<{ role: Role } | undefined> {
  return tx.maybeOne(sql`
    select m.role from memberships m
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.removed_at is null
    for no key update of m`);
}

/** Selects a membership, even a former one, `for update`. This waits for all writes that still rely on its earlier state. */
export function membershipForUpdate(workspace_id: string, user_id: string): Sql {
  return sql`
    select m.removed_at from memberships m where m.workspace_id = ${workspace_id} and m.user_id = ${user_id}
    for update of m`;
}

export async function countOwners(tx: Tx, workspace_id: string): Promise<number> {
  const { owners } = await tx.one<{ owners: number }>(sql`
    select count(*)::integer as owners from memberships
    where workspace_id = ${workspace_id} and role = 'owner' and removed_at is null`);
  return owners;
}

interface NewMembership {
  workspace_id: string;
  user_id: string;
  role: Role;
}

/** The columns that are the same in both tables. */
const created_columns = {
  workspace_id: sql`workspace_id`,
  user_id: sql`user_id`,
  role: sql`role`,
} satisfies Columns<keyof NewMembership>;

/**
 * Writes a membership to both tables: by workspace and by user. A former member gets their row back. Returns the time
 * of the change, which is later than that of their removal; undefined if they are a member already.
 */
export async function insertMembership(tx: Tx, row: NewMembership): Promise<string | undefined> {
  const added = await tx.maybeOne<{ at: string }>(sql`
    insert into memberships as m ${inserted(created_columns, row)}
    on conflict (workspace_id, user_id) do update
      set role = excluded.role, removed_at = null, version = m.version + 1, joined = m.joined + 1,
        created_at = excluded.created_at, updated_at = ${later(sql`m.updated_at`)}
      where m.removed_at is not null
    returning m.updated_at as at`);
  if (added === undefined) return undefined;
  tx.send(sql`insert into user_workspaces ${inserted(created_columns, row)}`);
  return added.at;
}

/** Changes a role in both tables that contain the membership. */
export async function updateRole(
  tx: Tx,
  workspace_id: string,
  user_id: string,
  role: Role,
): Promise<Pick<Member, 'version' | 'updated_at'>> {
  tx.send(sql`
    update user_workspaces set role = ${role} where user_id = ${user_id} and workspace_id = ${workspace_id}`);
  return tx.one(sql`
    update memberships set role = ${role}, version = version + 1, updated_at = ${later(sql`updated_at`)}
    where workspace_id = ${workspace_id} and user_id = ${user_id} and removed_at is null
    returning version, updated_at`);
}

/** Ends a membership. Its row by workspace stays, for the former member, and its row by user is deleted. */
export function endMembership(tx: Tx, workspace_id: string, user_id: string): void {
  tx.send(sql`
    update memberships set removed_at = now(), version = version + 1, updated_at = ${later(sql`updated_at`)}
    where workspace_id = ${workspace_id} and user_id = ${user_id} and removed_at is null`);
  tx.send(sql`delete from user_workspaces where user_id = ${user_id} and workspace_id = ${workspace_id}`);
}

export async function isMember(db: Db, workspace_id: string, email: string): Promise<boolean> {
  const found = await db.maybeOne(sql`
    select 1 from users u
    join memberships m on m.workspace_id = ${workspace_id} and m.user_id = u.id and m.removed_at is null
    where u.email = ${email}`);
  return found !== undefined;
}

/** Returns the workspaces that the user is a member of. */
export async function workspacesOfMember(db: Db, user_id: string): Promise<string[]> {
  const rows = await db.rows<{ workspace_id: string }>(sql`
    select m.workspace_id from user_workspaces m where m.user_id = ${user_id}`);
  return rows.map(({ workspace_id }) => workspace_id);
}
