import type { Change, KnownTicket } from '../store/changes.ts';
import type { Operation } from '../store/decide.ts';
import type { Outcome } from '../store/outcome.ts';
import { t } from '../ui/text.ts';
import { toast } from '../ui/toast.tsx';
import type { Desk } from './desk.ts';

/** A change of one ticket, and how to undo it. */
export interface Doing {
  ticket: KnownTicket;
  change: Change;
  /** The version that the change is based on; by default the ticket's. */
  base_version?: number | undefined;
  /** Returns the change that undoes this one, given the ticket as it is then; by default the reverse change. */
  back?: ((now: KnownTicket) => Change | undefined) | undefined;
}

/** Waits until the operations of an act are stored, done, or dropped by the person. */
export type Kept = () => Promise<unknown>;

/** Builds the message for an act that the server has done with this many tickets. */
export type Told = (count: number) => string;

interface Part extends Required<Pick<Doing, 'ticket' | 'change'>> {
  back: (now: KnownTicket) => Change | undefined;
  state: 'waiting' | 'done' | 'refused';
  /** The ticket's version after the change, once the server has returned it. */
  version?: number | undefined;
}

interface Act {
  parts: Part[];
  /** Removes the act's message. */
  hush?: () => void;
}

/** The acts that can be undone, oldest first. */
const taken = new WeakMap<Desk, Act[]>();
const most = 20;
/** A message names at most this many ticket keys. */
const most_named = 5;

/** Returns the change that restores the ticket's earlier value; undefined if there is none. */
export function reverseOf(before: KnownTicket, change: Change): Change | undefined {
  switch (change.kind) {
    case 'edit': {
      const value = before[change.field];
      return value === undefined ? undefined : ({ ...change, value } as Change);
    }
    case 'labels': {
      const add = change.remove.filter((one) => before.labels.includes(one));
      const remove = change.add.filter((one) => !before.labels.includes(one));
      return { kind: 'labels', add, remove };
    }
    case 'assign':
      return { kind: 'assign', assignee_id: before.assignee_id, was: change.assignee_id };
    case 'delete':
      return { kind: 'restore' };
    case 'restore':
      return { kind: 'delete', at: new Date().toISOString() };
    case 'transition':
    case 'place':
    case 'comment':
      return undefined;
  }
}

const at = (desk: Desk, { id, key }: KnownTicket) => ({
  workspace_id: desk.workspace_id,
  ticket_id: id,
  ticket_key: key,
});

/** Sends the changes of one act. Calls `settled` for each that is done or refused, and `all` after the last one. */
function send(
  desk: Desk,
  doings: readonly Doing[],
  settled: (index: number, outcome: Outcome) => void,
  all: () => void,
): Kept {
  const sent = doings.map(({ ticket, change, base_version = ticket.version }) => {
    return { ...at(desk, ticket), change, base_version };
  });
  const [first] = sent;
  if (first === undefined) return () => Promise.resolve();
  let is_own = (_: Operation) => false;
  const left = new Set(sent.keys());
  const stop = desk.operations.onSettled((operation, outcome) => {
    const index = sent.findIndex(({ ticket_id }) => ticket_id === operation.ticket_id);
    if (!is_own(operation) || !left.delete(index)) return;
    settled(index, outcome);
    if (left.size > 0) return;
    stop();
    all();
  });
  if (sent.length === 1) {
    const id = desk.operations.add(first, first.change, first.base_version);
    is_own = (operation) => operation.id === id;
  } else {
    const act = desk.operations.addAll(sent);
    is_own = (operation) => operation.act === act;
  }
  const { operations } = desk;
  const ids = operations.all().flatMap((operation) => (is_own(operation) ? operation.id : []));
  return () => Promise.all(ids.map(operations.kept));
}

