import { setTimeout as sleep } from 'node:timers/promises';

/** Requests of one account that may wait at the same time, and of all in a process. */
const max_of_one = 50;
const max_of_all = 2_000;
/** From a number to the response it takes at most this; of many workspaces that are waited for, longer. */
const least_interval_ms = 100;
const interval_of_one_ms = 10;

interface Waiter {
  workspace_id: string;
  /** What it has already. */
  sequence: number;
  until: number;
  isGone: () => boolean;
  resolve: (something: boolean) => void;
}

export interface Wait extends Pick<Waiter, 'workspace_id' | 'sequence' | 'isGone'> {
  user_id: string;
  ms: number;
}

/**
 * Requests that wait for an event. They hold no connection to the database: for all that wait for one workspace, its number of
 * events is read ten times a second. So nothing depends on who numbers them, in which process.
 */
export class Waiting {
  readonly #lastOf: (workspace_id: string) => Promise<number>;
  readonly #isStopping: () => boolean;
  readonly #waiters = new Set<Waiter>();
  readonly #of_one = new Map<string, number>();
  #watching = false;

  constructor(lastOf: (workspace_id: string) => Promise<number>, isStopping: () => boolean) {
    this.#lastOf = lastOf;
    this.#isStopping = isStopping;
  }

  /** Whether something has happened in the time. At once, and no, where too many wait already or the process stops. */
  async forEvents({ user_id, ms, ...wait }: Wait): Promise<boolean> {
    const before = this.#of_one.get(user_id) ?? 0;
    if (ms <= 0 || this.#isStopping() || before >= max_of_one || this.#waiters.size >= max_of_all) return false;
    this.#of_one.set(user_id, before + 1);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiters.add({ ...wait, until: performance.now() + ms, resolve });
    if (!this.#watching) void this.#watch();
    const something = await promise;
    const left = (this.#of_one.get(user_id) ?? 1) - 1;
    if (left === 0) this.#of_one.delete(user_id);
    else this.#of_one.set(user_id, left);
    return something;
  }

  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#waiters.size > 0) {
      const places = Map.groupBy(this.#waiters, ({ workspace_id }) => workspace_id);
      await sleep(Math.max(least_interval_ms, places.size * interval_of_one_ms));
      for (const [workspace_id, waiters] of places) await this.#look(workspace_id, waiters);
      const now = performance.now();
      for (const waiter of this.#waiters) {
        if (this.#isStopping() || waiter.isGone() || now >= waiter.until) this.#end(waiter, false);
      }
    }
    this.#watching = false;
  }

  async #look(workspace_id: string, waiters: readonly Waiter[]): Promise<void> {
    // A database that is away is told of by the read that follows the wait.
    const last = await this.#lastOf(workspace_id).catch(() => 0);
    for (const waiter of waiters) if (last > waiter.sequence) this.#end(waiter, true);
  }

  #end(waiter: Waiter, something: boolean): void {
    if (this.#waiters.delete(waiter)) waiter.resolve(something);
  }
}
