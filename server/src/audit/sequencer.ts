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
/** From a commit to its number it takes this at most, on an idle server. */
const interval_ms = 100;
/** If there is more to do, it works half of the time, because readers of events wait for it. */
const pass_ms = 100;
const rest_per_work = 1;
/** One transaction's, which the purge of a ticket may wait for: some 20 ms. */
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

/** Numbers the workspace's next entries. Gives how many: none where another process does it. */
export function numberBatch(pool: pg.Pool, workspace_id: string, limit = batch_size): Promise<number> {
  return transaction(pool, { workspace_id }, async (tx) => {
    // Two statements: the second sees everything that was committed before the lock was granted.
    const [head, entries] = await Promise.all([lockHead(tx, workspace_id), nextEntries(tx, workspace_id, limit)]);
    if (head === undefined || entries.length === 0) return 0;
    const leaves = await numberEntries(tx, { entries, last_sequence: head.last_sequence });
    // A tree that lacks earlier events gets these after them (tree.ts).
    if (head.tree_size === head.last_sequence) extendTree(tx, workspace_id, head, leaves);
    return entries.length;
  });
}

/**
 * Numbers what is committed, workspace after workspace, a batch of each in turn. It goes by what is in the outbox and keeps
 * no place in it, so nothing can be passed over, whatever is committed in whatever order.
 */
export class Sequencer {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #onNumbered: (workspace_id: string) => void;
  /** The last workspace whose turn it was: the next pass goes on behind it. */
  #behind = first_id;
  readonly #set_aside: SharedSetAside;
  /** Of this sweep. */
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

  /** All workspaces have had their turn. One that has nothing to number any more was numbered elsewhere. */
  async #endSweep(): Promise<void> {
    this.#behind = first_id;
    await this.#set_aside.sweep(this.#began);
    this.#began = performance.now();
    set_aside.set(this.#set_aside.size);
    oldest.set(this.#oldest_s);
    this.#oldest_s = 0;
  }

  /** One that fails is tried again later, and keeps no other waiting. */
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

/** Any number of processes may run it: each workspace is numbered by one at a time. */
export function sequencerLoop(pool: pg.Pool, log: Logger, onNumbered?: (workspace_id: string) => void): Loop {
  const sequencer = new Sequencer(pool, log, onNumbered);
  const times = { interval_ms, pass_ms, rest_per_work, max_retry_ms: retries.max_retry_ms };
  return new Loop({ name: task, ...times, quiet: true, log, pass: (one) => sequencer.pass(one) });
}
