import { BatonError } from '../errors.ts';
import type { Response, Role } from '../http/contract.ts';
import { type Cursors, cursorPage } from '../http/cursor.ts';
import { definitionsOf } from '../projects/definitions.ts';
import type { Context } from '../serving/context.ts';
import { type list_tickets, max_listed, max_summaries } from './list-contract.ts';
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
import { rankSince } from './list-queries.ts';
import { presentListed } from './present.ts';

/**
 * Returns one page of the tickets that match. If one index has the list in its order, the statement is sent before the actor
 * is known, so that one round trip serves both. If several sources compete, a first round trip finds the best one.
 */
export async function listTickets(
  context: Context<typeof list_tickets>,
  cursors: Cursors,
): Promise<Response<typeof list_tickets>> {
  const { db, workspace_id, user_id } = context;
  const { limit, cursor, sort, fields, ...asked } = context.query;
  const has = (text: 'excerpt' | 'description') => fields.includes(text);
  const excerpt = fields.length === 0 || has('excerpt');
  if (limit > max_listed && (excerpt || has('description'))) {
    const detail = `At most ${max_listed}, or ${max_summaries} if fields is sent without excerpt and description.`;
    throw new BatonError('validation_failed', { errors: [{ parameter: 'limit', detail }] });
  }
  const filter = filterOf(asked, user_id);
  const listing = listingOf(workspace_id, filter, sort);
  let definitionFor: Awaited<ReturnType<typeof definitionsOf>> = () => undefined;
  let role: Role;
  const show = (row: Listed) => {
    const definition = definitionFor(row);
    if (definition === undefined) throw new Error(`${row.key} is shown without its workflow.`);
    return presentListed(row, definition, role);
  };
  const page = await cursorPage<typeof listing_order, Listed>({
    cursors,
    operation: 'list_tickets',
    order: listing_order,
    filter: { ...boundOf(filter, asked), sort, workspace_id },
    query: { limit, cursor },
    rows: async (position, rows) => {
      const shown = { limit: rows, excerpt, description: has('description') };
      const read = async (place: typeof position) => {
        const rest = restOf(listing, place);
        const sources = await choose(db, rest);
        return rowsOf(db, { rest, sources, from: place?.part ?? 0 }, shown);
      };
      const [status, another] = sort === 'rank' ? (filter.status ?? []) : [];
      const is_by_rank = position !== undefined && status !== undefined && another === undefined;
      // The rank is read beside the page, which is read again only if the cursor's ticket was respaced. That is rare.
      const [seen, at] = await Promise.all([
        read(position),
        is_by_rank ? rankSince(db, { workspace_id, status }, position) : undefined,
      ]);
      ({ role } = await context.actor); // nothing more is read for a caller who may not read the list
      const found = is_by_rank && at !== undefined ? await read({ ...position, at }) : seen;
      definitionFor = await definitionsOf(
        db,
        workspace_id,
        found.filter(({ stopped }) => !stopped),
      );
      // Too many workflows end a page, as long texts do: the next page continues with the rest.
      return found.map((row) => (row.stopped || definitionFor(row) !== undefined ? row : { ...row, fits: false }));
    },
    mostBytes,
    show,
  });
  return { ...page, data: page.data.map(show) };
}
