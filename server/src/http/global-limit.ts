import type { RequestHandler } from 'express';
import { type ClientRateLimitInfo, rateLimit, type Store } from 'express-rate-limit';
import { BatonError } from '../errors.ts';
import { placeOf } from './networks.ts';
import { Pace } from './pace.ts';
import { networks_a_site } from './rate-limits.ts';

/**
 * Counts for express-rate-limit by an even rate, where its own store allows twice a window's requests around its end.
 * The site is counted here too: a second limiter would cost every request as much again.
 */
class PaceStore implements Store {
  readonly localKeys = true;
  readonly #networks: Pace;
  readonly #sites: Pace;

  constructor(networks: Pace, sites: Pace) {
    this.#networks = networks;
    this.#sites = sites;
  }

  increment(ip: string): ClientRateLimitInfo {
    const now = performance.now();
    const { network, site } = placeOf(ip);
    // An IPv6 /48 has 65,536 networks. Where the site is no larger than the network, it has no limit of its own.
    const site_wait_ms = site === network ? 0 : this.#sites.spend(site, now);
    const wait_ms = site_wait_ms > 0 ? site_wait_ms : this.#networks.spend(network, now);
    const { burst } = this.#networks;
    const totalHits = wait_ms > 0 ? burst + 1 : burst - this.#networks.left(network, now);
    const until_ms = wait_ms > 0 ? wait_ms : this.#networks.resetAfter_s(network, now) * 1000;
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
export function globalLimit(per_minute: number): RequestHandler {
  const burst = Math.min(per_minute, Math.max(100, Math.ceil(per_minute / 6)));
  const pace = (networks: number) =>
    new Pace({ count: per_minute * networks, within_ms: 60_000, burst: burst * networks });
  return rateLimit({
    // draft-8 hashes the key for its header, which took longer than counting.
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    windowMs: Math.ceil((60 * burst) / per_minute) * 1000,
    limit: burst,
    store: new PaceStore(pace(1), pace(networks_a_site)),
    keyGenerator: ({ ip = '' }) => ip,
    handler: (_req, _res, next) => next(new BatonError('rate_limited')),
  });
}
