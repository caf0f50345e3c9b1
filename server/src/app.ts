import { randomUUID } from 'node:crypto';
import express from 'express';
import type pg from 'pg';
import type { Logger } from 'pino';
import { accountRoutes } from './accounts/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { AccessTokens } from './accounts/tokens.ts';
import { commentRoutes } from './comments/routes.ts';
import type { Config } from './config.ts';
import { BatonError } from './errors.ts';
import type { Operation } from './http/contract.ts';
import { Cursors } from './http/cursor.ts';
import { createRoutes, type Services } from './http/handle.ts';
import { problemHandler } from './http/problem.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { projectRoutes } from './projects/routes.ts';
import { ticketRoutes } from './tickets/routes.ts';
import { workspaceRoutes } from './workspaces/routes.ts';

export interface App {
  handler: express.Express;
  operations: readonly Operation[];
}

/** The whole application: the middleware in order, one line per domain. */
export function createApp(parts: { config: Config; pool: pg.Pool; log: Logger }): App {
  const { config, log } = parts;
  const tokens = new AccessTokens(config.jwt_keys, config.access_token_ttl_s);
  const limits = createRateLimits(config, parts.pool);
  const services: Services = { ...parts, limits, tokens, cursors: new Cursors(config.secret) };

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trust_proxy.length === 0 ? false : [...config.trust_proxy]);

  app.use((_req, res, next) => {
    res.locals['request_id'] = randomUUID();
    res.setHeader('X-Request-Id', res.locals['request_id'] as string);
    next();
  });
  app.use(limits.global);

  const router = express.Router({ caseSensitive: true, strict: true });
  const routes = createRoutes(router, services);
  accountRoutes(routes, services);
  workspaceRoutes(routes, services);
  projectRoutes(routes, services);
  ticketRoutes(routes, services);
  commentRoutes(routes, services);
  auditRoutes(routes, services);
  app.use(router);

  app.use(() => {
    throw new BatonError('not_found');
  });
  app.use(problemHandler(log));
  return { handler: app, operations: routes.operations };
}
