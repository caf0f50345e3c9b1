import { type Bytes, isSame, sha256 } from './bytes.ts';

// The Merkle tree of RFC 6962, section 2.1, as far as a reader of the log needs it. It shares no code with the server,
// which writes the log.

export type Hash = Bytes;

export const hash_bytes = 32;
const tile_height = 8;
/** The number of hashes in a full tile (C2SP tlog-tiles). */
export const tile_width = 2 ** tile_height;

const leaf_prefix = Uint8Array.of(0);
const node_prefix = Uint8Array.of(1);

export const leafHash = (entry: Uint8Array): Promise<Hash> => sha256(leaf_prefix, entry);
export const nodeHash = (left: Hash, right: Hash): Promise<Hash> => sha256(node_prefix, left, right);

const half = (n: number) => Math.floor(n / 2);

/**
 * Computes the root from a leaf and its inclusion proof; undefined if the proof has the wrong length (RFC 9162,
 * 2.1.3.2).
 */
export async function rootByInclusion(
  { index, size, leaf }: { index: number; size: number; leaf: Hash },
  proof: readonly Hash[],
): Promise<Hash | undefined> {
  if (!(index >= 0 && index < size)) return undefined;
  let [at, last, root] = [index, size - 1, leaf];
  for (const beside of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = await nodeHash(beside, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else root = await nodeHash(root, beside);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? root : undefined;
}

/** A tree, by its size and its root. */
export interface Tree {
  size: number;
  root: Hash;
}

/** Returns whether the proof shows that the old tree is a prefix of the new one (RFC 9162, 2.1.4.2). */
export async function isConsistent(old: Tree, now: Tree, proof: readonly Hash[]): Promise<boolean> {
  if (old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && isSame(old.root, now.root);
  if (old.size === 0) return proof.length === 0 && isSame(old.root, await sha256());
  const is_complete = Number.isInteger(Math.log2(old.size));
  const [start, ...rest] = [...(is_complete ? [old.root] : []), ...proof];
  if (start === undefined) return false;
  let [at, last] = [old.size - 1, now.size - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [was, is] = [start, start];
  for (const beside of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [was, is] = [await nodeHash(beside, was), await nodeHash(beside, is)];
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, half(last)];
    } else is = await nodeHash(is, beside);
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && isSame(was, old.root) && isSame(is, now.root);
}

/** The place of a hash in the tiles: at level 0 it is a leaf’s hash, at level n the hash of 256^n leaves. */
export interface Place {
  level: number;
  position: number;
}

/** Returns the hashes at these places, in the same order. */
export type Reader = (places: readonly Place[]) => Promise<readonly Hash[]>;

/** Returns the places of the hashes that make up a range of leaves, grouped by complete subtree, largest first. */
function subtreesOf(first: number, size: number): Place[][] {
  const found: Place[][] = [];
  let [at, left] = [first, size];
  while (left > 0) {
    const height = Math.floor(Math.log2(left));
    const level = Math.floor(height / tile_height);
    const width = 2 ** (height - level * tile_height);
    const index = at / 2 ** height;
    found.push(Array.from({ length: width }, (_, n) => ({ level, position: index * width + n })));
    at += 2 ** height;
    left -= 2 ** height;
  }
  return found;
}

/** Computes the root of a complete subtree from its hashes, whose number is a power of two. */
async function joinedUp(hashes: readonly Hash[]): Promise<Hash> {
  let row = hashes;
  while (row.length > 1) {
    const pairs = Array.from({ length: row.length / 2 }, (_, n) => [row[2 * n], row[2 * n + 1]] as [Hash, Hash]);
    row = await Promise.all(pairs.map(([left, right]) => nodeHash(left, right)));
  }
  return row[0] as Hash;
}

/** Computes the hash of a range of leaves. */
async function hashOf(first: number, size: number, read: Reader): Promise<Hash> {
  const subtrees = subtreesOf(first, size);
  const hashes = [...(await read(subtrees.flat()))];
  const roots: Hash[] = [];
  for (const places of subtrees) roots.push(await joinedUp(hashes.splice(0, places.length)));
  let root = roots.pop() as Hash;
  for (const left of roots.toReversed()) root = await nodeHash(left, root);
  return root;
}

/** Returns the ranges whose hashes prove that a tree of `old` leaves is a prefix of one of `size` (RFC 6962, 2.1.2). */
function consistencyRanges(old: number, size: number, first = 0, is_whole = true): [first: number, size: number][] {
  if (old === size) return is_whole ? [] : [[first, size]];
  const left = 2 ** Math.ceil(Math.log2(size) - 1);
  return old <= left
    ? [...consistencyRanges(old, left, first, is_whole), [first + left, size - left]]
    : [...consistencyRanges(old - left, size - left, first + left, false), [first, left]];
}

/** Computes the proof that a tree of `old` leaves is a prefix of one of `size`, from the tiles of the larger tree. */
export async function consistencyProof(old: number, size: number, read: Reader): Promise<Hash[]> {
  if (old === 0) return [];
  return Promise.all(consistencyRanges(old, size).map(([first, width]) => hashOf(first, width, read)));
}
