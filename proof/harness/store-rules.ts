import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../server/src/attachments/store.ts';
import { newId } from '../../server/src/lib/ids.ts';

/** A store, and what it has. */
export interface Kept {
  store: Store;
  /** The sizes of all files in it, and of all parts of files. */
  stored: () => number[];
}

const part = 5 * 2 ** 20;
const sizes = [0, 1, 100_000, part - 1, part, part + 1, 2 * part, 3 * part + 12_345];

/** Bytes in pieces, as they arrive from the network. */
async function* pieces(bytes: Buffer, piece = 65_536): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += piece) yield await Promise.resolve(bytes.subarray(at, at + piece));
}

/** Bytes that end with an error. */
async function* failing(length: number): AsyncGenerator<Buffer> {
  yield* pieces(randomBytes(length));
  throw new Error('The sender left.');
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function readAll(store: Store, id: string, size: number): Promise<Buffer | undefined> {
  const found = await store.get(id, size);
  return found === undefined ? undefined : Buffer.concat(await found.toArray());
}

async function putAndRead({ store }: Kept, size: number, piece?: number): Promise<string> {
  const [id, bytes] = [newId(), randomBytes(size)];
  await store.put(id, pieces(bytes, piece));
  const read = await readAll(store, id, size);
  assert.equal(read?.length, size, `${size} bytes: another length came back`);
  assert.equal(hashOf(read), hashOf(bytes), `${size} bytes: other bytes came back`);
  return id;
}

/** What every store must do. Each rule throws if the store breaks it, and leaves nothing in the store. */
export const store_rules: Record<string, (kept: Kept) => Promise<void>> = {
  'returns the bytes of every file, empty or of several parts, until it is removed': async (kept) => {
    for (const size of sizes) {
      const id = await putAndRead(kept, size, size > 1_000_000 ? 77_777 : undefined);
      await kept.store.remove(id);
      assert.equal(await kept.store.get(id, size), undefined, `${size} bytes: removed, and still there`);
      assert.deepEqual(kept.stored(), [], `${size} bytes: removed, and something is left`);
    }
  },
  'returns nothing for a file that is not there or has another length': async ({ store }) => {
    assert.equal(await store.get(newId(), 0), undefined);
    const id = newId();
    await store.put(id, pieces(randomBytes(1000)));
    for (const other of [0, 999, 1001]) assert.equal(await store.get(id, other), undefined, `as ${other} bytes`);
    assert.equal((await readAll(store, id, 1000))?.length, 1000);
    await store.remove(id);
  },
  'returns any range of a file, and nothing for a range of a file that is not there or has another length': async (
    kept,
  ) => {
    const { store } = kept;
    for (const size of [1, 1000, part + 1, 2 * part]) {
      const [id, bytes] = [newId(), randomBytes(size)];
      await store.put(id, pieces(bytes));
      const [half, last] = [Math.floor(size / 2), size - 1];
      const ranges = [
        { start: 0, end: last },
        { start: 0, end: 0 },
        { start: last, end: last },
        { start: half, end: last },
        { start: half, end: half },
      ];
      for (const range of ranges) {
        const read = await store.get(id, size, range);
        assert.notEqual(read, undefined, `${size} bytes: nothing came for ${JSON.stringify(range)}`);
        const came = Buffer.concat((await read?.toArray()) ?? []);
        const asked = bytes.subarray(range.start, range.end + 1);
        assert.ok(came.equals(asked), `${size} bytes: other bytes came for ${JSON.stringify(range)}`);
      }
      const beyond = { start: size, end: size };
      for (const [other, range] of [
        [size + 1, ranges[1]],
        [size + 1, beyond],
      ] as const)
        assert.equal(await store.get(id, other, range), undefined, `${size} bytes, read as ${other}`);
      await store.remove(id);
      assert.equal(await store.get(id, size, ranges[1]), undefined, `${size} bytes: removed, and still there`);
    }
  },
  'removes what is not there without an error': async ({ store }) => {
    const id = newId();
    await store.remove(id);
    await store.put(id, pieces(randomBytes(1)));
    await store.remove(id);
    await store.remove(id);
  },
  'keeps nothing of a file whose sender leaves, however much has come': async ({ store, stored }) => {
    for (const length of [0, 1, 100_000, part, part + 1, 3 * part + 12_345]) {
      await assert.rejects(store.put(newId(), failing(length)), /The sender left\./);
      assert.deepEqual(stored(), [], `something is left of ${length} bytes`);
    }
  },
  'keeps files apart that are put and read at the same time': async (kept) => {
    const ids = await Promise.all(sizes.map((size) => putAndRead(kept, size)));
    await Promise.all(ids.map((id) => kept.store.remove(id)));
    assert.deepEqual(kept.stored(), []);
  },
  'lets a reader leave in the middle': async (kept) => {
    const id = newId();
    const size = 3 * part;
    await kept.store.put(id, pieces(randomBytes(size)));
    for (let n = 0; n < 20; n++) {
      const reader = await kept.store.get(id, size);
      assert.notEqual(reader, undefined);
      await reader?.iterator({ destroyOnReturn: true }).next();
      reader?.destroy();
    }
    await sleep(100);
    assert.equal((await readAll(kept.store, id, size))?.length, size);
    await kept.store.remove(id);
  },
};
