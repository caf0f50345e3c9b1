/**
 * Ranks are texts that are compared byte by byte: of two tickets in a column, the one with the lower rank stands above. A
 * rank is read as the digits after the point of a number between 0 and 1. No rank ends in the lowest digit, so there is always
 * another one between two.
 */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const base = BigInt(digits.length);

/** If a rank would be longer than this, room is made: the tickets around it get other ranks. */
export const long_rank = 64;
/** The longest rank that is stored. */
export const max_rank = 200;

/** How many more tickets can be placed at the same end of a column before ranks there get longer. */
const room_at_an_end = 1_000_000n;

/** Returns the rank of a ticket that nobody has placed, as the database computes it. The newest ticket stands first. */
export function rankOfNumber(number: number): string {
  return `${(2_147_483_647 - number).toString(16).padStart(8, '0')}V`;
}

/** Returns the number that the first `depth` digits of a rank represent. */
function floorAt(rank: string, depth: number): bigint {
  let value = 0n;
  for (let place = 0; place < depth; place++) {
    const digit = rank[place];
    value = value * base + BigInt(digit === undefined ? 0 : digits.indexOf(digit));
  }
  return value;
}

/** Returns the last `depth` digits of a number. */
function digitsOf(value: bigint, depth: number): string {
  let text = '';
  let rest = value;
  for (let place = 0; place < depth; place++) {
    text = digits.charAt(Number(rest % base)) + text;
    rest /= base;
  }
  return text;
}

/** Six digits can represent every number that a ticket may have. */
const number_digits = 6;

/** The end of a placed ticket's rank, so that no two tickets of a project ever get the same rank, even in different columns. */
const endingOf = (number: number) => `${digitsOf(BigInt(number), number_digits)}V`;

/** The ranks between which a ticket is placed. '' is above all ranks, and undefined is below all. */
export interface Gap {
  above: string;
  below: string | undefined;
}

/** Returns the numbers of `depth` digits within the gap, whatever digits follow: those greater than `from`, up to `to`. */
function numbersIn({ above, below }: Gap, depth: number): { from: bigint; to: bigint } {
  return {
    from: floorAt(above, depth),
    to: below === undefined ? base ** BigInt(depth) - 1n : floorAt(below, depth) - 1n,
  };
}

/** Returns the fewest digits with which the gap contains `count` numbers. */
function depthFor(gap: Gap, count: bigint): { depth: number; from: bigint; to: bigint } {
  for (let depth = 1; ; depth++) {
    const { from, to } = numbersIn(gap, depth);
    if (to - from >= count) return { depth, from, to };
  }
}

const isGap = ({ above, below }: Gap) => below === undefined || above < below;

/** Returns ranks in a gap for the tickets with these numbers, in order and evenly spaced, or undefined if the gap is empty. */
export function ranksWithin(gap: Gap, numbers: readonly number[]): string[] | undefined {
  if (!isGap(gap)) return undefined;
  const { depth, from, to } = depthFor(gap, BigInt(numbers.length));
  const step = (n: number) => from + ((to - from + 1n) * BigInt(n)) / BigInt(numbers.length + 1);
  return numbers.map((number, index) => digitsOf(step(index + 1), depth) + endingOf(number));
}

/** Returns the rank in the middle of a gap for the ticket with this number. */
export function rankWithin(gap: Gap, number: number): string | undefined {
  return ranksWithin(gap, [number])?.[0];
}

/** Returns a rank close to the upper or the lower end of a gap. A million fit beside it without longer ranks. */
export function rankBeside(gap: Gap, beside: 'above' | 'below', number: number): string | undefined {
  if (!isGap(gap)) return undefined;
  const { depth, from, to } = depthFor(gap, room_at_an_end);
  return digitsOf(beside === 'above' ? from + 1n : to, depth) + endingOf(number);
}
