import type { Actor } from '../access/authorize.ts';
import { without } from '../db/columns.ts';
import type { Db } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { requireTicket } from './access.ts';
import { momentOf, rankAt, workflowAt } from './as-of-queries.ts';
import type { Ticket } from './contract.ts';
import { presentTo } from './present.ts';
import { changedSince, ticket_columns, type TicketRow } from './queries.ts';

/** How many versions back the time may lie. Every version since then is read. */
const max_versions_behind = 10_000;

/** The fields that may have been different. */
const changing = Object.keys(
  without(
    ticket_columns,
    'workspace_id',
    'id',
    'project_id',
    'number',
    'status_sequence',
    'reporter_id',
    'version',
    'created_at',
    'updated_at',
  ),
);

/**
 * Returns the ticket as it was at a time, from its entries in the log. Each field has the `before` value of the first later
 * entry that changed it, or else its current value. Throws `not_found` for a time before the ticket was created, and
 * `validation_failed` if more than `max_versions_behind` versions have followed.
 */
export async function ticketAsOf(db: Db, found: TicketRow, actor: Actor, at: string): Promise<Ticket> {
  const moment = await momentOf(db, found, at);
  if (moment === undefined) throw new BatonError('not_found');
  // Read again after the moment, so that the ticket is not older. A change between two reads then counts as a later change.
  const ticket = await requireTicket(db, found.workspace_id, found.id);
  if (ticket.version - moment.version > max_versions_behind) {
    const detail = `The ticket has changed more than ${max_versions_behind} times since. Read its activity instead.`;
    throw new BatonError('validation_failed', { errors: [{ parameter: 'as_of', detail }] });
  }
  const changes = await changedSince(db, ticket, moment.version, changing);
  const before = Object.fromEntries(changes.map(({ field, base }) => [field, base])) as Partial<TicketRow>;
  const then = { ...ticket, ...before, ...moment };
  // A purged text is null in the entries.
  const texts = { title: then.title ?? '', description: then.description ?? '' };
  const [workflow_version, rank] = await Promise.all([workflowAt(db, then, at), rankAt(db, ticket, at)]);
  const shown = await presentTo(db, { ...then, ...texts, workflow_version, rank }, actor);
  return { ...shown, allowed_transitions: [] };
}
