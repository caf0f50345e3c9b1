import { createHash, hash } from 'node:crypto';

// The Merkle tree of RFC 6962, section 2.1. All functions are pure: the caller reads and stores the hashes.

/** The SHA-256 hash of a node: 32 bytes. */
export type Hash = Buffer;

export const hash_bytes = 32;
/** The number of tree levels in one tile; `tile_width` is the number of hashes in it (C2SP tlog-tiles). */
const tile_height = 8;
export const tile_width = 2 ** tile_height;

const leaf_prefix = Buffer.of(0);
const node_prefix = Buffer.of(1);

/** The hash of a tree without leaves. */
const empty_root: Hash = hash('sha256', '', 'buffer');

export function leafHash(entry: Uint8Array | string): Hash {
  return createHash('sha256').update(leaf_prefix).update(entry).digest();
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return hash('sha256', Buffer.concat([node_prefix, left, right]), 'buffer');
}

/** The place of a hash in the tiles: at level 0 of a leaf, at level n of a subtree of 256^n leaves. */
export interface Place {
  level: number;
  position: number;
}

/** A complete subtree of 2^height leaves: the `index`th of that height. */
interface Subtree {
  height: number;
  index: number;
}

/** Returns the complete subtrees, largest first, that `size` leaves from `first` on consist of. */
function subtreesOf(first: number, size: number): Subtree[] {
  const found: Subtree[] = [];
  let [at, left] = [first, size];
  while (left > 0) {
    const height = Math.floor(Math.log2(left));
    const leaves = 2 ** height;
    found.push({ height, index: at / leaves });
    at += leaves;
    left -= leaves;
  }
  return found;
}

/** Computes the root from the roots of complete subtrees, given largest first. */
function folded(roots: readonly Hash[]): Hash {
  return roots.length === 0 ? empty_root : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** What extending a tree requires: its size, and the roots of its complete subtrees, largest first. */
export interface Frontier {
  size: number;
  roots: readonly Hash[];
}

/** Reads a frontier that is stored as its concatenated roots. */
export function frontierOf(size: number, roots: Buffer): Frontier {
  const expected = subtreesOf(0, size).length * hash_bytes;
  if (roots.length !== expected)
    throw new Error(`A frontier of ${size} leaves has ${expected} bytes, not ${roots.length}.`);
  return { size, roots: chunked(roots) };
}

/** Splits concatenated hashes. */
export function chunked(bytes: Buffer): Hash[] {
  return Array.from({ length: bytes.length / hash_bytes }, (_, n) =>
    bytes.subarray(n * hash_bytes, (n + 1) * hash_bytes),
  );
}

export const rootOf = ({ roots }: Frontier): Hash => folded(roots);

/** Adds leaves to the tree. Returns its new frontier and the new hashes of its tiles above the leaves. */
export function extended(
  frontier: Frontier,
  leaves: readonly Hash[],
): Frontier & { nodes: (Place & { hash: Hash })[] } {
  const roots = [...frontier.roots];
  const nodes: (Place & { hash: Hash })[] = [];
  let { size } = frontier;
  for (const leaf of leaves) {
    roots.push(leaf);
    size++;
    // Each trailing zero bit of the new size stands for a pair of subtrees of the same height.
    for (let [height, left] = [1, size]; left % 2 === 0; height++, left /= 2) {
      const right = roots.pop() ?? empty_root;
      const joined = nodeHash(roots.pop() ?? empty_root, right);
      roots.push(joined);
      if (height % tile_height === 0) nodes.push({ level: height / tile_height, position: left / 2 - 1, hash: joined });
    }
  }
  return { size, roots, nodes };
}

/** Returns the hashes at these places, in the same order. */
export type Reader = (places: readonly Place[]) => Promise<readonly Hash[]>;

/** Returns the places of the hashes that a complete subtree's root is computed from, in the highest level of tiles. */
function placesOf({ height, index }: Subtree): Place[] {
  const level = Math.floor(height / tile_height);
  const width = 2 ** (height - level * tile_height);
  return Array.from({ length: width }, (_, n) => ({ level, position: index * width + n }));
}

/** Computes the root of a complete subtree from its hashes, whose number is a power of two. */
function joinedUp(hashes: readonly Hash[]): Hash {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, n) => nodeHash(row[2 * n] as Hash, row[2 * n + 1] as Hash));
  }
  return row[0] ?? empty_root;
}

