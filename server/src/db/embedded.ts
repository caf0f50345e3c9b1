import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseRunner, type Runner } from './embedded/account.ts';
import { type Binaries, EmbeddedError, findBinaries } from './embedded/binaries.ts';
import { choosePort, ensureCluster } from './embedded/cluster.ts';
import { log_settings, ServerLog } from './embedded/log.ts';
import { ensurePassword } from './embedded/password.ts';
import { makeDirectoryDurably } from '../lib/durable-files.ts';
import { type Claim, isAlive, readClaim, verify, worksIn } from './embedded/postmaster.ts';

export { EmbeddedError } from './embedded/binaries.ts';

export interface EmbeddedOptions {
  /** The directory of the cluster, its password and its log. */
  dir: string;
  log?: (message: string) => void;
  /** false only for clusters that are thrown away: a crash may lose them. */
  fsync?: boolean;
  max_connections?: number;
  /** Called when the database ends unexpectedly. */
  on_exit?: (reason: string) => void;
  /** Uses a database that runs already without supervising it, whether or not another process does. */
  beside?: boolean;
  /** Aborts the start; nothing is left running. */
  signal?: AbortSignal | undefined;
}

export interface EmbeddedDatabase {
  /** The superuser's URL, password included: not for logs. */
  url: string;
  data_dir: string;
  port: number;
  major: string;
  /** It was running already: taken over from a supervisor that was killed, or used beside one. */
  found_running: boolean;
  stop: () => Promise<void>;
}

interface Running {
  claim: Claim;
  child: ChildProcess | undefined;
}

const start_timeout_ms = 60_000;
const stop_timeout_ms = 30_000;
// "baton" on a telephone's keys. Advisory locks are fine here: there is one cluster, and no request uses them.
const supervisor_lock = 22866;
/** Whether a directory has an embedded database, running or not. */
export const hasDatabase = (dir: string): boolean => existsSync(path.join(dir, 'postgres'));

/** The lock that the commands beside a supervisor share. */
const user_lock = 22867;

/** Where and how the cluster is run. */
interface Place {
  dir: string;
  data_dir: string;
  fsync: boolean;
  max_connections: number;
  binaries: Binaries;
  runner: Runner;
  urlAt: (port: number) => string;
  log: (message: string) => void;
  server_log: ServerLog;
  signal: AbortSignal | undefined;
}

