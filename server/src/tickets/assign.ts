import { requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import type { set_assignee, Ticket } from './contract.ts';
import { presentTo } from './present.ts';

/** Assigns a ticket to a member, or to nobody. Assigning it to who has it changes nothing. */
export async function assignTicket(context: Context<typeof set_assignee>): Promise<Ticket> {
  const { tx, writer, params, body: input, if_match } = context;
  const { actor, ticket: before } = await openTicket(tx, writer, params.ticket, { assignee_id: input.assignee_id });
  const { version, assignee_id } = before;
  requireCurrent({ if_match, version: input.version }, { current_version: version, assignee_id });
  if (assignee_id === input.assignee_id) return presentTo(tx, before, actor);
  const changes = { assignee_id: input.assignee_id };
  const after = changeTicket(tx, actor, before, { action: 'ticket.assignee_changed', changes });
  return presentTo(tx, after, actor);
}
