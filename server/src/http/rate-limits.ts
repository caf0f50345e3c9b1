import type { RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { BatonError } from '../errors.ts';
import type { Config } from '../config.ts';
import type { Operation } from './contract.ts';

export interface RateLimits {
  /** Every request, by network address; counted in memory, per process. */
  global: RequestHandler;
  /** What stands in front of one operation beyond that. */
  forOperation: (operation: Operation) => RequestHandler[];
}

/** The limits of this process. */
export function createRateLimits(config: Config): RateLimits {
  const global = rateLimit({
    windowMs: 60_000,
    limit: config.rate_limit_per_minute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: (req) => ipKeyGenerator(req.ip ?? '', 64),
    handler: (_req, _res, next) => next(new BatonError('rate_limited')),
  });
  return { global, forOperation: () => [] };
}
