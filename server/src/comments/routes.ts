import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import { requireTicketId } from '../tickets/access.ts';
import * as contract from './contract.ts';
import { createComment } from './create.ts';
import { commentsOf } from './queries.ts';

export function commentRoutes(routes: Routes, { cursors }: Services): void {
  routes.writeThroughDoor(contract.create_comment, (tx, applicant, { params, body }) =>
    createComment(tx, applicant, params.ticket, body),
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
}
