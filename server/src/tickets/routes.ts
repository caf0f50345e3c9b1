import { sql } from '../db/sql.ts';
import type { Found } from '../db/walk.ts';
import { requireFound } from '../errors.ts';
import { byId, byNumber, byText, byTime, cursorPage, spanAfter, spanBetween, walk_order } from '../http/cursor.ts';
import { requireProject } from '../projects/access.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving/serve.ts';
import { requireTicket, requireTicketId } from './access.ts';
import { ticketAsOf } from './as-of.ts';
import { assignTicket } from './assign.ts';
import { changeTickets } from './bulk.ts';
import { change_tickets } from './bulk-contract.ts';
import * as contract from './contract.ts';
import * as history from './history-contract.ts';
import { type Label, list_labels } from './label-contract.ts';
import { labelsOf } from './label-queries.ts';
import * as lists from './list-contract.ts';
import { boardOf } from './board.ts';
import { countTickets } from './count.ts';
import { createTicket } from './create.ts';
import { activityOf, projectTransitions } from './history-queries.ts';
import { deleteTicket, restoreTicket } from './delete.ts';
import { editTicket } from './edit.ts';
import { listTickets } from './list.ts';
import { placeTicket } from './place.ts';
import { presentTo } from './present.ts';
import { purgeTicket } from './purge.ts';
import { transitionOf, transitionsOf } from './queries.ts';
import { type PrepareComment, transitionTicket } from './transition.ts';

export function ticketRoutes(serve: Serve, { config, cursors }: Services, prepareComment: PrepareComment): void {
  serve(contract.create_ticket, (context) => createTicket(context, config));
  serve(lists.list_tickets, (context) => listTickets(context, cursors));
  serve(lists.count_tickets, countTickets);
  serve.list(list_labels, ({ db, workspace_id, query: { q, limit } }) => ({
    filter: { workspace_id, q },
    order: { name: byText(sql`l.label`) },
    rows: (part) => labelsOf(db, workspace_id, { q, limit }, part),
    show: ({ stopped: _, ...label }: Found<Label>) => label,
  }));
  serve(lists.get_board, (context) => boardOf(context, cursors));
  serve(contract.get_ticket, async ({ db, workspace_id, actor, params, query: { fields, as_of } }) => {
    // A long description is not read unless it is shown.
    const description = fields.length === 0 || fields.includes('description');
    const ticket = await requireTicket(db, workspace_id, params.ticket, { description });
    if (as_of !== undefined) return ticketAsOf(db, ticket, await actor, as_of);
    return presentTo(db, ticket, await actor);
  });
  serve(contract.update_ticket, editTicket);
  serve(contract.delete_ticket, deleteTicket);
  serve(contract.restore_ticket, restoreTicket);
  serve(contract.purge_ticket, purgeTicket);
  serve(contract.set_assignee, assignTicket);
  serve(contract.place_ticket, placeTicket);
  serve(history.transition_ticket, (context) => transitionTicket(context, prepareComment));
  serve(change_tickets, (context) => changeTickets(context, prepareComment));
  serve.list(history.list_transitions, async ({ db, workspace_id, params }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return {
      filter: { workspace_id, ticket_id },
      order: { sequence: byNumber(sql`h.sequence`) },
      rows: (part) => transitionsOf(db, workspace_id, ticket_id, part),
    };
  });
  serve(history.get_transition, ({ db, workspace_id, params }) =>
    requireFound(transitionOf(db, workspace_id, params.ticket, params.sequence)),
  );
  serve.list(history.list_activity, async ({ db, workspace_id, params }) => {
    const ticket_id = await requireTicketId(db, workspace_id, params.ticket);
    return {
      filter: { workspace_id, ticket_id },
      order: { created_at: byTime(sql`a.created_at`), id: byId(sql`a.id`) },
      descending: true,
      rows: (part) => activityOf(db, workspace_id, ticket_id, part),
    };
  });
  serve(history.list_project_transitions, async ({ db, workspace_id, params, query }) => {
    const { limit, cursor, created_after, created_before } = query;
    const { id: project_id } = await requireProject(db, workspace_id, params.project_id);
    const span = spanBetween(created_after, created_before);
    const page = await cursorPage({
      cursors,
      operation: 'list_project_transitions',
      filter: { workspace_id, project_id, ...span },
      query: { limit, cursor },
      order: walk_order,
      descending: true,
      rows: (position, rows) =>
        projectTransitions(db, { workspace_id, project_id }, { span: spanAfter(span, position, true), limit: rows }),
    });
    return { ...page, data: page.data.map(({ at: _, ...row }) => row) };
  });
}
