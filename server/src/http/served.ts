import { rateLimited } from '../lib/limit.ts';
import type { Holder } from './byte-shares.ts';
import { Pace } from './pace.ts';

const networks_of_one_account = 2;

/**
 * Limits the bytes that an account or network gets per minute. The limit on requests counts a page of a megabyte the
 * same as one of a kilobyte, but the large one occupies the process about a hundred times as long. Large responses,
 * files and pages have a limit each, so that somebody who downloads a file can still use the API.
 */
export class Served {
  readonly #accounts: Pace;
  readonly #networks: Pace;

  /**
   * `bytes_per_minute` is the rate of an account; a network gets twice as much. `at_once` is the part of it that may
   * come at once.
   */
  constructor(bytes_per_minute: number, at_once = 1 / 16) {
    const pace = (count: number) => new Pace({ count, within_ms: 60_000, burst: count * at_once });
    this.#accounts = pace(bytes_per_minute);
    this.#networks = pace(bytes_per_minute * networks_of_one_account);
  }

  /** Throws `rate_limited` for a caller that has used up its bytes, before any query. */
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

  /** Counts a response that is sent in any case. Bytes beyond the limit delay the caller's next response. */
  charge({ user_id, network }: Holder, bytes: number): void {
    const now = performance.now();
    if (user_id !== undefined) this.#accounts.charge(user_id, now, bytes);
    this.#networks.charge(network, now, bytes);
  }
}
