import { bestOf } from '../db/walk.ts';
import type { Query, Response } from '../http/contract.ts';
import { type Cursors, cursorPage, spanAfter, spanBetween, walk_order } from '../http/cursor.ts';
import { definitionsOf } from '../projects/definitions.ts';
import type { Context } from '../serving/context.ts';
import type { list_tickets } from './contract.ts';
import {
  type ListedRow,
  type Order,
  sourcesOf,
  type TicketFilter,
  type TicketList,
  ticketPage,
  type Walked,
} from './list-queries.ts';
import { presentListed } from './present.ts';

const spans = { created_at: 'created', updated_at: 'updated', last_activity_at: 'active' } as const;

/** At most so many bytes of JSON: each UTF-16 unit may become six, and what a ticket has besides texts is small. */
function mostBytes({ title, labels, start, description = '' }: ListedRow): number {
  return (
    6 * (title.length + labels.reduce((sum, label) => sum + label.length + 1, 0) + start.length + description.length) +
    4096
  );
}

/**
 * One page of the tickets that match. Where one index has the list in its order, the statement is sent before the actor
 * is known: one round trip for both. Where several filters compete, a first round trip finds the best.
 */
export async function listTickets(
  context: Context<typeof list_tickets>,
  cursors: Cursors,
): Promise<Response<typeof list_tickets>> {
  const { db, workspace_id, user_id } = context;
  const { limit, cursor, sort, fields, ...asked } = context.query;
  const descending = sort.startsWith('-');
  const order = sort.replace('-', '') as Order;
  const filter = filterOf(asked, user_id);
  let definitionFor: Awaited<ReturnType<typeof definitionsOf>> = () => undefined;
  const page = await cursorPage<typeof walk_order, Walked>({
    cursors,
    operation: 'list_tickets',
    order: walk_order,
    descending,
    filter: { ...filter, order, workspace_id },
    query: { limit, cursor },
    rows: async (position, rows) => {
      const span = spanAfter(filter[spans[order]], position, descending);
      const list: TicketList = { workspace_id, filter, order, descending, span };
      const source = await bestOf(db, sourcesOf(list), descending);
      const found = await db.rows<Walked>(
        ticketPage(list, source, { limit: rows, description: fields.includes('description') }),
      );
      await context.actor; // nothing more is read for a caller who may not see it
      definitionFor = await definitionsOf(
        db,
        workspace_id,
        found.filter(({ stopped }) => !stopped),
      );
      // Workflows end a page as long texts do: the next one goes on with those that were too many.
      return found.map((row) => (row.stopped || definitionFor(row) !== undefined ? row : { ...row, fits: false }));
    },
    mostBytes,
  });
  const { role } = await context.actor;
  const show = (row: Walked) => {
    const definition = definitionFor(row);
    if (definition === undefined) throw new Error(`${row.key} is shown without its workflow.`);
    return presentListed(row, definition, role);
  };
  return { ...page, data: page.data.map(show) };
}

function filterOf(
  query: Omit<Query<typeof list_tickets>, 'limit' | 'cursor' | 'sort' | 'fields'>,
  user_id: string,
): TicketFilter {
  const { assignee, reporter, deleted, archived, project_id, status, priority, label } = query;
  // A person may be named twice: as the caller, too.
  const people = <Who extends string | null>(who: readonly Who[] | undefined) => who && [...new Set(who)].sort();
  const me = (who: string) => (who === 'me' ? user_id : who);
  return {
    project_id,
    status,
    priority,
    label,
    assignee_id: people(assignee?.map((who) => (who === 'none' ? null : me(who)))),
    reporter_id: people(reporter?.map(me)),
    created: spanBetween(query.created_after, query.created_before),
    updated: spanBetween(query.updated_after, query.updated_before),
    active: spanBetween(query.active_after, query.active_before),
    deleted: deleted === 'true',
    // Who names a project means it, archived or not.
    archived: archived ?? (project_id === undefined ? 'false' : 'any'),
  };
}
