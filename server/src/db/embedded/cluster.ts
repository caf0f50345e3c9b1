import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { replaceDurably, syncDirectory } from '../../lib/durable-files.ts';
import { giveTo, type Runner } from './account.ts';
import { type Binaries, EmbeddedError } from './binaries.ts';
import { isAlive } from './postmaster.ts';
import { runProgram } from './program.ts';

function requireMajor(data_dir: string, major: string): void {
  const made_by = readFileSync(path.join(data_dir, 'PG_VERSION'), 'utf8').trim();
  if (made_by === major) return;
  throw new EmbeddedError(
    `${data_dir} was created by PostgreSQL ${made_by}, and this Baton includes ${major}. Dump it with the Baton that created it, and ` +
      'restore it into a new BATON_DATA_DIR.',
  );
}

/** Creates a cluster beside its place and then moves it there, so that an incomplete one never looks like a cluster. */
export async function ensureCluster(options: {
  binaries: Binaries;
  runner: Runner;
  dir: string;
  data_dir: string;
  password: string;
  fsync: boolean;
  signal: AbortSignal | undefined;
}): Promise<void> {
  const { binaries, runner, dir, data_dir, password, fsync, signal } = options;
  for (const name of readdirSync(dir)) {
    const maker = Number(/^postgres\.new-(\d+)$/.exec(name)?.[1]);
    // In a container, this process may have the number of one that was killed.
    if (maker === process.pid || (maker > 0 && !isAlive(maker))) rmSync(path.join(dir, name), { recursive: true });
  }
  if (existsSync(path.join(data_dir, 'PG_VERSION'))) {
    requireMajor(data_dir, binaries.major);
    giveTo(runner, data_dir);
    return;
  }
  const fresh = path.join(dir, `postgres.new-${process.pid}`);
  const password_file = path.join(fresh, 'password');
  const cluster = path.join(fresh, 'data');
  const clear = () => rmSync(fresh, { recursive: true, force: true, maxRetries: 5 });
  mkdirSync(fresh, { mode: 0o700 });
  process.once('exit', clear);
  try {
    writeFileSync(password_file, password, { mode: 0o600 });
    for (const file of [fresh, password_file]) giveTo(runner, file);
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const login = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${password_file}`];
    const sync = fsync ? [] : ['--no-sync'];
    const args = ['-D', cluster, ...locale, ...login, ...sync, '--no-instructions'];
    await runProgram(binaries.initdb, args, { runner, signal });
    renameSync(cluster, data_dir);
    syncDirectory(dir);
  } catch (error) {
    // Another start was first, and its cluster is just as good.
    if (signal?.aborted === true || !existsSync(path.join(data_dir, 'PG_VERSION'))) throw error;
  } finally {
    clear();
    process.off('exit', clear);
  }
}

function isFree(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

/** Returns last time's port if it is free and otherwise another one, and remembers it. */
export async function choosePort(dir: string): Promise<number> {
  const file = path.join(dir, 'postgres-port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = (await isFree(last)) ?? (await isFree(0));
  if (port === undefined) throw new EmbeddedError('There is no free port on 127.0.0.1.');
  if (port !== last) replaceDurably(file, String(port));
  return port;
}
