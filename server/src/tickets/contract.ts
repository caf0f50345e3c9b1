import { z } from 'zod';
import {
  base_version,
  day,
  formerly,
  id,
  instant,
  narrowing,
  line,
  operation,
  renamed,
  status_key,
  stored,
  text,
  timestamp,
  version,
} from '../http/contract.ts';
import { isBlank } from '../lib/text.ts';
import { project_params } from '../projects/contract.ts';
import { status_category } from '../projects/workflow-definition.ts';

/** Limits on what people write, in UTF-16 units. The largest request contains one text of the maximum length. */
export const max_title = 512;
export const max_labels = 50;
export const max_text = 1_048_576;
export const max_ticket_body_bytes = 6 * 1024 * 1024;

/** The text of a comment, of which something can be seen. The pattern says as much of that as a JSON Schema can. */
export const comment_text = text({ min: 1, max: max_text })
  .refine((given) => given === '' || !isBlank(given), 'Text must contain something that can be seen.')
  .meta({ pattern: '^\\s*[^\\s\\u0000][^\\u0000]*$' });

export const priority = z.enum(['none', 'low', 'medium', 'high', 'urgent']).meta({ id: 'Priority' });
export const label = line(64);
const labels = z
  .array(label.meta({ description: 'Letter case counts: Bug and bug are two labels.' }))
  .max(max_labels)
  .transform((given) => [...new Set(given)].sort())
  .meta({ description: 'A set: stored sorted, without duplicates.' });
export const resolution = status_key.meta({ example: 'fixed' });

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
    labels: z.array(stored(64)).max(max_labels),
    assignee_id: id.nullable(),
    reporter_id: id,
    due_on: day.nullable(),
    rank: z
      .string()
      .regex(/^[0-9A-Za-z]*[1-9A-Za-z]$/)
      .max(200)
      .meta({
        description:
          'The position of the ticket among the others of its status. Ranks are compared byte by byte: the lower rank stands above, and of equal ranks the lower id. ' +
          'Until somebody places the ticket, its rank follows from its number, newest first. Placing it changes neither version nor updated_at.',
        example: '7ffffff8V',
      }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
    last_activity_at: timestamp.meta({
      description:
        'When the ticket was last changed or commented on. A comment changes neither version nor updated_at.',
    }),
    deleted_at: timestamp.nullable(),
    allowed_transitions: z
      .array(status_key)
      .max(50)
      .meta({ description: 'The statuses the caller may move the ticket to.' }),
  })
  .meta({ id: 'Ticket' });
export type Ticket = z.infer<typeof ticket>;

/** A ticket by id or by key. Letter case doesn't matter in a request; responses have one spelling. */
export const ticket_ref = z
  .string()
  .regex(/^([A-Za-z][A-Za-z0-9]{1,9}-[1-9]\d{0,9}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$/)
  .max(36)
  .transform((ref) => (ref.length === 36 ? ref.toLowerCase() : ref.toUpperCase()))
  .meta({ description: 'A ticket’s id or key.', example: 'ENG-123' });
export const ticket_params = z.strictObject({ workspace_id: id, ticket: ticket_ref });

/** The position that a ticket is to have among the others of its status. */
export const place = z
  .strictObject({
    after: id.optional().meta({ description: 'Right below the ticket with this id.' }),
    before: id.optional().meta({ description: 'Right above the ticket with this id.' }),
    at: z.enum(['top', 'bottom']).optional().meta({
      description:
        'Above or below all tickets that have the status now. Tickets that are created later stand above them.',
    }),
  })
  .refine(({ after, before, at }) => [after, before, at].filter((one) => one !== undefined).length === 1, {
    message: 'Send one of after, before and at.',
  })
  .meta({
    id: 'Place',
    example: { at: 'top' },
    minProperties: 1,
    maxProperties: 1,
    description:
      'Where to place the ticket among the others of its status. Send exactly one of the three. If the named ticket is gone ' +
      'or has another status or project, the ticket is placed at the top.',
  });
export type Place = z.infer<typeof place>;

export const collection = '/v1/workspaces/{workspace_id}/tickets';
export const member = `${collection}/{ticket}` as const;

export const create_ticket = operation({
  id: 'create_ticket',
  method: 'post',
  path: '/v1/workspaces/{workspace_id}/projects/{project_id}/tickets',
  tag: 'tickets',
  summary: 'Creates a ticket with the project’s next number, in an initial status of its workflow.',
  params: project_params,
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
    place: place.optional(),
  }),
  max_body_bytes: max_ticket_body_bytes,
  elsewhere: {
    assignee: 'Send assignee_id.',
    user_id: 'Send assignee_id.',
    resolution: 'POST …/transitions sets the resolution, on the way into a status that is done.',
    reporter_id: 'The caller is the reporter.',
  },
  status: 201,
  response: ticket,
  etag: true,
  location: '/v1/workspaces/{workspace_id}/tickets/{id}',
  errors: ['not_found', 'project_archived', 'assignee_not_member'],
});

