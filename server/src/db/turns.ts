import type pg from 'pg';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';

/** Who wants a connection, and what for. */
export interface Asker {
  workspace_id?: string | undefined;
  /** The account. Callers who aren't signed in are distinguished by network. */
  user_id?: string | undefined;
  network?: string | undefined;
  /** Whether it may wait for a lock, and keep its connection meanwhile. */
  writes?: boolean;
  /** Whether it occupies a processor, first the database's and then this process's, as lists do. */
  list?: boolean;
  /**
   * Whether it counts rows for a second or so. One such runs at a time for a workspace and for an account, besides
   * their lists.
   */
  figures?: boolean;
}

interface Waiting {
  asker: Asker;
  start: () => void;
  refuse: (error: BatonError) => void;
}

const max_waiting = 512;
const max_waiting_of_one = 128;
const max_wait_ms = 3_000;

const part = (size: number, sixteenths: number) => Math.max(1, Math.floor((size * sixteenths) / 16));

/** A name that an asker counts under, and how many may run under it at once. */
type Share = readonly [name: string, most: number];

/**
 * Decides who gets the next connection of a pool. An account uses at most a quarter of the pool and a workspace half,
 * so that a flood of one leaves connections to the others. The writes of a workspace use three eighths, so that those
 * that wait for a lock leave some to its readers. Reads wait only for processors, of which there are fewer than
 * connections, so a workspace's reads use a quarter. Lists take longest: all together use a quarter of the pool, and
 * those of a workspace or an account a sixteenth. With more at once, all processors would be busy, and small requests
 * would wait behind the lists. Callers who aren't signed in use a quarter together, however many their networks are. A
 * request that finds no connection waits, and accounts take turns.
 */
export class Turns {
  readonly #size: number;
  readonly #most: Record<
    'account' | 'guests' | 'workspace' | 'writes' | 'reads' | 'lists' | 'workspace_lists' | 'account_lists' | 'figures',
    number
  >;
  #running = 0;
  #waiting = 0;
  /** How many run in each share. */
  readonly #counts = new Map<string, number>();
  /** By account, in the order of their turns. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(size: number) {
    this.#size = size;
    this.#most = {
      account: part(size, 4),
      guests: part(size, 4),
      workspace: part(size, 8),
      writes: part(size, 6),
      reads: part(size, 4),
      lists: part(size, 4),
      workspace_lists: part(size, 1),
      account_lists: part(size, 1),
      figures: part(size, 2),
    };
  }

  /** How many wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Returns undefined if it is the asker's turn at once, and otherwise a promise that resolves at its turn. Throws if
   * too many wait.
   */
  enter(asker: Asker): Promise<void> | undefined {
    // No waiting request fits now, or it would have been started. So nobody is overtaken.
    if (this.#running < this.#size && this.#fits(asker)) {
      this.#count(asker, 1);
      return undefined;
    }
    return this.#wait(asker);
  }

  leave(asker: Asker): void {
    this.#count(asker, -1);
    if (this.#waiting > 0) this.#startNext();
  }

  /** Accounts, networks and workspaces never have the same name. */
  #sharesOf({ workspace_id, user_id, network, writes, list, figures }: Asker): Share[] {
    const most = this.#most;
    const account = network ?? user_id;
    const shares: Share[] =
      list === true ? [['lists', most.lists]] : figures === true ? [['figures', most.figures]] : [];
    if (network !== undefined) shares.push(['guests', most.guests]);
    if (account !== undefined) {
      shares.push([account, most.account]);
      if (list === true) shares.push([`${account} lists`, most.account_lists]);
      if (figures === true) shares.push([`${account} figures`, 1]);
    }
    // Somebody who isn't signed in may name any workspace, so this doesn't count towards its share.
    if (workspace_id !== undefined && network === undefined) {
      shares.push([workspace_id, most.workspace]);
      shares.push(writes === true ? [`${workspace_id} writes`, most.writes] : [`${workspace_id} reads`, most.reads]);
      if (list === true) shares.push([`${workspace_id} lists`, most.workspace_lists]);
      if (figures === true) shares.push([`${workspace_id} figures`, 1]);
    }
    return shares;
  }

  #fits(asker: Asker): boolean {
    return this.#sharesOf(asker).every(([name, most]) => (this.#counts.get(name) ?? 0) < most);
  }

  #count(asker: Asker, by: 1 | -1): void {
    this.#running += by;
    for (const [name] of this.#sharesOf(asker)) {
      const count = (this.#counts.get(name) ?? 0) + by;
      if (count > 0) this.#counts.set(name, count);
      else this.#counts.delete(name);
    }
  }

  #wait(asker: Asker): Promise<void> {
    const account = accountOf(asker);
    const queue = this.#queues.get(account) ?? [];
    if (queue.length >= max_waiting_of_one) {
      const detail = 'Too many of your requests are waiting already.';
      throw rateLimited({ name: 'waiting', quota: max_waiting_of_one }, 1, detail);
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

  /** When all places are taken, the account with the most waiting requests gives up one for an account with fewer. */
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

  /** Checks only one of consecutive requests that are alike, as most in a queue are. */
  #firstThatFits(queue: readonly Waiting[]): Waiting | undefined {
    let refused: Asker | undefined;
    return queue.find(({ asker }) => {
      if (refused !== undefined && isAlike(asker, refused)) return false;
      if (this.#fits(asker)) return true;
      refused = asker;
      return false;
    });
  }

  #startNext(): void {
    for (const [account, queue] of this.#queues) {
      if (this.#running >= this.#size) return;
      const next = this.#firstThatFits(queue);
      if (next === undefined) continue;
      this.#drop(account, next);
      // To the end: every other account has its turn before this one has its next.
      if (this.#queues.delete(account)) this.#queues.set(account, queue);
      this.#count(next.asker, 1);
      next.start();
    }
  }
}

const accountOf = ({ network, user_id }: Asker) => network ?? user_id ?? '';
const isAlike = (a: Asker, b: Asker) =>
  a.workspace_id === b.workspace_id && a.writes === b.writes && a.list === b.list && a.figures === b.figures;
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
