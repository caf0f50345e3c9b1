import { BatonError } from '../errors.ts';
import { requireMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openComment } from './access.ts';
import { changeComment } from './change.ts';
import type { delete_comment } from './contract.ts';
import { deleteReactions } from './reaction-queries.ts';

/**
 * Deletes a comment. It keeps its place, but loses its reactions and its text, which becomes a revision. Deleting it again
 * changes nothing.
 */
export async function deleteComment(context: Context<typeof delete_comment>): Promise<void> {
  const { tx, writer, params, if_match } = context;
  const { actor, comment } = await openComment(tx, writer, params);
  if (comment.author_id !== actor.user_id && actor.role === 'member') {
    throw new BatonError('forbidden', {
      detail: 'Only its author or an admin may delete a comment.',
      role: actor.role,
    });
  }
  requireMatch(if_match, { current_version: comment.version });
  if (comment.deleted_at !== null) return;
  const { edited_at } = comment;
  deleteReactions(tx, actor.workspace_id, comment);
  const changes = { body: '', mentions: [], edited_at, deleted_at: comment.at, deleted_by: actor.user_id };
  changeComment(tx, actor, comment, { action: 'comment.deleted', changes });
}
