import type pg from 'pg';
import { ConfigError, type DatabaseConfig, unusableDirectory } from '../config.ts';
import { type EmbeddedDatabase, hasDatabase, startEmbedded } from '../db/embedded.ts';
import { connectTo, describeLogin, type Login, type Waiting } from './connect.ts';

export interface Database {
  /** The owner's login, for migrations; and the one that requests use. */
  owner: Login;
  app: Login;
  embedded: boolean;
  /** Describes for a person which database it is, and where; without a password. */
  description: string;
  stop: () => Promise<void>;
}

interface Opening {
  /** Called when the embedded database ends unexpectedly. */
  on_exit?: (reason: string) => void;
  /** Uses an embedded database that runs already, whether under a server or not. */
  beside?: boolean;
  signal?: AbortSignal;
}

const log = (message: string) => void process.stderr.write(`${message}\n`);
const name = 'baton';

const embeddedAt = (url: string): Login => ({ setting: 'The embedded database', url });

function inDatabase(url: string): Login {
  const named = new URL(url);
  named.pathname = `/${name}`;
  return embeddedAt(named.href);
}

async function createDatabase(server: Login, waiting: Waiting): Promise<void> {
  const client = await connectTo(server, waiting);
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
    // Baton itself logs why a request's statement failed, with the cause and without the values.
    await client.query(`alter database ${name} set log_min_messages = 'log'`);
  } finally {
    await client.end();
  }
}

/** Connections that the pools of all processes may open, one for readiness included. */
function connectionsOf({ pool_size, worker, worker_pool_size, processes }: DatabaseConfig): number {
  return (pool_size + 1 + (worker ? worker_pool_size : 0)) * processes;
}

/** These connections, and some for the people who administer the database. */
function connectionsFor(config: DatabaseConfig): number {
  return Math.max(200, connectionsOf(config) + config.processes + 20);
}

async function startOwn(config: DatabaseConfig, { on_exit, beside = false, signal }: Opening): Promise<Database> {
  const dir = config.data_dir;
  let embedded: EmbeddedDatabase;
  // Creating it takes some seconds, without any other output.
  if (!hasDatabase(dir)) log(`Creating the database in ${dir} …`);
  try {
    const max_connections = connectionsFor(config);
    embedded = await startEmbedded({
      dir,
      log,
      max_connections,
      beside,
      signal,
      ...(on_exit === undefined ? {} : { on_exit }),
    });
  } catch (error) {
    throw unusableDirectory(dir, error);
  }
  try {
    await createDatabase(embeddedAt(embedded.url), { wait_s: config.database_wait_s, log, signal });
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  const login = inDatabase(embedded.url);
  const state = embedded.found_running ? ', found running' : '';
  return {
    owner: login,
    app: login,
    embedded: true,
    description: `PostgreSQL ${embedded.major}, embedded${state}, on port ${embedded.port}, in ${embedded.data_dir}`,
    stop: embedded.stop,
  };
}

/** Waits until the login can connect, and then calls `look` with the connection. */
async function requireLogin(
  login: Login,
  config: DatabaseConfig,
  options: { signal?: AbortSignal | undefined; look?: (client: pg.Client) => Promise<unknown> } = {},
): Promise<void> {
  const client = await connectTo(login, { wait_s: config.database_wait_s, log, signal: options.signal });
  try {
    await options.look?.(client);
  } finally {
    await client.end();
  }
}

/** Warns if the pools of all processes may want more connections than the login can have. */
async function sayShortage(client: pg.Client, config: DatabaseConfig): Promise<void> {
  const { rows } = await client.query<{ allowed: number; bound: string }>(
    `select allowed, bound from pg_roles join pg_database on datname = current_database(), lateral (values
       (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0), 'max_connections'),
       (rolconnlimit, 'the connection limit of the role'),
       (datconnlimit, 'the connection limit of the database')) as bounds (allowed, bound)
     where rolname = session_user and allowed >= 0 order by allowed limit 1`,
  );
  const [{ allowed, bound } = { allowed: Infinity, bound: '' }] = rows;
  const wanted = connectionsOf(config);
  if (wanted <= allowed) return;
  const sizes = ['BATON_POOL_SIZE', ...(config.worker ? ['BATON_WORKER_POOL_SIZE'] : []), '1'].join(' + ');
  log(
    `Warning: ${config.processes} × (${sizes}) may open ${wanted} connections, and PostgreSQL allows ${allowed} ` +
      `(${bound}). Lower WEB_CONCURRENCY or BATON_POOL_SIZE, or raise that limit.`,
  );
}

function ownerOf({ database_url, migrate_database_url }: DatabaseConfig): Login | undefined {
  if (migrate_database_url === undefined) return undefined;
  const setting = migrate_database_url === database_url ? 'DATABASE_URL' : 'MIGRATE_DATABASE_URL';
  return { setting, url: migrate_database_url };
}

/** Identifies the database that a connection reaches, by whatever address. */
async function placeOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ place: string }>(
    `select current_database() || ' of the server started at ' || pg_postmaster_start_time() as place`,
  );
  return rows[0]?.place ?? '';
}

