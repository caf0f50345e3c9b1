import { forgetResponses } from '../outcomes/queries.ts';
import type { Context } from '../serving/context.ts';
import { openComment } from './access.ts';
import type { Comment, purge_comment } from './contract.ts';
import { purgeTexts } from './queries.ts';

/** Deletes a comment and all its earlier texts permanently. Purging it again changes nothing. */
export async function purgeComment({ tx, writer, params }: Context<typeof purge_comment>): Promise<Comment> {
  const { actor, comment } = await openComment(tx, writer, params, { anywhere: true });
  const [purged] = await Promise.all([
    purgeTexts(tx, actor, comment),
    forgetResponses(tx, actor.workspace_id, comment.ticket_id),
  ]);
  return purged;
}
