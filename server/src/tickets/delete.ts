import type { Actor } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { type IfMatch, requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { delete_ticket, restore_ticket, Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import type { LockedTicket } from './queries.ts';

/** Soft-deletes a ticket: only the list of deleted tickets shows it, its number stays taken, and it can be restored. */
export async function deleteTicket({ tx, writer, params, if_match }: Context<typeof delete_ticket>): Promise<void> {
  const { actor, ticket } = await openTicket(tx, writer, params.ticket, { hold: 'delete' });
  deleteOpened(tx, actor, ticket, { if_match });
}

/** Restores a deleted ticket as it was. */
export async function restoreTicket({ tx, writer, params, if_match }: Context<typeof restore_ticket>): Promise<Ticket> {
  const { actor, ticket } = await openTicket(tx, writer, params.ticket, { hold: 'delete', deleted: true });
  return presentTo(tx, restoreOpened(tx, actor, ticket, { if_match }), actor);
}

interface Base {
  if_match?: IfMatch | undefined;
  version?: number | undefined;
}

/** Deletes a ticket that the transaction has locked. */
export function deleteOpened(tx: Tx, actor: Actor, before: LockedTicket, { if_match, version }: Base): LockedTicket {
  requireCurrent({ if_match, version }, { current_version: before.version });
  return markDeleted(tx, actor, before, before.at);
}

/** Restores a ticket that the transaction has locked. */
export function restoreOpened(tx: Tx, actor: Actor, before: LockedTicket, { if_match, version }: Base): LockedTicket {
  requireCurrent({ if_match, version }, { current_version: before.version });
  if (before.deleted_at === null) {
    throw new BatonError('conflict', { detail: 'The ticket is not deleted.', current_version: before.version });
  }
  return markDeleted(tx, actor, before, null);
}

function markDeleted(tx: Tx, actor: Actor, before: LockedTicket, deleted_at: string | null): LockedTicket {
  const action = deleted_at === null ? 'ticket.restored' : 'ticket.deleted';
  return changeTicket(tx, actor, before, { action, changes: { deleted_at } });
}
