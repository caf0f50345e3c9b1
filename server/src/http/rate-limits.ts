import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, type Options, rateLimit } from 'express-rate-limit';
import type pg from 'pg';
import type { Identity } from '../access/authorize.ts';
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

/** The caller's network. An IPv6 customer has a /64 at least: one address among them means nothing. */
export const networkOf = (req: Request) => ipKeyGenerator(req.ip ?? '', 64);

const common: Partial<Options> = {
  // draft-8 hashes the key for its header, which took longer than counting.
  standardHeaders: 'draft-7',
  legacyHeaders: false,
  keyGenerator: networkOf,
  handler: (_req, _res, next) => next(new BatonError('rate_limited')),
};

// Counted before the answer is known and taken back after: more at once than the limit may be refused although they are
// right, where the other way round as many guesses as fit into one moment would be answered.
const failures = (config: Config): Partial<Options> => ({
  ...common,
  identifier: 'auth-by-account',
  windowMs: auth_window_ms,
  limit: config.auth_limit_per_account,
  skipSuccessfulRequests: true,
});

type Guard = (operation: Operation) => RequestHandler[];

/** Whether the request will be refused with 422, so that nothing can be guessed by it. */
function isMalformed(operation: Operation, req: Request): boolean {
  const has_query = operation.query === undefined && Object.keys(req.query).length > 0;
  return has_query || operation.body?.safeParse(req.body).success === false;
}

/**
 * Counts the failures of signing in to one account, whether the account exists or not, so that being throttled tells
 * nothing. A network that the account has signed in from has a counter of its own: the whole world's guesses keep the
 * owner out of no place where they were before (docs/decisions/0012).
 */
function guardSignIn(config: Config, pool: pg.Pool): Guard {
  const networks = new PostgresStore(pool, 'network', auth_window_ms);
  const counted = { ...failures(config), store: new PostgresStore(pool, 'account', auth_window_ms) };
  return (operation) => {
    const limit = rateLimit({
      ...counted,
      keyGenerator: async (req, res) => {
        const account = (req.body as { email: string }).email.trim().toLowerCase();
        const here = `${account} ${networkOf(req)}`;
        res.once('finish', () => {
          // Should it be lost, the next sign-in notes it.
          if (res.statusCode === operation.status) networks.note(here, { days: 90 }).catch(() => undefined);
        });
        return (await networks.noted(here)) ? here : account;
      },
      skip: (req) => isMalformed(operation, req),
    });
    return [limit];
  };
}

/** Counts the failures of proving who one is by the current password, with a token that may be stolen. */
function guardPassword(config: Config, pool: pg.Pool): Guard {
  const counted = { ...failures(config), store: new PostgresStore(pool, 'password', auth_window_ms) };
  return (operation) => {
    const limit = rateLimit({
      ...counted,
      keyGenerator: (_req, res) => (res.locals['identity'] as Identity).user_id,
      skip: (req) => isMalformed(operation, req),
    });
    return [limit];
  };
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
  const byAccount: Record<string, Guard> = {
    login: guardSignIn(config, pool),
    change_password: guardPassword(config, pool),
  };
  return {
    global: rateLimit({
      ...common,
      identifier: 'global',
      windowMs: 60_000,
      limit: config.rate_limit_per_minute,
    }),
    forOperation: (operation) => ({
      beforeBody: guarded.includes(operation.id) ? [byAddress] : [],
      afterBody: byAccount[operation.id]?.(operation) ?? [],
    }),
  };
}
