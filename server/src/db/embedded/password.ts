import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createDurably, replaceDurably } from '../../lib/durable-files.ts';
import { giveTo, type Runner } from './account.ts';
import { type Binaries, EmbeddedError } from './binaries.ts';
import { isAlive, readClaim } from './postmaster.ts';
import { runProgram } from './program.ts';

const fileIn = (dir: string) => path.join(dir, 'postgres-password');
const fresh = () => randomBytes(24).toString('base64url');

/** The superuser's password; empty when there is none. */
export function readPassword(dir: string): string {
  const file = fileIn(dir);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}

/**
 * The superuser's password, created once and kept where only its owner can read it. If it is lost, by a power cut for
 * instance, a new one is set: the owner of the directory may do that.
 */
export async function ensurePassword(options: {
  binaries: Binaries;
  runner: Runner;
  dir: string;
  data_dir: string;
  log: (message: string) => void;
}): Promise<string> {
  const { dir, data_dir, log } = options;
  const file = fileIn(dir);
  const exists = existsSync(path.join(data_dir, 'PG_VERSION'));
  if (!exists) createDurably(file, fresh);
  const kept = readPassword(dir);
  if (kept !== '') return kept;
  const password = fresh();
  if (exists) {
    log(`${file} is ${existsSync(file) ? 'empty' : 'gone'}. Setting a new password …`);
    await setPassword(options, password);
  }
  replaceDurably(file, password);
  return password;
}

/**
 * Sets the password without knowing the old one, which PostgreSQL allows the owner of the files while no server runs.
 */
async function setPassword(
  { binaries, runner, dir, data_dir }: { binaries: Binaries; runner: Runner; dir: string; data_dir: string },
  password: string,
): Promise<void> {
  const pid = readClaim(data_dir)?.pid;
  if (pid !== undefined && isAlive(pid)) {
    throw new EmbeddedError(
      `The password in ${fileIn(dir)} is lost, and PostgreSQL (process ${pid}) still runs. Stop that process and ` +
        'start again: a new password is set.',
    );
  }
  giveTo(runner, data_dir);
  const input = `alter role postgres password '${password}';\n`;
  await runProgram(binaries.postgres, ['--single', '-D', data_dir, 'postgres'], { runner, input });
}
