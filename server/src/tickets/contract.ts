import { z } from 'zod';
import {
  day,
  id,
  instant,
  line,
  operation,
  page,
  page_query,
  stored,
  text,
  timestamp,
  version,
  workspace_params,
} from '../http/contract.ts';

/** Bounds on what people write, in UTF-16 units; the largest request carries one text at its bound. */
export const max_title = 512;
export const max_text = 1_048_576;
const max_ticket_body_bytes = 6 * 1024 * 1024;

export const status_key = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/)
  .max(40)
  .meta({ example: 'in_progress' });
export const priority = z.enum(['none', 'low', 'medium', 'high', 'urgent']).meta({ id: 'Priority' });
export const status_category = z.enum(['todo', 'in_progress', 'waiting', 'done']).meta({ id: 'StatusCategory' });
const labels = z
  .array(line(64))
  .max(50)
  .transform((given) => [...new Set(given)].sort())
  .meta({ description: 'A set: kept sorted, without duplicates.' });
const resolution = status_key.meta({ example: 'fixed' });

export const ticket = z
  .strictObject({
    id,
    key: z
      .string()
      .regex(/^[A-Z][A-Z0-9]{1,9}-[1-9]\d{0,9}$/)
      .max(21)
      .meta({ example: 'ENG-123' }),
    project_id: id,
    number: version,
    title: stored(max_title),
    description: stored(max_text),
    status: status_key,
    status_category,
    resolution: resolution.nullable(),
    priority,
    labels: z.array(stored(64)).max(50),
    assignee_id: id.nullable(),
    reporter_id: id,
    due_on: day.nullable(),
    version,
    created_at: timestamp,
    updated_at: timestamp,
    deleted_at: timestamp.nullable(),
    allowed_transitions: z
      .array(status_key)
      .max(50)
      .meta({ description: 'The statuses the caller may move the ticket to.' }),
  })
  .meta({ id: 'Ticket' });
export type Ticket = z.infer<typeof ticket>;

export const transition = z
  .strictObject({
    id,
    ticket_id: id,
    sequence: version.meta({ description: '1, 2, 3 … without a gap in each ticket.' }),
    from_status: status_key,
    to_status: status_key,
    resolution: resolution.nullable(),
    comment: stored(max_text).nullable(),
    actor_id: id,
    created_at: timestamp,
  })
  .meta({ id: 'Transition' });
export type Transition = z.infer<typeof transition>;

