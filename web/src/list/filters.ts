import type { Input, Priority } from 'baton-sdk';
import type { KnownTicket } from '../store/changes.ts';
import { ownZone } from '../ui/dates.ts';
import { always, type DueSpan, dueSpanOf, isDueIn, parametersOf } from './due.ts';

export const sorts = [
  '-created_at',
  'created_at',
  '-updated_at',
  'updated_at',
  '-last_activity_at',
  'last_activity_at',
  '-priority',
  'due_on',
  'rank',
] as const;
export type Sort = (typeof sorts)[number];

/** The filters that take several values, as the address and the API name them. */
export const filter_names = [
  'status',
  'status_category',
  'assignee',
  'reporter',
  'priority',
  'label',
  'project',
] as const;
export type FilterName = (typeof filter_names)[number];

/** Which tickets a list contains, and in which order. All of it is in the page's address. */
export type Filters = Record<FilterName, readonly string[]> & {
  due: DueSpan;
  sort: Sort;
  group: 'status' | 'none';
};

/** The most values that the API accepts for one filter. */
export const max_values = 10;

/** The kind of page that the filters are for: a list, or a board, which is ordered by hand by default. */
export interface Layout {
  /** Whether the page is a project’s, whose tickets can be grouped by status. */
  grouped: boolean;
  board?: boolean;
}
const usualSort = ({ board }: Layout): Sort => (board === true ? 'rank' : '-created_at');

/** Returns the orders that can be chosen. Ordering by hand works only within a status. */
export const sortsFor = ({ group }: Pick<Filters, 'group'>): readonly Sort[] =>
  sorts.filter((sort) => sort !== 'rank' || group === 'status');

type Search = Record<string, unknown>;

/** Splits at commas; `\,` is a comma within a label. */
export function split(text: string): string[] {
  const parts = text.match(/(?:\\.|[^\\,])+/gs) ?? [];
  return [...new Set(parts.map((part) => part.replaceAll(/\\(.)/gs, '$1')))].slice(0, max_values);
}

export const join = (values: readonly string[]): string =>
  values.map((value) => value.replaceAll(/[\\,]/g, String.raw`\$&`)).join(',');

const textOf = (search: Search, name: string): string => {
  const value = search[name];
  return typeof value === 'string' ? value : '';
};

/** Reads the filters of an address, ignoring what it can't mean. */
export function filtersOf(search: Search, layout: Layout): Filters {
  const values = filter_names.map((name) => [name, split(textOf(search, name))] as const);
  const is_grouped = layout.board === true || (layout.grouped && search['group'] !== 'none');
  const group = is_grouped ? 'status' : 'none';
  const sort = sortsFor({ group }).find((one) => one === search['sort']) ?? usualSort(layout);
  const due = dueSpanOf(textOf(search, 'due_after'), textOf(search, 'due_before'));
  return { ...(Object.fromEntries(values) as Record<FilterName, string[]>), due, sort, group };
}

/** Returns the filters as an address, without the defaults. */
export function searchOf(filters: Filters, layout: Layout): Record<string, string | undefined> {
  const values = filter_names.map((name) => [name, filters[name].length === 0 ? undefined : join(filters[name])]);
  return {
    ...Object.fromEntries(values),
    ...parametersOf(filters.due),
    sort: filters.sort === usualSort(layout) ? undefined : filters.sort,
    group: layout.grouped && filters.group === 'none' ? 'none' : undefined,
  };
}

/** Returns the filters with a value added to one of them, or removed from it. */
export function toggled(filters: Filters, name: FilterName, value: string): Filters {
  const values = filters[name];
  const next = values.includes(value) ? values.filter((one) => one !== value) : [...values, value].slice(-max_values);
  return { ...filters, [name]: next };
}

export const hasDue = ({ due }: Filters): boolean => due.after !== undefined || due.before !== undefined;

export const isFiltered = (filters: Filters): boolean =>
  hasDue(filters) || filter_names.some((name) => filters[name].length > 0);

export const withoutFilters = (filters: Filters): Filters => ({
  ...filters,
  ...(Object.fromEntries(filter_names.map((name) => [name, []])) as unknown as Record<FilterName, string[]>),
  due: always,
});

