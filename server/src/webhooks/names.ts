import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FairQueue } from '../lib/fair-queue.ts';
import { isPublic } from './addresses.ts';
import { hostOf, readUrl } from './url.ts';

/** For so long a request waits to hear what a name leads to, its turn included. */
const patience_ms = 2_000;
const question_ms = 1_000;
/** Names that a process asks for at a time, and that wait for their turn. */
const at_once = { max_running: 16, max_waiting: 64 };

/** Asks name servers. Not the system's resolver: that keeps one of the process's few threads for each name, as long as its server is silent. */
export const createResolver = (timeout_ms = question_ms): Resolver => new Resolver({ timeout: timeout_ms, tries: 2 });

/** RFC 6761, 6.4: never has an address, and no server need be asked. */
const never_there = /(^|\.)invalid\.?$/;

/**
 * Says of the names in URLs whether they lead to an address that isn't public. That refuses a mistake as it is made, and protects nothing: a
 * name leads elsewhere a moment later, and what is sent judges each connection by itself (send.ts). So a name that isn't there, or of which
 * nobody says in time where it leads, is good.
 */
export class Names {
  readonly #resolver: Resolver;
  readonly #allow_private: boolean;
  /** In turns by person: neither many names nor silent servers of one keep another's waiting for more than one. */
  readonly #queue = new FairQueue(at_once);

  constructor({ resolver, allow_private }: { resolver: Resolver; allow_private: boolean }) {
    this.#resolver = resolver;
    this.#allow_private = allow_private;
  }

  /** Whether the URL's name leads to an address that isn't public, as far as that is known in time. A URL that is refused as it is, and none, leads nowhere. */
  async leadInside(url: string | undefined, person_id: string): Promise<boolean> {
    if (url === undefined || this.#allow_private) return false;
    const read = readUrl(url, { allow_private: false });
    if (typeof read === 'string') return false;
    const host = hostOf(read);
    if (isIP(host) !== 0 || never_there.test(host)) return false;
    const found = await this.#found(host, person_id);
    return found.some((address) => !isPublic(address));
  }

  /** The addresses of a name that came in time: of either family, whether the other's came or not. */
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
    // Its place is taken until the name servers are done with it, however late that is. Where there is none, it isn't judged.
    const looked_up = this.#queue.run(person_id, lookUp).catch(() => undefined);
    await Promise.race([looked_up, late]);
    clearTimeout(timer);
    is_late = true;
    return [...found];
  }
}
