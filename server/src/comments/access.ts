import type { Actor, Writer } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { BatonError, requireFound } from '../errors.ts';
import { openTicket } from '../tickets/access.ts';
import type { Comment } from './contract.ts';
import { commentByRef, lockComment, type LockedComment } from './queries.ts';

/** A comment of a ticket of this workspace. */
export function requireComment(db: Db, workspace_id: string, ref: string, id: string): Promise<Comment> {
  return requireFound(commentByRef(db, workspace_id, ref, id));
}

/**
 * The door to a comment for every write, one round trip: authorizes the caller, locks the ticket against deletion and then
 * the comment, until the commit. A deleted comment is still there. `anywhere`: in deleted tickets and archived projects too.
 */
export async function openComment(
  tx: Tx,
  writer: Writer,
  at: { ticket: string; comment_id: string },
  { anywhere = false } = {},
): Promise<{ actor: Actor; comment: LockedComment }> {
  const [{ actor }, comment] = await Promise.all([
    openTicket(tx, writer, at.ticket, { hold: 'comment', deleted: anywhere, archived: anywhere }),
    lockComment(tx, writer, at, { deleted: anywhere }),
  ]);
  if (comment === undefined) throw new BatonError('not_found');
  return { actor, comment };
}
