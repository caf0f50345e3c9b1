import { useEffect, useMemo } from 'react';
import { cell } from '../store/cell.ts';
import type { KnownTicket } from '../store/changes.ts';
import { useCell } from '../ui/use-cell.ts';
import type { Desk } from './desk.ts';

/** The list or board that somebody looked at last: a ticket that was opened from it has its place there. */
interface Trail {
  workspace_id: string;
  ids: readonly string[];
  /** Whether there are more than were loaded. */
  has_more: boolean;
  /** What it is called, and its address. */
  name: string;
  href: string;
}

const trail = cell<Trail | undefined>(undefined);

/** Remembers what the page lists, in its order. */
export function useTrail(desk: Desk, { ids, has_more, name }: Pick<Trail, 'ids' | 'has_more' | 'name'>): void {
  const { workspace_id } = desk;
  useEffect(() => {
    const { pathname, search } = location;
    const without = new URLSearchParams(search);
    without.delete('t'); // the ticket that is open beside it
    const rest = without.size === 0 ? '' : `?${without.toString()}`;
    trail.set({ workspace_id, ids, has_more, name, href: pathname + rest });
  }, [workspace_id, ids, has_more, name]);
}

/** Where a ticket stands in what it was opened from. */
export interface Place {
  at: number;
  of: number;
  has_more: boolean;
  name: string;
  href: string;
  /** The keys of its neighbours. */
  previous: string | undefined;
  next: string | undefined;
}

/** The place of a ticket in the list or board that it was opened from; undefined where it was opened otherwise. */
export function usePlaceOf(desk: Desk, ticket: KnownTicket | undefined): Place | undefined {
  const from = useCell(trail);
  return useMemo(() => {
    if (from === undefined || ticket === undefined || from.workspace_id !== desk.workspace_id) return undefined;
    const { ids, has_more, name, href } = from;
    const index = ids.indexOf(ticket.id);
    if (index < 0) return undefined;
    const keyOf = (id: string | undefined) => (id === undefined ? undefined : desk.tickets.shown(id)?.key);
    const [previous, next] = [keyOf(ids[index - 1]), keyOf(ids[index + 1])];
    return { at: index + 1, of: ids.length, has_more, name, href, previous, next };
  }, [from, ticket, desk]);
}
