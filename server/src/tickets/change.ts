import type { Actor } from '../access/authorize.ts';
import type { AuditAction, AuditEntry } from '../audit/facts.ts';
import { recordAudit, type Recorder } from '../audit/record.ts';
import { picked, without } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { fromProject, takeNextNumber } from '../projects/queries.ts';
import {
  insertTicket,
  type LockedTicket,
  type NewTicket,
  ticket_columns,
  type TicketChanges,
  updateTicket,
} from './queries.ts';

/** The fields that audit/facts.ts allows in an entry. The compiler reports the ticket's fields that are missing there. */
type Carried<A extends AuditAction> = A extends AuditAction ? keyof NonNullable<AuditEntry<A>['after']> : never;

/** The columns in a new ticket's entry: all but those that the entry has itself or that are the same for every new ticket. */
const created_columns = without(
  ticket_columns,
  'workspace_id',
  'id',
  'status_sequence',
  'resolution',
  'version',
  'created_at',
  'updated_at',
  'deleted_at',
);
const created_fields = Object.keys(
  created_columns,
) as (keyof typeof created_columns)[] satisfies Carried<'ticket.created'>[];

/** Returns the entry of a new ticket. */
const createdEntry = (row: NewTicket): AuditEntry<'ticket.created'> => ({
  action: 'ticket.created',
  subject_id: row.id,
  subject_version: row.version,
  after: { key: row.key, ...picked(created_fields, row), ...(row.placed ? { rank: row.rank } : {}) },
  at: row.created_at,
});

/** Inserts a new ticket, and records its creation in the audit log. */
export function addTicket(tx: Tx, actor: Recorder, row: NewTicket): void {
  insertTicket(tx, row, 'known');
  recordAudit(tx, actor, createdEntry(row));
}

/**
 * Does the same with the project's next number, which it takes in these statements, unless the project has `max` tickets. The
 * row's own number and key are ignored. Resolves to the number once the batch has run; awaiting it before the commit would send
 * the commit in a batch of its own.
 */
export function addNextTicket(tx: Tx, actor: Recorder, row: NewTicket, max: number): Promise<{ number: number }> {
  const taken = takeNextNumber(tx, row, max);
  taken.catch(() => undefined); // the commit fails with it
  insertTicket(tx, row, 'just taken');
  recordAudit(tx, actor, createdEntry(row), {
    fields: sql`jsonb_build_object('number', p.last_number, 'key', p.key || '-' || p.last_number)`,
    from: fromProject(row.workspace_id, row.project_id),
  });
  return taken;
}

type Change = Extract<
  AuditEntry,
  {
    action: 'ticket.updated' | 'ticket.transitioned' | 'ticket.assignee_changed' | 'ticket.deleted' | 'ticket.restored';
  }
>;

/** Returns the named fields that differ, with their values before and after. */
export function changed<Row extends object>(
  before: Row,
  after: Row,
  fields: readonly (keyof Row & string)[],
): { before: Record<string, unknown>; after: Record<string, unknown> } {
  const differing = fields.filter((field) => before[field] !== after[field]);
  const pick = (row: Row) => Object.fromEntries(differing.map((field) => [field, row[field]]));
  return { before: pick(before), after: pick(after) };
}

/**
 * Changes a ticket that the transaction has locked, records the change in the audit log, and returns the changed ticket.
 * `more` is added to the entry beside the ticket's own fields.
 */
export function changeTicket(
  tx: Tx,
  actor: Actor,
  before: LockedTicket,
  { action, changes, more }: { action: Change['action']; changes: TicketChanges; more?: { comment_id: string } },
): LockedTicket {
  const after = updateTicket(tx, before, changes);
  // The number of transitions is not recorded, because it follows from the entries themselves.
  const { status_sequence: _, ...told } = changes;
  const names = Object.keys(told) as (keyof typeof told)[] satisfies Carried<Change['action']>[];
  const fields = changed(before, after, names);
  recordAudit(tx, actor, {
    action,
    subject_id: before.id,
    subject_version: after.version,
    before: fields.before,
    after: { ...fields.after, ...more },
    at: before.at,
  } as Change);
  return after;
}
