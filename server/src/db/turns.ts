import type pg from 'pg';
import { BatonError } from '../errors.ts';

/** For whom a connection is wanted. */
export interface Asker {
  workspace_id?: string | undefined;
  /** The account; of a caller that isn't signed in yet, the network is what it is told apart by. */
  user_id?: string | undefined;
  network?: string | undefined;
  /** Whether it may wait for a lock, and keep its connection meanwhile. */
  writes?: boolean;
}

interface Waiting {
  asker: Asker;
  start: () => void;
  refuse: (error: BatonError) => void;
}

const max_waiting = 512;
const max_waiting_of_one = 128;
const max_wait_ms = 3_000;

const part = (size: number, eighths: number) => Math.max(1, Math.floor((size * eighths) / 8));

/**
 * Who gets the next connection of a pool. An account uses a quarter of it at a time and a workspace half, so that a flood
 * of one leaves connections to the others; of the workspace's, writes use three quarters, so that those that wait for a
 * lock leave some to its readers. Whoever finds none waits, and accounts take turns.
 */
export class Turns {
  readonly #size: number;
  readonly #of_account: number;
  readonly #of_workspace: number;
  readonly #of_writes: number;
  #running = 0;
  #waiting = 0;
  /** Running, by account, workspace, and workspace's writes. Accounts and workspaces have no id in common. */
  readonly #counts = new Map<string, number>();
  /** By account, in the order of their turns. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(size: number) {
    this.#size = size;
    this.#of_account = part(size, 2);
    this.#of_workspace = part(size, 4);
    this.#of_writes = part(size, 3);
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Nothing when it is the asker's turn at once; else it is once the promise resolves. Throws when too many wait. */
  enter(asker: Asker): Promise<void> | undefined {
    if (this.#running < this.#size && this.#fits(asker) && !this.#queues.has(accountOf(asker))) {
      this.#count(asker, 1);
      return undefined;
    }
    return this.#wait(asker);
  }

  leave(asker: Asker): void {
    this.#count(asker, -1);
    if (this.#waiting > 0) this.#startNext();
  }

  #fits({ workspace_id, user_id, network, writes }: Asker): boolean {
    const account = network ?? user_id;
    if (account !== undefined && this.#of(account) >= this.#of_account) return false;
    if (workspace_id === undefined) return true;
    if (this.#of(workspace_id) >= this.#of_workspace) return false;
    return writes !== true || this.#of(writesOf(workspace_id)) < this.#of_writes;
  }

  #of(who: string): number {
    return this.#counts.get(who) ?? 0;
  }

  #count(asker: Asker, by: 1 | -1): void {
    this.#running += by;
    this.#add(asker.network ?? asker.user_id, by);
    this.#add(asker.workspace_id, by);
    if (asker.writes === true && asker.workspace_id !== undefined) this.#add(writesOf(asker.workspace_id), by);
  }

  #add(who: string | undefined, by: 1 | -1): void {
    if (who === undefined) return;
    const count = this.#of(who) + by;
    if (count > 0) this.#counts.set(who, count);
    else this.#counts.delete(who);
  }

  #wait(asker: Asker): Promise<void> {
    const account = accountOf(asker);
    const queue = this.#queues.get(account) ?? [];
    if (queue.length >= max_waiting_of_one) {
      const detail = 'Too many of your requests are waiting already.';
      throw new BatonError('rate_limited', { detail }, { retry_after_s: 1 });
    }
    if (this.#waiting >= max_waiting) this.#makeRoom(queue.length);
    this.#queues.set(account, queue);
    this.#waiting++;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        asker,
        start: () => {
          clearTimeout(timer);
          resolve();
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.#drop(account, waiting);
        reject(overloaded());
      }, max_wait_ms);
      queue.push(waiting);
    });
  }

  /** With everything full, the account that has most waiting gives a place to one that has less. */
  #makeRoom(has: number): void {
    const [account, longest] = [...this.#queues].reduce((a, b) => (b[1].length > a[1].length ? b : a));
    const last = longest.at(-1);
    if (last === undefined || longest.length <= has + 1) throw overloaded();
    this.#drop(account, last);
    last.refuse(overloaded());
  }

  #drop(account: string, waiting: Waiting): void {
    const queue = this.#queues.get(account) ?? [];
    queue.splice(queue.indexOf(waiting), 1);
    this.#waiting--;
    if (queue.length === 0) this.#queues.delete(account);
  }

  #startNext(): void {
    for (const [account, queue] of this.#queues) {
      if (this.#running >= this.#size) return;
      const next = queue.find(({ asker }) => this.#fits(asker));
      if (next === undefined) continue;
      this.#drop(account, next);
      // Behind all the others: each account has its turn before this one has its next.
      if (this.#queues.delete(account)) this.#queues.set(account, queue);
      this.#count(next.asker, 1);
      next.start();
    }
  }
}

const accountOf = ({ network, user_id }: Asker) => network ?? user_id ?? '';
const writesOf = (workspace_id: string) => `${workspace_id} writes`;
const overloaded = () => new BatonError('overloaded', {}, { retry_after_s: 1 });

const by_pool = new WeakMap<pg.Pool, Turns>();

/** The turns of this pool's connections. */
export function turnsOf(pool: pg.Pool): Turns {
  const known = by_pool.get(pool);
  if (known !== undefined) return known;
  const turns = new Turns(pool.options.max);
  by_pool.set(pool, turns);
  return turns;
}
