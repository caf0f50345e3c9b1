import type { Problem } from 'baton-sdk';
import { merged, touched, typedIn, type Change } from './changes.ts';
import { mergeLines } from './lines.ts';

/** Why the server refused a change. */
export interface Refusal {
  code: string;
  problem?: Problem | undefined;
  request_id?: string | undefined;
  /** When the refusal arrived, in milliseconds. */
  at: number;
}

/** A change that the server has not done yet. */
export interface Operation {
  id: string;
  workspace_id: string;
  ticket_id: string;
  ticket_key: string;
  change: Change;
  /** The version that the person saw. */
  base_version: number;
  /** Its Idempotency-Key, which stays the same while the request does. */
  key: string;
  made_at: number;
  /** When it was first sent under its key. From then on the server may have done it, so it must not change. */
  sent_at?: number | undefined;
  /** How often it was rebased on a newer version without asking the person. */
  rebased: number;
  /** Whether it was merged with somebody else's edit. */
  merged?: true | undefined;
  /** The act that it is part of: changes that the person made to several tickets at once, sent in one request. */
  act?: string | undefined;
  /** The bulk request that it was sent in, and its index there. It is sent again with the same operations, or alone. */
  together?: { key: string; index: number; of: number } | undefined;
  refusal?: Refusal | undefined;
}

/** A ticket that changes faster than this is probably changed by a script, so the person decides. */
const max_rebased = 5;

/** The queue of a ticket without operations. */
export const no_operations: readonly Operation[] = [];

const isOpen = ({ refusal }: Operation): boolean => refusal === undefined;

/** How long a server surely remembers an Idempotency-Key: a day, minus an hour as a margin. */
const key_life_ms = 23 * 3_600_000;

/**
 * Returns whether the server might do an operation twice if it is sent again after this time. That is true only of
 * comments: other changes name their version.
 */
export function mayBeDoneTwice({ change, sent_at }: Operation, now: number): boolean {
  return change.kind === 'comment' && sent_at !== undefined && now - sent_at > key_life_ms;
}

/** Returns the changes to show on top of a ticket: all that were not refused, in order. */
export const laidOver = (queue: readonly Operation[]): Change[] => queue.filter(isOpen).map(({ change }) => change);

/** Returns the next operation to send. */
export const nextOf = (queue: readonly Operation[]): Operation | undefined => queue.find(isOpen);

/**
 * Adds an operation to a queue. It is merged into an earlier operation of the same kind that was never sent, unless one
 * in between touches the same fields. It replaces a refused operation of its kind, unless that has a text that is shown
 * nowhere else, which only the person drops: the comment of a transition, or one of the texts of a conflict.
 */
export function enqueued(queue: readonly Operation[], added: Operation): Operation[] {
  const about = touched(added.change);
  const shares = ({ change }: Operation) => touched(change).some((one) => about.includes(one));
  const hasText = ({ change, refusal }: Operation) =>
    typedIn(change) !== undefined && (change.kind === 'transition' || refusal?.code === 'edit_conflict');
  const kept = queue.filter(
    (one) => isOpen(one) || one.change.kind !== added.change.kind || !shares(one) || hasText(one),
  );
  const index = kept.findLastIndex((one) => isOpen(one) && shares(one));
  const last = kept[index];
  const change = last === undefined || last.sent_at !== undefined ? undefined : merged(last.change, added.change);
  if (last === undefined || change === undefined) return [...kept, added];
  return kept.with(index, { ...last, change, act: added.act ?? last.act });
}

/**
 * Removes a finished operation from a queue and rebases the operations that were made on top of it on the version that
 * it created: the person had already seen its effect on the page.
 */
export function afterDone(queue: readonly Operation[], done: Operation, version: number | undefined): Operation[] {
  const rest = queue.filter(({ id }) => id !== done.id);
  if (version === undefined) return rest;
  const nothing_between = version <= done.base_version + 1;
  const about = touched(done.change);
  return rest.map((one) => {
    const is_on_top = touched(one.change).some((field) => about.includes(field));
    const saw_it_all = nothing_between && one.base_version >= done.base_version;
    const follows = one.sent_at === undefined && one.base_version < version && (is_on_top || saw_it_all);
    return follows ? { ...one, base_version: version } : one;
  });
}

