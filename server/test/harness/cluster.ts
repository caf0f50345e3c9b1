import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../src/db/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The owner's URL of the migrated template database. */
    template_url: string;
  }
}

const template = 'baton_template';

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function startCluster(dir: string) {
  const { startEmbedded } = await import('../../src/db/embedded.ts');
  return startEmbedded({ dir, fsync: false, max_connections: 300 });
}

/** One cluster and one migrated template for the whole run; TEST_DATABASE_URL names another cluster to use. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-test-'));
  chmodSync(dir, 0o755); // as root, PostgreSQL runs as another user, who must get in
  const embedded = given === undefined ? await startCluster(dir) : undefined;
  const admin_url = given ?? embedded?.url ?? '';
  const admin = new pg.Client({ connectionString: admin_url });
  await admin.connect();
  await admin.query(`drop database if exists ${template} with (force)`);
  await admin.query(`create database ${template}`);
  await admin.end();
  const template_url = withDatabase(admin_url, template);
  await migrate({ url: template_url });
  project.provide('template_url', template_url);
  return async () => {
    await embedded?.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
