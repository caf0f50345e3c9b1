import type { Actor } from '../access/authorize.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Body } from '../http/contract.ts';
import type { IfMatch } from '../http/preconditions.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import { max_labels, type Ticket, type update_ticket } from './contract.ts';
import { type Change, changeSet, type Conflict, mergeEdit, valuesAt } from './merge.ts';
import { presentTo } from './present.ts';
import { changedSince, descriptionOf, type LockedTicket, type TicketChanges } from './queries.ts';

/** How many versions an edit may be behind. Each of them is read while the ticket is locked. */
const max_versions_behind = 1000;

type Edit = Body<typeof update_ticket>;

/** Edits a ticket, based on the version that the editor saw. */
export async function editTicket(context: Context<typeof update_ticket>): Promise<Ticket> {
  const { tx, writer, params, body, if_match } = context;
  requireBase(body, if_match);
  const { actor, ticket } = await openTicket(tx, writer, params.ticket);
  return presentTo(tx, await editOpened(tx, actor, ticket, { body, if_match }), actor);
}

/** Throws `precondition_required` for an edit of whole values that names no version. */
export function requireBase({ version, labels_add, labels_remove, ...edit }: Edit, if_match?: IfMatch): void {
  const is_relative = labels_add !== undefined || labels_remove !== undefined;
  const is_absolute = Object.keys(edit).length > 0 || !is_relative;
  if (is_absolute && version === undefined && if_match === undefined) throw new BatonError('precondition_required');
}

/**
 * Edits a ticket that the transaction has locked. With `version`, later edits of other fields are merged, and the edit is refused
 * with base, mine and theirs if the same fields have changed. With If-Match, it is refused if anything has changed (RFC 9110).
 * It refuses before it writes.
 */
export async function editOpened(
  tx: Tx,
  actor: Actor,
  ticket: LockedTicket,
  { body, if_match }: { body: Edit; if_match?: IfMatch | undefined },
): Promise<LockedTicket> {
  const { version, labels_add, labels_remove, ...edit } = body;
  const before = edit.description === undefined ? ticket : { ...ticket, description: await descriptionOf(tx, ticket) };
  if (if_match !== undefined && if_match !== '*' && !if_match.includes(before.version)) {
    throw await unmatched(tx, before, edit, if_match);
  }
  if (version !== undefined && version > before.version) {
    throw new BatonError('conflict', {
      detail: 'The ticket has no such version yet.',
      current_version: before.version,
    });
  }
  const since = await changesAfter(tx, before, version ?? before.version, Object.keys(edit));
  const merged = mergeEdit<Required<TicketChanges>, typeof edit>({ current: before, changes_since: since, edit });
  if (!merged.ok) {
    throw new BatonError('edit_conflict', {
      current_version: before.version,
      fields: withAuthors(merged.conflicts, since),
    });
  }
  const { changes } = merged;
  const is_relative = labels_add !== undefined || labels_remove !== undefined;
  if (is_relative) {
    const labels = changeSet(before.labels, { add: labels_add, remove: labels_remove });
    if (labels.length !== before.labels.length || labels.some((label, index) => label !== before.labels[index])) {
      changes.labels = [before.labels, labels];
    }
  }
  const fields = Object.entries(changes);
  if (fields.length === 0) return before;
  const to: TicketChanges = Object.fromEntries(fields.map(([field, [, value]]) => [field, value]));
  if (to.labels !== undefined && to.labels.length > max_labels) {
    const detail = `The ticket would have more than ${max_labels} labels, including those that others have added.`;
    const pointer = is_relative ? '/labels_add' : '/labels';
    throw new BatonError('validation_failed', { errors: [{ pointer, detail }] });
  }
  return changeTicket(tx, actor, before, { action: 'ticket.updated', changes: to });
}

/** Returns the error for an edit whose If-Match names another version than the current one. */
async function unmatched(tx: Tx, before: LockedTicket, edit: Record<string, unknown>, if_match: readonly number[]) {
  const [seen = 0, ...others] = if_match;
  // A version in the future or too far back has no known base, and several versions have no single one.
  const behind = before.version - seen;
  const is_past = seen > 0 && behind > 0 && behind <= max_versions_behind && others.length === 0;
  return new BatonError('precondition_failed', {
    current_version: before.version,
    ...(is_past ? { fields: await sinceThen(tx, before, edit, seen) } : {}),
  });
}

/** The first change of a field after a version, and who has changed the field last. */
interface Since extends Change {
  field: string;
  by: string;
  at: string;
}

/** Adds to each field who changed it last, and when, if anybody has. */
function withAuthors<Told extends object>(fields: Record<string, Told>, since: readonly Since[]) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, told]) => {
      const last = since.find(({ field }) => field === name);
      return [name, last === undefined ? told : { ...told, by: last.by, at: last.at }];
    }),
  );
}

/** Returns the first change of each edited field after a version. It has the field's value then. */
async function changesAfter(tx: Tx, ticket: LockedTicket, version: number, fields: string[]): Promise<Since[]> {
  if (version >= ticket.version || fields.length === 0) return [];
  if (ticket.version - version > max_versions_behind) {
    throw new BatonError('conflict', {
      detail: `The ticket has changed more than ${max_versions_behind} times since this version. Read it again.`,
      current_version: ticket.version,
    });
  }
  const rows = await changedSince(tx, ticket, version, fields);
  return rows.map(({ field, base, version: changed_in, by, at }) => ({
    version: changed_in,
    changes: { [field]: [base, ticket[field as keyof LockedTicket]] },
    field,
    by,
    at,
  }));
}

/** Returns base, mine and theirs of every edited field, for a refusal by If-Match. */
async function sinceThen(tx: Tx, ticket: LockedTicket, edit: Record<string, unknown>, version: number) {
  const since = await changesAfter(tx, ticket, version, Object.keys(edit));
  const base = valuesAt(ticket, since);
  const fields = Object.entries(edit).map(([field, mine]) => [
    field,
    { base: base[field as keyof LockedTicket], mine, theirs: ticket[field as keyof LockedTicket] },
  ]);
  return withAuthors(Object.fromEntries(fields) as Record<string, Conflict>, since);
}
