import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import type pg from 'pg';
import type { Config } from '../config.ts';
import { BatonError } from '../errors.ts';
import type { Operation } from './contract.ts';
import { PostgresStore } from './rate-limit-store.ts';

export interface RateLimits {
  /** Every request, by network address; counted in memory, per process. */
  global: RequestHandler;
  /** What stands in front of one operation beyond that. */
  forOperation: (operation: Operation) => { beforeBody: RequestHandler[]; afterBody: RequestHandler[] };
}

const auth_window_ms = 15 * 60_000;
/** Where passwords and tokens can be guessed. */
const guarded = ['register', 'login', 'refresh', 'change_password', 'accept_invitation'];

const common: Partial<Options> = {
  // draft-8 hashes the key for its header, which took longer than counting.
  standardHeaders: 'draft-7',
  legacyHeaders: false,
  // An IPv6 customer has a /64 at least: one address among them means nothing.
  keyGenerator: (req) => ipKeyGenerator(req.ip ?? '', 64),
  handler: (_req, _res, next) => next(new BatonError('rate_limited')),
};

function accountOf(req: Request): string {
  const { email } = (req.body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? email.trim().toLowerCase() : '';
}

/** The limits of this process; those of authentication are counted in the database, for all processes together. */
export function createRateLimits(config: Config, pool: pg.Pool): RateLimits {
  const byAddress = rateLimit({
    ...common,
    identifier: 'auth-by-address',
    windowMs: auth_window_ms,
    limit: config.auth_limit_per_address,
    store: new PostgresStore(pool, 'address', auth_window_ms),
  });
  // Whether the account exists or not, so that being throttled tells nothing. A sign-in that succeeds isn't counted.
  const byAccount = rateLimit({
    ...common,
    identifier: 'auth-by-account',
    windowMs: auth_window_ms,
    limit: config.auth_limit_per_account,
    keyGenerator: accountOf,
    skipSuccessfulRequests: true,
    store: new PostgresStore(pool, 'account', auth_window_ms),
  });
  return {
    global: rateLimit({
      ...common,
      identifier: 'global',
      windowMs: 60_000,
      limit: config.rate_limit_per_minute,
    }),
    forOperation: ({ id }) => ({
      beforeBody: guarded.includes(id) ? [byAddress] : [],
      afterBody: id === 'login' ? [byAccount] : [],
    }),
  };
}
