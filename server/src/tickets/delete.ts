import type { Actor } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { requireMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { delete_ticket, restore_ticket, Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import type { LockedTicket } from './queries.ts';

/** Deletes a ticket softly: it is gone for everybody, its number stays taken, and it can be restored. */
export async function deleteTicket({ tx, writer, params, if_match }: Context<typeof delete_ticket>): Promise<void> {
  const { actor, ticket: before } = await openTicket(tx, writer, params.ticket, { hold: 'delete' });
  requireMatch(if_match, { current_version: before.version });
  markDeleted(tx, actor, before, before.at);
}

/** Brings a deleted ticket back as it was. */
export async function restoreTicket({ tx, writer, params, if_match }: Context<typeof restore_ticket>): Promise<Ticket> {
  const { actor, ticket: before } = await openTicket(tx, writer, params.ticket, { hold: 'delete', deleted: true });
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
