import type { Writer } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { openTicket } from '../tickets/access.ts';
import type { Comment } from './contract.ts';
import { insertComment } from './queries.ts';

/** Comments on a ticket. It holds the ticket only against deletion, so writers of the ticket never wait for it. */
export async function createComment(tx: Tx, writer: Writer, ref: string, input: { body: string }): Promise<Comment> {
  const { actor, ticket } = await openTicket(tx, writer, ref, { hold: 'comment' });
  const { workspace_id, user_id } = actor;
  const ticket_id = ticket.id;
  const created = { id: newId(), ticket_id, author_id: user_id, body: input.body, created_at: ticket.now };
  const comment = insertComment(tx, workspace_id, created);
  recordAudit(tx, actor, { action: 'comment.created', subject_id: comment.id, ticket_id, after: { ticket_id } });
  return comment;
}
