import { offsetOf } from '../audit/offset.ts';
import type { Response } from '../http/contract.ts';
import { type Cursors, cursorPage } from '../http/cursor.ts';
import { max_page_bytes } from '../lib/bounds.ts';
import { requireProject } from '../projects/access.ts';
import { definitionOf } from '../projects/definitions.ts';
import type { WorkflowDefinition } from '../projects/workflow-definition.ts';
import type { Context } from '../serving/context.ts';
import { type Counted, countColumn, countFound, endsWithin, momentOf } from './count-queries.ts';
import type { get_board } from './list-contract.ts';
import type { TicketFilter } from './list-filter.ts';
import {
  boundOf,
  choose,
  filterOf,
  type Listed,
  listing_order,
  listingOf,
  mostBytes,
  restOf,
  rowsOf,
} from './listing.ts';
import { presentSummary } from './present.ts';
import { sourcesOf } from './source-queries.ts';

/** How many tickets are counted for a board without filters, and how many are read to count a board with filters. */
const max_counted = 100_000;
const max_looked_at = 20_000;

/** How many times a board is read at most if its workflow is replaced meanwhile. */
const max_attempts = 3;

type Asked = Context<typeof get_board>;

interface Column {
  status: WorkflowDefinition['statuses'][number];
  filter: TicketFilter;
  rows: Listed[];
  counted: Counted;
}

/** Returns each status of a project with its first tickets and their number, all at one moment. */
export async function boardOf(context: Asked, cursors: Cursors): Promise<Response<typeof get_board>> {
  const { db, workspace_id, params, query } = context;
  for (let attempt = 1; ; attempt++) {
    const { id: project_id, workflow_version } = await requireProject(db, workspace_id, params.project_id);
    const definition = await definitionOf(db, { workspace_id, project_id, workflow_version });
    const { columns, moment } = await readColumns(context, project_id, definition);
    if (moment.workflow_version !== workflow_version && attempt < max_attempts) continue;
    const { role } = await context.actor;
    const shown = await Promise.all(
      columns.map(async ({ status, filter, rows, counted }) => {
        const show = (row: Listed) => presentSummary(row, definition, role);
        const page = await cursorPage<typeof listing_order, Listed>({
          cursors,
          operation: 'list_tickets',
          order: listing_order,
          filter: { ...boundOf(filter, query), sort: query.sort, workspace_id },
          query: { limit: query.per_column },
          rows: () => Promise.resolve(rows),
          mostBytes,
          show,
          max_bytes: max_page_bytes / columns.length,
        });
        const data = page.data.map(show);
        const { tickets: total, complete } = counted;
        return { status: status.key, category: status.category, total, complete, ...page, data };
      }),
    );
    return { project_id, workflow_version, columns: shown, as_of: offsetOf(moment.last_sequence) };
  }
}

/** The requested statuses, in the order of the workflow. */
const statusesOf = ({ statuses }: WorkflowDefinition, { status, status_category }: Asked['query']) =>
  statuses.filter((one) => (status?.includes(one.key) ?? true) && (status_category?.includes(one.category) ?? true));

async function readColumns(context: Asked, project_id: string, definition: WorkflowDefinition) {
  const { db, workspace_id, user_id, params, query } = context;
  const { per_column, sort, fields: _, ...asked } = query;
  const lists = statusesOf(definition, query).map((status) => {
    // The project is named as in the request, because a column's cursor is valid for a list with the same `project_id`.
    const of = { project_id: [params.project_id], status: [status.key], deleted: 'false' as const };
    const filter = filterOf({ ...asked, ...of }, user_id);
    return { status, filter, rest: restOf(listingOf(workspace_id, filter, sort), undefined) };
  });
  // The index of a column has these orders, so a board without filters needs no other source.
  const is_plain = isPlain(query) && ['rank', 'created_at', '-created_at'].includes(sort);
  const sources = is_plain
    ? lists.map(({ rest }) => rest.flatMap((list) => sourcesOf(list)[0] ?? []))
    : await Promise.all(lists.map(({ rest }) => choose(db, rest)));
  const counts = await countersOf(context, project_id, lists);
  // All are sent without awaiting any: the statements of one batch see the same moment.
  const shown = { limit: per_column + 1, excerpt: false, description: false };
  const rows = lists.map(({ rest }, n) => rowsOf(db, { rest, sources: sources[n] ?? [], from: 0 }, shown));
  const [moment, pages, counted] = await Promise.all([
    momentOf(db, { workspace_id, project_id }),
    Promise.all(rows),
    Promise.all(counts.map((count) => count())),
  ]);
  const columns = lists.map(({ status, filter }, n): Column => {
    return { status, filter, rows: pages[n] ?? [], counted: counted[n] ?? { tickets: 0, complete: false } };
  });
  return { moment, columns };
}

/** Whether the board has no filters except the choice of its columns. */
function isPlain(query: Asked['query']): boolean {
  const choices = ['per_column', 'sort', 'fields', 'status', 'status_category', 'time_zone'];
  return Object.entries(query).every(([name, value]) => value === undefined || choices.includes(name));
}

/** Returns a function per column that counts it: by an index alone if the board has no filters, else by reading the tickets. */
async function countersOf(
  { db, workspace_id, query }: Asked,
  project_id: string,
  lists: readonly { status: { key: string }; filter: TicketFilter }[],
): Promise<(() => Promise<Counted>)[]> {
  if (isPlain(query)) {
    const most = { all: max_counted, each: Math.floor(max_counted / Math.max(lists.length, 1)) };
    return lists.map(
      ({ status }) =>
        () =>
          countColumn(db, { workspace_id, project_id, status: status.key }, most),
    );
  }
  const until = endsWithin(max_looked_at / Math.max(lists.length, 1));
  return Promise.all(
    lists.map(async ({ filter }) => {
      const rest = restOf(listingOf(workspace_id, filter, '-created_at'), undefined);
      const [source] = await choose(db, rest, until);
      const [list] = rest;
      if (list === undefined || source === undefined) throw new Error('A list has no part.');
      return () => countFound(db, list, source);
    }),
  );
}
