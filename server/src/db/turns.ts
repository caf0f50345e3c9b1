import type pg from 'pg';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';

/** For whom a connection is wanted. */
export interface Asker {
  workspace_id?: string | undefined;
  /** The account. Callers that aren't signed in yet are distinguished by network. */
  user_id?: string | undefined;
  network?: string | undefined;
  /** Whether it may wait for a lock, and keep its connection meanwhile. */
  writes?: boolean;
  /** Whether it keeps a processor busy, the database's and then the process's, as lists do. */
  list?: boolean;
  /** Whether it counts for a second or so: of those one runs at a time for a workspace, and for an account, beside their lists. */
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

/** What an asker counts towards, and how many of it may run at once. */
type Share = readonly [name: string, most: number];

/**
 * Decides who gets the next connection of a pool. An account uses a quarter of it at a time and a workspace half, so that a flood
 * of one leaves connections to the others. Of a workspace, writes use three eighths, so that those that wait for a lock
 * leave some to its readers. Reads wait for processors alone, of which there are fewer than connections: a workspace's
 * use a quarter. Lists take longest: all of them use a quarter of the pool, a workspace's or an account's a sixteenth.
 * More at once keep all processors busy, and small requests wait behind them. Callers that aren't signed in use a quarter
 * together, from however many networks they come. A request that finds no connection waits, and accounts take turns.
 */
export class Turns {
  readonly #size: number;
  readonly #most: Record<
    'account' | 'guests' | 'workspace' | 'writes' | 'reads' | 'lists' | 'workspace_lists' | 'account_lists' | 'figures',
    number
  >;
  #running = 0;
  #waiting = 0;
  /** How many run of each share. */
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

  /** Nothing when it is the asker's turn at once; else it is once the promise resolves. Throws when too many wait. */
  enter(asker: Asker): Promise<void> | undefined {
    // Of those that wait none fits now, or it would have been started: nobody is overtaken.
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

  /** Accounts, networks and workspaces have no name in common. */
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
    // Of a workspace that somebody merely names, nothing is used.
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

  /** Of requests alike, which most in a queue are, one is looked at. */
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
      // Behind all the others: each account has its turn before this one has its next.
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