/** The parameters that a list sends to the API. */
export type ListInput = Omit<Input<'list_tickets'>, 'workspace_id' | 'limit' | 'cursor'>;

/** Converts the filters to the API's parameters; `project` is the page's project. */
export function inputOf(filters: Filters, project?: string): ListInput {
  const { status, status_category, assignee, reporter, priority, label, sort, due } = filters;
  const projects = project === undefined ? filters.project : [project];
  const given = { status, status_category, assignee, reporter, priority, label, project_id: projects };
  const values = Object.entries(given).flatMap(([name, list]) => (list.length === 0 ? [] : [[name, join(list)]]));
  const days = { ...parametersOf(due), ...(hasDue(filters) && { time_zone: ownZone() }) };
  return { ...(Object.fromEntries(values) as ListInput), ...days, sort };
}

/** What is needed to decide whether a ticket is in a list. */
export interface Viewer {
  user_id: string;
  /** The keys of the projects that aren't archived; undefined until they are known. */
  projects: ReadonlySet<string> | undefined;
}

/** Returns whether a text in an address names a project, by its key or its id, in any letter case, like the API. */
export const isOfProject = (ref: string, { key, id }: { key: string; id: string }): boolean =>
  ref.toUpperCase() === key || ref.toLowerCase() === id;

const projectOf = (ticket: KnownTicket) => ticket.key.slice(0, ticket.key.lastIndexOf('-'));

/**
 * Returns whether the server would list a ticket with these filters: the same rule, for tickets that change while they
 * are shown.
 */
export function belongs(
  ticket: KnownTicket,
  filters: Filters,
  { user_id, projects }: Viewer,
  project?: string,
): boolean {
  if (ticket.deleted_at !== null) return false;
  const isSomebody = (values: readonly string[], id: string | null) =>
    values.length === 0 || values.includes(id ?? 'none') || (values.includes('me') && id === user_id);
  const isOne = (values: readonly string[], value: string) => values.length === 0 || values.includes(value);
  const named = project === undefined ? filters.project : [project];
  const key = projectOf(ticket);
  return (
    (named.length > 0
      ? named.some((ref) => isOfProject(ref, { key, id: ticket.project_id }))
      : (projects?.has(key) ?? true)) &&
    isOne(filters.status, ticket.status) &&
    isOne(filters.status_category, ticket.status_category) &&
    (!hasDue(filters) || isDueIn(filters.due, ticket.due_on)) &&
    isOne(filters.priority, ticket.priority satisfies Priority | (string & {})) &&
    isSomebody(filters.assignee, ticket.assignee_id) &&
    isSomebody(filters.reporter, ticket.reporter_id) &&
    (filters.label.length === 0 || filters.label.some((label) => ticket.labels.includes(label)))
  );
}

type SortKey = 'created_at' | 'updated_at' | 'last_activity_at' | 'rank';

/** A sort position in a list: a part of the list, the value to sort by, and the id to break ties. */
export interface Position {
  /** The priorities, one after the other; or tickets with a due date before those without. */
  part: number;
  at: string;
  id: string;
  descending: boolean;
}

const priority_parts: readonly string[] = ['urgent', 'high', 'medium', 'low', 'none'] satisfies Priority[];

type Listed = Pick<KnownTicket, 'id' | 'priority' | 'due_on' | SortKey>;

export function positionIn(sort: Sort, ticket: Listed): Position {
  const { id, created_at, due_on, priority } = ticket;
  if (sort === '-priority') return { part: priority_parts.indexOf(priority), at: created_at, id, descending: true };
  if (sort === 'due_on') {
    if (due_on === null) return { part: 1, at: created_at, id, descending: true };
    return { part: 0, at: due_on, id, descending: false };
  }
  return { part: 0, at: ticket[sort.replace('-', '') as SortKey], id, descending: sort.startsWith('-') };
}

/** Compares two positions. All times have the same format, so they compare as texts. */
export function compare(a: Position, b: Position): number {
  if (a.part !== b.part) return a.part - b.part;
  const ascending = a.at === b.at ? (a.id < b.id ? -1 : Number(a.id > b.id)) : a.at < b.at ? -1 : 1;
  return a.descending ? -ascending : ascending;
}
