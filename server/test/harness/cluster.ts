import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { setTemplateUrl, template, withDatabase } from './database.ts';

const signals = ['SIGINT', 'SIGTERM'] as const;

function startOwn(dir: string, fsync: boolean) {
  chmodSync(dir, 0o755); // as root, PostgreSQL runs as another user, who must get in
  return startEmbedded({ dir, fsync, max_connections: 300 });
}

/**
 * One cluster with one migrated template, that tests clone their databases from; TEST_DATABASE_URL names another
 * cluster to use. Gives the function that takes it down.
 */
export default function startTestCluster(): Promise<() => Promise<void>> {
  return startCluster({ fsync: false });
}

/** The same, but whether commits wait for the disk, as where data is kept, is the caller's to say. */
export async function startCluster({ fsync }: { fsync: boolean }): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-test-'));
  const starting = given === undefined ? startOwn(dir, fsync) : undefined;
  const stop = async () => {
    for (const signal of signals) process.off(signal, end);
    await (await starting)?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  // Told to stop before its time, it leaves no database behind either.
  const end = () => void stop().finally(() => process.exit(1));
  for (const signal of signals) process.once(signal, end);
  try {
    if (given === undefined) await cheapenConnecting((await starting)?.url ?? '');
    await makeTemplate(given ?? (await starting)?.url ?? '');
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Of a connection's cost a third is hashing its password 4,096 times, and tests make thousands of connections. */
async function cheapenConnecting(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('set scram_iterations = 1');
  await admin.query(`alter role postgres password ${admin.escapeLiteral(new URL(url).password)}`);
  await admin.end();
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
