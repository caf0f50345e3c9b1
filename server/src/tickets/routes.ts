import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import { requireTicket, requireTicketId } from './access.ts';
import { assignTicket } from './assign.ts';
import * as contract from './contract.ts';
import { createTicket } from './create.ts';
import { deleteTicket, restoreTicket } from './delete.ts';
import { editTicket } from './edit.ts';
import { listTickets } from './list.ts';
import { presentTo } from './present.ts';
import { transitionsOf } from './queries.ts';
import { transitionTicket } from './transition.ts';

export function ticketRoutes(routes: Routes, { cursors }: Services): void {
  routes.write(contract.create_ticket, (tx, actor, { params, body }) =>
    createTicket(tx, actor, params.project_id, body),
  );
  routes.read(contract.list_tickets, (db, { params, query, caller }, actor) =>
    listTickets(db, cursors, { workspace_id: params.workspace_id, user_id: caller.user_id }, query, actor),
  );
  routes.read(contract.get_ticket, async (db, { params }, actor) => {
    const ticket = await requireTicket(db, params.workspace_id, params.ticket);
    return presentTo(db, ticket, await actor);
  });
  routes.write(contract.update_ticket, (tx, actor, { params, body, if_match }) =>
    editTicket(tx, actor, params.ticket, body, if_match),
  );
  routes.write(contract.delete_ticket, (tx, actor, { params, if_match }) =>
    deleteTicket(tx, actor, params.ticket, if_match),
  );
  routes.write(contract.restore_ticket, (tx, actor, { params, if_match }) =>
    restoreTicket(tx, actor, params.ticket, if_match),
  );
  routes.write(contract.set_assignee, (tx, actor, { params, body, if_match }) =>
    assignTicket(tx, actor, params.ticket, body, if_match),
  );
  routes.write(contract.transition_ticket, (tx, actor, { params, body, if_match }) =>
    transitionTicket(tx, actor, params.ticket, body, if_match),
  );
  routes.read(contract.list_transitions, async (db, { params, query }) => {
    const { workspace_id } = params;
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return keysetPage({
      cursors,
      operation: 'list_transitions',
      filter: { workspace_id, ticket_id },
      query,
      at: sql`h.created_at`,
      id: sql`h.id`,
      rows: (part) => transitionsOf(db, workspace_id, ticket_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
}
