import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import type { Holder } from './byte-shares.ts';

/** The most files that are sent or read at one time: in total, by one network, and by one account. */
export const most_transfers = 64;
const most_of_network = 24;
const most_of_account = 6;

/** Limits the files that are sent and read at one time: each keeps a file open, perhaps for minutes. */
export class Transfers {
  readonly #of = new Map<string, number>();
  #all = 0;

  #add(who: string, one: 1 | -1): void {
    const now = (this.#of.get(who) ?? 0) + one;
    if (now > 0) this.#of.set(who, now);
    else this.#of.delete(who);
  }

  /**
   * Counts a transfer as begun, and returns the function that ends it. Throws `rate_limited`, or `overloaded` when the
   * process allows no more.
   */
  begin({ user_id = '', network }: Holder): () => void {
    const shares: [who: string, most: number][] = [
      [user_id, most_of_account],
      [network, most_of_network],
    ];
    for (const [who, quota] of shares) {
      if ((this.#of.get(who) ?? 0) < quota) continue;
      const detail = 'You are sending and reading too many files at the same time.';
      throw rateLimited({ name: 'files', quota }, 1, detail);
    }
    if (this.#all >= most_transfers) throw new BatonError('overloaded', {}, { retry_after_s: 1 });
    this.#all++;
    for (const [who] of shares) this.#add(who, 1);
    return () => {
      this.#all--;
      for (const [who] of shares) this.#add(who, -1);
    };
  }
}
