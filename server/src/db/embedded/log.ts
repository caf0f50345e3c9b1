import { constants, closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';

const look_every_ms = 5_000;

/** What PostgreSQL says goes to a file that is bounded: past the bound it becomes postgres.log.1, in the last one's place. */
export class ServerLog {
  readonly file: string;
  readonly #max_bytes: number;

  constructor(dir: string, max_bytes = 10 * 1024 * 1024) {
    this.file = path.join(dir, 'postgres.log');
    this.#max_bytes = max_bytes;
  }

  /** Opens it for a server that is about to start. */
  open<T>(use: (handle: number) => T): T {
    const handle = openSync(this.file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
    try {
      if (this.#isFull()) {
        copyFileSync(this.file, `${this.file}.1`);
        truncateSync(this.file);
      }
      return use(handle);
    } finally {
      closeSync(handle);
    }
  }

  /**
   * Keeps it bounded until the function it gives is called. Copied and cut rather than renamed: PostgreSQL goes on
   * appending to the file that it was given, and its own collector could not write here when it runs as another user.
   */
  watch(): () => void {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.#bound()
        .catch(() => undefined) // a disk that is full or fails: tried again
        .finally(() => (busy = false));
    }, look_every_ms);
    timer.unref();
    return () => clearInterval(timer);
  }

  tail(): string {
    return readFileSync(this.file, 'utf8').trim().split('\n').slice(-8).join('\n');
  }

  async #bound(): Promise<void> {
    if ((await stat(this.file)).size <= this.#max_bytes) return;
    await copyFile(this.file, `${this.file}.1`);
    await truncate(this.file);
  }

  #isFull(): boolean {
    return (statSync(this.file, { throwIfNoEntry: false })?.size ?? 0) > this.#max_bytes;
  }
}

/**
 * What PostgreSQL writes into it: nothing that comes from a request, neither statements nor the values in them. When one of Baton's
 * statements fails, Baton gets the error, and logs it if it was unexpected.
 */
export const log_settings = {
  log_statement: 'none',
  log_min_duration_statement: -1,
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse', // without the detail, which has the values of a key
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_connections: '',
  log_disconnections: 'off',
} as const;
