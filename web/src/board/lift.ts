import type { KnownTicket } from '../store/changes.ts';
import { type Column, others, type Spot } from './spots.ts';

/** A ticket that is being moved with the keyboard: where it was, and where it would be put down. */
export interface Lift {
  id: string;
  from: Spot;
  to: Spot;
}

export type Direction = 'up' | 'down' | 'before' | 'after';

/** What the board allows. */
export interface Rules {
  columns: readonly Column[];
  /** Whether tickets are ordered by hand; otherwise the sort order decides the place within a column. */
  by_hand: boolean;
  /** Returns whether the ticket may be put into a column. */
  may: (status: string) => boolean;
}

export interface Moved {
  lift: Lift;
  /** The columns that were skipped because no transition leads there. */
  passed: string[];
}

/** Moves the lifted ticket one step in a direction; returns it unchanged if it can't go further. */
export function moveLift(lift: Lift, direction: Direction, { columns, by_hand, may }: Rules): Moved {
  const { to, id } = lift;
  const stays = { lift, passed: [] };
  const at = columns.findIndex(({ status }) => status === to.status);
  if (direction === 'up' || direction === 'down') {
    const last = others(columns[at]?.rows ?? [], id).length;
    const index = Math.min(Math.max(to.index + (direction === 'up' ? -1 : 1), 0), last);
    return !by_hand || index === to.index ? stays : { lift: { ...lift, to: { ...to, index } }, passed: [] };
  }
  const beyond = direction === 'after' ? columns.slice(at + 1) : columns.slice(0, Math.max(at, 0)).toReversed();
  const found = beyond.findIndex(({ status }) => status === lift.from.status || may(status));
  const next = beyond[found];
  const passed = beyond.slice(0, found < 0 ? beyond.length : found).map(({ status }) => status);
  if (next === undefined) return { lift, passed };
  const index = Math.min(to.index, others(next.rows, id).length);
  return { lift: { ...lift, to: { status: next.status, index } }, passed };
}

/** Returns the columns with the lifted ticket where it would be put down. */
export function withLifted(
  columns: readonly Column[],
  lift: Lift | undefined,
  ticketOf: (id: string) => KnownTicket | undefined,
): readonly Column[] {
  const ticket = lift === undefined ? undefined : ticketOf(lift.id);
  if (lift === undefined || ticket === undefined) return columns;
  return columns.map(({ status, rows }) => {
    const rest = others(rows, lift.id);
    return { status, rows: lift.to.status === status ? rest.toSpliced(lift.to.index, 0, ticket) : rest };
  });
}

/** Returns whether it would be put down where it was. */
export const isBack = ({ from, to }: Pick<Lift, 'from' | 'to'>, by_hand: boolean): boolean =>
  from.status === to.status && (!by_hand || from.index === to.index);
