import type { Writer } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { openTicket } from '../tickets/access.ts';
import { addComment } from './change.ts';
import type { Comment } from './contract.ts';

/** Comments on a ticket. It holds the ticket only against deletion, so writers of the ticket never wait for it. */
export async function createComment(tx: Tx, writer: Writer, ref: string, input: { body: string }): Promise<Comment> {
  const { actor, ticket } = await openTicket(tx, writer, ref, { hold: 'comment' });
  return addComment(tx, actor, { id: newId(), ticket_id: ticket.id, body: input.body, created_at: ticket.now });
}
