import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { Pace } from './pace.ts';

/** Who bytes count for: an account, if it is known, and a network. */
export interface Holder {
  user_id: string | undefined;
  network: string;
}

const small_bytes = 64 * 1024;

/** Limits the bytes that are kept for requests in progress, so that no caller takes all of the memory. */
export class ByteShares {
  readonly #total: number;
  readonly #of_user: number;
  readonly #of_network: number;
  readonly #held = new Map<string, number>();
  /** The accounts and networks that were refused within the last second. */
  readonly #refused = new Pace({ count: 1, within_ms: 1000, burst: 0 });
  #sum = 0;

  /** `total` is for the process; an account may use a quarter of it, and a network half. */
  constructor(total: number) {
    this.#total = total;
    this.#of_user = total / 4;
    this.#of_network = total / 2;
  }

  /** Bytes in use now. */
  get held(): number {
    return this.#sum;
  }

  /**
   * Counts bytes as used. Throws `rate_limited` if they exceed the caller's share, and `overloaded` if they exceed the
   * total. Small items may exceed the total by a quarter, so that large items of many accounts don't block everybody.
   * An item that is larger than a share passes if nothing else counts towards that share. `own` is how many bytes of
   * the same item are counted already, if it comes piece by piece.
   */
  take(holder: Holder, bytes: number, own = 0): void {
    this.requireFree(holder, bytes, own);
    this.add(holder, bytes);
  }

  /** Throws what `take` would, without counting, so that a body that can't fit is refused before it arrives. */
  requireFree(holder: Holder, bytes: number, own = 0): void {
    if (!this.#hasShare(holder, bytes, own)) {
      this.#refused.spend(nameOf(holder), performance.now());
      throw this.#tooMany(holder);
    }
    const most = own + bytes <= small_bytes ? this.#total * 1.25 : this.#total;
    if (this.#sum > own && this.#sum + bytes > most) throw new BatonError('overloaded', {}, { retry_after_s: 1 });
  }

  /** Counts bytes that can't be refused any more. */
  add({ user_id, network }: Holder, bytes: number): void {
    this.#add(user_id, bytes);
    this.#add(network, bytes);
    this.#sum += bytes;
  }

  /** Releases bytes. */
  give({ user_id, network }: Holder, bytes: number): void {
    this.add({ user_id, network }, -bytes);
  }

  /**
   * Refuses a caller before any query if its share is used up. A caller that was refused is refused for a second more:
   * whether a response is large shows only after it has been read, and each retry would read it again.
   */
  requireRoom(holder: Holder): void {
    if (this.#refused.wait_ms(nameOf(holder), performance.now()) > 0 || !this.#hasShare(holder, 1))
      throw this.#tooMany(holder);
  }

  #tooMany({ user_id }: Holder): BatonError {
    const quota = user_id === undefined ? this.#of_network : this.#of_user;
    const detail = 'Too many bytes of your requests and responses are in progress.';
    return rateLimited({ name: 'in-progress', quota }, 1, detail);
  }

  #hasShare({ user_id, network }: Holder, bytes: number, own = 0): boolean {
    const fits = (held: number, share: number) => held === own || held + bytes <= share;
    const of_user = user_id === undefined ? 0 : (this.#held.get(user_id) ?? 0);
    return fits(of_user, this.#of_user) && fits(this.#held.get(network) ?? 0, this.#of_network);
  }

  #add(who: string | undefined, bytes: number): void {
    if (who === undefined || bytes === 0) return;
    const held = (this.#held.get(who) ?? 0) + bytes;
    if (held > 0) this.#held.set(who, held);
    else this.#held.delete(who);
  }
}

const nameOf = ({ user_id, network }: Holder) => user_id ?? network;
