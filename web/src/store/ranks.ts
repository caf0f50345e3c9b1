/** A place among the tickets of a status, in the API's format. */
export type Place = { after: string } | { before: string } | { at: 'top' | 'bottom' };

/** A place, and a rank to sort by until the server returns the real one. */
export interface Placed {
  place: Place;
  rank: string;
}

/** Sorts before every character of a rank. */
const lowest = 0x21;

/**
 * Returns a text that sorts directly below a rank and above the next one; '' is above all. It can't be a rank of the
 * server, whose ranks have only letters and digits.
 */
export function rankBelow(above: string, below: string | undefined): string {
  const next = below?.startsWith(above) === true ? below.charCodeAt(above.length) : lowest + 1;
  return above + String.fromCharCode(Math.min(lowest, next - 1));
}
