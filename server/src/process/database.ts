import pg from 'pg';
import { type DatabaseConfig, unusableDirectory } from '../config.ts';
import { type EmbeddedDatabase, findEmbedded, startEmbedded } from '../db/embedded.ts';
import { connectTo, describeLogin, type Login } from './connect.ts';

export interface Database {
  /** The owner's login, for migrations; and the one that requests use. */
  owner: Login;
  app: Login;
  /** For a person: which, and where. Without a password. */
  description: string;
  stop: () => Promise<void>;
}

interface Opening {
  /** Called when the embedded database ends without being told to. */
  on_exit?: (reason: string) => void;
  signal?: AbortSignal;
}

const log = (message: string) => void process.stderr.write(`${message}\n`);
const name = 'baton';

function inDatabase(url: string): Login {
  const named = new URL(url);
  named.pathname = `/${name}`;
  return { setting: 'The embedded database', url: named.href };
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
    // What a request's statement fails with is Baton's to log, with the cause and without the values.
    await client.query(`alter database ${name} set log_min_messages = 'log'`);
  } finally {
    await client.end();
  }
}

/** Connections for the pools of all processes, and for those who look after the database. */
function connectionsFor({ pool_size, processes }: DatabaseConfig): number {
  return Math.max(200, (pool_size + 2) * processes + 20);
}

async function startOwn(config: DatabaseConfig, { on_exit, signal }: Opening): Promise<Database> {
  const dir = config.data_dir;
  let embedded: EmbeddedDatabase;
  try {
    const max_connections = connectionsFor(config);
    embedded = await startEmbedded({
      dir,
      log,
      max_connections,
      signal,
      ...(on_exit === undefined ? {} : { on_exit }),
    });
  } catch (error) {
    throw unusableDirectory(dir, error);
  }
  try {
    await createDatabase(embedded.url);
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  const login = inDatabase(embedded.url);
  const state = embedded.adopted ? ', found running' : '';
  return {
    owner: login,
    app: login,
    description: `PostgreSQL 18, embedded${state}, on port ${embedded.port}, in ${embedded.data_dir}`,
    stop: embedded.stop,
  };
}

/** Waits until the login can connect. */
async function requireLogin(login: Login, config: DatabaseConfig, signal: AbortSignal | undefined): Promise<void> {
  const client = await connectTo(login, { wait_s: config.database_wait_s, log, signal });
  await client.end();
}

function ownerOf({ database_url, migrate_database_url }: DatabaseConfig): Login | undefined {
  if (migrate_database_url === undefined) return undefined;
  const setting = migrate_database_url === database_url ? 'DATABASE_URL' : 'MIGRATE_DATABASE_URL';
  return { setting, url: migrate_database_url };
}

/** The database to serve: DATABASE_URL's once it can be reached, or the embedded one brought up. */
export async function openDatabase(config: DatabaseConfig, opening: Opening = {}): Promise<Database> {
  if (config.database_url === undefined) return startOwn(config, opening);
  const app: Login = { setting: 'DATABASE_URL', url: config.database_url };
  await requireLogin(app, config, opening.signal);
  const description = `PostgreSQL: ${describeLogin(app)}`;
  return { owner: ownerOf(config) ?? app, app, description, stop: () => Promise.resolve() };
}

/**
 * The database for a verb that works as its owner: MIGRATE_DATABASE_URL's, else DATABASE_URL's, else the embedded one. One
 * that runs already, under a server, is used as it is.
 */
export async function openAsOwner(config: DatabaseConfig): Promise<Pick<Database, 'owner' | 'description' | 'stop'>> {
  const owner = ownerOf(config);
  if (owner !== undefined) {
    await requireLogin(owner, config, undefined);
    return { owner, description: describeLogin(owner), stop: () => Promise.resolve() };
  }
  const running = await findEmbedded(config.data_dir);
  if (running === undefined) {
    const { description, ...rest } = await startOwn(config, {});
    return { ...rest, description: `the embedded database (no DATABASE_URL is set): ${description}` };
  }
  await createDatabase(running);
  const description = `the embedded database in ${config.data_dir}, which is running`;
  return { owner: inDatabase(running), description, stop: () => Promise.resolve() };
}
