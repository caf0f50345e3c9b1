import { constants, closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { copyFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';

const look_every_ms = 5_000;

/**
 * The file that PostgreSQL logs to. When it exceeds its bound, its contents move to postgres.log.1, replacing what was
 * there.
 */
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
   * Keeps the file bounded until the returned function is called. The file is copied and truncated, not renamed,
   * because PostgreSQL continues to append to the file that it was given. PostgreSQL's own log collector could not
   * write here when it runs as another user.
   */
  watch(): () => void {
    let busy = false;
    const timer = setInterval(() => {
      if (busy) return;
      busy = true;
      this.#bound()
        .catch(() => undefined) // a full or faulty disk; the next look tries again
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
 * The settings keep everything that comes from a request out of the log: statements, and the values in them. When one
 * of Baton's statements fails, Baton gets the error, and logs it if it was unexpected.
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
