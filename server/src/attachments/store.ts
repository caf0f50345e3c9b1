import type { Readable } from 'node:stream';

/** Where the bytes of files are kept, by the files' ids. */
export interface Store {
  /** Keeps the bytes, durably once this has resolved; where it rejects, nothing of them is left. */
  put: (id: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Gives the bytes; undefined where there are not as many: a response that says another length runs into the next one. */
  get: (id: string, size_bytes: number) => Promise<Readable | undefined>;
  /** Removes the bytes, if there are any. */
  remove: (id: string) => Promise<void>;
  /** Throws a `ConfigError` that names the setting to change, if nothing can be kept here. */
  check: () => Promise<void>;
}
