import type { RequestHandler } from 'express';
import { BatonError } from '../errors.ts';
import { hasSite, networkOf, siteOf } from './networks.ts';
import { Pace } from './pace.ts';
import { networks_a_site } from './rate-limits.ts';

/**
 * Limits the requests of each network: an even rate, and a sixth of a minute's at once. In memory and in front of
 * everything that costs; a library's counter took 11 µs of each request where this takes one.
 */
export function globalLimit(per_minute: number): RequestHandler {
  const burst = Math.min(per_minute, Math.max(100, Math.ceil(per_minute / 6)));
  const networks = new Pace({ count: per_minute, within_ms: 60_000, burst });
  const sites = new Pace({ count: per_minute * networks_a_site, within_ms: 60_000, burst: burst * networks_a_site });
  const policy = `${burst};w=${Math.ceil((60 * burst) / per_minute)}`;
  return (req, res, next) => {
    const { ip = '' } = req;
    const network = networkOf(ip);
    const now = performance.now();
    const wait = (hasSite(ip) ? sites.spend(siteOf(ip), now) : 0) || networks.spend(network, now);
    res.setHeader('RateLimit-Policy', policy);
    res.setHeader(
      'RateLimit',
      `limit=${burst}, remaining=${networks.left(network, now)}, reset=${networks.resetAfter_s(network, now)}`,
    );
    if (wait > 0) throw new BatonError('rate_limited', {}, { retry_after_s: Math.ceil(wait / 1000) });
    next();
  };
}
