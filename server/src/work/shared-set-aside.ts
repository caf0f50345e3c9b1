import type pg from 'pg';
import type { Logger } from 'pino';
import { readOnly, transaction } from '../db/transaction.ts';
import { describeError, kindOf } from '../lib/describe-error.ts';
import { putAside, setAsideBy, type Subject, takeBack } from './set-aside-queries.ts';
import { type Retries, SetAside } from './set-aside.ts';

/** How often the rows are looked at: so long the operator waits at most for what is to be tried at once. */
const look_every_ms = 1_000;
const most_rows = 10_000;

interface Options extends Retries {
  task: string;
  pool: pg.Pool;
  log: Logger;
}

/**
 * What a task has set aside, with a row for each, for `npm run jobs` and other processes to see. A process leaves alone what it has
 * failed at itself: one that fails at everything, of another version say, keeps no other from its work. Where rows can't be written
 * or read, a line in the log says so, and nothing else changes.
 */
export class SharedSetAside {
  readonly #mine: SetAside;
  readonly #options: Options;
  /** What has a row, of whichever process, when that was last looked at. */
  #rows: ReadonlySet<string> = new Set();
  /** What this process has written a row for. */
  readonly #written = new Map<string, Subject>();
  #looked_at = Number.NEGATIVE_INFINITY;

  constructor(options: Options) {
    this.#options = options;
    this.#mine = new SetAside(options);
  }

  get size(): number {
    return this.#mine.size;
  }

  /** Whether to leave it alone now. */
  has(id: string): boolean {
    return this.#mine.has(id);
  }

  /** How often in a row it has failed here. */
  failuresOf(id: string): number {
    return this.#mine.failuresOf(id);
  }

  /** It could not be worked on. Gives how often in a row, and for how long it is left alone. */
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

  /** It was worked on. Costs nothing unless it has a row. */
  async delete(subject: Subject): Promise<void> {
    const { id } = subject;
    this.#mine.delete(id);
    if (this.#written.delete(id) || this.#rows.has(id)) await this.#removeRow(subject);
  }

  /**
   * Forgets what nobody has asked for since then, by `performance.now()`: there is nothing to do for it any more. Forgets what has no
   * row any more, too: somebody wants it tried at once.
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
      if (rows.length === most_rows) return; // there may be more: a row that isn't here may be there
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
