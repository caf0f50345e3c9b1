import type { ListedTicket, Priority, StatusCategory, Ticket, TicketSummary } from 'baton-sdk';
import type { Placed } from './ranks.ts';

/**
 * A ticket as the console knows it. Lists contain no descriptions, so `description` may be missing or older than the
 * ticket: `description_version` is the version it belongs to.
 */
export type KnownTicket = Omit<Ticket, 'description'> & {
  description?: string | undefined;
  description_version?: number | undefined;
  excerpt?: string | undefined;
  /** Who deleted it, if an event said so. */
  deleted_by?: string | undefined;
};

/** A ticket in any response. */
export type ReceivedTicket = Ticket | ListedTicket | TicketSummary;

/** The fields that are edited in place. */
export interface Editable {
  title: string;
  description: string;
  priority: Priority;
  due_on: string | null;
}
export type Field = keyof Editable;

/** Returns whether a field is typed text, which is never dropped. */
export const isText = (field: Field): field is 'title' | 'description' => field === 'title' || field === 'description';

type Edit = { [F in Field]: { kind: 'edit'; field: F; value: Editable[F] } }[Field];

export interface Step {
  kind: 'transition';
  from: string;
  to: string;
  /**
   * The category of the new status and the steps from there, according to the workflow; shown until the server's
   * response arrives.
   */
  category: StatusCategory;
  next: string[];
  resolution?: string | undefined;
  assignee_id?: string | null | undefined;
  comment?: string | undefined;
  /** Its place in the new status, set in the same request. */
  placed?: Placed | undefined;
}

/** A change that a person makes to a ticket. */
export type Change =
  | Edit
  | Step
  | { kind: 'assign'; assignee_id: string | null; was: string | null }
  | { kind: 'labels'; add: string[]; remove: string[] }
  | { kind: 'place'; placed: Placed }
  | { kind: 'delete'; at: string }
  | { kind: 'restore' }
  | { kind: 'comment'; body: string };

/** Returns a set of labels after adding and removing some, in the server's order. */
export function changedLabels(labels: readonly string[], add: readonly string[], remove: readonly string[]): string[] {
  return [...new Set([...labels.filter((one) => !remove.includes(one)), ...add])].toSorted();
}

function step(ticket: KnownTicket, change: Step): KnownTicket {
  const was_done = ticket.status_category === 'done';
  const kept = was_done ? ticket.resolution : null;
  return {
    ...ticket,
    status: change.to,
    status_category: change.category,
    resolution: change.category === 'done' ? (change.resolution ?? kept) : null,
    assignee_id: change.assignee_id === undefined ? ticket.assignee_id : change.assignee_id,
    allowed_transitions: change.next,
    rank: change.placed?.rank ?? ticket.rank,
  };
}

/** Returns the ticket after a change, as the server would apply it. */
export function apply(ticket: KnownTicket, change: Change): KnownTicket {
  switch (change.kind) {
    case 'edit':
      return change.field === 'description'
        ? { ...ticket, description: change.value, description_version: ticket.version }
        : { ...ticket, [change.field]: change.value };
    case 'transition':
      return step(ticket, change);
    case 'assign':
      return { ...ticket, assignee_id: change.assignee_id };
    case 'labels':
      return { ...ticket, labels: changedLabels(ticket.labels, change.add, change.remove) };
    case 'place':
      return { ...ticket, rank: change.placed.rank };
    case 'delete':
      return { ...ticket, deleted_at: change.at, allowed_transitions: [] };
    case 'restore':
      return { ...ticket, deleted_at: null };
    case 'comment':
      return ticket;
  }
}

/** Returns the text that a person typed for a change; undefined if there is none. */
export function typedIn(change: Change): string | undefined {
  if (change.kind === 'comment') return change.body;
  if (change.kind === 'transition') return change.comment;
  return change.kind === 'edit' && isText(change.field) ? String(change.value) : undefined;
}

/** Returns what a change touches. Two changes that touch nothing in common can be swapped. */
export function touched(change: Change): readonly string[] {
  switch (change.kind) {
    case 'edit':
      return [change.field];
    case 'transition':
      return [
        'status',
        ...(change.assignee_id === undefined ? [] : ['assignee_id']),
        ...(change.placed === undefined ? [] : ['rank']),
      ];
    case 'assign':
      return ['assignee_id'];
    case 'labels':
      return ['labels'];
    case 'place':
      return ['rank'];
    case 'delete':
    case 'restore':
      return ['deleted_at'];
    case 'comment':
      return [];
  }
}

/**
 * Merges two changes into one that does both, if there is one: the later of two edits of a field, or two changes of
 * labels.
 */
export function merged(earlier: Change, later: Change): Change | undefined {
  if (earlier.kind === 'edit' && later.kind === 'edit' && earlier.field === later.field) return later;
  if (earlier.kind === 'place' && later.kind === 'place') return later;
  if (earlier.kind === 'assign' && later.kind === 'assign') return { ...later, was: earlier.was };
  if (earlier.kind === 'labels' && later.kind === 'labels') {
    const add = changedLabels(earlier.add, later.add, later.remove);
    const remove = changedLabels(earlier.remove, later.remove, later.add);
    return { kind: 'labels', add, remove };
  }
  return undefined;
}
