import type pg from 'pg';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import { readOnly, transaction } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { describeError } from '../lib/describe-error.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { SharedSetAside } from '../work/shared-set-aside.ts';
import { lockHead, nextEntries, numberEntries, workspacesToNumber } from './sequencer-queries.ts';
import { extendTree } from './tree.ts';

const task = 'events';
/** The longest that a committed entry waits for its number on an idle server. */
const interval_ms = 100;
/** While there is more to do, it works half of the time, because readers of events wait for the numbers. */
const pass_ms = 100;
const rest_per_work = 1;
/** The size of one transaction. It takes some 20 ms, and the purge of a ticket may have to wait for it. */
const batch_size = 500;
const retries = { first_retry_ms: 1_000, max_retry_ms: 5_000 };

const set_aside = new Gauge({
  name: 'baton_events_set_aside',
  help: 'Workspaces whose events could not be numbered when that was last tried.',
  aggregator: 'max',
});

const oldest = new Gauge({
  name: 'baton_events_oldest_seconds',
  help: 'For how long the oldest change has waited for its number.',
  aggregator: 'max',
});

/** Numbers the workspace's next entries. Returns how many: 0 if another process is numbering them. */
export function numberBatch(pool: pg.Pool, workspace_id: string, limit = batch_size): Promise<number> {
  return transaction(pool, { workspace_id }, async (tx) => {
    // Two statements, so that the second sees everything that was committed before the lock was granted.
    const [head, entries] = await Promise.all([lockHead(tx, workspace_id), nextEntries(tx, workspace_id, limit)]);
    if (head === undefined || entries.length === 0) return 0;
    const leaves = await numberEntries(tx, { entries, last_sequence: head.last_sequence });
    // A tree that lacks earlier events gets those first, then these (tree.ts).
    if (head.tree_size === head.last_sequence) extendTree(tx, workspace_id, head, leaves);
    return entries.length;
  });
}

/**
 * Numbers committed entries, one batch per workspace in turn. It reads the outbox from its start and stores no position
 * in it, so that no entry is skipped, in whatever order they are committed.
 */
export class Sequencer {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #onNumbered: (workspace_id: string) => void;
  /** The last workspace that had its turn. The next pass continues after it. */
  #behind = first_id;
  readonly #set_aside: SharedSetAside;
  /** When this sweep began. */
  #began = performance.now();
  #oldest_s = 0;

  /** `onNumbered` is called for each workspace that has new events, after the commit. */
  constructor(pool: pg.Pool, log: Logger, onNumbered: (workspace_id: string) => void = () => undefined) {
    this.#pool = pool;
    this.#log = log;
    this.#onNumbered = onNumbered;
    this.#set_aside = new SharedSetAside({ ...retries, task, pool, log });
  }

  async pass({ goesOn, count }: Pass): Promise<'done' | 'more'> {
    let left = this.#behind !== first_id;
    while (goesOn()) {
      const found = await readOnly(this.#pool, {}, (db) => workspacesToNumber(db, this.#behind));
      for (const { waited_s } of found) this.#oldest_s = Math.max(this.#oldest_s, waited_s);
      if (found.length === 0) {
        await this.#endSweep();
        if (!left) return 'done';
        left = false;
      }
      for (const { workspace_id } of found) {
        if (!goesOn()) return 'more';
        this.#behind = workspace_id;
        const numbered = await this.#number(workspace_id);
        count(numbered);
        left ||= numbered === batch_size;
      }
    }
    return 'more';
  }

  /**
   * Ends a sweep: all workspaces have had their turn. A set-aside one without entries was numbered by another process.
   */
  async #endSweep(): Promise<void> {
    this.#behind = first_id;
    await this.#set_aside.sweep(this.#began);
    this.#began = performance.now();
    set_aside.set(this.#set_aside.size);
    oldest.set(this.#oldest_s);
    this.#oldest_s = 0;
  }

  /** Numbers one workspace. If that fails, it is retried later and does not delay the others. */
  async #number(workspace_id: string): Promise<number> {
    if (this.#set_aside.has(workspace_id)) return 0;
    const subject = { workspace_id, id: workspace_id };
    try {
      const numbered = await numberBatch(this.#pool, workspace_id);
      await this.#set_aside.delete(subject);
      if (numbered > 0) this.#onNumbered(workspace_id);
      return numbered;
    } catch (error) {
      const told = { workspace_id, ...(await this.#set_aside.add(subject, error)), err: describeError(error) };
      this.#log.error(told, 'worker: events not numbered');
      return 0;
    }
  }
}

/** Creates the loop that numbers entries. Any number of processes may run it; one at a time numbers a workspace. */
export function sequencerLoop(pool: pg.Pool, log: Logger, onNumbered?: (workspace_id: string) => void): Loop {
  const sequencer = new Sequencer(pool, log, onNumbered);
  const times = { interval_ms, pass_ms, rest_per_work, max_retry_ms: retries.max_retry_ms };
  return new Loop({ name: task, ...times, quiet: true, log, pass: (one) => sequencer.pass(one) });
}
