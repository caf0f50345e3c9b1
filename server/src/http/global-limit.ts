import type { RequestHandler } from 'express';
import { policyField, rateLimited, remainingField } from '../lib/limit.ts';
import { placeOf } from './networks.ts';
import { Pace } from './pace.ts';
import { networks_a_site } from './rate-limit-store.ts';

/**
 * Limits the requests of each network: an even rate, and a sixth of a minute's at once. In memory, per process, and in
 * front of everything that costs. express-rate-limit writes the fields of draft 8, which differ, and as a mere frame
 * around this it took three times as long.
 */
export function globalLimit(per_minute: number): RequestHandler {
  const burst = Math.min(per_minute, Math.max(100, Math.ceil(per_minute / 6)));
  const pace = (networks: number) =>
    new Pace({ count: per_minute * networks, within_ms: 60_000, burst: burst * networks });
  const networks = pace(1);
  const sites = pace(networks_a_site);
  const limit = networks.limit('default');
  const policy = policyField(limit);
  return ({ ip = '' }, res, next) => {
    const now = performance.now();
    const { network, site } = placeOf(ip);
    // An IPv6 /48 has 65,536 networks. Where the site is no larger than the network, it has no limit of its own.
    const site_wait_ms = site === network ? 0 : sites.spend(site, now);
    const wait_ms = site_wait_ms > 0 ? site_wait_ms : networks.spend(network, now);
    if (wait_ms > 0) throw rateLimited(limit, Math.ceil(wait_ms / 1000));
    res.setHeader('RateLimit-Policy', policy);
    res.setHeader(
      'RateLimit',
      remainingField('default', networks.left(network, now), networks.resetAfter_s(network, now)),
    );
    next();
  };
}
