import cluster from 'node:cluster';
import type pg from 'pg';
import { createApp } from '../app.ts';
import { openStore } from '../attachments/open-store.ts';
import type { Config } from '../config.ts';
import { doubtsAbout } from '../db/connection-check.ts';
import { createPool, fillPool } from '../db/pool.ts';
import { observePool } from '../http/metrics.ts';
import type { Lifecycle } from '../http/probes.ts';
import { HttpService } from './http.ts';
import { createLog } from './log.ts';
import { watchSchema } from './schema-watch.ts';
import { startServices } from './services.ts';
import { Worker } from './worker.ts';

export interface Listening {
  url: string;
  /** Accepts no more requests, finishes those in progress, stops the worker, and closes the database connections. */
  stop: () => Promise<void>;
}

/** Prints a message for the operator, once however many processes there are. */
function say(text: string): void {
  if (!cluster.isWorker || cluster.worker?.id === 1) process.stderr.write(`${text}\n`);
}

/** Prints the warnings about the database. */
async function sayDoubts(pool: pg.Pool): Promise<void> {
  const doubts = await doubtsAbout(pool).catch(() => []); // it can't be reached: readiness and the log say so
  for (const doubt of doubts) say(`Warning: ${doubt}`);
}

/** Serves the API on the configured port from this process. Runs the worker in it, too, unless BATON_WORKER is off. */
export async function startListening(config: Config, database_url: string): Promise<Listening> {
  const log = createLog(config);
  const store = openStore(config);
  if (store !== undefined) await store.check();
  else say('Nobody can add attachments: set BATON_ATTACHMENTS_DIR to a folder, or BATON_ATTACHMENTS_S3_BUCKET.');
  const options = {
    url: database_url,
    max: config.pool_size,
    min: config.pool_min,
    role: config.app_role,
    statement_timeout_ms: config.statement_timeout_ms,
    lock_timeout_ms: config.lock_timeout_ms,
    on_error: (error: Error) => log.warn({ message: error.message }, 'database connection lost'),
  };
  const pool = createPool(options);
  const probe_pool = createPool({ ...options, max: 1, min: Math.min(1, config.pool_min) });
  observePool('requests', pool);
  await sayDoubts(pool);
  const lifecycle: Lifecycle = { stopping: false };
  const schema = await watchSchema(pool, lifecycle, say);
  const worker = config.worker
    ? new Worker({ config, url: config.worker_database_url ?? database_url, log, ready: schema.ready, say })
    : undefined;
  const hint = (task: string) => worker?.wake(task);
  const { handler } = createApp({ config, pool, probe_pool, log, lifecycle, hint });
  const place = { host: config.host, port: config.port, setting: 'PORT' };
  const http = new HttpService(handler, { config, lifecycle, place });
  const letGo = async () => {
    schema.stop();
    await Promise.all([pool.end(), probe_pool.end()]);
  };
  const services = worker === undefined ? [http] : [http, worker];
  const stop = await startServices(services).catch(async (error: unknown) => {
    await letGo(); // before the database is stopped under them
    throw error;
  });
  void Promise.all([fillPool(probe_pool), fillPool(pool)]);
  return {
    url: http.url,
    stop: async () => {
      await stop();
      await letGo();
    },
  };
}
