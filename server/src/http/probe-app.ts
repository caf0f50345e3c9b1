import express from 'express';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { WorkConfig } from '../config.ts';
import { HoldBack } from './hold-back.ts';
import { inTurn, LoopTurns } from './loop-turns.ts';
import { methodNotAllowed } from './methods.ts';
import { type Lifecycle, metrics, mountProbes } from './probes.ts';
import * as probes from './probes-contract.ts';
import { problemHandler } from './problem.ts';
import { requestLog } from './request-log.ts';
import { apiHeaders } from './security.ts';
import { createSending } from './send.ts';

interface Parts {
  config: WorkConfig;
  /** One connection, for probes alone. */
  pool: pg.Pool;
  log: Logger;
  lifecycle: Lifecycle;
}

/** Creates the HTTP app of a process without an API: its probes and its metrics. */
export function createProbeApp({ config, pool, log, lifecycle }: Parts): express.Express {
  const turns = new LoopTurns();
  const hold_back = new HoldBack(config.refusal_delay_ms, turns);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(requestLog(log));
  app.use(inTurn(turns));
  app.use(apiHeaders(config));
  mountProbes(app, { pool, lifecycle, hold_back });
  if (config.metrics_token !== undefined) app.get('/metrics', metrics(config.metrics_token));
  app.use(methodNotAllowed([probes.get_livez, probes.get_readyz]));
  app.use(problemHandler({ ...createSending(config), log }, hold_back));
  return app;
}
