import { newId } from '../lib/ids.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from '../tickets/access.ts';
import { prepareComment } from './change.ts';
import type { Comment, create_comment } from './contract.ts';

/** Comments on a ticket. It locks the ticket only against deletion, so changes of the ticket never wait for it. */
export async function createComment({ tx, writer, params, body }: Context<typeof create_comment>): Promise<Comment> {
  const { actor, ticket } = await openTicket(tx, writer, params.ticket, { hold: 'comment' });
  const created = { id: newId(), ticket_id: ticket.id, body: body.body, created_at: ticket.at };
  const write = await prepareComment(tx, actor, created, '/body');
  return write();
}
