import type { Readable } from 'node:stream';

/** Stores the bytes of files under the files' ids. */
export interface Store {
  /** Stores the bytes. They are durable once this resolves; if it rejects, none of them are left. */
  put: (id: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
  /**
   * Returns the bytes, or undefined if there are not exactly `size_bytes`: a response with a wrong Content-Length would run into the
   * next one.
   */
  get: (id: string, size_bytes: number) => Promise<Readable | undefined>;
  /** Removes the bytes, if there are any. */
  remove: (id: string) => Promise<void>;
  /** Throws a `ConfigError` that names the setting to change, if nothing can be stored here. */
  check: () => Promise<void>;
}
