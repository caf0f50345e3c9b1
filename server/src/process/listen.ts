import cluster from 'node:cluster';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { pino } from 'pino';
import { createApp } from '../app.ts';
import { type Config, ConfigError } from '../config.ts';
import { doubtsAbout } from '../db/connection-check.ts';
import { createPool, fillPool } from '../db/pool.ts';
import { schemaState } from '../db/schema-state.ts';
import { observePool } from '../http/metrics.ts';
import type { Lifecycle } from '../http/probes.ts';
import { createHttpServer } from '../http/server.ts';
import { Cleanups } from '../workspaces/cleanup.ts';

export interface Listening {
  url: string;
  /** Takes no more requests, answers those under way, and lets the database go. */
  stop: () => Promise<void>;
}

/** Why the port can't be listened on, by the setting to change. */
function listenProblem(error: NodeJS.ErrnoException, { host, port }: Config): Error {
  const problems: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken. Set PORT to another one.`,
    EACCES: `PORT ${port} is not for this user to listen on. Set PORT to one above 1023.`,
    EADDRNOTAVAIL: `HOST ${host} is no address of this machine.`,
    ENOTFOUND: `HOST ${host} is not known to this machine. Set HOST to one of its addresses.`,
    EAI_AGAIN: `HOST ${host} is not known to this machine. Set HOST to one of its addresses.`,
    EINVAL: `HOST ${host} can't be listened on. Set HOST to an address of this machine.`,
  };
  const says = problems[error.code ?? ''];
  return says === undefined ? error : new ConfigError(says, { cause: error });
}

function listen(server: Server, config: Config): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenProblem(error, config)));
    server.listen(config.port, config.host, () => resolve(server.address() as AddressInfo));
  });
}

/** Tells the operator, once however many processes there are, what there is to say of the database. */
async function sayDoubts(pool: pg.Pool): Promise<void> {
  if (!isFirst()) return;
  const doubts = await doubtsAbout(pool).catch(() => []); // out of reach: readiness says so, and the log
  for (const doubt of doubts) process.stderr.write(`Warning: ${doubt}\n`);
}

const isFirst = () => !cluster.isWorker || cluster.worker?.id === 1;
const look_again_ms = 1_000;

/** Keeps the process from being ready until the schema that its code needs is there; after that it costs nothing. */
async function watchSchema(pool: pg.Pool, lifecycle: Lifecycle): Promise<{ stop: () => void }> {
  const say = (text: string) => {
    if (isFirst()) process.stderr.write(`${text}\n`);
  };
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const before = lifecycle.waits_for;
    try {
      const { fault, newer } = await schemaState(pool);
      lifecycle.waits_for = fault;
      if (fault !== undefined && fault !== before) say(`Not ready: ${fault}`);
      if (newer !== undefined) say(`Warning: ${newer}`);
      if (fault === undefined && before !== undefined) say('Ready: the schema is there now.');
    } catch {
      lifecycle.waits_for = before ?? 'The database can’t be reached.'; // the log and readiness say why
    }
    if (lifecycle.waits_for !== undefined) timer = setTimeout(() => void look(), look_again_ms).unref();
  };
  await look();
  return { stop: () => clearTimeout(timer) };
}

/** Serves the API on the configured port, from this process. */
export async function startListening(config: Config, database_url: string): Promise<Listening> {
  const output = pino.destination(1);
  output.on('error', () => undefined); // nobody reads it any more
  const log = pino({ level: config.log_level }, output);
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
  observePool(pool);
  await sayDoubts(pool);
  const lifecycle: Lifecycle = { stopping: false };
  const schema = await watchSchema(pool, lifecycle);
  const { server, drain } = createHttpServer(createApp({ config, pool, probe_pool, log, lifecycle }).handler, config);
  const letGo = async () => {
    schema.stop();
    await Promise.all([pool.end(), probe_pool.end()]);
  };
  const { address, family, port } = await listen(server, config).catch(async (error: unknown) => {
    await letGo(); // before the database is stopped under them
    throw error;
  });
  void Promise.all([fillPool(probe_pool), fillPool(pool)]);
  const cleanups = new Cleanups(pool, log);
  const host = family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${host}:${port}`,
    stop: async () => {
      lifecycle.stopping = true;
      drain();
      // Readiness is off; whoever balances load sees that before we stop listening.
      await sleep(config.drain_ms);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = setTimeout(() => server.closeAllConnections(), config.shutdown_timeout_ms);
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      await closed;
      clearTimeout(deadline);
      clearInterval(idle);
      await cleanups.stop();
      await letGo();
    },
  };
}
