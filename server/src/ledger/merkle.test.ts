import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  consistencyProof,
  extended,
  type Frontier,
  frontierOf,
  type Hash,
  inclusionProof,
  isConsistent,
  leafHash,
  nodeHash,
  type Place,
  type Reader,
  rootByInclusion,
  rootOf,
} from './merkle.ts';

interface Trees {
  roots: string[];
  leaves: string[];
  proofs: { i: number; s: number; p: string[] }[];
  trees: { o: number; s: number; p: string[] }[];
}

// Roots of trees of 0 to 130 leaves and some proofs, computed by another program.
const trees = JSON.parse(readFileSync(path.join(import.meta.dirname, 'vectors/trees.json'), 'utf8')) as Trees;
const bytes = (text: string): Hash => Buffer.from(text, 'base64');
const texts = (hashes: readonly Hash[]) => hashes.map((hash) => hash.toString('base64'));
const empty: Frontier = { size: 0, roots: [] };

/** A tree that stores the hashes of its tiles. */
class Kept {
  frontier: Frontier = empty;
  readonly roots: Hash[] = [rootOf(empty)];
  readonly leaves: Hash[] = [];
  readonly #hashes = new Map<string, Hash>();

  constructor(leaves: readonly Hash[], batch = 1) {
    for (let first = 0; first < leaves.length; first += batch) {
      const more = leaves.slice(first, first + batch);
      const { nodes, ...frontier } = extended(this.frontier, more);
      // Read back from the form in which a workspace's head stores it.
      this.frontier = frontierOf(frontier.size, Buffer.concat(frontier.roots));
      for (const node of nodes) this.#keep(node, node.hash);
      more.forEach((leaf, n) => this.#keep({ level: 0, position: first + n }, leaf));
      this.leaves.push(...more);
      this.roots.push(rootOf(this.frontier));
    }
  }

  #keep({ level, position }: Place, hash: Hash): void {
    if (this.#hashes.has(`${level}/${position}`)) throw new Error('twice');
    this.#hashes.set(`${level}/${position}`, hash);
  }

  read: Reader = (places) =>
    Promise.resolve(
      places.map(({ level, position }) => {
        const found = this.#hashes.get(`${level}/${position}`);
        if (found === undefined) throw new Error(`There is no hash ${level}/${position}.`);
        return found;
      }),
    );
}

/** Computes the root exactly as RFC 6962, 2.1, defines it. */
function rootByDefinition(leaves: readonly Hash[]): Hash {
  if (leaves.length <= 1) return leaves[0] ?? rootOf(empty);
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  return nodeHash(rootByDefinition(leaves.slice(0, left)), rootByDefinition(leaves.slice(left)));
}

const many = Array.from({ length: 66_000 }, (_, n) => leafHash(String(n)));

describe('a tree', () => {
  const kept = new Kept(trees.leaves.map(bytes));

  test('has the roots that another program has computed', () => {
    expect(texts(kept.roots)).toEqual(trees.roots);
  });

  test('has the proofs that another program has computed', async () => {
    for (const { i, s, p } of trees.proofs) expect(texts(await inclusionProof(i, s, kept.read))).toEqual(p);
    for (const { o, s, p } of trees.trees) expect(texts(await consistencyProof(o, s, kept.read))).toEqual(p);
  });

  test('proves each leaf and each earlier tree, and nothing else', async () => {
    const stranger = leafHash('a stranger');
    const wrong: string[] = [];
    const must = (says: string, holds: boolean) => holds || wrong.push(says);
    for (let size = 1; size <= 130; size++) {
      const root = kept.roots[size] as Hash;
      for (let n = 0; n < size; n++) {
        const proof = await inclusionProof(n, size, kept.read);
        const leaf = kept.leaves[n] as Hash;
        const at = `${n} of ${size}`;
        must(`${at} is in it`, rootByInclusion({ index: n, size, leaf }, proof)?.equals(root) === true);
        must(
          `${at} is not another leaf`,
          rootByInclusion({ index: n, size, leaf: stranger }, proof)?.equals(root) === false,
        );
        must(
          `${at} has no longer proof`,
          rootByInclusion({ index: n, size, leaf }, [...proof, stranger]) === undefined,
        );
        const grown = { old: n + 1, old_root: kept.roots[n + 1] as Hash, size, root };
        const since = await consistencyProof(n + 1, size, kept.read);
        must(`${at} ends a prefix`, isConsistent(grown, since));
        must(`${at} has another old root`, !isConsistent({ ...grown, old_root: stranger }, since));
        must(`${at} has another new root`, !isConsistent({ ...grown, root: stranger }, since));
        must(`${at} needs the whole proof`, since.length === 0 || !isConsistent(grown, since.slice(1)));
      }
    }
    expect(wrong).toEqual([]);
  });

  test('is the same whatever the batches in which it is extended', () => {
    for (const batch of [7, 256, 500]) {
      expect(rootOf(new Kept(many.slice(0, 3000), batch).frontier)).toEqual(rootByDefinition(many.slice(0, 3000)));
    }
  });

  test('stores a hash for each 256 leaves and for each 256 of those, and its proofs use them', async () => {
    const large = new Kept(many, 500);
    const root = rootByDefinition(many);
    expect(rootOf(large.frontier)).toEqual(root);
    for (const index of [0, 255, 256, 40_000, 65_535, 65_536, 65_999]) {
      const proof = await inclusionProof(index, 66_000, large.read);
      expect(rootByInclusion({ index, size: 66_000, leaf: many[index] as Hash }, proof)).toEqual(root);
    }
    for (const old of [1, 256, 300, 65_536, 65_800]) {
      const grown = { old, old_root: rootByDefinition(many.slice(0, old)), size: 66_000, root };
      expect(isConsistent(grown, await consistencyProof(old, 66_000, large.read))).toBe(true);
    }
  });

  test('control: hashes a leaf and a node of the same bytes differently', () => {
    const [left, right] = [leafHash('left'), leafHash('right')];
    const pair = Buffer.concat([left, right]);
    expect(leafHash(pair)).not.toEqual(nodeHash(left, right));
  });

  test('refuses a frontier of the wrong size', () => {
    expect(() => frontierOf(3, Buffer.alloc(32))).toThrow('has 64 bytes');
  });
});
