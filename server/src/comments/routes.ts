import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import { requireTicketId } from '../tickets/access.ts';
import { requireComment } from './access.ts';
import * as contract from './contract.ts';
import { createComment } from './create.ts';
import { deleteComment } from './delete.ts';
import { editComment } from './edit.ts';
import { purgeComment } from './purge.ts';
import { commentsOf, revisionsOf } from './queries.ts';

export function commentRoutes(routes: Routes, { cursors }: Services): void {
  routes.writeThroughDoor(contract.create_comment, (tx, writer, { params, body }) =>
    createComment(tx, writer, params.ticket, body),
  );
  routes.read(contract.list_comments, async (db, { workspace_id }, { params, query }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return keysetPage({
      cursors,
      operation: 'list_comments',
      filter: { workspace_id, ticket_id },
      query,
      at: sql`c.created_at`,
      id: sql`c.id`,
      rows: (part) => commentsOf(db, workspace_id, ticket_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
  routes.read(contract.get_comment, (db, { workspace_id }, { params }) =>
    requireComment(db, workspace_id, params.ticket, params.comment_id),
  );
  routes.writeThroughDoor(contract.update_comment, (tx, writer, { params, body, if_match }) =>
    editComment(tx, writer, params, body, if_match),
  );
  routes.writeThroughDoor(contract.delete_comment, (tx, writer, { params, if_match }) =>
    deleteComment(tx, writer, params, if_match),
  );
  routes.read(contract.list_comment_revisions, async (db, { workspace_id }, { params, query }) => {
    const { ticket_id, id: comment_id } = await requireComment(db, workspace_id, params.ticket, params.comment_id);
    const page = await keysetPage({
      cursors,
      operation: 'list_comment_revisions',
      filter: { workspace_id, ticket_id, comment_id },
      query,
      // Each version of a comment is later than the one before.
      at: sql`r.created_at`,
      id: sql`r.comment_id`,
      rows: (part) => revisionsOf(db, workspace_id, { ticket_id, comment_id }, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
    return { ...page, data: page.data.map(({ id: _, ...revision }) => revision) };
  });
  routes.writeThroughDoor(contract.purge_comment, (tx, writer, { params }) => purgeComment(tx, writer, params));
}
