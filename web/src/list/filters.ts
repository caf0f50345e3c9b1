import type { Input, Priority } from 'baton-sdk';
import type { KnownTicket } from '../store/changes.ts';
import { ownZone } from '../ui/dates.ts';
import { always, type DueSpan, dueSpanOf, isDueIn } from './due.ts';

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

/** The filters that take several values, as they stand in the address and in the API. */
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

/** Which tickets a list has, and in which order: the page's address, and nothing beside it. */
export type Filters = Record<FilterName, readonly string[]> & {
  due: DueSpan;
  sort: Sort;
  group: 'status' | 'none';
};

/** As many values as the API takes of one filter. */
export const max_values = 10;

/** Where the filters are of: a list, or a board, whose tickets stand by hand unless an order is chosen. */
export interface Layout {
  /** Whether it is a project’s, whose tickets can be grouped by status. */
  grouped: boolean;
  board?: boolean;
}
const usualSort = ({ board }: Layout): Sort => (board === true ? 'rank' : '-created_at');

/** The orders that can be chosen: by hand tickets stand in each status alone. */
export const sortsFor = ({ group }: Pick<Filters, 'group'>): readonly Sort[] =>
  sorts.filter((sort) => sort !== 'rank' || group === 'status');

type Search = Record<string, unknown>;

/** Splits at commas; `\,` is a comma of a label. */
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

/** The filters of an address. What an address can't mean is left out of it. */
export function filtersOf(search: Search, layout: Layout): Filters {
  const values = filter_names.map((name) => [name, split(textOf(search, name))] as const);
  const is_grouped = layout.board === true || (layout.grouped && search['group'] !== 'none');
  const group = is_grouped ? 'status' : 'none';
  const sort = sortsFor({ group }).find((one) => one === search['sort']) ?? usualSort(layout);
  const due = dueSpanOf(textOf(search, 'due_after'), textOf(search, 'due_before'));
  return { ...(Object.fromEntries(values) as Record<FilterName, string[]>), due, sort, group };
}

/** The filters as they stand in an address, without those that change nothing. */
export function searchOf(filters: Filters, layout: Layout): Record<string, string | undefined> {
  const values = filter_names.map((name) => [name, filters[name].length === 0 ? undefined : join(filters[name])]);
  return {
    ...Object.fromEntries(values),
    due_after: filters.due.after,
    due_before: filters.due.before,
    sort: filters.sort === usualSort(layout) ? undefined : filters.sort,
    group: layout.grouped && filters.group === 'none' ? 'none' : undefined,
  };
}

/** The filters with a value added to one of them, or taken out. */
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

/** What a list asks the API for. */
export type ListInput = Omit<Input<'list_tickets'>, 'workspace_id' | 'limit' | 'cursor'>;

/** The list of these filters as the API takes them; `project` is the one that the page is of. */
export function inputOf(filters: Filters, project?: string): ListInput {
  const { status, status_category, assignee, reporter, priority, label, sort, due } = filters;
  const projects = project === undefined ? filters.project : [project];
  const given = { status, status_category, assignee, reporter, priority, label, project_id: projects };
  const values = Object.entries(given).flatMap(([name, list]) => (list.length === 0 ? [] : [[name, join(list)]]));
  const days = {
    ...(due.after !== undefined && { due_after: due.after }),
    ...(due.before !== undefined && { due_before: due.before }),
    ...(hasDue(filters) && { time_zone: ownZone() }),
  };
  return { ...(Object.fromEntries(values) as ListInput), ...days, sort };
}

/** What it takes to say whether a ticket is in a list. */
export interface Viewer {
  user_id: string;
  /** The keys of the projects that aren't archived; undefined until they are known. */
  projects: ReadonlySet<string> | undefined;
}

const projectOf = (ticket: KnownTicket) => ticket.key.slice(0, ticket.key.lastIndexOf('-'));

/** Whether the server would list a ticket with these filters: the same rule, for tickets that change while they are shown. */
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
    (named.length > 0 ? named.includes(key) : (projects?.has(key) ?? true)) &&
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

/** A place in a list: in which of its parts, what that is sorted by, and the id where that is the same. */
export interface Position {
  /** Priorities come one after the other, and what isn't due after what is. */
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

/** Orders two places of a list. Times are all written alike, so their texts compare as they do. */
export function compare(a: Position, b: Position): number {
  if (a.part !== b.part) return a.part - b.part;
  const ascending = a.at === b.at ? (a.id < b.id ? -1 : Number(a.id > b.id)) : a.at < b.at ? -1 : 1;
  return a.descending ? -ascending : ascending;
}
