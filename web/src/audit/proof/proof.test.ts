import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AuditEntry } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { bytesOf, fromBase64, joined, sha256, toBase64 } from './bytes.ts';
import { proveEntry } from './entry.ts';
import { judge } from './history.ts';
import { consistencyProof, type Hash, isConsistent, leafHash, nodeHash, rootByInclusion } from './merkle.ts';
import { isSigned, parseCheckpoint, parseKey, signerOf } from './note.ts';
import { tilePath, tileReader } from './tiles.ts';

// The server's test vectors, which programs other than Baton have computed or accepted.
const vectors = path.join(import.meta.dirname, '../../../../server/src/ledger/vectors');
const read = (file: string): unknown => JSON.parse(readFileSync(path.join(vectors, file), 'utf8'));
const trees = read('trees.json') as {
  leaves: string[];
  roots: string[];
  proofs: { i: number; s: number; p: string[] }[];
  trees: { o: number; s: number; p: string[] }[];
};
const example = read('example.json') as Record<
  'vkey' | 'wkey' | 'checkpoint' | 'entry' | 'root' | 'old_root' | 'leaf',
  string
> & {
  index: number;
  size: number;
  old_size: number;
  proof: string[];
  consistency: string[];
  leaves: string[];
};

const bytes = (text: string) => fromBase64(text) as Hash;
const treeOf = (size: number) => ({ size, root: bytes(trees.roots[size] ?? '') });
const checkpoint = parseCheckpoint(example.checkpoint) as NonNullable<ReturnType<typeof parseCheckpoint>>;

/** Serves the tiles of a tree with these leaves, up to level 1. */
function serve(leaves: readonly Hash[], level_1: readonly Hash[] = []) {
  const levels = [leaves, level_1];
  const asked: string[] = [];
  const load = async (level: number, tile: string) => {
    asked.push(`${level}/${tile}`);
    const [, index = '', width = '256'] = /^(\d+)(?:\.p\/(\d+))?$/.exec(tile) ?? [];
    const first = Number(index) * 256;
    return joined(...(levels[level] ?? []).slice(first, first + Number(width)));
  };
  return { load, asked };
}

async function rootByDefinition(leaves: readonly Hash[]): Promise<Hash> {
  if (leaves.length <= 1) return leaves[0] ?? sha256();
  const left = 2 ** Math.ceil(Math.log2(leaves.length) - 1);
  const [a, b] = await Promise.all([rootByDefinition(leaves.slice(0, left)), rootByDefinition(leaves.slice(left))]);
  return nodeHash(a, b);
}

describe('the Merkle tree', () => {
  test('accepts inclusion proofs that other programs have computed, and rejects them for another leaf', async () => {
    for (const { i: index, s: size, p } of trees.proofs) {
      const [leaf, other] = [bytes(trees.leaves[index] ?? ''), await leafHash(bytesOf('another'))];
      const proof = p.map(bytes);
      expect(await rootByInclusion({ index, size, leaf }, proof)).toEqual(treeOf(size).root);
      expect(await rootByInclusion({ index, size, leaf: other }, proof)).not.toEqual(treeOf(size).root);
      expect(await rootByInclusion({ index, size, leaf }, [...proof, other])).toBeUndefined();
    }
  });

  test('accepts consistency proofs that other programs have computed, and rejects them for another tree', async () => {
    const wrong: string[] = [];
    for (const { o, s, p } of trees.trees) {
      const proof = p.map(bytes);
      const root = await leafHash(bytesOf('another'));
      if (!(await isConsistent(treeOf(o), treeOf(s), proof))) wrong.push(`${o} of ${s}`);
      if (await isConsistent({ size: o, root }, treeOf(s), proof)) wrong.push(`another ${o} of ${s}`);
      if (await isConsistent(treeOf(o), { size: s, root }, proof)) wrong.push(`${o} of another ${s}`);
    }
    expect(wrong).toEqual([]);
  });

  test('computes from its tiles the same proofs as other programs', async () => {
    const { load } = serve(trees.leaves.map(bytes));
    for (const { o, s, p } of trees.trees) {
      expect((await consistencyProof(o, s, tileReader(s, load))).map(toBase64)).toEqual(p);
    }
    for (const size of [2, 3, 7, 64, 65]) {
      for (let old = 1; old < size; old++) {
        const proof = await consistencyProof(old, size, tileReader(size, load));
        expect([old, size, await isConsistent(treeOf(old), treeOf(size), proof)]).toEqual([old, size, true]);
      }
    }
  });

  test('of more than 256 leaves is compared by whole tiles, each loaded once', async () => {
    const leaves = await Promise.all(Array.from({ length: 700 }, (_, n) => leafHash(bytesOf(String(n)))));
    const above = await Promise.all([0, 1].map((n) => rootByDefinition(leaves.slice(n * 256, n * 256 + 256))));
    const { load, asked } = serve(leaves, above);
    const now = { size: 700, root: await rootByDefinition(leaves) };
    for (const size of [256, 300, 699]) {
      const old = { size, root: await rootByDefinition(leaves.slice(0, size)) };
      const proof = await consistencyProof(size, 700, tileReader(700, load));
      expect(await isConsistent(old, now, proof)).toBe(true);
    }
    asked.length = 0;
    await consistencyProof(600, 700, tileReader(700, load));
    expect(asked.toSorted()).toEqual(['0/002.p/188', '1/000.p/2']);
  });
});

test.each([
  [0, 256, '000'],
  [67, 17, '067.p/17'],
  [1_234_067, 256, 'x001/x234/067'],
])('tile %i with %i hashes is at %s', (index, width, tile) => {
  expect(tilePath(index, width)).toBe(tile);
});

