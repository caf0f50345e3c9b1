import type pg from 'pg';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import { readOnly, transaction } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { describeError } from '../lib/describe-error.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { SharedSetAside } from '../work/shared-set-aside.ts';
import { notifyOfDue, notifyOfEvents, type Telling, workspacesBehind } from './worker-queries.ts';

const task = 'notifier';
/** How often all workspaces are looked at. What this process has numbered itself is told of at once. */
const interval_ms = 1_000;
const pass_ms = 200;
const rest_per_work = 1;
/** Events, and due tickets, of one transaction. Each may be told to some 200 people. */
const batch_size = 100;
/** How long a workspace is left alone that could not be worked on. */
const retries = { first_retry_ms: 5_000, max_retry_ms: 5_000 };
const forgotten_ms = 60_000;

const set_aside = new Gauge({
  name: 'baton_notifications_set_aside',
  help: 'Workspaces whose people could not be told when that was last tried.',
  aggregator: 'max',
});

/** Tells the workspace's people what has happened, a batch of it. Gives whether there may be more. */
async function notifyBatch(pool: pg.Pool, workspace_id: string, telling: Telling): Promise<boolean> {
  // Each in a transaction of its own, with its place.
  const due = await transaction(pool, { workspace_id }, (tx) => notifyOfDue(tx, telling));
  const events = await transaction(pool, { workspace_id }, (tx) => notifyOfEvents(tx, telling));
  return due === telling.batch || events === telling.batch;
}

/**
 * Tells people what happens, workspace after workspace, a batch of each in turn. What is told and how far that has come are
 * written in one transaction: each act is told once, whatever process dies when.
 */
export class Notifier {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #telling: Telling;
  /** The last workspace whose turn it was. */
  #behind = first_id;
  /** Workspaces that are known to have something: those come first. */
  readonly #hinted = new Set<string>();
  readonly #set_aside: SharedSetAside;
  /** When all workspaces had been looked at. */
  #swept_at = Number.NEGATIVE_INFINITY;

  constructor(pool: pg.Pool, log: Logger, { batch = batch_size, mail_after_s = null }: Partial<Telling> = {}) {
    this.#pool = pool;
    this.#log = log;
    this.#telling = { batch, mail_after_s };
    this.#set_aside = new SharedSetAside({ ...retries, task, pool, log });
  }

  /** Says that a workspace's events have got numbers. */
  hint(workspace_id: string): void {
    this.#hinted.add(workspace_id);
  }

  async pass({ goesOn, count }: Pass): Promise<'done' | 'more'> {
    // First, so that those of which nobody gave a hint get their turn however many hints there are.
    if (performance.now() - this.#swept_at >= interval_ms / 2) await this.#sweep(goesOn);
    for (const workspace_id of [...this.#hinted]) {
      if (!goesOn()) return 'more';
      this.#hinted.delete(workspace_id);
      count(1);
      if (await this.#workOn(workspace_id)) this.#hinted.add(workspace_id);
    }
    return this.#hinted.size > 0 ? 'more' : 'done';
  }

  /** Looks at all workspaces for those that have something, as far as the pass's time goes. */
  async #sweep(goesOn: Pass['goesOn']): Promise<void> {
    do {
      const found = await readOnly(this.#pool, {}, (db) => workspacesBehind(db, this.#behind));
      for (const { workspace_id, is_behind } of found) if (is_behind) this.#hinted.add(workspace_id);
      this.#behind = found.at(-1)?.workspace_id ?? first_id;
      if (found.length > 0) continue;
      this.#swept_at = performance.now();
      // Long since nobody had anything to tell there: another process has done it.
      await this.#set_aside.sweep(performance.now() - forgotten_ms);
      set_aside.set(this.#set_aside.size);
      return;
    } while (goesOn());
  }

  /**
   * One that can't be worked on keeps no other waiting, and is tried with half as much at a time: what takes too long may be one event
   * that is told to many. Gives whether there may be more to do.
   */
  async #workOn(workspace_id: string): Promise<boolean> {
    if (this.#set_aside.has(workspace_id)) return false;
    const subject = { workspace_id, id: workspace_id };
    const batch = Math.max(1, Math.ceil(this.#telling.batch / 2 ** this.#set_aside.failuresOf(workspace_id)));
    try {
      const left = await notifyBatch(this.#pool, workspace_id, { ...this.#telling, batch });
      await this.#set_aside.delete(subject);
      return left;
    } catch (error) {
      await this.#set_aside.add(subject, error);
      this.#log.error({ workspace_id, batch, err: describeError(error) }, 'worker: people not notified');
      return false;
    } finally {
      set_aside.set(this.#set_aside.size);
    }
  }
}

/** Any number of processes may run it: each workspace's people are told by one at a time. */
export function notificationLoop(notifier: Notifier, log: Logger): Loop {
  const times = { interval_ms, pass_ms, rest_per_work, max_retry_ms: 5_000 };
  return new Loop({ name: task, ...times, quiet: true, log, pass: (one) => notifier.pass(one) });
}
