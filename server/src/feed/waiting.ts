import { setTimeout as sleep } from 'node:timers/promises';
import { FairQueue } from '../lib/fair-queue.ts';

/** Requests that may wait at the same time: of one account, of one network, and of all in a process. */
const most = { account: 50, network: 500, all: 2_000 };
/** How often the number of a workspace's events is read for those that wait for it. */
const interval_ms = 100;
/** Workspaces whose number is read at the same time, and requests that read again. */
const at_once = 4;
/** After a wait that brought nothing that was asked for, and in place of one beyond the limits. */
const rest_ms = 1_000;

interface Waiter {
  workspace_id: string;
  /** What it has already. */
  sequence: number;
  /** When it is looked for first. */
  from: number;
  isGone: () => boolean;
  end: (how: Ended) => void;
}

/** How a wait ended: `over` where nobody waits for the response any more, or the process stops. */
type Ended = 'something' | 'nothing' | 'over';

export interface Wait extends Pick<Waiter, 'workspace_id' | 'sequence' | 'isGone'> {
  user_id: string;
  network: string;
  ms: number;
  /** It has waited before, and what came was none of what it asked for. */
  again: boolean;
}

interface Options {
  /** The number of a workspace's last event. */
  lastOf: (workspace_id: string) => Promise<number>;
  isStopping: () => boolean;
}

/**
 * Requests that wait for an event. They hold no connection to the database: for all that wait for one workspace, its number of
 * events is read ten times a second. So nothing depends on who numbers them, in which process. Each wait ends in its time,
 * however long the database takes.
 */
export class Waiting {
  readonly #options: Options;
  readonly #waiters = new Set<Waiter>();
  readonly #counts = new Map<string, number>();
  readonly #looks = new FairQueue({ max_running: at_once, max_waiting: most.all });
  readonly #reads = new FairQueue({ max_running: at_once, max_waiting: most.all });
  readonly #looked_at = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Reads again for one of those that have waited, a few at a time: an event may end the wait of thousands. */
  read<T>(user_id: string, work: () => Promise<T>): Promise<T> {
    return this.#reads.run(user_id, work);
  }

  async forEvents({ user_id, network, ms, again, ...wait }: Wait): Promise<Ended> {
    const keys = [`account ${user_id}`, `network ${network}`] as const;
    const [of_account, of_network] = keys.map((key) => this.#counts.get(key) ?? 0) as [number, number];
    if (this.#options.isStopping()) return 'over';
    if (of_account >= most.account || of_network >= most.network || this.#waiters.size >= most.all) {
      await sleep(Math.min(rest_ms, ms)); // a client that asks again at once is no busier than one that waits
      return 'nothing';
    }
    this.#count(keys, 1);
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const timer = setTimeout(() => waiter.end('nothing'), ms);
    const waiter: Waiter = {
      ...wait,
      from: performance.now() + (again ? rest_ms : 0),
      end: (how) => {
        if (!this.#waiters.delete(waiter)) return;
        clearTimeout(timer);
        this.#count(keys, -1);
        resolve(how);
      },
    };
    this.#waiters.add(waiter);
    this.#timer ??= setInterval(() => this.#tick(), interval_ms);
    return promise;
  }

  #count(keys: readonly string[], by: 1 | -1): void {
    for (const key of keys) {
      const count = (this.#counts.get(key) ?? 0) + by;
      if (count > 0) this.#counts.set(key, count);
      else this.#counts.delete(key);
    }
  }

  #tick(): void {
    const now = performance.now();
    for (const waiter of this.#waiters) {
      if (this.#options.isStopping() || waiter.isGone()) waiter.end('over');
      else if (now >= waiter.from) this.#look(waiter.workspace_id);
    }
    if (this.#waiters.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Looks whether there is something for those that wait for the workspace, unless that is going on. */
  #look(workspace_id: string): void {
    if (this.#looked_at.has(workspace_id)) return;
    this.#looked_at.add(workspace_id);
    void this.#wake(workspace_id).finally(() => this.#looked_at.delete(workspace_id));
  }

  async #wake(workspace_id: string): Promise<void> {
    // A database that is away is told of by the read at the end of each wait.
    const looking = this.#looks.run(workspace_id, () => this.#options.lastOf(workspace_id));
    const last = await looking.catch(() => 0);
    const now = performance.now();
    for (const waiter of this.#waiters) {
      const is_due = waiter.workspace_id === workspace_id && now >= waiter.from;
      if (is_due && last > waiter.sequence) waiter.end('something');
    }
  }
}
