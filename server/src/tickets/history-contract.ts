import { z } from 'zod';
import { audit_action } from '../audit/contract.ts';
import {
  base_version,
  fields,
  formerly,
  id,
  instant,
  narrowing,
  operation,
  page,
  page_query,
  renamed,
  status_key,
  stored,
  timestamp,
  version,
} from '../http/contract.ts';
import { project_params } from '../projects/contract.ts';
import {
  collection,
  comment_text,
  max_text,
  max_ticket_body_bytes,
  max_title,
  member,
  place,
  resolution,
  ticket,
  ticket_params,
} from './contract.ts';

export const transition = z
  .strictObject({
    id,
    ticket_id: id,
    sequence: version.meta({ description: 'Counts the ticket’s transitions: 1, 2, 3 … without gaps.' }),
    from_status: status_key,
    to_status: status_key,
    resolution: resolution.nullable(),
    comment_id: id.nullable(),
    comment: stored(max_text).nullable().meta({ description: 'The comment’s current text; null once it is deleted.' }),
    actor_id: id,
    remapped: z.boolean().meta({ description: 'Whether the ticket was moved because its workflow was replaced.' }),
    created_at: timestamp,
  })
  .meta({ id: 'Transition' });
export type Transition = z.infer<typeof transition>;

const name = stored(200);
const actor_name = name.meta({
  description: 'The current name of the person or bot who did it, even if they are a former member.',
});

export const project_transition = transition
  .omit({ comment: true })
  .extend({
    ticket_key: ticket.shape.key,
    ticket_title: stored(max_title).meta({ description: 'The ticket’s title as it is now.' }),
    actor_name,
  })
  .meta({ id: 'ProjectTransition' });
export type ProjectTransition = z.infer<typeof project_transition>;

export const activity_entry = z
  .strictObject({
    id,
    actor_id: id,
    actor_name,
    action: audit_action,
    subject_type: z.enum(['ticket', 'comment', 'attachment']),
    subject_id: id.meta({ description: 'The ticket, the comment or the attachment.' }),
    version: version.nullable().meta({ description: 'The subject’s version after the change.' }),
    before: fields.nullable().meta({ description: 'The changed fields before; null where a text was purged.' }),
    after: fields.nullable().meta({ description: 'The changed fields after; null where a text was purged.' }),
    assignees: z
      .array(z.strictObject({ user_id: id, name }))
      .max(2)
      .meta({
        description: 'The assignees that `before` and `after` name, in this order, with their names as they are now.',
      }),
    created_at: timestamp,
  })
  .meta({ id: 'ActivityEntry' });
export type ActivityEntry = z.infer<typeof activity_entry>;

/** The fields that a transition may set, in a request of its own or in a bulk request. */
export const step_fields = z.strictObject({
  to: status_key,
  version: base_version.meta({
    description: 'Move the ticket only if it still has this version. Alternatively send If-Match.',
  }),
  resolution: resolution.optional(),
  assignee_id: id.nullable().optional(),
  comment: comment_text.optional(),
});

export const transition_ticket = operation({
  id: 'transition_ticket',
  method: 'post',
  path: `${member}/transitions`,
  tag: 'transitions',
  summary:
    'Moves a ticket to another status and sets resolution, assignee and comment in the same call: all of it, or none.',
  params: ticket_params,
  body: step_fields
    .extend({
      expected_version: version.optional().meta(formerly('version')),
      place: place.optional().meta({
        description: 'Where to place the ticket among the others of its new status. By default it keeps its rank.',
      }),
    })
    .transform(({ expected_version, ...given }, context) => {
      const names = { now: 'version', before: 'expected_version' };
      return { ...given, version: renamed(context, names, given.version, expected_version) };
    }),
  max_body_bytes: max_ticket_body_bytes,
  elsewhere: { status: 'Send to.', user_id: 'Send assignee_id.', assignee: 'Send assignee_id.' },
  if_match: true,
  status: 201,
  response: z.strictObject({ transition, ticket }),
  location: `${collection}/{transition.ticket_id}/transitions/{transition.sequence}`,
  errors: ['transition_not_allowed', 'fields_required', 'assignee_not_member', 'conflict', 'project_archived'],
});

export const list_transitions = operation({
  id: 'list_transitions',
  method: 'get',
  path: `${member}/transitions`,
  tag: 'transitions',
  summary: 'Lists a ticket’s status history, first transition first.',
  params: ticket_params,
  query: page_query.extend(narrowing(transition)),
  status: 200,
  response: page(transition),
  errors: ['invalid_cursor'],
});

export const get_transition = operation({
  id: 'get_transition',
  method: 'get',
  path: `${member}/transitions/{sequence}`,
  tag: 'transitions',
  summary: 'Returns one transition of a ticket by its number in the status history.',
  params: ticket_params.extend({
    sequence: z
      .string()
      .regex(/^[1-9]\d{0,8}$/)
      .max(9)
      .transform(Number)
      .meta({ description: 'The transition’s `sequence`: 1 is the ticket’s first.', example: '1' }),
  }),
  query: z.strictObject(narrowing(transition)),
  status: 200,
  response: transition,
});

export const list_activity = operation({
  id: 'list_activity',
  method: 'get',
  path: `${member}/activity`,
  tag: 'tickets',
  summary:
    'Lists what happened to a ticket and its comments, newest first: creation, edits with before and after, transitions, assignments, comments and reactions to them.',
  params: ticket_params,
  query: page_query.extend(narrowing(activity_entry)),
  status: 200,
  response: page(activity_entry),
  errors: ['invalid_cursor'],
});

export const list_project_transitions = operation({
  id: 'list_project_transitions',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/projects/{project_id}/transitions',
  tag: 'transitions',
  summary: 'Lists the transitions of all tickets of a project, newest first, those of deleted tickets included.',
  params: project_params,
  query: page_query.extend({
    ...narrowing(project_transition),
    created_after: instant.optional().meta({ description: 'Only transitions after this time.' }),
    created_before: instant.optional().meta({ description: 'Only transitions before this time.' }),
  }),
  status: 200,
  response: page(project_transition),
  errors: ['invalid_cursor'],
});
