import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { Pace } from './pace.ts';

/** Whose bytes they are: an account's, if it is known, and a network's. */
export interface Holder {
  user_id: string | undefined;
  network: string;
}

const small_bytes = 64 * 1024;

/** A bound on bytes that are kept for requests in progress, so that no caller takes the memory of all. */
export class ByteShares {
  readonly #total: number;
  readonly #of_user: number;
  readonly #of_network: number;
  readonly #held = new Map<string, number>();
  /** The accounts and networks that were refused within the last second. */
  readonly #refused = new Pace({ count: 1, within_ms: 1000, burst: 0 });
  #sum = 0;

  /** `total` for the process; of that, an account may have a quarter and a network half. */
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
   * Counts bytes as used. Throws `rate_limited` when they exceed the caller's share, `overloaded` when the process has
   * no more: of small ones a quarter more, so that large ones of many accounts don't keep everybody from working.
   * Something may always be taken: what is larger than a share passes alone. `own` are those of the same thing that are
   * counted already, where it comes piece by piece.
   */
  take(holder: Holder, bytes: number, own = 0): void {
    this.requireFree(holder, bytes, own);
    this.add(holder, bytes);
  }

  /** Throws what `take` would, and counts nothing: a body that can't fit is refused before it arrives. */
  requireFree(holder: Holder, bytes: number, own = 0): void {
    if (!this.#hasShare(holder, bytes, own)) {
      this.#refused.spend(nameOf(holder), performance.now());
      throw this.#tooMany(holder);
    }
    const most = own + bytes <= small_bytes ? this.#total * 1.25 : this.#total;
    if (this.#sum > own && this.#sum + bytes > most) throw new BatonError('overloaded', {}, { retry_after_s: 1 });
  }

  /** Counts bytes as used that can't be refused any more. */
  add({ user_id, network }: Holder, bytes: number): void {
    this.#add(user_id, bytes);
    this.#add(network, bytes);
    this.#sum += bytes;
  }

  /** Counts bytes as used no longer. */
  give({ user_id, network }: Holder, bytes: number): void {
    this.add({ user_id, network }, -bytes);
  }

  /**
   * Refuses early who has used up a share, before anything is asked of the database; and for a second who was refused:
   * a response is large only once it has been read, and would be read again and again.
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
