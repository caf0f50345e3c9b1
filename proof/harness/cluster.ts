import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedDatabase, startEmbedded } from '../../server/src/db/embedded.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import { setTemplateUrl, template, test_prefix, withDatabase } from './database.ts';
import { emptyDataDir, madeDataDir } from './installation.ts';
import { takeDownOnSignal } from './take-down.ts';

async function startOwn(dir: string, fsync: boolean): Promise<EmbeddedDatabase> {
  return startEmbedded({ dir: await madeDataDir(dir), fsync, max_connections: 300 });
}

/**
 * Starts one cluster with one migrated template, from which tests clone their databases. TEST_DATABASE_URL names another cluster
 * to use instead. Returns the function that takes the cluster down.
 */
export default function startTestCluster(): Promise<() => Promise<void>> {
  return startCluster({ fsync: false });
}

/** Like `startTestCluster`, but the caller decides whether commits wait for the disk, as they do in production. */
export async function startCluster({ fsync }: { fsync: boolean }): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const dir = emptyDataDir();
  const starting = given === undefined ? startOwn(dir, fsync) : undefined;
  const stop = async () => {
    forget();
    await (await starting)?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  const forget = takeDownOnSignal(stop);
  try {
    if (starting === undefined) await makeTemplate(given ?? '');
    else await adaptToTests(await starting);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function adaptToTests({ url, data_dir }: EmbeddedDatabase): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`alter database baton rename to ${template}`);
  // Tests make thousands of connections. Hashing the password 4,096 times is a third of the cost of each; the rest of SCRAM is a
  // fifth of the remainder, and databases of tests skip it.
  await admin.query('set scram_iterations = 1');
  await admin.query(`alter role postgres password ${admin.escapeLiteral(new URL(url).password)}`);
  const access = path.join(data_dir, 'pg_hba.conf');
  writeFileSync(access, `host "/^${test_prefix}" all 127.0.0.1/32 trust\n${readFileSync(access, 'utf8')}`);
  await admin.query('select pg_reload_conf()');
  await admin.end();
  setTemplateUrl(withDatabase(url, template));
}

async function makeTemplate(admin_url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: admin_url });
  await admin.connect();
  await admin.query(`drop database if exists ${template} with (force)`);
  await admin.query(`create database ${template}`);
  await admin.end();
  const template_url = withDatabase(admin_url, template);
  await migrate({ url: template_url });
  setTemplateUrl(template_url);
}