/** A ticket by id or by key. */
const ticket_ref = z
  .string()
  .regex(/^([A-Z][A-Z0-9]{1,9}-[1-9]\d{0,9}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/)
  .max(36)
  .meta({ description: 'A ticket’s id or key.', example: 'ENG-123' });
export const ticket_params = z.strictObject({ workspace_id: id, ticket: ticket_ref });

const collection = '/v1/workspaces/{workspace_id}/tickets';
const member = `${collection}/{ticket}` as const;

export const create_ticket = operation({
  id: 'create_ticket',
  method: 'post',
  path: '/v1/workspaces/{workspace_id}/projects/{project_id}/tickets',
  tag: 'tickets',
  summary: 'Creates a ticket, numbered next in its project, in the workflow’s initial status.',
  params: z.strictObject({ workspace_id: id, project_id: id }),
  body: z.strictObject({
    title: line(max_title),
    description: text({ max: max_text }).default(''),
    priority: priority.default('none'),
    labels: labels.default([]),
    assignee_id: id.nullable().default(null),
    due_on: day.nullable().default(null),
    status: status_key
      .optional()
      .meta({ description: 'One of the workflow’s initial statuses; the first unless given.' }),
  }),
  max_body_bytes: max_ticket_body_bytes,
  status: 201,
  response: ticket,
  etag: true,
  location: '/v1/workspaces/{workspace_id}/tickets/{id}',
  errors: ['not_found', 'project_archived', 'assignee_not_member', 'conflict'],
});

export const list_tickets = operation({
  id: 'list_tickets',
  method: 'get',
  path: collection,
  tag: 'tickets',
  summary: 'Lists tickets, narrowed by the parameters given, newest first unless sorted otherwise.',
  params: workspace_params,
  query: page_query.extend({
    project_id: id.optional().meta({ description: 'Those of this project.' }),
    status: status_key.optional().meta({ description: 'Those in this status.' }),
    assignee: z
      .union([id, z.enum(['me', 'none'])])
      .optional()
      .meta({ description: 'Whose they are.' }),
    reporter: z
      .union([id, z.enum(['me'])])
      .optional()
      .meta({ description: 'Who reported them.' }),
    priority: priority.optional().meta({ description: 'Those of this priority.' }),
    label: line(64).optional().meta({ description: 'Those with this label.' }),
    created_after: instant.optional().meta({ description: 'Those created after this.' }),
    created_before: instant.optional().meta({ description: 'Those created before this.' }),
    updated_after: instant.optional().meta({ description: 'Those updated after this.' }),
    updated_before: instant.optional().meta({ description: 'Those updated before this.' }),
    deleted: z.enum(['true', 'false']).default('false').meta({ description: 'true: the deleted ones instead.' }),
    sort: z
      .enum(['-created_at', 'created_at', '-updated_at', 'updated_at'])
      .default('-created_at')
      .meta({ description: 'The order; - is downwards.' }),
  }),
  status: 200,
  response: page(ticket),
  errors: ['invalid_cursor'],
});

export const get_ticket = operation({
  id: 'get_ticket',
  method: 'get',
  path: member,
  tag: 'tickets',
  summary: 'Reads a ticket by id or key.',
  params: ticket_params,
  status: 200,
  response: ticket,
  etag: true,
});

export const update_ticket = operation({
  id: 'update_ticket',
  method: 'patch',
  path: member,
  tag: 'tickets',
  summary: 'Edits fields on top of a base version: edits of other fields since are merged, of the same fields refused.',
  params: ticket_params,
  body: z
    .strictObject({
      title: line(max_title),
      description: text({ max: max_text }),
      priority,
      labels,
      due_on: day.nullable(),
      version: version.meta({
        description: 'The version the edit is based on. Or send If-Match, which merges nothing.',
      }),
    })
    .partial(),
  max_body_bytes: max_ticket_body_bytes,
  if_match: true,
  status: 200,
  response: ticket,
  etag: true,
  errors: ['precondition_required', 'edit_conflict', 'conflict', 'project_archived'],
});

export const delete_ticket = operation({
  id: 'delete_ticket',
  method: 'delete',
  path: member,
  tag: 'tickets',
  summary: 'Deletes a ticket, so that it can be restored.',
  params: ticket_params,
  if_match: true,
  status: 204,
  errors: ['project_archived'],
});

export const restore_ticket = operation({
  id: 'restore_ticket',
  method: 'post',
  path: `${member}/restore`,
  tag: 'tickets',
  summary: 'Restores a deleted ticket as it was.',
  params: ticket_params,
  if_match: true,
  status: 200,
  response: ticket,
  etag: true,
  errors: ['conflict', 'project_archived'],
});

export const set_assignee = operation({
  id: 'set_assignee',
  method: 'put',
  path: `${member}/assignee`,
  tag: 'tickets',
  summary: 'Assigns the ticket to a member, or to nobody.',
  params: ticket_params,
  body: z.strictObject({ user_id: id.nullable(), expected_version: version.optional() }),
  if_match: true,
  status: 200,
  response: ticket,
  etag: true,
  errors: ['assignee_not_member', 'conflict', 'project_archived'],
});

export const transition_ticket = operation({
  id: 'transition_ticket',
  method: 'post',
  path: `${member}/transitions`,
  tag: 'transitions',
  summary: 'Moves the ticket to another status, with resolution, assignee and comment in the same step or not at all.',
  params: ticket_params,
  body: z.strictObject({
    to: status_key,
    expected_version: version.optional(),
    resolution: resolution.optional(),
    assignee_id: id.nullable().optional(),
    comment: text({ min: 1, max: max_text }).optional(),
  }),
  max_body_bytes: max_ticket_body_bytes,
  if_match: true,
  status: 201,
  response: z.strictObject({ transition, ticket }),
  errors: ['transition_not_allowed', 'fields_required', 'assignee_not_member', 'conflict', 'project_archived'],
});

export const list_transitions = operation({
  id: 'list_transitions',
  method: 'get',
  path: `${member}/transitions`,
  tag: 'transitions',
  summary: 'Lists the ticket’s status history, first step first.',
  params: ticket_params,
  query: page_query,
  status: 200,
  response: page(transition),
  errors: ['invalid_cursor'],
});
