import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { giveTo, type Runner } from './account.ts';
import { type Binaries, EmbeddedError } from './binaries.ts';

async function run(command: string, args: string[], runner: Runner): Promise<void> {
  const [program = command, ...rest] = [...runner.prefix, command, ...args];
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: path.dirname(command),
    ...runner.identity,
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new EmbeddedError(`${path.basename(command)} failed:\n${output.trim().slice(-2000)}`);
}

/** The superuser's password, made once and kept where only its owner reads it. */
export function keptPassword(dir: string): string {
  const file = path.join(dir, 'postgres-password');
  try {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/** Makes a cluster beside its place and moves it there whole: one cut short never looks like one. */
export async function ensureCluster(options: {
  binaries: Binaries;
  runner: Runner;
  dir: string;
  data_dir: string;
  password: string;
  fsync: boolean;
}): Promise<void> {
  const { binaries, runner, dir, data_dir, password, fsync } = options;
  for (const name of readdirSync(dir)) {
    const maker = /^postgres\.new-(\d+)$/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`)) rmSync(path.join(dir, name), { recursive: true });
  }
  if (existsSync(path.join(data_dir, 'PG_VERSION'))) {
    giveTo(runner, data_dir);
    return;
  }
  const fresh = path.join(dir, `postgres.new-${process.pid}`);
  const password_file = path.join(fresh, 'password');
  const cluster = path.join(fresh, 'data');
  mkdirSync(fresh, { mode: 0o700 });
  writeFileSync(password_file, password, { mode: 0o600 });
  for (const file of [fresh, password_file]) giveTo(runner, file);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const login = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${password_file}`];
  const sync = fsync ? [] : ['--no-sync'];
  await run(binaries.initdb, ['-D', cluster, ...locale, ...login, ...sync, '--no-instructions'], runner);
  try {
    renameSync(cluster, data_dir);
  } catch (error) {
    // Another start was first: its cluster is as good.
    if (!existsSync(path.join(data_dir, 'PG_VERSION'))) throw error;
  }
  rmSync(fresh, { recursive: true, force: true });
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

/** The port of last time if it is free, another otherwise; remembered. */
export async function choosePort(dir: string): Promise<number> {
  const file = path.join(dir, 'postgres-port');
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const port = (await isFree(last)) ?? (await isFree(0));
  if (port === undefined) throw new EmbeddedError('There is no free port on 127.0.0.1.');
  writeFileSync(file, String(port));
  return port;
}
