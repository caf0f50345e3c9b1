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
  .meta({ description: 'A set: stored sorted, without duplicates.' });
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
    sequence: version.meta({ description: 'Counts the ticket’s transitions: 1, 2, 3 … without gaps.' }),
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
  summary: 'Creates a ticket with the project’s next number, in an initial status of its workflow.',
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
      .meta({ description: 'One of the workflow’s initial statuses; by default the first.' }),
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
  summary: 'Lists tickets, by default newest first.',
  params: workspace_params,
  query: page_query.extend({
    project_id: id.optional().meta({ description: 'Only tickets of this project.' }),
    status: status_key.optional().meta({ description: 'Only tickets in this status.' }),
    assignee: z
      .union([id, z.enum(['me', 'none'])])
      .optional()
      .meta({ description: 'Only tickets assigned to this member, to the caller (`me`) or to nobody (`none`).' }),
    reporter: z
      .union([id, z.enum(['me'])])
      .optional()
      .meta({ description: 'Only tickets reported by this member or by the caller (`me`).' }),
    priority: priority.optional().meta({ description: 'Only tickets of this priority.' }),
    label: line(64).optional().meta({ description: 'Only tickets with this label.' }),
    created_after: instant.optional().meta({ description: 'Only tickets created after this time.' }),
    created_before: instant.optional().meta({ description: 'Only tickets created before this time.' }),
    updated_after: instant.optional().meta({ description: 'Only tickets updated after this time.' }),
    updated_before: instant.optional().meta({ description: 'Only tickets updated before this time.' }),
    deleted: z.enum(['true', 'false']).default('false').meta({ description: '`true` lists deleted tickets instead.' }),
    sort: z
      .enum(['-created_at', 'created_at', '-updated_at', 'updated_at'])
      .default('-created_at')
      .meta({ description: 'The order; `-` means descending.' }),
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
  summary: 'Returns a ticket by id or key.',
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
  summary:
    'Edits a ticket based on a version. Newer edits of other fields are merged; newer edits of the same fields are a conflict.',
  params: ticket_params,
  body: z
    .strictObject({
      title: line(max_title),
      description: text({ max: max_text }),
      priority,
      labels,
      due_on: day.nullable(),
      version: version.meta({
        description: 'The version the edit is based on. Alternatively send If-Match, which never merges.',
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
  summary: 'Deletes a ticket. It can be restored.',
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
  summary: 'Restores a deleted ticket.',
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
  summary: 'Assigns a ticket to a member, or to nobody.',
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
  summary:
    'Moves a ticket to another status and sets resolution, assignee and comment in the same call: all of it, or none.',
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
  summary: 'Lists a ticket’s status history, first transition first.',
  params: ticket_params,
  query: page_query,
  status: 200,
  response: page(transition),
  errors: ['invalid_cursor'],
});
