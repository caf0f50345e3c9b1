import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FairQueue } from '../lib/fair-queue.ts';
import { isPublic } from './addresses.ts';
import { hostOf, readUrl } from './url.ts';

/** How long a request waits for the addresses of a name, including the wait for its turn. */
const patience_ms = 2_000;
const question_ms = 1_000;
/** How many names a process looks up at a time, and how many wait for their turn. */
const at_once = { max_running: 16, max_waiting: 64 };

/**
 * Creates a resolver that asks name servers directly. The system's resolver would block one of the process's few
 * threads for each name whose server doesn't respond.
 */
export const createResolver = (timeout_ms = question_ms): Resolver => new Resolver({ timeout: timeout_ms, tries: 2 });

/** RFC 6761, 6.4: names in `invalid` never have an address, so they need no look-up. */
const never_there = /(^|\.)invalid\.?$/;

/**
 * Checks whether the names in URLs lead to an address that isn't public. The check catches mistakes early. It protects
 * nothing, because a name can lead to another address a moment later; for that, the sender checks each connection
 * (send.ts). So a name that doesn't exist, or whose look-up takes too long, is accepted.
 */
export class Names {
  readonly #resolver: Resolver;
  readonly #allow_private: boolean;
  /** People take turns, so that one person's many names or silent servers delay another's by one look-up at most. */
  readonly #queue = new FairQueue(at_once);

  constructor({ resolver, allow_private }: { resolver: Resolver; allow_private: boolean }) {
    this.#resolver = resolver;
    this.#allow_private = allow_private;
  }

  /**
   * Returns whether the URL's name is known in time to lead to an address that isn't public. Returns false without a
   * URL, and for one that is invalid or has an address as its host: `readUrl` checks those.
   */
  async leadInside(url: string | undefined, person_id: string): Promise<boolean> {
    if (url === undefined || this.#allow_private) return false;
    const read = readUrl(url, { allow_private: false });
    if (typeof read === 'string') return false;
    const host = hostOf(read);
    if (isIP(host) !== 0 || never_there.test(host)) return false;
    const found = await this.#found(host, person_id);
    return found.some((address) => !isPublic(address));
  }

  /** Returns the addresses of a name that came in time, of both families or only one. */
  async #found(host: string, person_id: string): Promise<string[]> {
    const found: string[] = [];
    let is_late = false;
    const lookUp = async () => {
      if (is_late) return;
      const asked = [this.#resolver.resolve4(host), this.#resolver.resolve6(host)];
      await Promise.allSettled(asked.map(async (answer) => found.push(...(await answer))));
    };
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patience_ms);
    // The name keeps its place until the name servers are done with it, however late that is. If the queue is full, the
    // name isn't checked.
    const looked_up = this.#queue.run(person_id, lookUp).catch(() => undefined);
    await Promise.race([looked_up, late]);
    clearTimeout(timer);
    is_late = true;
    return [...found];
  }
}
