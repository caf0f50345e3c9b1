import { createHash } from 'node:crypto';
import type pg from 'pg';
import { transaction } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Upload } from '../http/contract.ts';
import type { Uploads } from '../http/upload.ts';
import { newId } from '../lib/ids.ts';
import type { Services } from '../services.ts';
import { head_bytes, mediaTypeOf } from './media-type.ts';
import { dropFile, insertFile } from './queries.ts';
import { type Store, StoreUnavailable } from './store.ts';
import { task } from './upkeep.ts';

/** Passes bytes on, and records their number, their hash, and the first of them. */
class Inspection {
  readonly #hash = createHash('sha256');
  #head = Buffer.alloc(0);
  #length = 0;

  async *pass(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      this.#hash.update(chunk);
      this.#length += chunk.length;
      const missing = head_bytes - this.#head.length;
      if (missing > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, missing)]);
      yield chunk;
    }
  }

  async result(): Promise<Omit<Upload, 'id'>> {
    const media_type = await mediaTypeOf(this.#head);
    return { media_type, size_bytes: this.#length, checksum: this.#hash.digest('hex') };
  }
}

const isFull = (error: unknown) => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Creates the functions that put uploads into the store. Without a store, every upload is refused. */
export function createUploads({
  pool,
  store,
  hint,
}: { pool: pg.Pool; store: Store | undefined } & Pick<Services, 'hint'>): Uploads {
  const settle: Uploads['settle'] = async ({ workspace_id }, id) => {
    if (await transaction(pool, { workspace_id }, (tx) => dropFile(tx, workspace_id, id))) hint(task);
  };

  const receive: Uploads['receive'] = async ({ workspace_id }, bytes) => {
    if (store === undefined) throw new BatonError('attachments_not_configured');
    const id = newId();
    const inspection = new Inspection();
    // The row is committed before the first byte, so that the worker finds what a failed upload leaves behind.
    await transaction(pool, { workspace_id }, async (tx) => insertFile(tx, workspace_id, id));
    try {
      await store.put(id, inspection.pass(bytes));
      return { id, ...(await inspection.result()) };
    } catch (error) {
      // The store may still do what it was asked to. The file stays due in a day, and is removed when it surely has.
      if (error instanceof StoreUnavailable) throw error;
      await settle({ workspace_id }, id);
      if (!isFull(error)) throw error;
      const detail = 'There is no space left for attachments. The operator has to free some.';
      throw new BatonError('overloaded', { detail }, { cause: error, retry_after_s: 60 });
    }
  };

  return { receive, settle };
}
