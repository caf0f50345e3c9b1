import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { requireMigratable } from './connection-check.ts';
import { MigrationFailedError, MigrationProgress } from './migration-failure.ts';

/** The folder of the .sql files. Each runs in one transaction, so an interrupted one is undone. */
export const migrations_dir = path.resolve(import.meta.dirname, '../../migrations');

/** The file of an applied migration has changed since, so the schema can't be what the files say. */
export class MigrationChangedError extends Error {
  override name = 'MigrationChangedError';
}

function fileChecksums(dir: string): Map<string, string> {
  const names = readdirSync(dir).filter((name) => name.endsWith('.sql'));
  return new Map(
    names.map((name) => [
      name.replace(/\.sql$/, ''),
      createHash('sha256')
        .update(readFileSync(path.join(dir, name)))
        .digest('hex'),
    ]),
  );
}

/** Compares the applied migrations with the files, and records the checksums of new ones. */
async function checkChecksums(client: pg.Client, dir: string): Promise<void> {
  await client.query(`create table if not exists migration_checksums (name text primary key, sha256 text not null)`);
  const known = await client.query<{ name: string; sha256: string | null }>(
    `select m.name, c.sha256 from pgmigrations m left join migration_checksums c on c.name = m.name`,
  );
  const files = fileChecksums(dir);
  for (const { name, sha256 } of known.rows) {
    const now = files.get(name);
    if (sha256 !== null && now !== undefined && sha256 !== now) {
      throw new MigrationChangedError(
        `Migration ${name} was applied with other contents. Restore the file and write a new migration instead.`,
      );
    }
    if (sha256 === null && now !== undefined) {
      await client.query('insert into migration_checksums (name, sha256) values ($1, $2) on conflict do nothing', [
        name,
        now,
      ]);
    }
  }
}

/** Lets the roles of requests and of the worker see what was applied, so that each can tell whether its schema is there. */
async function showToRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(
    `select rolname from pg_roles
     where rolname in ('baton_app', 'baton_worker') and not has_table_privilege(oid, 'pgmigrations', 'select')`,
  );
  if (rows.length > 0) {
    await client.query(`grant select on pgmigrations to ${rows.map(({ rolname }) => rolname).join(', ')}`);
  }
}

/**
 * Brings the schema up to date; several servers that start together wait for one another. Returns the names of the
 * migrations that it applied.
 */
export async function migrate(options: {
  url: string;
  dir?: string;
  log?: (message: string) => void;
}): Promise<string[]> {
  const dir = options.dir ?? migrations_dir;
  if (!existsSync(dir))
    throw new MigrationFailedError(`Migrations are missing: there is no ${dir}. Install Baton again.`);
  const { runner } = await import('node-pg-migrate'); // most processes never migrate
  const client = new pg.Client({ connectionString: options.url, application_name: 'baton migrate' });
  client.on('error', () => undefined); // the query in progress rejects
  await client.connect();
  try {
    // The login's own limits are for requests: a statement that goes over a large table may take longer.
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
    await requireMigratable(client);
    // Locked until the connection ends, so that the record of migrations is written under the lock, too.
    await client.query(`select pg_advisory_lock(hashtext('baton migrate'))`);
    const progress = new MigrationProgress(client, dir);
    const applied = await runner({
      dbClient: client,
      dir,
      direction: 'up',
      migrationsTable: 'pgmigrations',
      noLock: true, // the advisory lock covers all of it
      checkOrder: true,
      log: () => undefined,
      logger: {
        debug: () => undefined,
        info: (message) => progress.hear(message),
        warn: (message) => options.log?.(message),
        error: () => undefined, // it would print the whole SQL; the error is thrown as well
      },
    }).catch((error: unknown) => {
      throw progress.explain(error);
    });
    await checkChecksums(client, dir);
    await showToRoles(client);
    return applied.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}
