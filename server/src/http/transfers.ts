import type { Response } from 'express';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { clientLeft } from './body.ts';
import type { Holder } from './byte-shares.ts';
import { whenClosed } from './send.ts';

/** The most files that are sent or read at one time: in total, by one network, and by one account. */
export const most_transfers = 64;
const most_of_network = 24;
const most_of_account = 6;

/** How long a download may wait for its turn, and how many may wait: in total, of one network, and of one account. */
const max_wait_ms = 10_000;
const most_waiting = 1_000;
const most_waiting_of_network = 400;
const most_waiting_of_account = 100;

interface Waiter {
  holder: Holder;
  start: () => void;
}

/** Limits the files that are sent and read at one time: each keeps a file open, perhaps for minutes. */
export class Transfers {
  readonly #wait_ms: number;
  readonly #of = new Map<string, number>();
  /** In the order of their requests. */
  readonly #waiters = new Set<Waiter>();
  #all = 0;

  constructor(wait_ms = max_wait_ms) {
    this.#wait_ms = wait_ms;
  }

  #add(who: string, one: 1 | -1): void {
    const now = (this.#of.get(who) ?? 0) + one;
    if (now > 0) this.#of.set(who, now);
    else this.#of.delete(who);
  }

  /** Why another transfer can't begin now: `rate_limited`, or `overloaded` when the process allows no more. */
  #refusalOf({ user_id = '', network }: Holder): BatonError | undefined {
    const shares: [who: string, most: number][] = [
      [user_id, most_of_account],
      [network, most_of_network],
    ];
    for (const [who, quota] of shares) {
      if ((this.#of.get(who) ?? 0) < quota) continue;
      const detail = 'You are sending and reading too many files at the same time.';
      return rateLimited({ name: 'files', quota }, 1, detail);
    }
    return this.#all >= most_transfers ? new BatonError('overloaded', {}, { retry_after_s: 1 }) : undefined;
  }

  #count({ user_id = '', network }: Holder): () => void {
    const add = (one: 1 | -1) => {
      this.#all += one;
      for (const who of [user_id, network]) this.#add(who, one);
    };
    add(1);
    return () => {
      add(-1);
      for (const waiter of this.#waiters) if (this.#refusalOf(waiter.holder) === undefined) waiter.start();
    };
  }

  /** Counts a transfer as begun, and returns the function that ends it. Throws if there is no room. */
  begin(holder: Holder): () => void {
    const refusal = this.#refusalOf(holder);
    if (refusal !== undefined) throw refusal;
    return this.#count(holder);
  }

  /**
   * Does what `begin` does as soon as there is room: a browser requests all pictures of a page at once, and doesn't ask
   * again for those that are refused. Throws if too many wait, or the wait takes too long.
   */
  async beginSoon(holder: Holder, res: Response): Promise<() => void> {
    const refusal = this.#refusalOf(holder);
    if (refusal === undefined) return this.#count(holder);
    const waiting = [...this.#waiters];
    const alike = (name: keyof Holder) => waiting.filter((waiter) => waiter.holder[name] === holder[name]).length;
    const is_full = alike('user_id') >= most_waiting_of_account || alike('network') >= most_waiting_of_network;
    if (is_full || waiting.length >= most_waiting) throw refusal;
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => {
        if (!this.#waiters.delete(waiter)) return;
        clearTimeout(timer);
        settle();
      };
      const waiter = { holder, start: () => leave(() => resolve(this.#count(holder))) };
      const timer = setTimeout(() => leave(() => reject(refusal)), this.#wait_ms);
      this.#waiters.add(waiter);
      whenClosed(res, () => leave(() => reject(clientLeft())));
    });
  }
}