/** The worker's login. */
function workerOf({ database_url, worker_database_url: url = '' }: DatabaseConfig): Login {
  return { setting: url === database_url ? 'DATABASE_URL' : 'WORKER_DATABASE_URL', url };
}

/** The login for `work`, once it can connect. */
export async function openWorkerLogin(config: DatabaseConfig, signal?: AbortSignal): Promise<Login> {
  const login = workerOf(config);
  await requireLogin(login, config, { signal });
  return login;
}

/** The login of DATABASE_URL, once it can connect. */
export async function openAppLogin(config: DatabaseConfig & { database_url: string }): Promise<Login> {
  const login: Login = { setting: 'DATABASE_URL', url: config.database_url };
  await requireLogin(login, config);
  return login;
}

/** Opens the database to serve: that of DATABASE_URL once it can be reached, or the embedded one. */
export async function openDatabase(config: DatabaseConfig, opening: Opening = {}): Promise<Database> {
  if (config.database_url === undefined) return startOwn(config, opening);
  const app: Login = { setting: 'DATABASE_URL', url: config.database_url };
  const places: string[] = [];
  const look = async (client: pg.Client) => void places.push(await placeOf(client));
  const { signal } = opening;
  await requireLogin(app, config, {
    signal,
    look: (client) => Promise.all([look(client), sayShortage(client, config)]),
  });
  const worker = workerOf(config);
  if (config.worker && worker.url !== app.url) {
    await requireLogin(worker, config, { signal, look });
    if (places[0] !== places[1]) {
      throw new ConfigError('WORKER_DATABASE_URL and DATABASE_URL lead to different databases. Correct one of them.');
    }
  }
  const description = `PostgreSQL: ${describeLogin(app)}`;
  return { owner: ownerOf(config) ?? app, app, embedded: false, description, stop: () => Promise.resolve() };
}

/**
 * Opens the database for a command that works as its owner: that of MIGRATE_DATABASE_URL, else that of DATABASE_URL,
 * else the embedded one. An embedded one that runs already, under a server, is used as it is; a missing one is created
 * only with `create`.
 */
export async function openAsOwner(
  config: DatabaseConfig,
  { create }: { create: boolean },
): Promise<Pick<Database, 'owner' | 'description' | 'stop'>> {
  const owner = ownerOf(config);
  if (owner !== undefined) {
    await requireLogin(owner, config);
    return { owner, description: describeLogin(owner), stop: () => Promise.resolve() };
  }
  if (!create && !hasDatabase(config.data_dir)) {
    const where = 'Start Baton there first, or set BATON_DATA_DIR to the directory of yours.';
    throw new ConfigError(`There is no database in ${config.data_dir}. ${where}`);
  }
  const { owner: login, description, stop } = await startOwn(config, { beside: true });
  return { owner: login, stop, description: `the embedded database (no DATABASE_URL is set): ${description}` };
}
