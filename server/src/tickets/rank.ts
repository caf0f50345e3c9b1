/**
 * Ranks are texts that are compared by their bytes: of two tickets in a column, the one with the lesser rank stands above. A
 * rank is read as the digits behind the point of a number between 0 and 1. None ends in the lowest digit, so between any
 * two there is another.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(digits.length);

/** A rank that is longer makes room: the tickets around it get others. */
export const long_rank = 64;
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

/** So many digits of a number. */
function digitsOf(value: bigint, depth: number): string {
  let text = '';
  let rest = value;
  for (let place = 0; place < depth; place++) {
    text = digits.charAt(Number(rest % base)) + text;
    rest /= base;
  }
  return text;
}

/** Six digits have every number that a ticket may have. */
const number_digits = 6;

/** What the rank of a placed ticket ends in, so that no two tickets of a project ever get the same one, in whatever columns. */
const endingOf = (number: number) => `${digitsOf(BigInt(number), number_digits)}V`;

/** Ranks above and below which something is placed; '' stands for the top of all, and undefined for the bottom of all. */
export interface Gap {
  above: string;
  below: string | undefined;
}

/** The numbers of so many digits that lie between the two, whatever digits follow: those greater than `from`, up to `to`. */
function numbersIn({ above, below }: Gap, depth: number): { from: bigint; to: bigint } {
  return {
    from: floorAt(above, depth),
    to: below === undefined ? base ** BigInt(depth) - 1n : floorAt(below, depth) - 1n,
  };
}

/** The fewest digits by which there are so many numbers in the gap. */
function depthFor(gap: Gap, count: bigint): { depth: number; from: bigint; to: bigint } {
  for (let depth = 1; ; depth++) {
    const { from, to } = numbersIn(gap, depth);
    if (to - from >= count) return { depth, from, to };
  }
}

const isGap = ({ above, below }: Gap) => below === undefined || above < below;

/** Ranks in a gap for the tickets with these numbers, in order and evenly spread; nothing where the gap is none. */
export function ranksWithin(gap: Gap, numbers: readonly number[]): string[] | undefined {
  if (!isGap(gap)) return undefined;
  const { depth, from, to } = depthFor(gap, BigInt(numbers.length));
  const step = (n: number) => from + ((to - from + 1n) * BigInt(n)) / BigInt(numbers.length + 1);
  return numbers.map((number, index) => digitsOf(step(index + 1), depth) + endingOf(number));
}

/** The rank in the middle of a gap for the ticket with this number. */
export function rankWithin(gap: Gap, number: number): string | undefined {
  return ranksWithin(gap, [number])?.[0];
}

/** The rank right below the one above, or right above the one below: a million fit beside it without longer ranks. */
export function rankBeside(gap: Gap, beside: 'above' | 'below', number: number): string | undefined {
  if (!isGap(gap)) return undefined;
  const { depth, from, to } = depthFor(gap, room_at_an_end);
  return digitsOf(beside === 'above' ? from + 1n : to, depth) + endingOf(number);
}
