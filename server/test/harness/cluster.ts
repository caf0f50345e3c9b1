import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { setTemplateUrl, template, withDatabase } from './database.ts';

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
  const embedded = given === undefined ? await startOwn(dir, fsync) : undefined;
  const admin_url = given ?? embedded?.url ?? '';
  const admin = new pg.Client({ connectionString: admin_url });
  await admin.connect();
  await admin.query(`drop database if exists ${template} with (force)`);
  await admin.query(`create database ${template}`);
  await admin.end();
  const template_url = withDatabase(admin_url, template);
  await migrate({ url: template_url });
  setTemplateUrl(template_url);
  return async () => {
    await embedded?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
