import type { Actor } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { type IfMatch, requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { set_assignee, Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import type { LockedTicket } from './queries.ts';

/** Assigns a ticket to a member, or to nobody. */
export async function assignTicket(context: Context<typeof set_assignee>): Promise<Ticket> {
  const { tx, writer, params, body, if_match } = context;
  const { actor, ticket } = await openTicket(tx, writer, params.ticket, { assignee_id: body.assignee_id });
  return presentTo(tx, assignOpened(tx, actor, ticket, { ...body, if_match }), actor);
}

interface Assignment {
  /** A member whose membership the transaction has locked, or null for nobody. */
  assignee_id: string | null;
  version?: number | undefined;
  if_match?: IfMatch | undefined;
}

/** Assigns a ticket that the transaction has locked. Assigning it to its current assignee changes nothing. */
export function assignOpened(tx: Tx, actor: Actor, before: LockedTicket, given: Assignment): LockedTicket {
  const { version, assignee_id } = before;
  requireCurrent({ if_match: given.if_match, version: given.version }, { current_version: version, assignee_id });
  if (assignee_id === given.assignee_id) return before;
  const changes = { assignee_id: given.assignee_id };
  return changeTicket(tx, actor, before, { action: 'ticket.assignee_changed', changes });
}