/** Changes one or more tickets as one act that can be undone. Shows a message at its end if `told` is given. */
export function perform(desk: Desk, doings: readonly Doing[], told?: Told): Kept {
  const act: Act = {
    parts: doings.map(({ ticket, change, back = () => reverseOf(ticket, change) }) => {
      return { ticket, change, back, state: 'waiting' };
    }),
  };
  taken.set(desk, [...(taken.get(desk) ?? []), act].slice(-most));
  const settled = (index: number, outcome: Outcome) => {
    const part = act.parts[index];
    if (part === undefined || outcome.kind === 'later') return;
    part.state = outcome.kind;
    if (outcome.kind === 'done') part.version = outcome.ticket?.version;
  };
  return send(desk, doings, settled, () => {
    const done = act.parts.filter(({ state }) => state === 'done').length;
    if (done === 0 && doings.length === 1) forget(desk, act);
    if (told === undefined || done === 0) return;
    const refused = act.parts.length - done;
    const text = [told(done), ...(refused > 0 ? [t('{refused} were refused.', { refused })] : [])].join('. ');
    const may_undo = act.parts.some(({ back, ticket }) => back(desk.tickets.shown(ticket.id) ?? ticket) !== undefined);
    act.hush = toast({ text, ...(may_undo && { action: { label: t('Undo'), run: () => takeBack(desk, act) } }) });
  });
}

const forget = (desk: Desk, act: Act) =>
  taken.set(
    desk,
    (taken.get(desk) ?? []).filter((one) => one !== act),
  );

/** Returns whether there is an act to undo. */
export const mayUndo = (desk: Desk): boolean => (taken.get(desk) ?? []).length > 0;

/** Undoes the last act. */
export function undo(desk: Desk): void {
  const act = taken.get(desk)?.at(-1);
  if (act !== undefined) takeBack(desk, act);
}

const named = (parts: readonly { ticket: KnownTicket }[]): string => {
  const keys = parts.slice(0, most_named).map(({ ticket }) => ticket.key);
  return `${keys.join(', ')}${parts.length > most_named ? ' …' : ''}`;
};

/**
 * Undoes an act with the reverse changes, based on the versions that it created. Tickets that somebody has changed
 * since are left as they are, and named in the message.
 */
function takeBack(desk: Desk, act: Act): void {
  forget(desk, act);
  act.hush?.();
  const parts = act.parts.filter(({ state }) => state !== 'refused');
  const doings = parts.map((part) => {
    const now = desk.tickets.shown(part.ticket.id) ?? part.ticket;
    return { part, ticket: now, change: part.back(now), base_version: part.version ?? now.version };
  });
  const possible = doings.flatMap(({ change, ...rest }) => (change === undefined ? [] : [{ ...rest, change }]));
  const without = doings.filter(({ change }) => change === undefined);
  const changed: Part[] = [];
  const settled = (index: number, outcome: Outcome) => {
    const part = possible[index]?.part;
    if (part === undefined) return;
    if (outcome.kind === 'done') madeAgain(desk, part, outcome.ticket?.version);
    else changed.push(part);
  };
  const tell = () => {
    const done = possible.length - changed.length;
    const parts_of_it = [
      done > 0 ? t('{done, plural, one {# ticket is as before} other {# tickets are as before}}.', { done }) : '',
      changed.length > 0 ? t('Changed by somebody since, and left as they are: {keys}.', { keys: named(changed) }) : '',
      without.length > 0 ? t('No step leads back: {keys}.', { keys: named(without) }) : '',
    ];
    const is_whole = changed.length + without.length === 0;
    toast({ ...(is_whole ? {} : { kind: 'error' as const }), text: parts_of_it.filter((one) => one !== '').join(' ') });
  };
  if (possible.length === 0) tell();
  else send(desk, possible, settled, tell);
}

/**
 * Rebases the previous act on a ticket that was just restored, if nobody else changed it in between, so that this act
 * can be undone as well.
 */
function madeAgain(desk: Desk, { ticket, version }: Part, now: number | undefined): void {
  if (version === undefined || now !== version + 1) return;
  for (const { parts } of taken.get(desk) ?? []) {
    for (const part of parts) {
      if (part.ticket.id === ticket.id && part.version === version - 1) part.version = now;
    }
  }
}
