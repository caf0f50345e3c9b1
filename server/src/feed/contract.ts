import { z } from 'zod';
import { audit_action, audit_entry, offset, several_actions } from '../audit/contract.ts';
import {
  id,
  listed,
  narrowing,
  operation,
  page_query,
  several,
  uuid_form,
  workspace_params,
} from '../http/contract.ts';
import { wholeNumber } from '../http/whole-number.ts';
import { several_projects } from '../projects/contract.ts';
import { ticket_ref } from '../tickets/contract.ts';

/** The offset before the first event. */
export const beginning = '-1';
/** The offset after the latest event. */
export const now = 'now';

export const event = audit_entry
  .omit({ sequence: true, action: true, request_id: true, token_id: true })
  .extend({
    offset: offset.meta({ description: 'The place after this event.' }),
    type: audit_action.meta({ description: 'What happened: an action of the audit log. New ones may be added.' }),
    project_id: id.nullable().meta({ description: 'The project of the event, or of its ticket.' }),
    ticket_id: id.nullable().meta({ description: 'The ticket of the event, or of its comment.' }),
    before: audit_entry.shape.before.meta({
      description:
        'The changed fields before the change. Owners and admins get them for every event; others only for events of ' +
        'tickets and comments, and not while the ticket is deleted.',
    }),
    after: audit_entry.shape.after.meta({
      description:
        'The changed fields after the change. While the ticket is deleted, null for everybody but owners and admins.',
    }),
    on_behalf_of: audit_entry.shape.on_behalf_of.meta({
      description: 'The person for whom a bot did it. Only owners and admins get it.',
    }),
  })
  .meta({ id: 'Event' });
export type Event = z.infer<typeof event>;

const ticket_form = `[A-Za-z][A-Za-z0-9]{1,9}-[1-9][0-9]{0,9}|${uuid_form}`;

const events = z
  .strictObject({
    data: z.array(event).max(100),
    next_offset: offset.meta({ description: 'Where to continue, even if there was no event.' }),
    up_to_date: z.boolean().meta({
      description: 'Whether there are no further events so far. A change becomes an event a moment after its commit.',
    }),
  })
  .meta({ id: 'Events' });
export type Events = z.infer<typeof events>;

export const read_events = operation({
  id: 'read_events',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/events',
  tag: 'events',
  summary: 'Returns the events after an offset, oldest first: each once, in the same order for everybody.',
  params: workspace_params,
  query: z.strictObject({
    ...narrowing(event),
    limit: page_query.shape.limit,
    after: z
      .string()
      .regex(/^(-1|now|\d{16})$/)
      .max(16)
      .default(beginning)
      .meta({
        description:
          `Where to continue: the \`next_offset\` of the last response, or an event’s \`offset\`. \`${beginning}\` is the ` +
          `beginning; \`${now}\` is the end, after everything that has happened.`,
      }),
    wait: wholeNumber({ min: 0, max: 25, by_default: 0 }).meta({
      format: 'int32',
      description:
        'How many seconds to wait if there is no event yet. The response comes with the first event; it may also come ' +
        'earlier without one.',
    }),
    types: several_actions.optional().meta({
      description: 'Only events of one of these types, separated by commas.',
      example: 'ticket.created,ticket.transitioned',
    }),
    project_id: several_projects.optional().meta({
      description: 'Only events of one of these projects and their tickets, each by id or key, separated by commas.',
    }),
    ticket: several(ticket_ref, { pattern: listed(ticket_form), max: 369 })
      .optional()
      .meta({ description: 'Only events of one of these tickets, each by id or key, separated by commas.' }),
  }),
  stream_after: 'after',
  status: 200,
  response: events,
  errors: ['invalid_offset'],
});
