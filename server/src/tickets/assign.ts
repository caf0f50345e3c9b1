import type { Writer } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import type { Body } from '../http/contract.ts';
import { type IfMatch, requireCurrent } from '../http/preconditions.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { set_assignee, Ticket } from './contract.ts';
import { presentTo } from './present.ts';

/** Assigns a ticket to a member, or to nobody. Assigning it to who has it changes nothing. */
export async function assignTicket(
  tx: Tx,
  writer: Writer,
  ref: string,
  input: Body<typeof set_assignee>,
  if_match?: IfMatch,
): Promise<Ticket> {
  const { actor, ticket: before } = await openTicket(tx, writer, ref, { assignee_id: input.assignee_id });
  const { version, assignee_id } = before;
  requireCurrent({ if_match, version: input.version }, { current_version: version, assignee_id });
  if (assignee_id === input.assignee_id) return presentTo(tx, before, actor);
  const changes = { assignee_id: input.assignee_id };
  const after = changeTicket(tx, actor, before, { action: 'ticket.assignee_changed', changes });
  return presentTo(tx, after, actor);
}
