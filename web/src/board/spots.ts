import type { KnownTicket } from '../store/changes.ts';
import { type Placed, rankBelow } from '../store/ranks.ts';

/** A place on the board: a column, and the number of other tickets above. */
export interface Spot {
  status: string;
  index: number;
}

/** A column and its tickets, as they are shown. */
export interface Column {
  status: string;
  rows: readonly KnownTicket[];
}

/** Returns the tickets of a column without this one. */
export function others(rows: readonly KnownTicket[], id: string): readonly KnownTicket[] {
  return rows.some((row) => row.id === id) ? rows.filter((row) => row.id !== id) : rows;
}

/** Returns where a ticket is now; undefined if no column contains it. */
export function spotOf(columns: readonly Column[], id: string): Spot | undefined {
  for (const { status, rows } of columns) {
    const index = rows.findIndex((row) => row.id === id);
    if (index >= 0) return { status, index };
  }
  return undefined;
}

/**
 * Converts a spot to a place for the API, relative to the neighbour that the person sees. An absolute place would be
 * wrong: filters may hide tickets between the neighbours, or above the first one shown.
 */
export function placeAt(rows: readonly KnownTicket[], index: number, id: string): Placed {
  const rest = others(rows, id);
  const [above, below] = [rest[index - 1], rest[index]];
  const rank = rankBelow(above?.rank ?? '', below?.rank);
  if (above !== undefined) return { place: { after: above.id }, rank };
  return { place: below === undefined ? { at: 'top' } : { before: below.id }, rank };
}
