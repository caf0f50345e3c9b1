import type { Readable } from 'node:stream';
import { BatonError } from '../errors.ts';
import type { ByteRange } from '../http/ranges.ts';

/** Stores the bytes of files under the files' ids. */
export interface Store {
  /**
   * Stores the bytes under an id that was never used. They are durable once this resolves. If it rejects, none of them
   * are left; only after `StoreUnavailable` may some be left, or arrive later, until `remove` has removed them.
   */
  put: (id: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
  /**
   * Returns the bytes, or a range of them. Undefined if the file has not exactly `size_bytes`: a response with a wrong Content-Length
   * would run into the next one.
   */
  get: (id: string, size_bytes: number, range?: ByteRange) => Promise<Readable | undefined>;
  /** Removes the bytes, if there are any. */
  remove: (id: string) => Promise<void>;
  /** Throws a `ConfigError` that names the setting to change, if nothing can be stored here. */
  check: () => Promise<void>;
}

/** The store did not do what it was asked to, for reasons of its own. Whether it did a part of it is unknown. */
export class StoreUnavailable extends BatonError<'overloaded'> {
  constructor(cause: unknown) {
    const detail = 'The store of attachments does not respond as it should. Nothing was changed. Try again later.';
    super('overloaded', { detail }, { cause, retry_after_s: 10 });
  }
}
