import type { WorkConfig } from '../config.ts';
import { createProbeApp } from '../http/probe-app.ts';
import type { Lifecycle } from '../http/probes.ts';
import { version } from '../lib/project.ts';
import { describeLogin } from './connect.ts';
import { openWorkerLogin } from './database.ts';
import { HttpService } from './http.ts';
import { createLog } from './log.ts';
import { watchSchema } from './schema-watch.ts';
import { startServices } from './services.ts';
import { stopOnSignal } from './stopping.ts';
import { Worker, workerPool } from './worker.ts';

const say = (text: string) => void process.stderr.write(`${text}\n`);

function welcome({ tasks, database, url }: { tasks: readonly string[]; database: string; url: string | undefined }) {
  const probes = url === undefined ? 'none; BATON_WORK_PORT opens /livez, /readyz and /metrics' : `${url}/readyz`;
  return [
    '',
    `Baton ${version} works`,
    `  tasks      ${tasks.join(', ')}`,
    `  database   ${database}`,
    `  probes     ${probes}`,
    '',
    'Any number of these processes may run. Set BATON_WORKER=off for serve, unless it should run the worker, too.',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

async function bringUp(config: WorkConfig, signal: AbortSignal): Promise<{ says: string; stop: () => Promise<void> }> {
  const log = createLog(config);
  const login = await openWorkerLogin(config, signal);
  const probe_pool = workerPool(config, { url: login.url, max: 1, log });
  const lifecycle: Lifecycle = { stopping: false };
  const schema = await watchSchema(probe_pool, lifecycle, say);
  const worker = new Worker({ config, url: login.url, log, ready: schema.ready, say });
  const { work_port: port } = config;
  const place = { host: config.host, port: port ?? 0, setting: 'BATON_WORK_PORT' };
  const http = new HttpService(createProbeApp({ config, pool: probe_pool, log, lifecycle }), {
    config,
    lifecycle,
    place,
  });
  const letGo = async () => {
    schema.stop();
    await probe_pool.end();
  };
  const stop = await startServices(port === undefined ? [worker] : [http, worker]).catch(async (error: unknown) => {
    await letGo();
    throw error;
  });
  return {
    says: welcome({
      tasks: worker.tasks,
      database: `PostgreSQL: ${describeLogin(login)}`,
      url: port === undefined ? undefined : http.url,
    }),
    stop: async () => {
      await stop();
      await letGo();
    },
  };
}

/** Runs the worker alone, until a signal stops it. */
export async function work(config: WorkConfig): Promise<void> {
  const abort = new AbortController();
  const starting = bringUp(config, abort.signal);
  const stopping = stopOnSignal({
    timeout_ms: config.drain_ms + config.shutdown_timeout_ms + 10_000,
    stop: async () => {
      abort.abort();
      const up = await starting.catch(() => undefined);
      await up?.stop();
      process.stdout.write('Stopped.\n');
    },
  });
  try {
    const { says } = await starting;
    if (!abort.signal.aborted) process.stdout.write(`${says}\n`);
  } catch (error) {
    if (abort.signal.aborted) return;
    stopping.release();
    throw error;
  }
}
