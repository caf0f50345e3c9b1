import type { RequestHandler, Response } from 'express';
import { type Limit, policyField, rateLimited, remainingField } from '../lib/limit.ts';
import { placeOf } from './networks.ts';
import { Pace } from './pace.ts';
import { networks_a_site } from './rate-limit-store.ts';

/**
 * Limits the requests of each network to an even rate, with a burst of a sixth of a minute's requests. It counts in
 * memory, per process, before anything that is expensive. express-rate-limit writes the fields of draft 8, which
 * differ, and took three times as long as a mere frame around this.
 */
export class GlobalLimit {
  readonly #networks: Pace;
  readonly #sites: Pace;
  readonly #limit: Limit;
  readonly #policy: string;

  constructor(per_minute: number) {
    const burst = Math.min(per_minute, Math.max(100, Math.ceil(per_minute / 6)));
    const pace = (networks: number) =>
      new Pace({ count: per_minute * networks, within_ms: 60_000, burst: burst * networks });
    this.#networks = pace(1);
    this.#sites = pace(networks_a_site);
    this.#limit = this.#networks.limit('default');
    this.#policy = policyField(this.#limit);
  }

  /** Counts each request as one. */
  readonly handler: RequestHandler = ({ ip = '' }, res, next) => {
    this.count(ip, res, 1);
    next();
  };

  /** Counts a request, or its weight beyond one. Throws `rate_limited` if that is too much. */
  count(ip: string, res: Response, weight: number): void {
    const now = performance.now();
    const { network, site } = placeOf(ip);
    let wait_ms = this.#networks.spend(network, now, weight);
    // An IPv6 /48 has 65,536 networks. Where the site is no larger than the network, it has no limit of its own.
    if (wait_ms === 0 && site !== network) {
      wait_ms = this.#sites.spend(site, now, weight);
      // What one limit refuses uses up neither of them.
      if (wait_ms > 0) this.#networks.charge(network, now, -weight);
    }
    if (wait_ms > 0) throw rateLimited(this.#limit, Math.ceil(wait_ms / 1000));
    res.setHeader('RateLimit-Policy', this.#policy);
    res.setHeader(
      'RateLimit',
      remainingField('default', this.#networks.left(network, now), this.#networks.resetAfter_s(network, now)),
    );
  }
}
