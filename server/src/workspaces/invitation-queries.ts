import { blank, type Columns, inserted, selected, without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { ends, type Found } from '../db/walk.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Invitation } from './contract.ts';

/** The columns of an invitation that are shown. */
const invitation_columns = {
  id: sql`id`,
  email: sql`email`,
  role: sql`role`,
  invited_by: sql`invited_by`,
  created_at: sql`created_at`,
  expires_at: sql`expires_at`,
} satisfies Columns<keyof Invitation>;

const columns = selected(invitation_columns, sql`i`);
const stopped_at = blank(invitation_columns, { id: sql`i.id`, created_at: sql`i.created_at` });
/** What the audit log says of an invitation that was revoked. */
export type Withdrawn = Pick<Invitation, 'id' | 'email' | 'role'>;

const open = sql`i.accepted_at is null and i.revoked_at is null`;

/** Selects a row for each invitation that has not been accepted or revoked and has not expired. */
export function openInvitations(workspace_id: string): Sql {
  return sql`
    select 1 from invitations i where i.workspace_id = ${workspace_id} and ${open} and i.expires_at > now()`;
}

/** Whether somebody with the membership `b` may invite with the role of `i`. This is the rule of `invite`, checked again. */
const may_give = sql`b.removed_at is null and (b.role = 'owner' or (b.role = 'admin' and i.role <> 'owner'))`;

/** Selects the inviter of `i`, if they may still give the role that they offered. */
const inviterOf = (workspace_id: string): Sql => sql`
  select 1 from memberships b
  join users bu on bu.id = b.user_id and bu.disabled_at is null
  where b.workspace_id = ${workspace_id} and b.user_id = i.invited_by and ${may_give}`;

/** Whether the inviter may still give the role that they offered. */
const standsBehind = (workspace_id: string): Sql => sql`exists (${inviterOf(workspace_id)})`;

/** Returns a page of the open invitations and, since many may have expired, the place where it stopped reading. */
export function invitationsOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Found<Invitation>[]> {
  const walked = (end: Sql) => sql`(
    select * from invitations i where i.workspace_id = ${workspace_id} and ${open} and ${part.after}
    order by i.created_at, i.id ${end}) i`;
  return db.rows(sql`
    (select ${columns}, false as stopped from ${walked(ends.walked)}
     cross join lateral (${inviterOf(workspace_id)} limit 1) b
     where i.expires_at > now() ${part.order_and_limit})
    union all
    (select ${stopped_at}, true from ${walked(ends.stop)})`);
}

/** Returns an invitation that may be accepted. */
export function openInvitation(db: Db, workspace_id: string, id: string): Promise<Invitation | undefined> {
  return db.maybeOne(sql`
    select ${columns} from invitations i
    where i.workspace_id = ${workspace_id} and i.id = ${id} and ${open} and i.expires_at > now()
      and ${standsBehind(workspace_id)}`);
}

/** Revokes an address's open invitation that can't be accepted any more, so that it does not block a new one. Returns what it revoked. */
export function retireDead(tx: Tx, workspace_id: string, email: string): Promise<Withdrawn[]> {
  return tx.rows(sql`
    update invitations as i set revoked_at = now()
    where i.workspace_id = ${workspace_id} and i.email = ${email} and ${open}
      and (i.expires_at <= now() or not ${standsBehind(workspace_id)})
    returning i.id, i.email, i.role`);
}

const created_columns = {
  ...without(invitation_columns, 'created_at'),
  workspace_id: sql`workspace_id`,
  token_hash: sql`token_hash`,
};

/** Inserts an invitation and returns it, or undefined if the address has an open one. */
export function insertInvitation(
  tx: Tx,
  row: Omit<Invitation, 'created_at' | 'expires_at'> & { workspace_id: string; token_hash: Buffer; ttl_s: number },
): Promise<Invitation | undefined> {
  const expires_at = sql`now() + ${row.ttl_s} * interval '1 second'`;
  return tx.maybeOne(sql`
    insert into invitations as i ${inserted(created_columns, { ...row, expires_at })}
    on conflict (workspace_id, email) where accepted_at is null and revoked_at is null do nothing
    returning ${columns}`);
}

export function revokeInvitation(tx: Tx, workspace_id: string, id: string): Promise<Invitation | undefined> {
  return tx.maybeOne(sql`
    update invitations as i set revoked_at = now()
    where i.workspace_id = ${workspace_id} and i.id = ${id} and ${open}
    returning ${columns}`);
}

/**
 * Withdraws a batch of the open invitations that exceed their inviter's remaining rights, including expired ones. A disabled
 * inviter has no rights.
 */
export function withdrawBeyondRights(
  tx: Tx,
  { workspace_id, user_id }: { workspace_id: string; user_id: string },
  limit: number,
): Promise<Withdrawn[]> {
  return tx.rows(sql`
    update invitations as i set revoked_at = now()
    where i.workspace_id = ${workspace_id} and i.id in (
      select i.id from invitations i
      where i.workspace_id = ${workspace_id} and i.invited_by = ${user_id} and ${open} and not ${standsBehind(workspace_id)}
      limit ${limit})
      and ${open}
    returning i.id, i.email, i.role`);
}

/**
 * Returns the invitation of this token to this user's address, locked, so that only one of two acceptances finds it. The workspace,
 * the inviter's account and the inviter's membership are locked with it, because the invitation depends on them.
 */
export function lockInvitation(
  tx: Tx,
  token: { workspace_id: string; id: string; hash: Buffer },
  user_id: string,
): Promise<Invitation | undefined> {
  return tx.maybeOne(sql`
    select ${columns} from invitations i
    join users u on u.id = ${user_id} and u.email = i.email
    join workspaces w on w.id = i.workspace_id and w.deleted_at is null
    join memberships b on b.workspace_id = ${token.workspace_id} and b.user_id = i.invited_by and ${may_give}
    join users bu on bu.id = b.user_id and bu.disabled_at is null
    where i.workspace_id = ${token.workspace_id} and i.id = ${token.id} and i.token_hash = ${token.hash}
      and ${open} and i.expires_at > now()
    for update of i for key share of w, b, bu`);
}

export function markAccepted(tx: Tx, workspace_id: string, id: string, user_id: string): void {
  tx.send(sql`
    update invitations set accepted_at = now(), accepted_by = ${user_id}
    where workspace_id = ${workspace_id} and id = ${id}`);
}

/** Whether the token belongs to an open invitation to this address, from somebody who may still give its role. */
export async function isInvited(
  db: Db,
  token: { workspace_id: string; id: string; hash: Buffer },
  email: string,
): Promise<boolean> {
  const row = await db.maybeOne(sql`
    select i.id from invitations i
    join workspaces w on w.id = i.workspace_id and w.deleted_at is null
    join memberships b on b.workspace_id = ${token.workspace_id} and b.user_id = i.invited_by and ${may_give}
    join users bu on bu.id = b.user_id and bu.disabled_at is null
    where i.workspace_id = ${token.workspace_id} and i.id = ${token.id} and i.token_hash = ${token.hash}
      and i.email = ${email} and ${open} and i.expires_at > now()`);
  return row !== undefined;
}
