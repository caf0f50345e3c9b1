import { sql } from '../db/sql.ts';
import { byId, byNumber, byTime } from '../http/cursor.ts';
import type { Serve } from '../serving/serve.ts';
import { requireTicketId } from '../tickets/access.ts';
import { requireComment, requireCommentPlace } from './access.ts';
import * as contract from './contract.ts';
import { createComment } from './create.ts';
import { deleteComment } from './delete.ts';
import { editComment } from './edit.ts';
import { purgeComment } from './purge.ts';
import { commentsOf, revisionsOf } from './queries.ts';
import { reactionList } from './reaction-queries.ts';
import { addReaction, removeReaction } from './reactions.ts';

export function commentRoutes(serve: Serve): void {
  serve(contract.create_comment, createComment);
  serve.list(contract.list_comments, async ({ db, workspace_id, user_id, params }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return {
      filter: { workspace_id, ticket_id },
      order: { created_at: byTime(sql`c.created_at`), id: byId(sql`c.id`) },
      rows: (part) => commentsOf(db, { workspace_id, user_id }, ticket_id, part),
    };
  });
  serve(contract.get_comment, ({ db, workspace_id, user_id, params }) =>
    requireComment(db, { workspace_id, user_id }, params.ticket, params.comment_id),
  );
  serve(contract.update_comment, editComment);
  serve(contract.delete_comment, deleteComment);
  serve.list(contract.list_comment_revisions, async ({ db, workspace_id, params }) => {
    const place = await requireCommentPlace(db, workspace_id, params.ticket, params.comment_id);
    const { ticket_id, id: comment_id } = place;
    return {
      filter: { workspace_id, ticket_id, comment_id },
      order: { version: byNumber(sql`r.version`) },
      rows: (part) => revisionsOf(db, workspace_id, { ticket_id, comment_id }, part),
    };
  });
  serve.list(contract.list_reactions, async ({ db, workspace_id, params }) => {
    const place = await requireCommentPlace(db, workspace_id, params.ticket, params.comment_id);
    return {
      filter: { workspace_id, ...place },
      order: { created_at: byTime(sql`r.created_at`) },
      rows: (part) => reactionList(db, workspace_id, place, part),
    };
  });
  serve(contract.add_reaction, addReaction);
  serve(contract.remove_reaction, removeReaction);
  serve(contract.purge_comment, purgeComment);
}