export const get_ticket = operation({
  id: 'get_ticket',
  method: 'get',
  path: member,
  tag: 'tickets',
  summary: 'Returns a ticket by id or key.',
  params: ticket_params,
  query: z.strictObject({
    ...narrowing(ticket),
    as_of: instant.optional().meta({
      description:
        'Return the ticket as it was at this time. `allowed_transitions` is empty, and so is a text that has been purged since.',
    }),
  }),
  status: 200,
  response: ticket,
  etag: true,
});

/** The fields that an edit may have. */
export const edit_fields = z
  .strictObject({
    title: line(max_title),
    description: text({ max: max_text }),
    priority,
    labels: labels.meta({ description: 'All labels. Labels that others have added or removed since are merged.' }),
    labels_add: labels.meta({ description: 'Labels to add to the current ones; needs no version.' }),
    labels_remove: labels.meta({ description: 'Labels to remove from the current ones; needs no version.' }),
    due_on: day.nullable(),
    version: version.meta({
      description: 'The version the edit is based on. Alternatively send If-Match, which never merges.',
    }),
  })
  .partial();

type LabelFields = Pick<z.output<typeof edit_fields>, 'labels' | 'labels_add' | 'labels_remove'>;

/** Refuses an edit that adds and removes the same label, or that replaces all labels and also adds or removes some. */
export function refuseContradictions(
  { labels: all, labels_add = [], labels_remove = [] }: LabelFields,
  context: z.RefinementCtx,
): void {
  const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (all !== undefined && labels_add.length + labels_remove.length > 0) {
    fault('labels', 'Send either labels, or labels_add and labels_remove.');
  }
  for (const both of labels_add.filter((one) => labels_remove.includes(one))) {
    fault('labels_remove', `${both} is in labels_add too.`);
  }
}

export const update_ticket = operation({
  id: 'update_ticket',
  method: 'patch',
  path: member,
  tag: 'tickets',
  summary:
    'Edits a ticket based on a version. Newer edits of other fields and of the labels are merged; newer edits of the same fields are a conflict.',
  params: ticket_params,
  body: edit_fields.superRefine(refuseContradictions),
  max_body_bytes: max_ticket_body_bytes,
  elsewhere: {
    status: 'POST …/tickets/{ticket}/transitions moves a ticket to another status.',
    resolution: 'POST …/tickets/{ticket}/transitions sets the resolution.',
    assignee_id: 'PUT …/tickets/{ticket}/assignee assigns a ticket.',
    assignee: 'PUT …/tickets/{ticket}/assignee assigns a ticket.',
    comment: 'POST …/tickets/{ticket}/comments comments on a ticket.',
    expected_version: 'Send version.',
    reporter_id: 'A ticket keeps its reporter.',
    project_id: 'A ticket stays in its project.',
    key: 'A ticket keeps its key: links to it contain it.',
    number: 'A ticket keeps its number.',
    deleted_at: 'DELETE …/tickets/{ticket} deletes a ticket, and POST …/tickets/{ticket}/restore restores it.',
    rank: 'PUT …/tickets/{ticket}/place places a ticket among the others of its status.',
    place: 'PUT …/tickets/{ticket}/place places a ticket among the others of its status.',
  },
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

export const place_ticket = operation({
  id: 'place_ticket',
  method: 'put',
  path: `${member}/place`,
  tag: 'tickets',
  summary:
    'Places a ticket by hand among the others of its status. Neither its version nor its updated_at changes, and nobody is notified. If it is there already, no event is recorded.',
  params: ticket_params,
  body: place,
  status: 200,
  response: ticket,
  etag: true,
  errors: ['project_archived'],
});

export const purge_ticket = operation({
  id: 'purge_ticket',
  method: 'post',
  path: `${member}/purge`,
  tag: 'tickets',
  summary:
    'Deletes the earlier titles or descriptions of a ticket permanently, or its attachments with their names. The current title and description stay, so edit them first. The audit log records the purge without the text.',
  params: ticket_params,
  body: z.strictObject({
    fields: z
      .array(z.enum(['title', 'description', 'attachments']))
      .min(1)
      .max(3),
  }),
  takes_away: true,
  status: 200,
  response: ticket,
  etag: true,
});

export const set_assignee = operation({
  id: 'set_assignee',
  method: 'put',
  path: `${member}/assignee`,
  tag: 'tickets',
  summary: 'Assigns a ticket to a member, or to nobody.',
  params: ticket_params,
  body: z
    .strictObject({
      assignee_id: id.nullable().optional(),
      version: base_version,
      user_id: id.nullable().optional().meta(formerly('assignee_id')),
      expected_version: version.optional().meta(formerly('version')),
    })
    .transform(({ user_id, expected_version, ...given }, context) => {
      const assignee_id = renamed(context, { now: 'assignee_id', before: 'user_id' }, given.assignee_id, user_id);
      if (assignee_id === undefined) {
        context.addIssue({
          code: 'custom',
          path: ['assignee_id'],
          message: 'Send the id of the new assignee, or null for nobody.',
        });
      }
      const names = { now: 'version', before: 'expected_version' };
      return {
        assignee_id: assignee_id ?? null,
        version: renamed(context, names, given.version, expected_version),
      };
    })
    .meta({ description: '`assignee_id` is required.' }),
  if_match: 'required',
  status: 200,
  response: ticket,
  etag: true,
  errors: ['precondition_required', 'assignee_not_member', 'conflict', 'project_archived'],
});