describe('a checkpoint', () => {
  test('is verified only with its log’s key', async () => {
    const key = await parseKey(example.vkey);
    expect(key && (await isSigned(checkpoint, key))).toBe('good');
    const other = await parseKey(example.vkey.replace('+c4517eae', '+c4517eaf'));
    expect(other).toBeUndefined();
    expect(await parseKey(example.wkey)).toBeUndefined(); // the key of a witness
    expect(signerOf(checkpoint)).toBe('c4517eae');
  });

  test('is rejected if its size was changed or its signature is missing', async () => {
    const key = (await parseKey(example.vkey)) as NonNullable<Awaited<ReturnType<typeof parseKey>>>;
    const larger = parseCheckpoint(example.checkpoint.replace('\n5\n', '\n6\n'));
    expect(larger && (await isSigned(larger, key))).toBe('bad');
    expect(await isSigned({ ...checkpoint, signatures: [] }, key)).toBe('bad');
  });

  test.each(['', 'no note', 'a\n\nb\n', 'a\n1\nAAAA\n\n\u2014 a AAAAAAA=\n'])('is not read from %j', (text) => {
    expect(parseCheckpoint(text)).toBeUndefined();
  });
});

describe('an entry', () => {
  const salt = new Uint8Array(16).fill(7);
  const payload = '{"after":{"status":"done"},"before":{"status":"open"},"request_id":"r-1"}';
  const shown = {
    ...(JSON.parse(example.entry) as object),
    before: { status: 'open' },
    after: { status: 'done' },
    request_id: 'r-1',
  } as unknown as AuditEntry & { workspace_id: string };
  const { workspace_id } = shown;

  /** Returns a log with this one entry, as the server would send it. */
  async function sent(of = payload) {
    const hashed = toBase64(await sha256(salt, bytesOf(of)));
    const entry = example.entry
      .replace(/"payload":"[^"]+"/, `"payload":"${hashed}"`)
      .replace(/"sequence":\d+/, '"sequence":1');
    const root = toBase64(await leafHash(bytesOf(entry)));
    const proof = `c2sp.org/tlog-proof@v1\nindex 0\n\nlog\n1\n${root}\n\n\u2014 log AAAAAAA=\n`;
    const line = { entry, salt: toBase64(salt), payload: of };
    return { workspace_id, proof, exported: `${JSON.stringify(line)}\n` };
  }
  const first = { ...shown, sequence: 1 };

  test('is verified as the page shows it', async () => {
    const { fault, is_erased, checkpoint: by } = (await proveEntry(first, await sent())) ?? {};
    expect([fault, is_erased, by?.size]).toEqual([undefined, false, 1]);
  });

  test('of the server’s example is verified, and rejected with a shortened proof', async () => {
    const hashes = example.proof.join('\n');
    const proof = `c2sp.org/tlog-proof@v1\nindex ${example.index}\n${hashes}\n\n${example.checkpoint}`;
    const exported = JSON.stringify({ entry: example.entry, salt: null, payload: null });
    const proven = await proveEntry(shown, { workspace_id, proof, exported });
    expect(proven).toMatchObject({ fault: undefined, is_erased: true, checkpoint: { size: example.size } });
    const cut = proof.replace(`${example.proof[0]}\n`, '');
    expect(await proveEntry(shown, { workspace_id, proof: cut, exported })).toMatchObject({ fault: 'not_included' });
  });

  test.each([
    ['another status', { after: { status: 'open' } }],
    ['another actor', { actor_id: workspace_id }],
    ['another request', { request_id: 'r-2' }],
    ['another number', { sequence: 2 }],
  ])('is rejected if the page shows %s', async (_, changed) => {
    expect(await proveEntry({ ...first, ...changed }, await sent())).toMatchObject({ fault: 'differs' });
  });

  test('is rejected if its payload does not match its hash', async () => {
    const { exported, ...rest } = await sent();
    const other = { ...rest, exported: exported.replace('r-1', 'r-2') };
    expect(await proveEntry({ ...first, request_id: 'r-2' }, other)).toMatchObject({ fault: 'payload_differs' });
  });

  test.each(['', 'c2sp.org/tlog-proof@v1\nindex x\n\n'])('is not verified with the proof %j', async (proof) => {
    expect(await proveEntry(first, { ...(await sent()), proof })).toBeUndefined();
  });
});

describe('the history of a log', () => {
  const noteOf = (size: number, root = trees.roots[size]) => `log\n${size}\n${root}\n\n\u2014 log AAAAAAA=\n`;
  const now = (size: number, root?: string) => parseCheckpoint(noteOf(size, root)) as typeof checkpoint;
  const { load } = serve(trees.leaves.map(bytes));
  const seen = now;
  const readerOf = (size: number) => tileReader(size, load);
  const another = trees.roots[1];

  test.each([
    ['first', undefined, now(5)],
    ['kept', seen(5), now(5)],
    ['kept', seen(3), now(7)],
    ['kept', seen(7), now(3)], // an earlier checkpoint that arrived late
    ['rewritten', seen(5, another), now(5)],
    ['rewritten', seen(3, another), now(7)],
    ['rewritten', seen(3), now(7, another)],
  ] as const)('is judged as %s', async (history, before, after) => {
    expect(await judge(before, after, readerOf)).toBe(history);
  });

  test('is shorter if the server cannot prove the rest, and unproven if it sends no hashes', async () => {
    const none = () => tileReader(7, () => Promise.reject(new Error('not found')));
    expect(await judge(seen(7), now(3), none)).toBe('shorter');
    expect(await judge(seen(3), now(7), none)).toBe('unproven');
  });
});
