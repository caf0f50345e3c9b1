import { sql } from '../db/sql.ts';
import { keysetPage } from '../http/cursor.ts';
import type { Routes, Services } from '../http/handle.ts';
import { requireProject } from '../projects/access.ts';
import { requireTicket, requireTicketId } from './access.ts';
import { assignTicket } from './assign.ts';
import * as contract from './contract.ts';
import * as history from './history-contract.ts';
import { createTicket } from './create.ts';
import { activityOf, projectTransitions } from './history-queries.ts';
import { deleteTicket, restoreTicket } from './delete.ts';
import { editTicket } from './edit.ts';
import { listTickets } from './list.ts';
import { presentTo } from './present.ts';
import { purgeTicket } from './purge.ts';
import { transitionsOf } from './queries.ts';
import { transitionTicket } from './transition.ts';

export function ticketRoutes(routes: Routes, { cursors, config }: Services): void {
  routes.writeThroughDoor(contract.create_ticket, (tx, writer, { params, body }) =>
    createTicket(tx, writer, params.project_id, body, config),
  );
  routes.read(contract.list_tickets, (db, applicant, { query }) => listTickets(db, cursors, applicant, query));
  routes.read(contract.get_ticket, async (db, { workspace_id, actor }, { params }) => {
    const ticket = await requireTicket(db, workspace_id, params.ticket);
    return presentTo(db, ticket, await actor);
  });
  routes.writeThroughDoor(contract.update_ticket, (tx, writer, { params, body, if_match }) =>
    editTicket(tx, writer, params.ticket, body, if_match),
  );
  routes.writeThroughDoor(contract.delete_ticket, (tx, writer, { params, if_match }) =>
    deleteTicket(tx, writer, params.ticket, if_match),
  );
  routes.writeThroughDoor(contract.restore_ticket, (tx, writer, { params, if_match }) =>
    restoreTicket(tx, writer, params.ticket, if_match),
  );
  routes.writeThroughDoor(contract.purge_ticket, (tx, writer, { params, body }) =>
    purgeTicket(tx, writer, params.ticket, body.fields),
  );
  routes.writeThroughDoor(contract.set_assignee, (tx, writer, { params, body, if_match }) =>
    assignTicket(tx, writer, params.ticket, body, if_match),
  );
  routes.writeThroughDoor(history.transition_ticket, (tx, writer, { params, body, if_match }) =>
    transitionTicket(tx, writer, params.ticket, body, if_match),
  );
  routes.read(history.list_transitions, async (db, { workspace_id }, { params, query }) => {
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
  routes.read(history.list_activity, async (db, { workspace_id }, { params, query }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return keysetPage({
      cursors,
      operation: 'list_activity',
      filter: { workspace_id, ticket_id },
      query,
      at: sql`a.created_at`,
      id: sql`a.id`,
      descending: true,
      rows: (part) => activityOf(db, workspace_id, ticket_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
  routes.read(history.list_project_transitions, async (db, { workspace_id }, { params, query }) => {
    const { id: project_id } = await requireProject(db, workspace_id, params.project_id);
    return keysetPage({
      cursors,
      operation: 'list_project_transitions',
      filter: { workspace_id, project_id },
      query,
      at: sql`h.created_at`,
      id: sql`h.id`,
      descending: true,
      rows: (part) => projectTransitions(db, workspace_id, project_id, part),
      positionOf: (row) => ({ at: row.created_at, id: row.id }),
    });
  });
}
