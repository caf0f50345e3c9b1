/** Where a ticket is to stand among the others of its status, as the API takes it. */
export type Place = { after: string } | { before: string } | { at: 'top' | 'bottom' };

/** A place, and the rank by which it is drawn until the server has said its own. */
export interface Placed {
  place: Place;
  rank: string;
}

/** Before every character of a rank. */
const lowest = 0x21;

/**
 * A text that sorts right below a rank and above the next one, '' being above all. It is no rank of the server's: those have
 * letters and digits alone, which come later.
 */
export function rankBelow(above: string, below: string | undefined): string {
  const next = below?.startsWith(above) === true ? below.charCodeAt(above.length) : lowest + 1;
  return above + String.fromCharCode(Math.min(lowest, next - 1));
}
