import type { Actor } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import type { Comment } from './contract.ts';
import { mentionsIn, requireMentions } from './mentions.ts';
import { type CommentChanges, insertComment, type LockedComment, reviseComment } from './queries.ts';

/**
 * Checks a new comment by the actor, and returns the function that writes it and its audit entry. Throws `validation_failed` if it
 * mentions somebody who isn't a member.
 */
export async function prepareComment(
  tx: Tx,
  actor: Actor,
  created: Pick<Comment, 'id' | 'ticket_id' | 'body' | 'created_at'>,
  pointer: '/body' | '/comment',
): Promise<() => Comment> {
  const mentions = await requireMentions(tx, actor.workspace_id, { text: created.body, pointer });
  return () => addComment(tx, actor, created, mentions);
}

function addComment(
  tx: Tx,
  actor: Actor,
  created: Pick<Comment, 'id' | 'ticket_id' | 'body' | 'created_at'>,
  mentions: string[],
): Comment {
  const comment = insertComment(tx, actor.workspace_id, { ...created, mentions, author_id: actor.user_id });
  const { id, ticket_id, created_at } = comment;
  recordAudit(tx, actor, {
    action: 'comment.created',
    subject_id: id,
    ticket_id,
    after: { ticket_id, ...(mentions.length > 0 && { mentions }) },
    at: created_at,
  });
  return comment;
}

/** Changes a comment that the transaction has locked, stores its earlier text, and records the change in the audit log. */
export function changeComment(
  tx: Tx,
  actor: Actor,
  before: Omit<LockedComment, 'body'> & { body?: string },
  { action, changes }: { action: 'comment.updated' | 'comment.deleted'; changes: CommentChanges },
): Comment {
  const after = reviseComment(tx, actor.workspace_id, before, changes);
  const { id: subject_id, version: subject_version, ticket_id } = after;
  const mentioned = after.mentions.length > 0 ? mentionsIn(before.body ?? '') : [];
  const mentions = after.mentions.filter((one) => !mentioned.includes(one));
  recordAudit(tx, actor, {
    action,
    subject_id,
    subject_version,
    ticket_id,
    after: { ticket_id, ...(mentions.length > 0 && { mentions }) },
    at: before.at,
  });
  return after;
}
