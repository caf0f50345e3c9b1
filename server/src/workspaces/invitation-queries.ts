import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Role } from '../http/contract.ts';
import type { KeysetPart } from '../http/cursor.ts';
import type { Invitation } from './contract.ts';

const columns = sql`i.id, i.email, i.role, i.invited_by, i.created_at, i.expires_at`;
const open = sql`i.accepted_at is null and i.revoked_at is null`;

/** A row for each invitation that may be accepted. */
export function openInvitations(workspace_id: string): Sql {
  return sql`
    select 1 from invitations i where i.workspace_id = ${workspace_id} and ${open} and i.expires_at > now()`;
}

export function invitationsOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Invitation[]> {
  return db.rows(sql`
    select ${columns} from invitations i
    where i.workspace_id = ${workspace_id} and ${open} and i.expires_at > now() and ${part.after}
    ${part.order_and_limit}`);
}

/** Makes room for a new invitation of an address whose last one ran out. */
export function retireExpired(tx: Tx, workspace_id: string, email: string): void {
  tx.send(sql`
    update invitations as i set revoked_at = now()
    where i.workspace_id = ${workspace_id} and i.email = ${email} and ${open} and i.expires_at <= now()`);
}

export function insertInvitation(
  tx: Tx,
  row: {
    workspace_id: string;
    id: string;
    email: string;
    role: Role;
    hash: Buffer;
    invited_by: string;
    ttl_s: number;
  },
): Promise<Invitation> {
  return tx.one(sql`
    insert into invitations as i (workspace_id, id, email, role, token_hash, invited_by, expires_at)
    values (${row.workspace_id}, ${row.id}, ${row.email}, ${row.role}, ${row.hash}, ${row.invited_by},
      now() + ${row.ttl_s} * interval '1 second')
    returning ${columns}`);
}

export function revokeInvitation(tx: Tx, workspace_id: string, id: string): Promise<Invitation | undefined> {
  return tx.maybeOne(sql`
    update invitations as i set revoked_at = now()
    where i.workspace_id = ${workspace_id} and i.id = ${id} and ${open}
    returning ${columns}`);
}

/** The invitation that this token opens to this address, held: of two acceptances the second finds it taken. */
export function lockInvitation(
  tx: Tx,
  token: { workspace_id: string; id: string; hash: Buffer },
  user_id: string,
): Promise<Invitation | undefined> {
  return tx.maybeOne(sql`
    select ${columns} from invitations i
    join users u on u.id = ${user_id} and u.email = i.email
    join workspaces w on w.id = i.workspace_id and w.deleted_at is null
    where i.workspace_id = ${token.workspace_id} and i.id = ${token.id} and i.token_hash = ${token.hash}
      and ${open} and i.expires_at > now()
    for update of i`);
}

export function markAccepted(tx: Tx, workspace_id: string, id: string, user_id: string): void {
  tx.send(sql`
    update invitations set accepted_at = now(), accepted_by = ${user_id}
    where workspace_id = ${workspace_id} and id = ${id}`);
}
