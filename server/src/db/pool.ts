import type { Socket } from 'node:net';
import pg from 'pg';
import { isoFromPostgres } from '../lib/time.ts';
import { checkConnection, type DatabaseUser, type Settings } from './connection-check.ts';

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, isoFromPostgres);
types.setTypeParser(pg.types.builtins.DATE, (text) => text);
types.setTypeParser(pg.types.builtins.INT8, Number);

export interface PoolOptions {
  url: string;
  max: number;
  /** How many connections stay open when they are idle. */
  min?: number;
  /** The role to act as from the first statement on; undefined when the login is that role itself. */
  role?: string | undefined;
  /** Who uses the connections; requests by default. */
  user?: DatabaseUser;
  statement_timeout_ms: number;
  lock_timeout_ms: number;
  on_error: (error: Error) => void;
}

/** The settings that every connection must have. They are sent as it opens, and checked once it is open. */
export function settingsOf({
  statement_timeout_ms,
  lock_timeout_ms,
}: Pick<PoolOptions, 'statement_timeout_ms' | 'lock_timeout_ms'>): Settings {
  return {
    TimeZone: 'UTC',
    statement_timeout: statement_timeout_ms,
    lock_timeout: lock_timeout_ms,
    idle_in_transaction_session_timeout: statement_timeout_ms * 2,
    // An acknowledged write is on disk, whatever the server's own default is.
    synchronous_commit: 'on',
    // No request may use three processes: a slow one in a workspace would take what others need.
    max_parallel_workers_per_gather: 0,
    // The plan of a list that may not sort costs more than all thresholds, so it would be compiled first, for seconds.
    jit: 'off',
    // It would read all projects of a workspace to find the one of a ticket. No statement needs it.
    enable_mergejoin: 'off',
  };
}

/** The form in which settings are sent as a connection opens. */
export function startupOptions(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Options of the driver that its types don't have. It awaits `onConnect`, and drops a connection that fails it. */
type Options = Omit<pg.PoolConfig, 'onConnect'> & {
  pipeline: boolean;
  onConnect: (client: pg.ClientBase) => Promise<void>;
};

const look_every_ms = 500;

/**
 * Destroys a connection whose server owes a response and has sent nothing for `after_ms`: the last resort against a
 * server that hangs without closing it. The driver's query_timeout would also count the time of the earlier statements
 * in the batch, and keep in memory what was read
 * ([decision 28](../../../docs/decisions/0028-results-come-by-callback.md)).
 */
function destroyWhenSilent(client: pg.ClientBase, after_ms: number): void {
  const driver = client as unknown as { connection: { stream: Socket }; readyForQuery: boolean };
  const { stream } = driver.connection;
  let read = -1;
  let heard = 0;
  const look = setInterval(() => {
    const now = performance.now();
    if (driver.readyForQuery || stream.bytesRead !== read) {
      read = stream.bytesRead;
      heard = now;
    } else if (now - heard >= after_ms) {
      stream.destroy(Object.assign(new Error('PostgreSQL did not respond in time.'), { code: 'ETIMEDOUT' }));
    }
  }, look_every_ms).unref();
  stream.once('close', () => clearInterval(look));
}

/** The options with which the app's connections are opened. */
function connectionOf(options: PoolOptions): Options {
  const settings = settingsOf(options);
  const given = options.role === undefined ? settings : { ...settings, role: options.role };
  return {
    connectionString: options.url,
    application_name: 'baton',
    max: options.max,
    min: options.min ?? 0,
    types,
    pipeline: true,
    keepAlive: true,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 5_000,
    options: startupOptions(given),
    onConnect: (client) => {
      destroyWhenSilent(client, options.statement_timeout_ms + 2_000);
      return checkConnection(client, settings, options.user);
    },
  };
}

/** Creates the pool of the app's connections: pipelined, in UTC, acting as a role that owns nothing. */
export function createPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool(connectionOf(options));
  // A pool ends before the server has closed its connections. How they end is of no interest then.
  const onError = (error: Error) => {
    if (!pool.ending) options.on_error(error);
  };
  // Both listeners matter: without them a database restart ends the process.
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

/**
 * Opens as many connections as are to stay open, because later a crowd of other clients could use up the connections.
 * All are requested at once, so that each is a new one. Each is returned when it is open, so that no request waits for
 * the last.
 */
export async function fillPool(pool: pg.Pool): Promise<void> {
  const open = async () => (await pool.connect()).release();
  await Promise.allSettled(Array.from({ length: pool.options.min ?? 0 }, open));
}
