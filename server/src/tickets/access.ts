import type { Actor } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import {
  type Hold,
  lockAssignable,
  lockTicket,
  type LockedTicket,
  ticketByRef,
  ticketId,
  type TicketRow,
} from './queries.ts';

/** A ticket of this workspace, by id or key. Absent, deleted and another workspace's are all `not_found`. */
export async function requireTicket(db: Db, workspace_id: string, ref: string): Promise<TicketRow> {
  const ticket = await ticketByRef(db, workspace_id, ref);
  if (ticket === undefined) throw new BatonError('not_found');
  return ticket;
}

/** The id of a ticket of this workspace, for reading what hangs on it. */
export async function requireTicketId(db: Db, workspace_id: string, ref: string): Promise<string> {
  const ticket = await ticketId(db, workspace_id, ref);
  if (ticket === undefined) throw new BatonError('not_found');
  return ticket.id;
}

/** The door to a ticket for every write: loads it, holds it until the commit, and refuses archived projects. */
export async function openTicket(
  tx: Tx,
  actor: Actor,
  ref: string,
  options: { hold?: Hold; deleted?: boolean } = {},
): Promise<LockedTicket> {
  const { hold = 'change', deleted = false } = options;
  const ticket = await lockTicket(tx, actor.workspace_id, ref, { hold, deleted });
  if (ticket === undefined) throw new BatonError('not_found');
  if (ticket.project_archived_at !== null) throw new BatonError('project_archived');
  return ticket;
}

/** Throws unless the user, if any, is a member. Called before the door: memberships are locked before tickets. */
export async function requireAssignable(tx: Tx, actor: Actor, user_id: string | null | undefined): Promise<void> {
  if (user_id === null || user_id === undefined) return;
  if (!(await lockAssignable(tx, actor.workspace_id, user_id))) throw new BatonError('assignee_not_member');
}
