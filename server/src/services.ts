import type pg from 'pg';
import type { Logger } from 'pino';
import type { AccessTokens } from './accounts/tokens.ts';
import type { Config } from './config.ts';
import type { Cursors } from './http/cursor.ts';
import type { RateLimits } from './http/rate-limits.ts';

/** What the domains work with; one of each per process. */
export interface Services {
  config: Config;
  pool: pg.Pool;
  log: Logger;
  limits: RateLimits;
  tokens: AccessTokens;
  cursors: Cursors;
  /**
   * Tells the worker of this process, if it has one, that a task has something to do. It only saves time, because the
   * worker finds all work in the database. Call it after a commit, never before.
   */
  hint: (task: string) => void;
}
