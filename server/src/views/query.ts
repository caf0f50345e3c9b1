import { BatonError, type ErrorData } from '../errors.ts';
import { filterOf, listingOf } from '../tickets/listing.ts';
import { type Layout, list_query, type ListQuery, type View } from './contract.ts';

const joined = (values: readonly string[]) =>
  values.map((value) => value.replaceAll(/[\\,]/g, String.raw`\$&`)).join(',');

/** Returns a query in the form that is stored: each parameter as a client sends it, without `deleted=false`, the default. */
export function textsOf(query: ListQuery): View['query'] {
  const given = Object.entries(query).filter(([name, value]) => !(name === 'deleted' && value === 'false'));
  return Object.fromEntries(given.map(([name, value]) => [name, Array.isArray(value) ? joined(value) : value]));
}

/** Parses a stored query as the list does. */
export const parsedOf = (query: View['query']): ListQuery => list_query.parse(query);

const refused = (parameter: string, detail: string) =>
  new BatonError('validation_failed', { errors: [{ pointer: `/query/${parameter}`, detail }] });

/** Throws `validation_failed` if a list with these filters can't have this order, as the list itself would. */
function requireOrder({ deleted = 'false', sort = '-created_at', ...filters }: ListQuery): void {
  try {
    listingOf('', filterOf({ ...filters, deleted, time_zone: 'UTC' }, ''), sort);
  } catch (error) {
    if (!(error instanceof BatonError && error.code === 'validation_failed')) throw error;
    const { errors } = error.data as ErrorData<'validation_failed'>;
    throw refused('sort', errors.map(({ detail }) => detail).join(' '));
  }
}

/** The filters that a board does not have. */
const of_lists = ['ids', 'archived'] as const;

/** Throws `validation_failed` for a query that the list or the board of this layout would refuse. */
export function requireListable(layout: Layout, query: ListQuery): void {
  const by_status = layout !== 'list';
  if (by_status && query.project_id?.length !== 1) {
    throw refused('project_id', 'A board or a list by status needs exactly one project. Name it here.');
  }
  if (layout === 'board') {
    const unknown = query.deleted === 'true' ? 'deleted' : of_lists.find((name) => query[name] !== undefined);
    if (unknown !== undefined) throw refused(unknown, 'A board does not have this filter. Save a list instead.');
  }
  // By status, each status is a separate list, so it can be sorted by rank.
  requireOrder(by_status ? { ...query, status: query.status ?? [] } : query);
}
