import { z } from 'zod';
import { line, operation, page, page_query, role, timestamp, id, workspace_params } from '../http/contract.ts';

export const workspace = z
  .strictObject({
    id,
    name: z.string(),
    role: role.meta({ description: 'The caller’s role.' }),
    version: z.int(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof workspace>;

export const create_workspace = operation({
  id: 'create_workspace',
  method: 'post',
  path: '/v1/workspaces',
  tag: 'workspaces',
  summary: 'Creates a workspace; the creator is its owner.',
  body: z.strictObject({ name: line(200) }),
  status: 201,
  response: workspace,
  etag: true,
  location: '/v1/workspaces/{id}',
});

export const list_workspaces = operation({
  id: 'list_workspaces',
  method: 'get',
  path: '/v1/workspaces',
  tag: 'workspaces',
  summary: 'Lists the workspaces the caller is a member of, oldest membership first.',
  query: page_query,
  status: 200,
  response: page(workspace),
  errors: ['invalid_cursor'],
});

export const get_workspace = operation({
  id: 'get_workspace',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}',
  tag: 'workspaces',
  summary: 'Reads a workspace.',
  params: workspace_params,
  status: 200,
  response: workspace,
  etag: true,
});