/** Returns a refusal's problem if it has this code. */
function problemOf<C extends string>(refusal: Refusal, code: C): Extract<Problem, { code: C }> | undefined {
  return refusal.code === code ? (refusal.problem as Extract<Problem, { code: C }> | undefined) : undefined;
}

/** Returns the ticket's current state, if the refusal contains it. */
export function currentOf(refusal: Refusal): { version: number; status?: string; allowed?: string[] } | undefined {
  const problem = problemOf(refusal, 'conflict') ?? problemOf(refusal, 'transition_not_allowed');
  if (problem?.current_version === undefined) return undefined;
  return {
    version: problem.current_version,
    ...(problem.current_status !== undefined && { status: problem.current_status }),
    ...(problem.allowed_transitions !== undefined && { allowed: problem.allowed_transitions }),
  };
}

/** Returns the change to send again without asking the person, and whether it now includes somebody else's edit. */
function resumable(change: Change, refusal: Refusal): { change: Change; merged?: true; version: number } | undefined {
  const conflict = problemOf(refusal, 'conflict');
  if (conflict?.current_version !== undefined) {
    const version = conflict.current_version;
    // Somebody changed the ticket, but not the field that this change is about.
    if (change.kind === 'assign' && conflict.assignee_id === change.was) return { change, version };
    if (change.kind === 'transition' && conflict.current_status === change.from) return { change, version };
  }
  const edits = problemOf(refusal, 'edit_conflict');
  if (edits === undefined || change.kind !== 'edit' || change.field !== 'description') return undefined;
  const { base, theirs } = edits.fields['description'] ?? {};
  if (typeof base !== 'string' || typeof theirs !== 'string') return undefined;
  const { text, clean } = mergeLines(base, change.value, theirs);
  return clean ? { change: { ...change, value: text }, merged: true, version: edits.current_version } : undefined;
}

/** Returns the operation to send in place of a refused one, if nobody has to decide anything. */
export function rebased(refused: Operation, refusal: Refusal, key: string): Operation | undefined {
  if (refused.rebased >= max_rebased) return undefined;
  const next = resumable(refused.change, refusal);
  if (next === undefined) return undefined;
  return {
    ...refused,
    change: next.change,
    base_version: next.version,
    key,
    sent_at: undefined,
    together: undefined,
    rebased: refused.rebased + 1,
    merged: next.merged ?? refused.merged,
  };
}

/**
 * Drops transitions that start from a status that the ticket will not reach, because an earlier one was refused. One
 * with a comment is refused as well instead, so that the comment is not lost.
 */
function withoutDangling(queue: readonly Operation[], status: string | undefined, refusal: Refusal): Operation[] {
  if (status === undefined) return [...queue];
  let at = status;
  return queue.flatMap((one) => {
    const { change } = one;
    if (!isOpen(one) || change.kind !== 'transition') return one;
    if (change.from !== at) return typedIn(change) === undefined ? [] : { ...one, refusal };
    at = change.to;
    return one;
  });
}

/**
 * Marks an operation as refused in its queue, where it stays until the person has decided. Later edits of the same
 * field are merged into it, and transitions that depend on a refused one are dropped.
 */
export function afterRefusal(
  queue: readonly Operation[],
  refused: Operation,
  refusal: Refusal,
  status: string | undefined,
): Operation[] {
  let { change } = refused;
  const rest = queue.filter((one) => {
    if (!isOpen(one) || one.id === refused.id) return true;
    const both = refusal.code === 'edit_conflict' ? merged(change, one.change) : undefined;
    if (both !== undefined) change = both;
    return both === undefined;
  });
  const marked = rest.map((one) => (one.id === refused.id ? { ...one, change, refusal } : one));
  return refused.change.kind === 'transition' ? withoutDangling(marked, status, refusal) : marked;
}

/** Returns whether an operation was refused because of the person's role, and nothing is lost by dropping it. */
export const isOfOldRole = ({ change, refusal }: Operation): boolean =>
  refusal?.code === 'forbidden' && typedIn(change) === undefined;

/** Returns whether a refusal shows that the known ticket is outdated or gone. */
export function isStale(refusal: Refusal, known: number | undefined, current: number | undefined): boolean {
  if (['edit_conflict', 'forbidden', 'not_found'].includes(refusal.code)) return true;
  return current !== undefined && known !== undefined && current > known;
}
