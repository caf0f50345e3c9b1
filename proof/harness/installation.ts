import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { startEmbedded } from '../../server/src/db/embedded.ts';
import { isAlive, readClaim } from '../../server/src/db/embedded/postmaster.ts';
import { migrate } from '../../server/src/db/migrate.ts';
import { withDatabase } from './database.ts';
import { data_place_variable } from './memory-disk.ts';
import { takeDownOnSignal } from './take-down.ts';

/** Creates an empty directory that other accounts may pass through, for BATON_DATA_DIR. */
export function emptyDataDir(): string {
  const dir = mkdtempSync(path.join(process.env[data_place_variable] || os.tmpdir(), 'baton-data-'));
  chmodSync(dir, 0o755);
  takeDownOnSignal(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

// Processes that this one starts later use the same template.
const variable = 'BATON_TEST_DATA_DIR';
let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const dir = emptyDataDir();
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  const { url, stop } = await startEmbedded({ dir, fsync: false });
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query('create database baton');
  await admin.end();
  await migrate({ url: withDatabase(url, 'baton') });
  await stop();
  rmSync(path.join(dir, 'postgres-port')); // each copy finds its own
  process.env[variable] = dir;
  return dir;
}

/**
 * Creates a data directory with a migrated database, as an earlier start would have left it. It copies a template, which saves
 * the second that initdb takes.
 */
export async function madeDataDir(dir = emptyDataDir()): Promise<string> {
  const from = process.env[variable] ?? (await (template ??= makeTemplate()));
  const { status, stderr } = spawnSync('cp', ['-a', `${from}/.`, dir], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cp failed: ${stderr}`);
  return dir;
}

/** Returns the pid of the live postmaster in a data directory; undefined if there is none. */
export function postmasterOf(dir: string): number | undefined {
  const pid = readClaim(path.join(dir, 'postgres'))?.pid;
  return pid !== undefined && isAlive(pid) ? pid : undefined;
}
