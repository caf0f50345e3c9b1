import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Context } from '../serving/context.ts';
import { openTicket } from './access.ts';
import { changeTicket } from './change.ts';
import { max_labels, type Ticket, type update_ticket } from './contract.ts';
import { type Change, changeSet, mergeEdit, valuesAt } from './merge.ts';
import { presentTo } from './present.ts';
import { changedSince, descriptionOf, type LockedTicket, type TicketChanges } from './queries.ts';

/** How many versions an edit may be behind: each is looked at while the ticket is locked. */
const max_versions_behind = 1000;

/**
 * Edits a ticket on top of the version the editor saw. With `version`, later edits of other fields are merged and
 * those of the same fields refused with base, mine and theirs; with If-Match, any change since refuses (RFC 9110).
 */
export async function editTicket(context: Context<typeof update_ticket>): Promise<Ticket> {
  const { tx, writer, params, if_match } = context;
  const { version, labels_add, labels_remove, ...edit } = context.body;
  const relative = labels_add !== undefined || labels_remove !== undefined;
  const absolute = Object.keys(edit).length > 0 || !relative;
  if (absolute && version === undefined && if_match === undefined) throw new BatonError('precondition_required');
  const { actor, ticket } = await openTicket(tx, writer, params.ticket);
  const before = edit.description === undefined ? ticket : { ...ticket, description: await descriptionOf(tx, ticket) };
  if (if_match !== undefined && if_match !== '*' && !if_match.includes(before.version)) {
    const [seen = 0, ...others] = if_match;
    // Of a version that is still to come or long ago, or of several, nobody knows a base.
    const behind = before.version - seen;
    const is_past = seen > 0 && behind > 0 && behind <= max_versions_behind && others.length === 0;
    throw new BatonError('precondition_failed', {
      current_version: before.version,
      ...(is_past ? { fields: await sinceThen(tx, before, edit, seen) } : {}),
    });
  }
  if (version !== undefined && version > before.version) {
    throw new BatonError('conflict', {
      detail: 'The ticket has no such version yet.',
      current_version: before.version,
    });
  }
  const changes_since = await changesAfter(tx, before, version ?? before.version, Object.keys(edit));
  const merged = mergeEdit<Required<TicketChanges>, typeof edit>({ current: before, changes_since, edit });
  if (!merged.ok) {
    throw new BatonError('edit_conflict', { current_version: before.version, fields: merged.conflicts });
  }
  if (relative) {
    const labels = changeSet(before.labels, { add: labels_add, remove: labels_remove });
    if (labels.length !== before.labels.length || labels.some((label, index) => label !== before.labels[index])) {
      merged.changes.labels = [before.labels, labels];
    }
  }
  const fields = Object.entries(merged.changes);
  if (fields.length === 0) return presentTo(tx, before, actor);
  const to: TicketChanges = Object.fromEntries(fields.map(([field, [, value]]) => [field, value]));
  if (to.labels !== undefined && to.labels.length > max_labels) {
    const detail = `Together with those that others have added there are more than ${max_labels} labels.`;
    const pointer = relative ? '/labels_add' : '/labels';
    throw new BatonError('validation_failed', { errors: [{ pointer, detail }] });
  }
  return presentTo(tx, changeTicket(tx, actor, before, { action: 'ticket.updated', changes: to }), actor);
}

/** The first change after a version of each field edited, which has its value then; read only when there were changes. */
async function changesAfter(tx: Tx, ticket: LockedTicket, version: number, fields: string[]): Promise<Change[]> {
  if (version >= ticket.version || fields.length === 0) return [];
  if (ticket.version - version > max_versions_behind) {
    throw new BatonError('conflict', {
      detail: `The ticket has changed more than ${max_versions_behind} times since this version. Read it again.`,
      current_version: ticket.version,
    });
  }
  const rows = await changedSince(tx, ticket, version, fields);
  return rows.map(({ field, base, version: changed_in }) => ({
    version: changed_in,
    changes: { [field]: [base, ticket[field as keyof LockedTicket]] },
  }));
}

/** Base, mine and theirs of every field edited, for a refusal by If-Match. */
async function sinceThen(tx: Tx, ticket: LockedTicket, edit: Record<string, unknown>, version: number) {
  const base = valuesAt(ticket, await changesAfter(tx, ticket, version, Object.keys(edit)));
  return Object.fromEntries(
    Object.entries(edit).map(([field, mine]) => [
      field,
      { base: base[field as keyof LockedTicket], mine, theirs: ticket[field as keyof LockedTicket] },
    ]),
  );
}
