import { BatonError } from '../errors.ts';
import { requireCurrent } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openCommentText } from './access.ts';
import { changeComment } from './change.ts';
import type { Comment, update_comment } from './contract.ts';
import { mentionsIn, requireMentions } from './mentions.ts';

/** Edits a comment. Its earlier text becomes a revision. Sending the current text changes nothing. */
export async function editComment(context: Context<typeof update_comment>): Promise<Comment> {
  const { tx, writer, params, body: input, if_match } = context;
  const { actor, comment } = await openCommentText(tx, writer, params);
  if (comment.author_id !== actor.user_id) {
    throw new BatonError('forbidden', {
      detail: 'Only its author may edit a comment, whatever the caller’s role.',
      role: actor.role,
    });
  }
  const { at: now, ...before } = comment;
  const current = { current_version: before.version };
  requireCurrent({ if_match, version: input.version }, current);
  if (before.deleted_at !== null) throw new BatonError('conflict', { detail: 'The comment is deleted.', ...current });
  if (input.body === before.body) return before;
  const mentions = await requireMentions(tx, actor.workspace_id, {
    text: input.body,
    pointer: '/body',
    // Read from the text, not from the row: rows that are older than the feature have no mentions.
    before: mentionsIn(before.body),
  });
  const changes = { body: input.body, mentions, edited_at: now, deleted_at: null, deleted_by: null };
  return changeComment(tx, actor, comment, { action: 'comment.updated', changes });
}
