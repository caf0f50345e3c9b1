import { useEffect, useMemo } from 'react';
import { cell } from '../store/cell.ts';
import type { KnownTicket } from '../store/changes.ts';
import { useCell } from '../ui/use-cell.ts';
import type { Desk } from './desk.ts';

/** The list or board that the person looked at last, so that a ticket opened from it knows its neighbours. */
interface Trail {
  workspace_id: string;
  ids: readonly string[];
  /** Whether there are more tickets than were loaded. */
  has_more: boolean;
  /** The name of the list or board; `href` is its address. */
  name: string;
  href: string;
}

const trail = cell<Trail | undefined>(undefined);

/** Remembers the tickets on the page, in their order. */
export function useTrail(desk: Desk, { ids, has_more, name }: Pick<Trail, 'ids' | 'has_more' | 'name'>): void {
  const { workspace_id } = desk;
  useEffect(() => {
    const { pathname, search } = location;
    const without = new URLSearchParams(search);
    without.delete('t'); // the ticket that is open beside the list
    const rest = without.size === 0 ? '' : `?${without.toString()}`;
    trail.set({ workspace_id, ids, has_more, name, href: pathname + rest });
  }, [workspace_id, ids, has_more, name]);
}

/** A ticket's position in the list or board that it was opened from. */
export interface Place {
  at: number;
  of: number;
  has_more: boolean;
  name: string;
  href: string;
  /** The keys of the previous and next tickets. */
  previous: string | undefined;
  next: string | undefined;
}

/** Returns a ticket's position in the list or board that it was opened from; undefined if it was opened otherwise. */
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
