import { z } from 'zod';
import { change_problem } from '../errors.ts';
import { base_version, id, operation, stored, version, workspace_params } from '../http/contract.ts';
import { collection, edit_fields, max_ticket_body_bytes, refuseContradictions, ticket_ref } from './contract.ts';
import { step_fields } from './history-contract.ts';
import { ticket_summary } from './list-contract.ts';

/** The limit on changes per request, and so on the tickets that it locks at one time. */
export const max_changes = 100;

const only_if = version.optional().meta({ description: 'Only if the ticket still has this version.' });

const kinds = {
  // Without the description: a conflict contains it three times, and a response may have a hundred conflicts.
  update: edit_fields
    .omit({ description: true })
    .extend({
      version: version.optional().meta({
        description:
          'The version the edit is based on. Required unless the edit has only `labels_add` and `labels_remove`.',
      }),
    })
    .superRefine(refuseContradictions)
    .optional()
    .meta({ description: 'Edits the ticket, as PATCH …/tickets/{ticket} does.' }),
  assign: z
    .strictObject({
      assignee_id: id.nullable(),
      version: base_version.meta({ description: 'The version the client has read. Required.' }),
    })
    .optional()
    .meta({ description: 'Assigns the ticket, as PUT …/tickets/{ticket}/assignee does.' }),
  transition: step_fields
    .extend({ version: only_if })
    .optional()
    .meta({ description: 'Moves the ticket to another status, as POST …/tickets/{ticket}/transitions does.' }),
  delete: z
    .strictObject({ version: only_if })
    .optional()
    .meta({ description: 'Deletes the ticket, as DELETE …/tickets/{ticket} does.' }),
  restore: z
    .strictObject({ version: only_if })
    .optional()
    .meta({ description: 'Restores the ticket, as POST …/tickets/{ticket}/restore does.' }),
};

const change = z
  .strictObject({ ticket: ticket_ref, ...kinds })
  .superRefine(({ ticket: _, ...kind }, context) => {
    if (Object.values(kind).filter((one) => one !== undefined).length === 1) return;
    context.addIssue({ code: 'custom', message: `Send one of ${Object.keys(kinds).join(', ')} beside ticket.` });
  })
  .meta({
    id: 'TicketChange',
    minProperties: 2,
    maxProperties: 2,
    description: 'A ticket and exactly one change to it.',
    example: { ticket: 'ENG-123', transition: { to: 'in_progress' } },
  });
export type TicketChange = z.output<typeof change>;

const result = z
  .strictObject({
    ref: stored(36).meta({
      description: 'The id or key of the ticket that was sent, as responses spell it.',
      example: 'ENG-123',
    }),
    done: z.boolean(),
    ticket: ticket_summary
      .nullable()
      .meta({ description: 'The ticket afterwards; null where the change was refused.' }),
    problem: change_problem.nullable().meta({ description: 'Why the change was refused; null where it was done.' }),
  })
  .meta({ id: 'ChangeResult' });
export type ChangeResult = z.infer<typeof result>;

/** The detail of the error for a ticket that occurs twice. */
export const repeated = (other: number) => `Change ${other} has the same ticket. Send each ticket once.`;

export const change_tickets = operation({
  id: 'change_tickets',
  method: 'post',
  path: `${collection}/bulk`,
  tag: 'tickets',
  summary:
    'Changes up to 100 tickets, each as its own operation would: with the same rules, history and audit entry. A refused change does not prevent the others, unless `all_or_nothing` is true.',
  params: workspace_params,
  body: z.strictObject({
    changes: z
      .array(change)
      .min(1)
      .max(max_changes)
      .superRefine((changes, context) => {
        const first = new Map<string, number>();
        for (const [index, { ticket }] of changes.entries()) {
          const other = first.get(ticket);
          if (other === undefined) first.set(ticket, index);
          else context.addIssue({ code: 'custom', path: [index, 'ticket'], message: repeated(other) });
        }
      })
      .meta({ description: 'The changes. Each ticket may occur once.' }),
    all_or_nothing: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether all changes are refused if one of them is.' }),
  }),
  max_body_bytes: max_ticket_body_bytes,
  elsewhere: {
    'changes.update.description': 'PATCH …/tickets/{ticket} edits a description.',
    'changes.update.status': 'Send transition.',
    'changes.update.assignee_id': 'Send assign.',
    'changes.transition.place':
      'PUT …/tickets/{ticket}/place places a ticket, and so does POST …/tickets/{ticket}/transitions.',
    'changes.place': 'PUT …/tickets/{ticket}/place places a ticket among the others of its status.',
    'changes.comment': 'POST …/tickets/{ticket}/comments comments on a ticket; a transition can have a comment.',
  },
  weight: ({ changes }: { changes: readonly unknown[] }) => changes.length,
  takes_away: ({ changes }: { changes: readonly TicketChange[] }) =>
    changes.every((one) => one.delete !== undefined || one.restore !== undefined),
  status: 200,
  response: z.strictObject({
    results: z
      .array(result)
      .max(max_changes)
      .meta({ description: 'One for each change, in the order of the request.' }),
    refused: z.int().min(0).max(max_changes).meta({ format: 'int32', description: 'How many of them were refused.' }),
  }),
  errors: ['changes_refused'],
});
