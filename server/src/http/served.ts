import { rateLimited } from '../lib/limit.ts';
import type { Holder } from './byte-shares.ts';
import { Pace } from './pace.ts';

const networks_of_one_account = 2;

/**
 * A bound on the bytes of large responses in the course of time: the limit of requests counts a page of a megabyte like
 * one of a kilobyte, and making it keeps the process from everybody else some hundred times as long.
 */
export class Served {
  readonly #accounts: Pace;
  readonly #networks: Pace;

  /** For an account; a network may have twice as much. */
  constructor(bytes_per_minute: number) {
    const pace = (count: number) => new Pace({ count, within_ms: 60_000, burst: count / 16 });
    this.#accounts = pace(bytes_per_minute);
    this.#networks = pace(bytes_per_minute * networks_of_one_account);
  }

  /** Refuses a caller that has had too much, before anything is asked of the database. */
  requireRoom({ user_id, network }: Holder): void {
    const now = performance.now();
    const of_account = user_id === undefined ? 0 : this.#accounts.wait_ms(user_id, now);
    const of_network = this.#networks.wait_ms(network, now);
    const wait_ms = Math.max(of_account, of_network);
    if (wait_ms === 0) return;
    const detail = 'You have asked for too many bytes within a minute.';
    const pace = of_account > of_network ? this.#accounts : this.#networks;
    throw rateLimited(pace.limit('read'), Math.ceil(wait_ms / 1000), detail);
  }

  /** Counts a response; what it has too much delays the next. */
  charge({ user_id, network }: Holder, bytes: number): void {
    const now = performance.now();
    if (user_id !== undefined) this.#accounts.charge(user_id, now, bytes);
    this.#networks.charge(network, now, bytes);
  }
}
