import { BatonError, type ErrorData } from '../errors.ts';
import { filterOf, listingOf } from '../tickets/listing.ts';
import { type Layout, list_query, type ListQuery, type View } from './contract.ts';

const joined = (values: readonly string[]) =>
  values.map((value) => value.replaceAll(/[\\,]/g, String.raw`\$&`)).join(',');

/** A query as it is kept: each parameter as a client sends it, without what changes nothing. */
export function textsOf(query: ListQuery): View['query'] {
  const given = Object.entries(query).filter(([name, value]) => !(name === 'deleted' && value === 'false'));
  return Object.fromEntries(given.map(([name, value]) => [name, Array.isArray(value) ? joined(value) : value]));
}

/** A query that was kept, as the list parses it. */
export const parsedOf = (query: View['query']): ListQuery => list_query.parse(query);

const refused = (parameter: string, detail: string) =>
  new BatonError('validation_failed', { errors: [{ pointer: `/query/${parameter}`, detail }] });

/** Throws `validation_failed` where a list has no such order, as the list itself would. */
function requireOrder({ deleted = 'false', sort = '-created_at', ...filters }: ListQuery): void {
  try {
    listingOf('', filterOf({ ...filters, deleted, time_zone: 'UTC' }, ''), sort);
  } catch (error) {
    if (!(error instanceof BatonError && error.code === 'validation_failed')) throw error;
    const { errors } = error.data as ErrorData<'validation_failed'>;
    throw refused('sort', errors.map(({ detail }) => detail).join(' '));
  }
}

/** What a board can't be narrowed by. */
const of_lists = ['ids', 'archived'] as const;

/** Throws `validation_failed` for a query that the list or the board of this layout would refuse. */
export function requireListable(layout: Layout, query: ListQuery): void {
  const by_status = layout !== 'list';
  if (by_status && query.project_id?.length !== 1) {
    throw refused('project_id', 'A board, and a list by status, is of one project: name it here.');
  }
  if (layout === 'board') {
    const unknown = query.deleted === 'true' ? 'deleted' : of_lists.find((name) => query[name] !== undefined);
    if (unknown !== undefined) throw refused(unknown, 'A board can’t be narrowed by this. Save a list.');
  }
  // Each status is a list of its own there, so that the order by hand is one.
  requireOrder(by_status ? { ...query, status: query.status ?? [] } : query);
}