const urlWith = (password: string) => (port: number) =>
  // Set explicitly: PGSSLMODE in the environment is meant for another database.
  `postgres://postgres:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;

/**
 * Starts PostgreSQL in a directory, or takes over the one that a killed supervisor left running. Each directory has one
 * supervisor: a second one is refused, or works beside the first.
 */
export async function startEmbedded(
  options: EmbeddedOptions,
  deadline = Date.now() + start_timeout_ms,
): Promise<EmbeddedDatabase> {
  const { dir, fsync = true, max_connections = 200, log = () => undefined, beside = false, signal } = options;
  const binaries = findBinaries();
  makeDirectoryDurably(dir);
  const runner = chooseRunner([realpathSync(dir), binaries.dir]);
  const data_dir = path.join(realpathSync(dir), 'postgres');
  const password = await ensurePassword({ binaries, runner, dir, data_dir, log });
  const urlAt = urlWith(password);
  await ensureCluster({ binaries, runner, dir, data_dir, password, fsync, signal });

  const server_log = new ServerLog(dir);
  const place: Place = {
    ...{ dir, data_dir, fsync, max_connections, binaries, runner },
    ...{ urlAt, log, server_log, signal },
  };
  const running = (await findRunning(place)) ?? (await launch(place));
  const { port } = running.claim;
  const found_running = running.child === undefined;
  const database = { url: urlAt(port), data_dir, port, major: binaries.major, found_running };
  const lock = beside && found_running ? undefined : await takeSupervision(database.url);
  if (lock === undefined && !beside) throw new EmbeddedError(alreadyRuns(dir));
  if (lock === undefined) {
    const use = await takeUse(database.url);
    if (use !== undefined) return { ...database, stop: () => use.end() };
    // The database was being stopped at this moment.
    if (Date.now() > deadline) throw new EmbeddedError(`PostgreSQL (process ${running.claim.pid}) stopped.`);
    signal?.throwIfAborted();
    await sleep(100);
    return startEmbedded(options, deadline);
  }
  const unwatch = server_log.watch();
  // However this process ends, short of a kill -9, it stops PostgreSQL too: nothing else would.
  const last = () => signalPostmaster(running, data_dir);
  process.once('exit', last);
  let stopping = false;
  const ended = (reason: string) => {
    process.off('exit', last);
    unwatch();
    if (!stopping) options.on_exit?.(reason);
  };
  running.child?.once('exit', (code) => ended(`PostgreSQL ended with ${code ?? 'a signal'}; see ${server_log.file}.`));
  lock.once('end', () => {
    if (running.child === undefined && !isAlive(running.claim.pid)) ended('PostgreSQL ended.');
  });
  const takeDown = async () => {
    // A command that started the database isn't its only user if another one has begun since.
    if (beside) await lastUse(lock, log);
    await lock.end();
    await stopPostmaster(running, data_dir);
    process.off('exit', last);
    unwatch();
  };
  let stopped: Promise<void> | undefined;
  return {
    ...database,
    stop: () => {
      stopping = true;
      stopped ??= takeDown();
      return stopped;
    },
  };
}

/** A postmaster that serves this directory already. Only one that has been verified counts. */
async function findRunning({ dir, data_dir, urlAt, log, signal }: Place): Promise<Running | undefined> {
  const deadline = Date.now() + start_timeout_ms;
  for (let said = false; ; said = true) {
    signal?.throwIfAborted();
    const claim = readClaim(data_dir);
    if (claim === undefined || !isAlive(claim.pid)) return undefined;
    const verdict = await verify(urlAt(claim.port), data_dir, claim);
    if (verdict === 'serving') return { claim, child: undefined };
    // A live process has that number but isn't ours: the number was reused. It is never signalled. Only the file is
    // removed, which PostgreSQL would take for a lock.
    if (verdict !== 'starting' && worksIn(claim.pid, data_dir) === false) {
      rmSync(path.join(data_dir, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (verdict === 'refused' && worksIn(claim.pid, data_dir) === true) throw new EmbeddedError(wrongPassword(dir));
    if (Date.now() > deadline) {
      throw new EmbeddedError(`PostgreSQL (process ${claim.pid}) uses ${data_dir} and does not respond.`);
    }
    if (!said) log('Waiting for the database that is already there …');
    await sleep(100);
  }
}

/**
 * Starts a postmaster. If another start wins the race, uses what that one started. While processes of a killed one are
 * still ending, it tries again.
 */
async function launch(place: Place, deadline = Date.now() + start_timeout_ms): Promise<Running> {
  const { dir, data_dir, urlAt, log, server_log, signal } = place;
  const child = spawnPostmaster(place, await choosePort(dir));
  try {
    while (child.exitCode === null && child.signalCode === null) {
      signal?.throwIfAborted();
      const claim = readClaim(data_dir);
      if (claim !== undefined && claim.pid === child.pid) {
        const verdict = await verify(urlAt(claim.port), data_dir, claim);
        if (verdict === 'serving') return { claim, child };
        if (verdict === 'refused') throw new EmbeddedError(wrongPassword(dir));
      }
      if (Date.now() > deadline) {
        throw new EmbeddedError(`PostgreSQL did not start in ${start_timeout_ms / 1000} s; see ${server_log.file}.`);
      }
      await sleep(20);
    }
  } catch (error) {
    child.kill('SIGINT');
    while (child.exitCode === null && child.signalCode === null) await sleep(10);
    throw error;
  }
  const other = await findRunning(place);
  if (other !== undefined) return other;
  const tail = server_log.tail();
  if (tail.includes(`[${child.pid}] FATAL:  pre-existing shared memory block`) && Date.now() < deadline) {
    log('Waiting for the last processes of a database that was killed …');
    await sleep(200);
    return launch({ ...place, log: () => undefined }, deadline); // said once
  }
  throw new EmbeddedError(`PostgreSQL did not start:\n${tail}`);
}

const wrongPassword = (dir: string) =>
  `The password in ${path.join(dir, 'postgres-password')} is not this database's. Restore the file, or delete it: the ` +
  'next start sets a new password.';

