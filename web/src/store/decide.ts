import type { Problem } from 'baton-sdk';
import { merged, touched, type Change } from './changes.ts';
import { mergeLines } from './lines.ts';

/** Why the server did not do what was asked. */
export interface Refusal {
  code: string;
  problem?: Problem | undefined;
  request_id?: string | undefined;
  /** When it came, in milliseconds. */
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
  /** Its Idempotency-Key: the same for as long as the request is the same. */
  key: string;
  made_at: number;
  /** When it was first sent under its key; from then on it may have been done, and stays as it is. */
  sent_at?: number | undefined;
  /** How often it was based on a newer version without asking. */
  rebased: number;
  /** Whether it was merged with an edit of somebody else. */
  merged?: true | undefined;
  /** What several operations have in common that the person did at once: they are sent in one request. */
  act?: string | undefined;
  /** The request that it was sent with, and its place there: it is sent again with the same others, or by itself. */
  together?: { key: string; index: number; of: number } | undefined;
  refusal?: Refusal | undefined;
}

/** A ticket that changes faster than this is somebody's script: the person decides. */
const max_rebased = 5;

const isOpen = ({ refusal }: Operation): boolean => refusal === undefined;

/** For how long a server surely knows an Idempotency-Key: a day, less an hour. */
const key_life_ms = 23 * 3_600_000;

/** Whether an operation, sent again after this time, may be done twice. An edit, a step or an assignment can't: it names its version. */
export function mayBeDoneTwice({ change, sent_at }: Operation, now: number): boolean {
  return change.kind === 'comment' && sent_at !== undefined && now - sent_at > key_life_ms;
}

/** The changes that are laid over a ticket: all that were not refused, in order. */
export const laidOver = (queue: readonly Operation[]): Change[] => queue.filter(isOpen).map(({ change }) => change);

/** The next to be sent. */
export const nextOf = (queue: readonly Operation[]): Operation | undefined => queue.find(isOpen);

/**
 * A queue with one more operation. It becomes one with an earlier operation that was never sent and does the same kind of
 * thing, unless another in between touches the same; and it takes the place of one of its kind that was refused.
 */
export function enqueued(queue: readonly Operation[], added: Operation): Operation[] {
  const about = touched(added.change);
  const shares = ({ change }: Operation) => touched(change).some((one) => about.includes(one));
  const kept = queue.filter((one) => isOpen(one) || one.change.kind !== added.change.kind || !shares(one));
  const index = kept.findLastIndex((one) => isOpen(one) && shares(one));
  const last = kept[index];
  const change = last === undefined || last.sent_at !== undefined ? undefined : merged(last.change, added.change);
  if (last === undefined || change === undefined) return [...kept, added];
  return kept.with(index, { ...last, change, act: added.act ?? last.act });
}

/**
 * The rest of a queue after its operation was done, which gave the ticket this version. What was made on top of it is
 * based on that version: the person saw it, drawn before the server had done it.
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

/** The refusal with the problem of this code, where it is that. */
function problemOf<C extends string>(refusal: Refusal, code: C): Extract<Problem, { code: C }> | undefined {
  return refusal.code === code ? (refusal.problem as Extract<Problem, { code: C }> | undefined) : undefined;
}

/** What the ticket is now, where a refusal says it. */
export function currentOf(refusal: Refusal): { version: number; status?: string; allowed?: string[] } | undefined {
  const problem = problemOf(refusal, 'conflict') ?? problemOf(refusal, 'transition_not_allowed');
  if (problem?.current_version === undefined) return undefined;
  return {
    version: problem.current_version,
    ...(problem.current_status !== undefined && { status: problem.current_status }),
    ...(problem.allowed_transitions !== undefined && { allowed: problem.allowed_transitions }),
  };
}

/** The change as it can be sent again without asking, and whether it has somebody else's edit in it. */
function resumable(change: Change, refusal: Refusal): { change: Change; merged?: true; version: number } | undefined {
  const conflict = problemOf(refusal, 'conflict');
  if (conflict?.current_version !== undefined) {
    const version = conflict.current_version;
    // Something else of the ticket has changed, and not what the person decided on.
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

/** The operation to send instead of a refused one, where nobody has to decide anything. */
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

/** The steps that begin where the ticket will not be, as the one before them was not taken. */
function withoutDangling(queue: readonly Operation[], status: string | undefined): Operation[] {
  if (status === undefined) return [...queue];
  let at = status;
  return queue.filter(({ change, refusal }) => {
    if (refusal !== undefined || change.kind !== 'transition') return true;
    if (change.from !== at) return false;
    at = change.to;
    return true;
  });
}

/**
 * The rest of a queue after its operation was refused, which stays in it with the refusal until the person has decided.
 * Later edits of the same field become part of it; steps that build on a step that was not taken are dropped.
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
  return refused.change.kind === 'transition' ? withoutDangling(marked, status) : marked;
}

/** Whether a refusal speaks of a ticket that is newer than what is known, or not there. */
export function isStale(refusal: Refusal, known: number | undefined, current: number | undefined): boolean {
  if (['edit_conflict', 'forbidden', 'not_found'].includes(refusal.code)) return true;
  return current !== undefined && known !== undefined && current > known;
}
