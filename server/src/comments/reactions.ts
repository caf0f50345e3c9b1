import { recordAudit } from '../audit/record.ts';
import { BatonError } from '../errors.ts';
import { requireBelow } from '../quotas/quotas.ts';
import type { Context } from '../serving/context.ts';
import { openComment } from './access.ts';
import { type add_reaction, max_emoji, type ReactionSummary, type remove_reaction } from './contract.ts';
import { deleteReaction, insertReaction } from './reaction-queries.ts';

/** Exactly one emoji, as Unicode recommends it for interchange (UTS #51, ED-27), so that each can be written in only one way. */
const one_emoji = /^\p{RGI_Emoji}$/v;

/** Throws `validation_failed` unless the text is exactly one emoji. */
export function requireEmoji(emoji: string): void {
  if (one_emoji.test(emoji)) return;
  const detail =
    'Send one emoji as percent-encoded UTF-8: 👍 is %F0%9F%91%8D. Some end in a variation selector: ❤️ is %E2%9D%A4%EF%B8%8F.';
  throw new BatonError('validation_failed', { errors: [{ parameter: 'emoji', detail }] });
}

/**
 * Reacts to a comment. The comment's row is locked, although it does not change, so that concurrent reactions respect the limit on
 * emoji and a comment that is deleted meanwhile gets none. The version stays, so that no edit conflicts with a reaction.
 */
export async function addReaction({ tx, writer, params }: Context<typeof add_reaction>): Promise<ReactionSummary> {
  const { emoji } = params;
  const { actor, comment } = await openComment(tx, writer, params);
  requireEmoji(emoji);
  if (comment.deleted_at !== null) {
    throw new BatonError('conflict', { detail: 'The comment is deleted.', current_version: comment.version });
  }
  const given = comment.reactions.find((one) => one.emoji === emoji);
  if (given?.reacted === true) return given;
  if (given === undefined) requireBelow('emoji_per_comment', max_emoji, comment.reactions.length);
  const { id: subject_id, ticket_id, at } = comment;
  insertReaction(tx, actor, comment, { emoji, at });
  recordAudit(tx, actor, {
    action: 'comment.reaction_added',
    subject_id,
    ticket_id,
    after: { ticket_id, emoji },
    at,
  });
  return { emoji, count: (given?.count ?? 0) + 1, reacted: true };
}

/** Removes the caller's reaction. Without one, as on a deleted comment, it changes nothing. */
export async function removeReaction({ tx, writer, params }: Context<typeof remove_reaction>): Promise<void> {
  const { emoji } = params;
  const { actor, comment } = await openComment(tx, writer, params);
  requireEmoji(emoji);
  if (!comment.reactions.some((one) => one.emoji === emoji && one.reacted)) return;
  const { id: subject_id, ticket_id, at } = comment;
  deleteReaction(tx, actor, comment, emoji);
  recordAudit(tx, actor, {
    action: 'comment.reaction_removed',
    subject_id,
    ticket_id,
    before: { ticket_id, emoji },
    at,
  });
}
