import type { Actor, Writer } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { type IfMatch, requireMatch } from '../http/preconditions.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import type { LockedTicket } from './queries.ts';

/** Deletes a ticket softly: it is gone for everybody, its number stays taken, and it can be restored. */
export async function deleteTicket(tx: Tx, writer: Writer, ref: string, if_match?: IfMatch): Promise<void> {
  const { actor, ticket: before } = await openTicket(tx, writer, ref, { hold: 'delete' });
  requireMatch(if_match, { current_version: before.version });
  markDeleted(tx, actor, before, before.at);
}

/** Brings a deleted ticket back as it was. */
export async function restoreTicket(tx: Tx, writer: Writer, ref: string, if_match?: IfMatch): Promise<Ticket> {
  const { actor, ticket: before } = await openTicket(tx, writer, ref, { hold: 'delete', deleted: true });
  requireMatch(if_match, { current_version: before.version });
  if (before.deleted_at === null) {
    throw new BatonError('conflict', { detail: 'The ticket is not deleted.', current_version: before.version });
  }
  return presentTo(tx, markDeleted(tx, actor, before, null), actor);
}

function markDeleted(tx: Tx, actor: Actor, before: LockedTicket, deleted_at: string | null): LockedTicket {
  const action = deleted_at === null ? 'ticket.restored' : 'ticket.deleted';
  return changeTicket(tx, actor, before, { action, changes: { deleted_at } });
}
