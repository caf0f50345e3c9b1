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
/** How often all workspaces are checked. Events that this process has numbered itself are notified at once. */
const interval_ms = 1_000;
/** The wait before the next check of all workspaces, as a multiple of the time that the last check took. */
const rest_per_sweep = 4;
const pass_ms = 200;
/** How long the notifier works on the workspaces found before it looks for more. */
const slice_ms = 25;
const rest_per_work = 1;
/** The number of events, or of due tickets, in one transaction. Each may notify some 200 people. */
const batch_size = 100;
/** How long a workspace is set aside after a failure. */
const retries = { first_retry_ms: 5_000, max_retry_ms: 5_000 };
const forgotten_ms = 60_000;

const set_aside = new Gauge({
  name: 'baton_notifications_set_aside',
  help: 'Workspaces whose members could not be notified when that was last tried.',
  aggregator: 'max',
});

/** Notifies the workspace's members of one batch of events and due tickets. Returns whether there may be more. */
async function notifyBatch(pool: pg.Pool, workspace_id: string, telling: Telling): Promise<boolean> {
  // Each has its own transaction, which also stores its progress.
  const due = await transaction(pool, { workspace_id }, (tx) => notifyOfDue(tx, telling));
  const events = await transaction(pool, { workspace_id }, (tx) => notifyOfEvents(tx, telling));
  return due === true || events === true;
}

/**
 * Notifies members of events and due tickets, one batch of a workspace at a time.
 * Workspaces take turns by their creators. Notifications and progress are written in
 * one transaction, so that each act is notified once, whichever process dies.
 */
export class Notifier {
  readonly #pool: pg.Pool;
  readonly #log: Logger;
  readonly #telling: Telling;
  /** The last workspace that was checked; undefined once all have been. */
  #behind: string | undefined = first_id;
  #began = performance.now();
  /** When all workspaces are checked again. */
  #sweeps_at = Number.NEGATIVE_INFINITY;
  /** Workspaces whose events have just been numbered. */
  readonly #hinted = new Set<string>();
  /** Workspaces with something to notify. */
  readonly #turns = new Turns<{ workspace_id: string; created_by: string }>();
  readonly #set_aside: SharedSetAside;

  constructor(pool: pg.Pool, log: Logger, { batch = batch_size, mail_after_s = null }: Partial<Telling> = {}) {
    this.#pool = pool;
    this.#log = log;
    this.#telling = { batch, mail_after_s };
    this.#set_aside = new SharedSetAside({ ...retries, task, pool, log });
  }

  /** Tells the notifier that events of a workspace have just been numbered. */
  hint(workspace_id: string): void {
    this.#hinted.add(workspace_id);
  }

  async pass({ goesOn, count }: Pass): Promise<'done' | 'more'> {
    await this.#takeHints();
    if (this.#behind === undefined && performance.now() >= this.#sweeps_at) this.#beginSweep();
    do {
      // The workspaces found are worked on before more are looked for, so
      // that each pass makes progress however many there are.
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

  /** Gives turns to the workspaces that `hint` has named. */
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

  /** Reads the next workspaces after this one, and gives turns to those with something to notify. */
  async #look(behind: string): Promise<void> {
    const found = await readOnly(this.#pool, {}, (db) => workspacesBehind(db, behind));
    for (const { is_behind, ...one } of found) if (is_behind) this.#turns.add(one.created_by, one.workspace_id, one);
    this.#behind = found.at(-1)?.workspace_id;
    if (this.#behind !== undefined) return;
    const now = performance.now();
    this.#sweeps_at = now + Math.max(interval_ms / 2, rest_per_sweep * (now - this.#began));
    // A set-aside workspace that has had nothing to notify for a while was worked on by another process.
    await this.#set_aside.sweep(now - forgotten_ms);
    set_aside.set(this.#set_aside.size);
  }

  /**
   * Works on one workspace. If that fails, the workspace is set aside without delaying the others, and retried with
   * half the batch: the cause may be one event that notifies many people. Returns whether there may be more to do.
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

/**
 * Creates the loop of the notifier. Any number of processes may run it; each workspace is worked on by one at a time.
 */
export function notificationLoop(notifier: Notifier, log: Logger): Loop {
  const times = { interval_ms, pass_ms, rest_per_work, max_retry_ms: 5_000 };
  return new Loop({ name: task, ...times, quiet: true, log, pass: (one) => notifier.pass(one) });
}