/** Computes the hashes of ranges of leaves, each `[first, size]`, with a single read. */
async function hashesOf(ranges: readonly (readonly [first: number, size: number])[], read: Reader): Promise<Hash[]> {
  const parts = ranges.map(([first, size]) => subtreesOf(first, size).map(placesOf));
  const hashes = [...(await read(parts.flat(2)))];
  return parts.map((subtrees) => folded(subtrees.map((places) => joinedUp(hashes.splice(0, places.length)))));
}

/** Returns the largest power of two below n. */
const splitOf = (n: number) => 2 ** Math.ceil(Math.log2(n) - 1);

/** Returns the ranges whose hashes prove that the leaf is in the tree, from the leaf up (RFC 6962, 2.1.1). */
function inclusionRanges(index: number, size: number, first = 0): [number, number][] {
  if (size <= 1) return [];
  const left = splitOf(size);
  return index < left
    ? [...inclusionRanges(index, left, first), [first + left, size - left]]
    : [...inclusionRanges(index - left, size - left, first + left), [first, left]];
}

/** Returns the ranges whose hashes prove that the tree of `old` leaves is a prefix of this one (RFC 6962, 2.1.2). */
function consistencyRanges(old: number, size: number, first = 0, whole = true): [number, number][] {
  if (old === size) return whole ? [] : [[first, size]];
  const left = splitOf(size);
  return old <= left
    ? [...consistencyRanges(old, left, first, whole), [first + left, size - left]]
    : [...consistencyRanges(old - left, size - left, first + left, false), [first, left]];
}

export async function inclusionProof(index: number, size: number, read: Reader): Promise<Hash[]> {
  if (!(index >= 0 && index < size)) throw new RangeError(`There is no leaf ${index} in a tree of ${size}.`);
  return hashesOf(inclusionRanges(index, size), read);
}

export async function consistencyProof(old: number, size: number, read: Reader): Promise<Hash[]> {
  if (!(old >= 0 && old <= size)) throw new RangeError(`A tree of ${size} does not begin with one of ${old}.`);
  return old === 0 ? [] : hashesOf(consistencyRanges(old, size), read);
}

/** Computes the root from a leaf and its proof; undefined if the proof has the wrong length (RFC 9162, 2.1.3.2). */
export function rootByInclusion(
  { index, size, leaf }: { index: number; size: number; leaf: Hash },
  proof: readonly Hash[],
): Hash | undefined {
  if (!(index >= 0 && index < size)) return undefined;
  let [at, last, root] = [index, size - 1, leaf];
  for (const beside of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(beside, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else root = nodeHash(root, beside);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

interface Grown {
  old: number;
  old_root: Hash;
  size: number;
  root: Hash;
}

/** Returns whether the proof shows that the old tree is a prefix of the other (RFC 9162, 2.1.4.2). */
export function isConsistent({ old, old_root, size, root }: Grown, proof: readonly Hash[]): boolean {
  if (old > size) return false;
  if (old === size) return proof.length === 0 && old_root.equals(root);
  if (old === 0) return proof.length === 0 && old_root.equals(empty_root);
  const path = [...(Number.isInteger(Math.log2(old)) ? [old_root] : []), ...proof];
  let [at, last] = [old - 1, size - 1];
  while (at % 2 === 1) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let [was, is] = [start, start];
  for (const beside of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [was, is] = [nodeHash(beside, was), nodeHash(beside, is)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else is = nodeHash(is, beside);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && was.equals(old_root) && is.equals(root);
}
