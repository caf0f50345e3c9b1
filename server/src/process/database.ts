import pg from 'pg';
import type { Config } from '../config.ts';
import { type EmbeddedDatabase, startEmbedded } from '../db/embedded.ts';

export interface Database {
  /** The owner's URL, for migrations; and the one that requests use. */
  owner_url: string;
  url: string;
  /** For a person: which, and where. Without a password. */
  description: string;
  stop: () => Promise<void>;
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'baton'");
    if (rowCount === 0) await client.query('create database baton');
  } finally {
    await client.end();
  }
}

function describeUrl(url: string): string {
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}

async function startOwn(config: Config, on_exit: (reason: string) => void): Promise<Database> {
  const log = (message: string) => process.stderr.write(`${message}\n`);
  const embedded: EmbeddedDatabase = await startEmbedded({ dir: config.data_dir, log, on_exit });
  await createDatabase(embedded.url);
  const url = new URL(embedded.url);
  url.pathname = '/baton';
  const state = embedded.adopted ? ', found running' : '';
  return {
    owner_url: url.href,
    url: url.href,
    description: `PostgreSQL 18, embedded${state}, on port ${embedded.port}, in ${embedded.data_dir}`,
    stop: embedded.stop,
  };
}

/** The database to use: DATABASE_URL's, or the embedded one brought up. */
export async function openDatabase(config: Config, on_exit: (reason: string) => void): Promise<Database> {
  if (config.database_url === undefined) return startOwn(config, on_exit);
  return {
    owner_url: config.migrate_database_url ?? config.database_url,
    url: config.database_url,
    description: describeUrl(config.database_url),
    stop: () => Promise.resolve(),
  };
}
