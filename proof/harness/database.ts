import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The template's name. */
export const template = 'baton_template';
/** The prefix of the names of tests' databases. */
export const test_prefix = 'baton_test_';
const variable = 'BATON_TEST_TEMPLATE_URL';

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Tells this process, and those that it starts, where the migrated template is. */
export function setTemplateUrl(url: string): void {
  process.env[variable] = url;
}

/** Returns the owner's URL of a database in the test cluster. */
export function clusterUrl(database: string): string {
  const url = process.env[variable];
  if (url === undefined) throw new Error('There is no test cluster. Start one with startTestCluster.');
  return withDatabase(url, database);
}

/** A database for one test, cloned from the migrated template. */
export interface TestDatabase {
  url: string;
  /** Connects as the owner, who sees every row, to look behind the API. */
  owner: pg.Pool;
  drop: () => Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
  const name = `${test_prefix}${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: clusterUrl('postgres') });
  await admin.connect();
  // File by file: block by block through the write-ahead log takes several times as long.
  await admin.query(`create database ${name} template ${template} strategy file_copy`);
  await admin.end();
  const url = clusterUrl(name);
  // As on the server's connections: PostgreSQL would spend seconds compiling statements that read whole tables.
  const owner = new pg.Pool({ connectionString: url, max: 4, options: '-c jit=off' });
  owner.on('error', () => undefined);
  return {
    url,
    owner,
    drop: async () => {
      await owner.end();
      const again = new pg.Client({ connectionString: clusterUrl('postgres') });
      await again.connect();
      await again.query(`drop database if exists ${name} with (force)`);
      await again.end();
    },
  };
}
