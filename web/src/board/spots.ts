import type { KnownTicket } from '../store/changes.ts';
import { type Placed, rankBelow } from '../store/ranks.ts';

/** Where on the board: a column, and how many other tickets stand above. */
export interface Spot {
  status: string;
  index: number;
}

/** What a spot is said of: the tickets of each column as they are shown. */
export interface Column {
  status: string;
  rows: readonly KnownTicket[];
}

/** The other tickets of a column, among which one is placed. */
export function others(rows: readonly KnownTicket[], id: string): readonly KnownTicket[] {
  return rows.some((row) => row.id === id) ? rows.filter((row) => row.id !== id) : rows;
}

/** Where a ticket stands now; undefined where no column has it. */
export function spotOf(columns: readonly Column[], id: string): Spot | undefined {
  for (const { status, rows } of columns) {
    const index = rows.findIndex((row) => row.id === id);
    if (index >= 0) return { status, index };
  }
  return undefined;
}

/**
 * The place of a spot, as the API takes it: by the neighbour that the person sees. Filters may hide tickets between the two, and
 * the top of what is shown need not be the top of all.
 */
export function placeAt(rows: readonly KnownTicket[], index: number, id: string): Placed {
  const rest = others(rows, id);
  const [above, below] = [rest[index - 1], rest[index]];
  const rank = rankBelow(above?.rank ?? '', below?.rank);
  if (above !== undefined) return { place: { after: above.id }, rank };
  return { place: below === undefined ? { at: 'top' } : { before: below.id }, rank };
}
