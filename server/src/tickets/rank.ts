/**
 * Ranks are texts that are compared by their bytes: of two tickets in a column, the one with the lesser rank stands above. A
 * rank is read as the digits behind the point of a number between 0 and 1. None ends in the lowest digit, so between any
 * two there is another.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(digits.length);

/** A rank that is longer makes room: the tickets around it get others. */
export const long_rank = 48;
/** The longest that is stored. */
export const max_rank = 200;

/** How many more may be placed at the same end of a column before ranks there get longer. */
const room_at_an_end = 1_000_000n;

/** The rank of a ticket that nobody has placed, as the database computes it: the newest stands first. */
export function rankOfNumber(number: number): string {
  return `${(2_147_483_647 - number).toString(16).padStart(8, '0')}V`;
}

/** The number that the first `depth` digits of a rank are. */
function floorAt(rank: string, depth: number): bigint {
  let value = 0n;
  for (let place = 0; place < depth; place++) {
    const digit = rank[place];
    value = value * base + BigInt(digit === undefined ? 0 : digits.indexOf(digit));
  }
  return value;
}

/** The rank that has these digits. */
function rankAt(value: bigint, depth: number): string {
  let text = '';
  let rest = value;
  for (let place = 0; place < depth; place++) {
    text = digits.charAt(Number(rest % base)) + text;
    rest /= base;
  }
  while (text.endsWith('0')) text = text.slice(0, -1);
  return text;
}

/** Ranks above and below which something is placed; '' stands for the top of all, and undefined for the bottom of all. */
export interface Gap {
  above: string;
  below: string | undefined;
}

/** The numbers of so many digits that lie between the two: those greater than `from`, up to `to`. */
function numbersIn({ above, below }: Gap, depth: number): { from: bigint; to: bigint } {
  const from = floorAt(above, depth);
  if (below === undefined) return { from, to: base ** BigInt(depth) - 1n };
  const floor = floorAt(below, depth);
  // The start of a longer rank is less than it.
  return { from, to: below.length > depth ? floor : floor - 1n };
}

/** The fewest digits by which there are so many numbers in the gap. */
function depthFor(gap: Gap, count: bigint): { depth: number; from: bigint; to: bigint } {
  for (let depth = 1; ; depth++) {
    const { from, to } = numbersIn(gap, depth);
    if (to - from >= count) return { depth, from, to };
  }
}

const isGap = ({ above, below }: Gap) => below === undefined || above < below;

/** So many ranks in a gap, in order and evenly spread; nothing where the gap is none. */
export function ranksWithin(gap: Gap, count: number): string[] | undefined {
  if (!isGap(gap)) return undefined;
  const { depth, from, to } = depthFor(gap, BigInt(count));
  const step = (n: number) => from + ((to - from + 1n) * BigInt(n)) / BigInt(count + 1);
  return Array.from({ length: count }, (_, index) => rankAt(step(index + 1), depth));
}

/** The rank in the middle of a gap. */
export function rankWithin(gap: Gap): string | undefined {
  return ranksWithin(gap, 1)?.[0];
}

/** The rank right below the one above, or right above the one below: a million fit beside it without longer ranks. */
export function rankBeside(gap: Gap, beside: 'above' | 'below'): string | undefined {
  if (!isGap(gap)) return undefined;
  const { depth, from, to } = depthFor(gap, room_at_an_end);
  return rankAt(beside === 'above' ? from + 1n : to, depth);
}
