import type { Actor, Writer } from '../access/authorize.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { BatonError, requireFound } from '../errors.ts';
import { openTicket } from '../tickets/access.ts';
import type { Comment } from './contract.ts';
import { commentByRef, type CommentPlace, commentPlace, lockComment, type LockedComment, textOf } from './queries.ts';
import { type Reader, reactionState } from './reaction-queries.ts';

/** Returns a comment of a ticket of this workspace, or throws `not_found`. */
export function requireComment(db: Db, reader: Reader, ref: string, id: string): Promise<Comment> {
  return requireFound(commentByRef(db, reader, ref, id));
}

/** Returns the ids of a comment of this workspace and of its ticket, for reading what belongs to it. */
export function requireCommentPlace(db: Db, workspace_id: string, ref: string, id: string): Promise<CommentPlace> {
  return requireFound(commentPlace(db, workspace_id, ref, id));
}

type Opened<C> = Promise<{ actor: Actor; comment: C }>;

/**
 * The door to a comment for every write. In one round trip it authorizes the caller, locks the ticket against deletion and then
 * the comment, until the commit, and reads the reactions after the lock. It opens deleted comments too. With `anywhere` it also
 * opens comments in deleted tickets and archived projects.
 */
export async function openComment(
  tx: Tx,
  writer: Writer,
  at: { ticket: string; comment_id: string },
  { anywhere = false } = {},
): Opened<Omit<LockedComment, 'body'>> {
  const [{ actor }, row, state] = await Promise.all([
    openTicket(tx, writer, at.ticket, { hold: 'comment', deleted: anywhere, archived: anywhere }),
    lockComment(tx, writer, at, { deleted: anywhere }),
    reactionState(tx, writer, at),
  ]);
  if (row === undefined || state === undefined) throw new BatonError('not_found');
  const { reactions } = state;
  return { actor, comment: { ...row, reactions, at: row.at > state.at ? row.at : state.at } };
}

/** Does the same, and also reads the text, which is empty unless the caller is the author. */
export async function openCommentText(
  tx: Tx,
  writer: Writer,
  at: { ticket: string; comment_id: string },
): Opened<LockedComment> {
  const [{ actor, comment }, body] = await Promise.all([openComment(tx, writer, at), textOf(tx, writer, at)]);
  return { actor, comment: { ...comment, body } };
}
