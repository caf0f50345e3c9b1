import type pg from 'pg';
import type { Logger } from 'pino';
import { Gauge } from 'prom-client';
import { readOnly, transaction } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { describeError } from '../lib/describe-error.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { SharedSetAside } from '../work/shared-set-aside.ts';
import { Turns } from '../work/turns.ts';
import { liveWorkspaces, notifyOfDue, notifyOfEvents, type Telling, workspacesBehind } from './worker-queries.ts';

const task = 'notifier';
/** How often all workspaces are looked at. What this process has numbered itself is told of at once. */
const interval_ms = 1_000;
/** How many times as long as it took to look at all of them it waits until it does so again, where they are many. */
const rest_per_sweep = 4;
const pass_ms = 200;
/** How long what was found is worked on until more workspaces are looked at. */
const slice_ms = 25;
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
  return due === true || events === true;
}

/**
 * Tells people what happens, a batch of a workspace at a time, in turns by who created it. What is told and how far that has come are
 * written in one transaction: each act is told once, whatever process dies when.
 */
export class Notifier {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #telling: Telling;
  /** The last workspace that was looked at; undefined: all have been. */
  #behind: string | undefined = first_id;
  #began = performance.now();
  /** When all are looked at again. */
  #sweeps_at = Number.NEGATIVE_INFINITY;
  /** Workspaces whose events have just got numbers. */
  readonly #hinted = new Set<string>();
  /** Workspaces that have something to be told. */
  readonly #turns = new Turns<{ workspace_id: string; created_by: string }>();
  readonly #set_aside: SharedSetAside;

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
    await this.#takeHints();
    if (this.#behind === undefined && performance.now() >= this.#sweeps_at) this.#beginSweep();
    do {
      // What is found is worked on before more is looked for: however many workspaces there are, some are told in each pass.
      if (this.#behind !== undefined) await this.#look(this.#behind);
      const until = performance.now() + slice_ms;
      do {
        const next = this.#turns.next();
        if (next === undefined) break;
        count(1);
        if (await this.#workOn(next.workspace_id)) this.#turns.add(next.created_by, next.workspace_id, next);
      } while (goesOn() && performance.now() < until);
    } while (goesOn() && (this.#behind !== undefined || this.#turns.size > 0));
    return this.#behind !== undefined || this.#turns.size > 0 ? 'more' : 'done';
  }

  /** Finds whose the workspaces are of which it was told. */
  async #takeHints(): Promise<void> {
    if (this.#hinted.size === 0) return;
    const ids = [...this.#hinted];
    const found = await readOnly(this.#pool, {}, (db) => liveWorkspaces(db, ids));
    for (const id of ids) this.#hinted.delete(id);
    for (const one of found) this.#turns.add(one.created_by, one.workspace_id, one);
  }

  #beginSweep(): void {
    this.#behind = first_id;
    this.#began = performance.now();
  }

  /** Looks at some workspaces behind this one for those that have something. */
  async #look(behind: string): Promise<void> {
    const found = await readOnly(this.#pool, {}, (db) => workspacesBehind(db, behind));
    for (const { is_behind, ...one } of found) if (is_behind) this.#turns.add(one.created_by, one.workspace_id, one);
    this.#behind = found.at(-1)?.workspace_id;
    if (this.#behind !== undefined) return;
    const now = performance.now();
    this.#sweeps_at = now + Math.max(interval_ms / 2, rest_per_sweep * (now - this.#began));
    // Long since nobody had anything to tell there: another process has done it.
    await this.#set_aside.sweep(now - forgotten_ms);
    set_aside.set(this.#set_aside.size);
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
