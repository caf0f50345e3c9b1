import type pg from 'pg';
import type { Logger } from 'pino';
import { readOnly, transaction } from '../db/transaction.ts';
import { describeError, kindOf } from '../lib/describe-error.ts';
import { putAside, setAsideBy, type Subject, takeBack } from './set-aside-queries.ts';
import { type Retries, SetAside } from './set-aside.ts';

/** How often the rows are read, which is how long a retry by the operator waits at most. */
const look_every_ms = 1_000;
const most_rows = 10_000;

interface Options extends Retries {
  task: string;
  pool: pg.Pool;
  log: Logger;
}

/**
 * What a task has set aside, with a row for each that `npm run jobs` and other processes see. A process skips only what
 * it has failed at itself, so that one that fails at everything, such as one of another version, doesn't block the
 * others. If rows can't be written or read, the only effect is a line in the log.
 */
export class SharedSetAside {
  readonly #mine: SetAside;
  readonly #options: Options;
  /** The ids that had a row, of any process, when the rows were last read. */
  #rows: ReadonlySet<string> = new Set();
  /** The subjects that this process has written a row for. */
  readonly #written = new Map<string, Subject>();
  #looked_at = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#mine = new SetAside(options);
  }

  get size(): number {
    return this.#mine.size;
  }

  /** Whether to skip it now. */
  has(id: string): boolean {
    return this.#mine.has(id);
  }

  /** How often in a row it has failed in this process. */
  failuresOf(id: string): number {
    return this.#mine.failuresOf(id);
  }

  /** Records a failure. Returns how many there were in a row, and for how long to skip it. */
  async add(subject: Subject, error: unknown): Promise<{ failures: number; retry_ms: number }> {
    const { task, pool } = this.#options;
    const told = this.#mine.add(subject.id);
    await this.#unlessFailing(async () => {
      await transaction(pool, {}, (tx) => {
        putAside(tx, subject, { task, kind: kindOf(error) });
        return Promise.resolve();
      });
      this.#written.set(subject.id, subject);
    });
    return told;
  }

  /** Records a success. It takes no statement unless there is a row. */
  async delete(subject: Subject): Promise<void> {
    const { id } = subject;
    this.#mine.delete(id);
    if (this.#written.delete(id) || this.#rows.has(id)) await this.#removeRow(subject);
  }

  /**
   * Forgets what nobody has asked for since this `performance.now()`, because there is nothing left to do for it. Also
   * forgets what no longer has a row, because the operator wants it tried at once.
   */
  async sweep(since: number): Promise<void> {
    this.#mine.forgetUnasked(since);
    for (const subject of this.#written.values()) {
      if (this.#mine.failuresOf(subject.id) === 0) await this.delete(subject);
    }
    if (performance.now() - this.#looked_at < look_every_ms) return;
    this.#looked_at = performance.now();
    const { task, pool } = this.#options;
    await this.#unlessFailing(async () => {
      const rows = await readOnly(pool, {}, (db) => setAsideBy(db, task, most_rows));
      this.#rows = new Set(rows);
      if (rows.length === most_rows) return; // there may be more rows than were read
      for (const id of this.#written.keys()) {
        if (this.#rows.has(id)) continue;
        this.#written.delete(id);
        this.#mine.delete(id);
      }
    });
  }

  #removeRow(subject: Subject): Promise<void> {
    const { task, pool } = this.#options;
    return this.#unlessFailing(() => transaction(pool, {}, (tx) => takeBack(tx, subject, task)));
  }

  async #unlessFailing(work: () => Promise<unknown>): Promise<void> {
    const { log, task } = this.#options;
    try {
      await work();
    } catch (error) {
      log.warn({ task, err: describeError(error) }, 'worker: what is set aside was not kept');
    }
  }
}
