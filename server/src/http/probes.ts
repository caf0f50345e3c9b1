import type { Response, Router } from 'express';
import type pg from 'pg';
import { requireWrites } from '../db/connection-check.ts';
import { BatonError } from '../errors.ts';
import { metricsText } from './metrics.ts';

/** Whether the process still takes requests. */
export interface Lifecycle {
  stopping: boolean;
}

const ready_timeout_ms = 1000;

async function requireDatabase(pool: pg.Pool): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('The database did not answer in time.')), ready_timeout_ms).unref();
  });
  try {
    await Promise.race([requireWrites(pool), late]);
  } catch (error) {
    throw new BatonError('database_unavailable', {}, { cause: error, retry_after_s: 1 });
  }
}

/** Not by Express's json(), which answers 304 to who asks for another than it has: a probe must see the 200. */
function ok(res: Response): void {
  const text = '{"status":"ok"}';
  res.type('application/json').set('Content-Length', String(text.length)).end(text);
}

/** For whoever runs the server: alive, ready, and how it does. Neither limited nor signed in. */
export function mountProbes(router: Router, pool: pg.Pool, lifecycle: Lifecycle): void {
  router.get('/livez', (_req, res) => {
    res.locals['operation'] = 'get_livez';
    ok(res);
  });
  router.get('/readyz', async (_req, res) => {
    res.locals['operation'] = 'get_readyz';
    if (lifecycle.stopping) throw new BatonError('shutting_down', {}, { retry_after_s: 5 });
    await requireDatabase(pool);
    ok(res);
  });
  router.get('/metrics', async (_req, res) => {
    res.locals['operation'] = 'get_metrics';
    res.type('text/plain; version=0.0.4').end(await metricsText());
  });
}
