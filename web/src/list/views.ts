import { linkOptions } from '@tanstack/react-router';
import type { Input, View } from 'baton-sdk';
import { parametersOf } from './due.ts';
import { type FilterName, filter_names, type Filters, filtersOf, join, searchOf, sorts, split } from './filters.ts';

/** The parts of a page that a view can store. */
export interface Shown {
  /** The key of the page's project; undefined on the list of all projects. */
  project: string | undefined;
  board: boolean;
  filters: Filters;
}

type Given = Pick<View, 'layout' | 'query'>;
type Query = NonNullable<Input<'create_view'>['body']['query']>;
type Layout = NonNullable<Input<'create_view'>['body']['layout']>;

/** Returns the API's name of a filter. */
const parameterOf = (name: FilterName) => (name === 'project' ? 'project_id' : name);
const shown_parameters: readonly string[] = [...filter_names.map(parameterOf), 'due_after', 'due_before', 'sort'];

const usualSort = (layout: string) => (layout === 'board' ? 'rank' : '-created_at');
const isSort = (text: string | undefined) => sorts.some((sort) => sort === text);

/** Returns what a page shows in the format of a view. */
export function wantedOf({ project, board, filters }: Shown): { layout: Layout; query: Query } {
  const layout = board ? 'board' : project !== undefined && filters.group === 'status' ? 'list_by_status' : 'list';
  const of_page = { ...filters, project: project === undefined ? filters.project : [project] };
  const values = filter_names
    .filter((name) => of_page[name].length > 0)
    .map((name) => [parameterOf(name), join(of_page[name].toSorted())]);
  const sort = filters.sort === usualSort(layout) ? {} : { sort: filters.sort };
  return { layout, query: { ...Object.fromEntries(values), ...parametersOf(filters.due), ...sort } };
}

/** Returns the view's parameters that the console can't show; API clients may have saved them. */
export function hiddenOf({ query }: Given): string[] {
  return Object.keys(query).filter(
    (name) => !shown_parameters.includes(name) || (name === 'sort' && !isSort(query.sort)),
  );
}

/** Returns a view's query in a canonical form, without the parameters that the console can't show. */
function canonical(given: Given): string {
  const entries = Object.entries(given.query).flatMap(([name, value]) => {
    if (!shown_parameters.includes(name) || value === undefined) return [];
    if (name !== 'sort') return [[name, split(value).toSorted()]];
    return isSort(value) && value !== usualSort(given.layout) ? [[name, [value]]] : [];
  });
  return JSON.stringify([given.layout, entries.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))]);
}

/** Returns whether a page shows exactly what its view has saved. */
export const isAsSaved = (view: Given, shown: Shown): boolean => canonical(view) === canonical(wantedOf(shown));

/** Returns the view to save for a page. Parameters that the console can't show are kept. */
export function savedOver(view: Given, shown: Shown): { layout: Layout; query: Query } {
  const { layout, query } = wantedOf(shown);
  const hidden = hiddenOf(view).map((name) => [name, view.query[name as keyof Query]]);
  return { layout, query: { ...(Object.fromEntries(hidden) as Query), ...query } };
}

/** Returns a link to the page that shows a view. `keyOf` maps a project's id to its key. */
export function linkTo(workspace: string, view: Given & { id: string }, keyOf: (ref: string) => string) {
  const { layout, query, id } = view;
  const keys = split(query.project_id ?? '').map(keyOf);
  const [project] = keys;
  const board = layout === 'board';
  const is_of_one = project !== undefined && keys.length === 1;
  const search = {
    ...query,
    project: is_of_one ? undefined : join(keys),
    group: layout === 'list' ? 'none' : undefined,
  };
  const flags = { grouped: is_of_one, board };
  const address = { ...searchOf(filtersOf(search, flags), flags), view: id };
  if (!is_of_one) return linkOptions({ to: '/w/$workspace/list', params: { workspace }, search: address });
  const params = { workspace, project };
  return board
    ? linkOptions({ to: '/w/$workspace/p/$project/board', params, search: address })
    : linkOptions({ to: '/w/$workspace/p/$project/list', params, search: address });
}