function spawnPostmaster(place: Place, port: number): ChildProcess {
  const { data_dir, fsync, max_connections, binaries, runner, server_log } = place;
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections,
    // Anyone who has an account on this machine can open connections and stay silent: those are dropped before there
    // are many. Baton's own connections stay open, so that none of them has to compete with such a crowd.
    authentication_timeout: 5,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...log_settings,
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [program = '', ...args] = [...runner.prefix, binaries.postgres, '-D', data_dir, ...flags];
  const child = server_log.open((output) =>
    spawn(program, args, {
      cwd: data_dir,
      // A separate process group: Ctrl-C is for Baton, which stops PostgreSQL after the last request.
      detached: true,
      stdio: ['ignore', output, output],
      ...runner.identity,
    }),
  );
  child.on('error', () => undefined); // noticed as its exit
  child.unref();
  return child;
}

const alreadyRuns = (dir: string) =>
  `Baton already runs on ${dir}. Stop it first, or set BATON_DATA_DIR to another directory for a second one.`;

/**
 * Locks the directory for the life of this process: a session's lock is released however the process ends. Undefined if
 * another process has it.
 */
async function takeSupervision(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: 'baton supervisor', keepAlive: true });
  client.on('error', () => undefined); // only its end matters
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
    supervisor_lock,
  ]);
  if (rows[0]?.taken === true) return client;
  await client.end();
  return undefined;
}

/**
 * Keeps a command that supervises the database from stopping it while we use it. Undefined if it is already stopping.
 */
async function takeUse(url: string): Promise<pg.Client | undefined> {
  const client = new pg.Client({ connectionString: url, application_name: 'baton verb', keepAlive: true });
  client.on('error', () => undefined); // other users of the database report it
  try {
    await client.connect();
    await client.query('select pg_advisory_lock_shared($1)', [user_lock]);
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return undefined;
  }
}

/** Waits until no command works beside the supervisor, and keeps others from starting to. */
async function lastUse(lock: pg.Client, log: (message: string) => void): Promise<void> {
  try {
    const { rows } = await lock.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [user_lock]);
    if (rows[0]?.taken === true) return;
    log('Waiting for another command that uses the database …');
    await lock.query('select pg_advisory_lock($1)', [user_lock]);
  } catch {
    // The database has ended.
  }
}

function hasEnded({ claim, child }: Running): boolean {
  return child === undefined ? !isAlive(claim.pid) : child.exitCode !== null || child.signalCode !== null;
}

function signalPostmaster(running: Running, data_dir: string): void {
  const { pid } = running.claim;
  // Checked once more before signalling: another process may have the number by now.
  if (!hasEnded(running) && worksIn(pid, data_dir) !== false) process.kill(pid, 'SIGINT');
}

async function stopPostmaster(running: Running, data_dir: string): Promise<void> {
  signalPostmaster(running, data_dir);
  const deadline = Date.now() + stop_timeout_ms;
  while (!hasEnded(running) && Date.now() < deadline) await sleep(20);
  if (hasEnded(running)) return;
  throw new EmbeddedError(`PostgreSQL (process ${running.claim.pid}) did not stop in ${stop_timeout_ms / 1000} s.`);
}
