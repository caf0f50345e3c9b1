import type { RequestHandler } from 'express';
import { type ClientRateLimitInfo, type Options, rateLimit, type Store } from 'express-rate-limit';
import { BatonError } from '../errors.ts';
import { hasSite, networkOf, siteOf } from './networks.ts';
import { Pace } from './pace.ts';
import { networks_a_site } from './rate-limits.ts';

/** Counts for express-rate-limit by an even rate, where its own store allows twice a window's requests around its end. */
class PaceStore implements Store {
  readonly localKeys = true;
  readonly #pace: Pace;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  increment(key: string): ClientRateLimitInfo {
    const now = performance.now();
    const wait_ms = this.#pace.spend(key, now);
    const totalHits = this.#pace.burst - this.#pace.left(key, now) + (wait_ms > 0 ? 1 : 0);
    const until_ms = wait_ms > 0 ? wait_ms : this.#pace.resetAfter_s(key, now) * 1000;
    return { totalHits: Math.max(1, totalHits), resetTime: new Date(Date.now() + until_ms) };
  }

  /** Nothing is ever taken back from this limit. */
  decrement(): void {}

  resetKey(): void {}
}

/**
 * Limits the requests of each network: an even rate, and a sixth of a minute's at once. In memory, per process, and in
 * front of everything that costs.
 */
export function globalLimit(per_minute: number): RequestHandler[] {
  const burst = Math.min(per_minute, Math.max(100, Math.ceil(per_minute / 6)));
  const limit = (networks: number, options: Partial<Options>) =>
    rateLimit({
      // draft-8 hashes the key for its header, which took longer than counting.
      standardHeaders: 'draft-7',
      legacyHeaders: false,
      windowMs: Math.ceil((60 * burst) / per_minute) * 1000,
      limit: burst * networks,
      store: new PaceStore(new Pace({ count: per_minute * networks, within_ms: 60_000, burst: burst * networks })),
      handler: (_req, _res, next) => next(new BatonError('rate_limited')),
      ...options,
    });
  return [
    // A site is limited too: an IPv6 /48 has 65,536 networks.
    limit(networks_a_site, {
      identifier: 'site',
      keyGenerator: ({ ip = '' }) => siteOf(ip),
      skip: ({ ip = '' }) => !hasSite(ip),
    }),
    limit(1, { identifier: 'network', keyGenerator: ({ ip = '' }) => networkOf(ip) }),
  ];
}
