import type { KnownTicket } from '../store/changes.ts';
import type { Group } from './use-lists.ts';
import type { ListState } from './ticket-list.ts';

/** A line of the list. */
export type Item =
  | { kind: 'head'; key: string; group: Group; count: number; has_more: boolean; is_open: boolean }
  | { kind: 'row'; key: string; ticket: KnownTicket }
  | { kind: 'more'; key: string; group: Group; state: ListState };

interface Read {
  group: Group;
  rows: readonly KnownTicket[];
  state: ListState;
}

/** Reads the current state of the page's lists. */
export const readAll = (groups: readonly Group[]): Read[] =>
  groups.map((group) => ({ group, rows: group.list.rows(), state: group.list.state() }));

export const isSameRead = (a: readonly Read[], b: readonly Read[]): boolean =>
  a.length === b.length &&
  a.every(({ group, rows, state }, index) => {
    const other = b[index];
    return group === other?.group && rows === other.rows && state === other.state;
  });

/** Returns the lines of the page's list in order. */
export function itemsOf(read: readonly Read[], isOpen: (group: Group) => boolean): Item[] {
  return read.flatMap(({ group, rows, state }): Item[] => {
    const { key, status } = group;
    const is_open = status === undefined || isOpen(group);
    const has_more = state.has_more;
    const head: Item[] =
      status === undefined ? [] : [{ kind: 'head', key: `head ${key}`, group, count: rows.length, has_more, is_open }];
    if (!is_open) return head;
    const lines = rows.map((ticket): Item => ({ kind: 'row', key: ticket.id, ticket }));
    const end: Item[] =
      has_more || state.error !== undefined ? [{ kind: 'more', key: `more ${key}`, group, state }] : [];
    return [...head, ...lines, ...end];
  });
}
