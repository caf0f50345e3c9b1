import { z } from 'zod';
import {
  base_version,
  id,
  line,
  narrowing,
  operation,
  page,
  page_query,
  stored,
  timestamp,
  version,
  workspace_params,
} from '../http/contract.ts';
import { list_parameters } from '../tickets/list-contract.ts';

export const view_layout = z.enum(['board', 'list', 'list_by_status']);
export type Layout = z.infer<typeof view_layout>;

/** The filters and the order of a view, as the list parses them. */
export const list_query = z.strictObject(list_parameters);
export type ListQuery = z.output<typeof list_query>;

/** The most characters of one parameter. The longest is `ids` with a hundred ids. */
const max_parameter = 4000;

type Parameter = keyof typeof list_parameters;
const parameters = Object.keys(list_parameters) as Parameter[];
const kept = Object.fromEntries(parameters.map((name) => [name, stored(max_parameter).optional()])) as Record<
  Parameter,
  z.ZodOptional<z.ZodString>
>;

const layout_meaning =
  '`board` is a column for each status, and `list_by_status` a list in groups; both are of one project. `list` is a plain list.';
const query_meaning = 'Parameters of GET …/tickets, in the same form. `me` is the person who opens the view.';

export const view = z
  .strictObject({
    id,
    name: stored(200),
    layout: view_layout.meta({ description: layout_meaning }),
    query: z
      .strictObject(kept)
      .meta({ id: 'ViewQuery', description: query_meaning, example: { project_id: 'ENG', status: 'open' } }),
    shared: z.boolean().meta({ description: 'Whether every member can see it; otherwise only its owner can.' }),
    owner_id: id,
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'View' });
export type View = z.infer<typeof view>;

const gone = z.strictObject({
  parameter: z.enum(['label', 'project_id', 'status', 'assignee', 'reporter']),
  value: stored(100).meta({ example: 'crane' }),
});
export type Gone = z.infer<typeof gone>;

/** The most values that a view can name: ten of each of five parameters. */
const max_gone = 50;

const opened_view = view
  .extend({
    gone: z
      .array(gone)
      .max(max_gone)
      .meta({
        description:
          'The values in its query that the workspace no longer has, or never had: a project that does not exist or is archived, a status ' +
          'that none of its projects has, a former member, a label that no ticket has. The view can still be listed.',
      }),
  })
  .meta({ id: 'OpenedView' });
export type OpenedView = z.infer<typeof opened_view>;

const name = line(200);
const given_query = list_query.meta({ description: query_meaning });
const shared = z.boolean().meta({ description: 'Whether every member can see it. Viewers cannot share views.' });

const base = '/v1/workspaces/{workspace_id}/views';
const one = `${base}/{view_id}` as const;
const view_params = z.strictObject({ workspace_id: id, view_id: id });

export const create_view = operation({
  id: 'create_view',
  method: 'post',
  path: base,
  tag: 'views',
  summary: 'Creates a view: a named list or board with its filters and order.',
  params: workspace_params,
  body: z.strictObject({
    name,
    layout: view_layout.default('list').meta({ description: layout_meaning }),
    query: given_query.default({}),
    shared: shared.default(false),
  }),
  status: 201,
  response: view,
  etag: true,
  location: '/v1/workspaces/{workspace_id}/views/{id}',
  errors: ['quota_exceeded'],
});

export const list_views = operation({
  id: 'list_views',
  method: 'get',
  path: base,
  tag: 'views',
  summary: 'Lists the caller’s views and the shared ones, oldest first.',
  params: workspace_params,
  query: page_query.extend(narrowing(view)),
  status: 200,
  response: page(view),
  errors: ['invalid_cursor'],
});

export const get_view = operation({
  id: 'get_view',
  method: 'get',
  path: one,
  tag: 'views',
  summary: 'Returns a view, and the values in its query that the workspace no longer has.',
  params: view_params,
  query: z.strictObject(narrowing(opened_view)),
  status: 200,
  response: opened_view,
  etag: true,
});

export const update_view = operation({
  id: 'update_view',
  method: 'patch',
  path: one,
  tag: 'views',
  summary:
    'Changes a view. Its owner may do so and, if it is shared, owners and admins of the workspace. A query is replaced as a whole.',
  params: view_params,
  body: z.strictObject({
    name: name.optional(),
    layout: view_layout.optional().meta({ description: layout_meaning }),
    query: given_query.optional(),
    shared: shared.optional(),
    version: base_version,
  }),
  if_match: 'required',
  status: 200,
  response: view,
  etag: true,
  // Unsharing takes a view away from others, for example because its name reveals too much.
  takes_away: ({ shared: given }: { shared?: boolean }) => given === false,
  errors: ['precondition_required', 'conflict', 'quota_exceeded'],
});

export const delete_view = operation({
  id: 'delete_view',
  method: 'delete',
  path: one,
  tag: 'views',
  summary: 'Deletes a view. It can be restored for a while.',
  params: view_params,
  if_match: true,
  status: 204,
});

export const restore_view = operation({
  id: 'restore_view',
  method: 'post',
  path: `${one}/restore`,
  tag: 'views',
  summary: 'Restores a deleted view as it was.',
  params: view_params,
  if_match: true,
  status: 200,
  response: view,
  etag: true,
  errors: ['conflict', 'quota_exceeded'],
});
