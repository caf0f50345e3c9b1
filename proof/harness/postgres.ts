import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseRunner, giveTo, type Runner } from '../../server/src/db/embedded/account.ts';
import { freePort } from './served.ts';

/** The directory where Debian's packages put the programs of a version. */
export const debianBin = (version: number) => `/usr/lib/postgresql/${version}/bin`;

/** Says why Debian's PostgreSQL of this version can't run here; undefined if it can. */
export function noDebian(version: number): string | undefined {
  return existsSync(path.join(debianBin(version), 'postgres'))
    ? undefined
    : `PostgreSQL ${version} of Debian is not installed: apt-get install postgresql-${version}`;
}

/** A PostgreSQL server from a given directory of programs, which trusts every login on 127.0.0.1. */
export interface Postgres {
  port: number;
  /** A superuser's URL, without a password. */
  url: string;
  stop: () => Promise<void>;
}

/** Creates a directory that PostgreSQL's account may pass through, and chooses how to run PostgreSQL there. */
export function roomFor(bin: string): { dir: string; runner: Runner } {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-postgres-'));
  chmodSync(dir, 0o755);
  return { dir, runner: chooseRunner([dir, bin]) };
}

/** Starts an existing cluster; `stop` leaves its files. */
export async function startOn(bin: string, data_dir: string, runner: Runner): Promise<Postgres> {
  const port = await freePort();
  const flags = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'];
  const [program, ...args] = [...runner.prefix, path.join(bin, 'postgres'), '-D', data_dir];
  const child: ChildProcess = spawn(program, [...args, ...flags.flatMap((flag) => ['-c', flag])], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: data_dir,
    ...runner.identity,
  });
  let output = '';
  child.stderr?.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = () => child.kill('SIGQUIT');
  process.once('exit', kill);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  for (const until = Date.now() + 60_000; ; await sleep(50)) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    const failed = await client.connect().then(
      () => undefined,
      (error: Error) => error,
    );
    await client.end().catch(() => undefined);
    if (failed === undefined) break;
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${failed.message}\n${output}`);
  }
  return {
    port,
    url,
    stop: async () => {
      process.off('exit', kill);
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Creates and starts a cluster with these programs; `stop` removes it. */
export async function startPostgres(bin: string): Promise<Postgres> {
  const { dir, runner } = roomFor(bin);
  giveTo(runner, dir);
  const data_dir = path.join(dir, 'data');
  const [program, ...args] = [...runner.prefix, path.join(bin, 'initdb'), '-D', data_dir];
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(program, [...args, ...options], { encoding: 'utf8', cwd: dir, ...runner.identity });
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
  const postgres = await startOn(bin, data_dir, runner);
  return {
    ...postgres,
    stop: async () => {
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
