import type { Resolver } from 'node:dns/promises';
import express from 'express';
import type pg from 'pg';
import type { Logger } from 'pino';
import { accountRoutes } from './accounts/routes.ts';
import { endSessionOf } from './accounts/sessions.ts';
import { AccessTokens } from './accounts/tokens.ts';
import { analyticsRoutes } from './analytics/routes.ts';
import { createAttachments } from './attachments/attachments.ts';
import { attachmentRoutes } from './attachments/routes.ts';
import { ledgerRoutes } from './audit/ledger-routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { feedRoutes } from './feed/routes.ts';
import { prepareComment } from './comments/change.ts';
import { commentRoutes } from './comments/routes.ts';
import type { Config } from './config.ts';
import type { Operation } from './http/contract.ts';
import { ByteShares } from './http/byte-shares.ts';
import { Cursors } from './http/cursor.ts';
import { consoleRouter } from './http/console.ts';
import { built_console } from './http/console-build.ts';
import { docsRouter } from './http/docs.ts';
import { downloadRouter } from './http/downloads.ts';
import { GlobalLimit } from './http/global-limit.ts';
import { readForwarded } from './http/networks.ts';
import { methodNotAllowed } from './http/methods.ts';
import { unsubscribeRouter } from './http/unsubscribe.ts';
import { HoldBack } from './http/hold-back.ts';
import { inTurn, LoopTurns } from './http/loop-turns.ts';
import { type Lifecycle, metrics, mountProbes, untilReady } from './http/probes.ts';
import * as probes from './http/probes-contract.ts';
import { Pace } from './http/pace.ts';
import { problemHandler } from './http/problem.ts';
import { createRateLimits } from './http/rate-limits.ts';
import { createSending, type Sending } from './http/send.ts';
import { Served } from './http/served.ts';
import { requestLog } from './http/request-log.ts';
import { Transfers } from './http/transfers.ts';
import type { UploadReading } from './http/upload.ts';
import { allowOrigins, apiHeaders } from './http/security.ts';
import { createIntentOf } from './outcomes/intent.ts';
import { confirmAddress } from './mail/email-change.ts';
import { mailRoutes } from './mail/routes.ts';
import { unsubscribing } from './mail/unsubscribe.ts';
import { notificationRoutes } from './notifications/routes.ts';
import { outcomeRoutes } from './outcomes/routes.ts';
import { preferenceRoutes } from './preferences/routes.ts';
import { projectRoutes } from './projects/routes.ts';
import { Usage } from './quotas/usage.ts';
import { referenceRoutes } from './reference/routes.ts';
import type { Services } from './services.ts';
import { createServe, type Serving } from './serving/serve.ts';
import { ticketRoutes } from './tickets/routes.ts';
import { Credentials } from './tokens/credentials.ts';
import { tokenRoutes } from './tokens/routes.ts';
import { viewRoutes } from './views/routes.ts';
import { createResolver } from './webhooks/names.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import { workspaceRoutes } from './workspaces/routes.ts';

export interface App {
  handler: express.Express;
  /** Every endpoint that is mounted. */
  operations: readonly Operation[];
}

interface Parts {
  config: Config;
  pool: pg.Pool;
  /** One connection, which only probes use. */
  probe_pool: pg.Pool;
  log: Logger;
  lifecycle: Lifecycle;
  hint: Services['hint'];
  /** The folder of the built console, by default `web/dist`. */
  console_dir?: string | undefined;
  /** Resolves host names, by default with the system's name servers. */
  resolver?: Resolver | undefined;
}

/** The limit on the bytes that an account sends. */
const sentBytes = ({ write_bytes_per_hour: count }: Config) =>
  new Pace({ count, within_ms: 3_600_000, burst: count / 4 });

/** What serving needs; one of each per process. */
function servingOf(
  services: Services,
  sending: Sending,
  receiving: Pick<UploadReading, 'uploads' | 'transfers'>,
): Omit<Serving, 'requests'> {
  const { config, pool, log } = services;
  return {
    ...services,
    ...sending,
    ...receiving,
    max_attachment_bytes: config.max_attachment_bytes,
    upload_timeout_ms: config.upload_timeout_ms,
    credentials: new Credentials({ access_tokens: services.tokens, pool, log }),
    intentOf: createIntentOf(config.secret),
    usage: new Usage(config.max_bytes_per_workspace),
    bodies: new ByteShares(config.body_memory_bytes),
    request_timeout_ms: config.request_timeout_ms,
    refresh_token_ttl_s: config.refresh_token_ttl_s,
    endSession: (token, from) => endSessionOf(pool, token, from),
    written: sentBytes(config),
    uploaded: sentBytes(config),
  };
}

/** The whole application: the middleware in order, one line per domain. */
export function createApp(parts: Parts): App {
  const { config, pool, probe_pool, log, lifecycle, hint, resolver = createResolver() } = parts;
  const turns = new LoopTurns();
  const hold_back = new HoldBack(config.refusal_delay_ms, turns);
  const services: Services = {
    config,
    pool,
    log,
    limits: createRateLimits(config, pool),
    tokens: new AccessTokens(config.jwt_keys, config.access_token_ttl_s),
    cursors: new Cursors(config.secret),
    hint,
  };
  const sending = createSending(config);
  const requests = new GlobalLimit(config.rate_limit_per_minute);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.set('trust proxy', config.trust_proxy.length === 0 ? false : [...config.trust_proxy]);

  app.use(readForwarded);
  app.use(requestLog(log));
  app.use(inTurn(turns));
  app.use(apiHeaders(config));
  mountProbes(app, { pool: probe_pool, lifecycle, hold_back });
  if (config.metrics_token !== undefined) app.get('/metrics', metrics(config.metrics_token));
  app.use(...allowOrigins(config), requests.handler, untilReady(lifecycle));

  const router = express.Router({ caseSensitive: true, strict: true });
  const { links, uploads, downloads } = createAttachments(services);
  const transfers = new Transfers();
  const serve = createServe(router, { ...servingOf(services, sending, { uploads, transfers }), requests });
  // Express tries one route after the other, so the most requested ones come first.
  ticketRoutes(serve, services, prepareComment);
  commentRoutes(serve);
  attachmentRoutes(serve, services, links);
  projectRoutes(serve, services);
  workspaceRoutes(serve, services);
  tokenRoutes(serve, services);
  accountRoutes(serve, services, confirmAddress);
  preferenceRoutes(serve);
  auditRoutes(serve, services);
  analyticsRoutes(serve);
  ledgerRoutes(serve, services);
  feedRoutes(serve, services, () => lifecycle.stopping);
  mailRoutes(serve, services);
  notificationRoutes(serve, services);
  viewRoutes(serve, services);
  webhookRoutes(serve, services, resolver);
  outcomeRoutes(serve, services);
  referenceRoutes(serve);
  const operations = [...serve.operations, probes.get_livez, probes.get_readyz];
  const served = new Served(config.read_bytes_per_minute); // pages, and what they load
  const files = new Served(config.read_bytes_per_minute, 1); // a ticket may show many pictures
  app.use(router, downloadRouter(downloads, { served: files, transfers }));
  app.use(unsubscribeRouter(unsubscribing(services)), docsRouter(served));
  app.use(consoleRouter({ dir: parts.console_dir ?? built_console, served, operations }));
  app.use(methodNotAllowed(operations));
  app.use(problemHandler({ ...sending, log }, hold_back));
  return { handler: app, operations };
}
