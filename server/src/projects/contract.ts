import { z } from 'zod';
import {
  base_version,
  id,
  listed,
  narrowing,
  line,
  operation,
  page,
  page_query,
  several,
  status_key,
  stored,
  timestamp,
  uuid_form,
  version,
  workspace_params,
} from '../http/contract.ts';
import { givenRecord } from '../http/given-record.ts';
import { checkMapping, checkWorkflow, workflow_definition, workflow_fields } from './workflow-definition.ts';

const project_key = z
  .string()
  .regex(/^[A-Z][A-Z0-9]{1,9}$/, 'Expected two to ten capital letters and digits, starting with a letter.')
  .max(10)
  .meta({ example: 'ENG' });

/** A project by id or by key. Letter case doesn't matter in a request; responses have one spelling. */
export const project_ref = z
  .string()
  .regex(/^([A-Za-z][A-Za-z0-9]{1,9}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$/, 'Expected an id or a key.')
  .max(36)
  .transform((ref) => (ref.includes('-') ? ref.toLowerCase() : ref.toUpperCase()))
  .meta({ description: 'A project’s id or key.', example: 'ENG' });
/** The parameter that names one or several projects. */
export const several_projects = several(project_ref, {
  pattern: listed(`[A-Za-z][A-Za-z0-9]{1,9}|${uuid_form}`),
  max: 369,
});
export const project_params = z.strictObject({ workspace_id: id, project_id: project_ref });

/** The most tickets that replacing a workflow changes in its transaction. */
export const max_remapped = 10_000;

const preset = z.enum(['strict', 'standard']);

export const project = z
  .strictObject({
    id,
    key: project_key,
    name: stored(200),
    workflow_version: version,
    version,
    created_by: id,
    created_at: timestamp,
    updated_at: timestamp,
    archived_at: timestamp.nullable(),
  })
  .meta({ id: 'Project' });
export type Project = z.infer<typeof project>;

export const workflow = z.strictObject({ project_id: id, version, ...workflow_fields }).meta({ id: 'Workflow' });

const collection = '/v1/workspaces/{workspace_id}/projects';
const member = `${collection}/{project_id}` as const;

export const create_project = operation({
  id: 'create_project',
  method: 'post',
  path: collection,
  tag: 'projects',
  summary: 'Creates a project with a key and a workflow: a preset or a definition.',
  params: workspace_params,
  body: z.strictObject({
    key: project_key,
    name: line(200),
    workflow: z.union([preset, workflow_definition]).default('strict'),
  }),
  max_body_bytes: 1024 * 1024,
  status: 201,
  response: project,
  etag: true,
  location: '/v1/workspaces/{workspace_id}/projects/{id}',
  errors: ['project_key_taken'],
});

export const list_projects = operation({
  id: 'list_projects',
  method: 'get',
  path: collection,
  tag: 'projects',
  summary: 'Lists projects, oldest first.',
  params: workspace_params,
  query: page_query.extend({
    ...narrowing(project),
    archived: z
      .enum(['true', 'false'])
      .default('false')
      .meta({ description: '`true` lists archived projects instead.' }),
  }),
  status: 200,
  response: page(project),
  errors: ['invalid_cursor'],
});

export const get_project = operation({
  id: 'get_project',
  method: 'get',
  path: member,
  tag: 'projects',
  summary: 'Returns a project.',
  params: project_params,
  query: z.strictObject(narrowing(project)),
  status: 200,
  response: project,
  etag: true,
});

export const update_project = operation({
  id: 'update_project',
  method: 'patch',
  path: member,
  tag: 'projects',
  summary: 'Renames, archives or unarchives a project. Its key never changes, so links to tickets stay valid.',
  params: project_params,
  body: z.strictObject({ name: line(200).optional(), archived: z.boolean().optional(), version: base_version }),
  elsewhere: {
    key: 'A project keeps its key: links to its tickets contain it.',
    workflow: 'PUT …/projects/{project_id}/workflow replaces the workflow.',
    archived_at: 'Send archived: true or false.',
  },
  if_match: 'required',
  status: 200,
  response: project,
  etag: true,
  errors: ['precondition_required', 'conflict'],
});

export const archive_project = operation({
  id: 'archive_project',
  method: 'delete',
  path: member,
  tag: 'projects',
  summary: 'Archives a project: its tickets become read-only.',
  params: project_params,
  if_match: true,
  status: 204,
});

export const get_workflow = operation({
  id: 'get_workflow',
  method: 'get',
  path: `${member}/workflow`,
  tag: 'workflows',
  summary: 'Returns the project’s current workflow.',
  params: project_params,
  query: z.strictObject(narrowing(workflow)),
  status: 200,
  response: workflow,
  etag: true,
});

export const replace_workflow = operation({
  id: 'replace_workflow',
  method: 'put',
  path: `${member}/workflow`,
  tag: 'workflows',
  summary:
    'Replaces the project’s workflow with a new version. A status that has tickets can be dropped only if the mapping names another status for them.',
  params: project_params,
  body: z
    .strictObject({
      ...workflow_fields,
      version: base_version,
      mapping: z
        .strictObject({
          statuses: givenRecord(status_key, status_key)
            .optional()
            .meta({ description: 'For each dropped status, the one its tickets move to.' }),
          resolutions: givenRecord(status_key, status_key.nullable())
            .optional()
            .meta({ description: 'For each dropped resolution, the one its tickets get; null clears it.' }),
        })
        .optional()
        .meta({
          description: `What tickets with a status or resolution that the new workflow drops get instead. At most ${max_remapped.toLocaleString('en')} tickets can change.`,
        }),
      on_stale: z.enum(['refuse', 'clear']).default('refuse').meta({
        description:
          'What happens if tickets have resolutions that they could no longer have and that the mapping does not mention: the workflow is refused, or the resolutions are cleared.',
      }),
    })
    .superRefine(checkWorkflow)
    .superRefine(({ mapping = {}, ...definition }, context) => checkMapping(mapping, definition, context))
    .meta({ description: '`version` (or If-Match) names the workflow version this one replaces.' }),
  max_body_bytes: 1024 * 1024,
  if_match: 'required',
  status: 200,
  response: workflow,
  etag: true,
  errors: [
    'precondition_required',
    'conflict',
    'status_in_use',
    'resolution_in_use',
    'mapping_too_large',
    'project_archived',
  ],
});
