/** Beyond this many pairs, only the common start and end of two lists are matched. */
const max_pairs = 4_000_000;

type Pair = readonly [a: number, b: number];

/** Returns the longest common subsequence of two lists, as pairs of indices. */
export function common<T>(a: readonly T[], b: readonly T[]): Pair[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let ends = 0;
  while (ends < a.length - start && ends < b.length - start && a.at(-1 - ends) === b.at(-1 - ends)) ends++;
  const head = Array.from({ length: start }, (_, index): Pair => [index, index]);
  const tail = Array.from({ length: ends }, (_, index): Pair => [a.length - ends + index, b.length - ends + index]);
  const middle = commonWithin(a.slice(start, a.length - ends), b.slice(start, b.length - ends));
  return [...head, ...middle.map(([i, j]): Pair => [i + start, j + start]), ...tail];
}

function commonWithin<T>(a: readonly T[], b: readonly T[]): Pair[] {
  if (a.length * b.length > max_pairs) return [];
  const width = b.length + 1;
  // lengths[i * width + j] is the length of the longest common subsequence of what follows from a[i] and b[j] on.
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: Pair[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

/** A part of a text in a diff. */
export interface Part {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

const words = (text: string): string[] => text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];

function push(parts: Part[], kind: Part['kind'], text: string): void {
  const last = parts.at(-1);
  if (text === '') return;
  if (last?.kind === kind) last.text += text;
  else parts.push({ kind, text });
}

/** Compares two texts word by word. */
export function wordDiff(before: string, after: string): Part[] {
  const [a, b] = [words(before), words(after)];
  const parts: Part[] = [];
  let [i, j] = [0, 0];
  for (const [in_a, in_b] of [...common(a, b), [a.length, b.length] as const]) {
    push(parts, 'removed', a.slice(i, in_a).join(''));
    push(parts, 'added', b.slice(j, in_b).join(''));
    push(parts, 'same', a[in_a] ?? '');
    [i, j] = [in_a + 1, in_b + 1];
  }
  return parts;
}

/** The result of merging two edits of a text. */
export interface MergedText {
  text: string;
  /** Whether the edits touched neither the same nor adjacent lines. */
  clean: boolean;
}

/** Returns the lines that all three texts share, as their indices in each, and the ends of all three. */
function anchors(base: string[], mine: string[], theirs: string[]): [number, number, number][] {
  const in_mine = new Map(common(base, mine));
  const in_theirs = new Map(common(base, theirs));
  const shared = base.flatMap((_, at): [number, number, number][] => {
    const [m, t] = [in_mine.get(at), in_theirs.get(at)];
    return m === undefined || t === undefined ? [] : [[at, m, t]];
  });
  return [...shared, [base.length, mine.length, theirs.length]];
}

const equal = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((line, index) => line === b[index]);

/**
 * Merges two edits of a text line by line (diff3). If both changed the same place, both versions are kept, mine first,
 * and the result is not clean.
 */
export function mergeLines(base_text: string, my_text: string, their_text: string): MergedText {
  const [base, mine, theirs] = [base_text, my_text, their_text].map((text) => text.split('\n')) as [
    string[],
    string[],
    string[],
  ];
  const merged: string[] = [];
  let clean = true;
  let [b, m, t] = [0, 0, 0];
  for (const [at, in_mine, in_theirs] of anchors(base, mine, theirs)) {
    const [was, my, their] = [base.slice(b, at), mine.slice(m, in_mine), theirs.slice(t, in_theirs)];
    if (equal(my, their) || equal(was, their)) merged.push(...my);
    else if (equal(was, my)) merged.push(...their);
    else {
      merged.push(...my, ...their);
      clean = false;
    }
    if (at < base.length) merged.push(base[at] as string);
    [b, m, t] = [at + 1, in_mine + 1, in_theirs + 1];
  }
  return { text: merged.join('\n'), clean };
}
