import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response, Router } from 'express';
import type pg from 'pg';
import { BatonError } from '../errors.ts';
import { version } from '../lib/project.ts';
import type { HoldBack } from './hold-back.ts';
import { metricsText } from './metrics.ts';
import { networkOf, siteOf } from './networks.ts';
import { Pace } from './pace.ts';
import { Readiness } from './readiness.ts';

/** Whether the process still takes requests. */
export interface Lifecycle {
  stopping: boolean;
  /** Why requests can't be served yet, in words; undefined when they can. */
  waits_for?: string | undefined;
}

function requireSchema({ waits_for }: Lifecycle): void {
  if (waits_for === undefined) return;
  throw new BatonError('database_unavailable', { detail: waits_for }, { retry_after_s: 1 });
}

/** Refuses requests of the API until the schema is ready; they would fail in many different ways. */
export function untilReady(lifecycle: Lifecycle): RequestHandler {
  return (req, _res, next) => {
    if (lifecycle.waits_for !== undefined && req.path.startsWith('/v1/')) requireSchema(lifecycle);
    next();
  };
}

/** Sends a 200. Express's json() would send a 304 to a client with a condition, and a probe must see the 200. */
function ok(res: Response, says: object = {}): void {
  const text = JSON.stringify({ status: 'ok', ...says });
  res.type('application/json').set('Content-Length', String(text.length)).end(text);
}

/**
 * Mounts the probes for load balancers. They need no credential, have no limit, and stay cheap however many requests
 * come.
 */
export function mountProbes(
  router: Router,
  { pool, lifecycle, hold_back }: { pool: pg.Pool; lifecycle: Lifecycle; hold_back: HoldBack },
): void {
  const readiness = new Readiness(pool);
  const pace = new Pace({ count: 20, within_ms: 1_000, burst: 40 });
  // No probe is refused, since a flood from somebody else may come from the same address. Beyond the pace it waits a
  // moment.
  const paced: RequestHandler = (req, res, next) => {
    const { ip = '' } = req;
    if (pace.spend(networkOf(ip), performance.now()) === 0) next();
    else if (!hold_back.answer(siteOf(ip), next)) {
      res.shouldKeepAlive = false;
      next();
    }
  };
  router.get('/livez', paced, (_req, res) => {
    res.locals['operation'] = 'get_livez';
    ok(res, { version });
  });
  router.get('/readyz', paced, async (_req, res) => {
    res.locals['operation'] = 'get_readyz';
    if (lifecycle.stopping) throw new BatonError('shutting_down', {}, { retry_after_s: 5 });
    requireSchema(lifecycle);
    await readiness.requireDatabase();
    ok(res);
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest();

function carries(req: Request, expected: Buffer): boolean {
  const given = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(digest(given), expected);
}

const metrics_fresh_ms = 1000;

/** Serves the metrics to a client that has the token. For any other client the path does not exist. */
export function metrics(token: string): RequestHandler {
  const expected = digest(token);
  let gathered: { at: number; text: Promise<string> } | undefined;
  return async (req, res, next) => {
    if (!carries(req, expected)) {
      next();
      return;
    }
    res.locals['operation'] = 'get_metrics';
    const now = performance.now();
    if (gathered === undefined || now - gathered.at > metrics_fresh_ms) gathered = { at: now, text: metricsText() };
    res.type('text/plain; version=0.0.4').end(await gathered.text);
  };
}
