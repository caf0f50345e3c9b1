import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, realpathSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseRunner, type Runner } from './embedded/account.ts';
import { type Binaries, EmbeddedError, findBinaries } from './embedded/binaries.ts';
import { choosePort, ensureCluster, keptPassword } from './embedded/cluster.ts';
import { type Claim, isAlive, readClaim, verify, worksIn } from './embedded/postmaster.ts';

export { EmbeddedError } from './embedded/binaries.ts';

export interface EmbeddedOptions {
  /** Where the cluster lies, with its password and log. */
  dir: string;
  log?: (message: string) => void;
  /** false only for clusters that are thrown away: a crash may lose them. */
  fsync?: boolean;
  max_connections?: number;
  /** Called when the database ends without being told to. */
  on_exit?: (reason: string) => void;
}

export interface EmbeddedDatabase {
  /** The superuser's URL, password included: not for logs. */
  url: string;
  data_dir: string;
  port: number;
  /** It was running already, left by a supervisor that was killed. */
  adopted: boolean;
  stop: () => Promise<void>;
}

interface Running {
  claim: Claim;
  child: ChildProcess | undefined;
}

const start_timeout_ms = 60_000;
const stop_timeout_ms = 30_000;
const max_log_bytes = 10 * 1024 * 1024;
// "baton" on a telephone's keys. Advisory locks are fine here: one cluster, and nothing of a request's.
const supervisor_lock = 22866;

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
}

/** Brings up PostgreSQL in a directory, or takes over the one a killed supervisor left; one supervisor a directory. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { dir, fsync = true, max_connections = 200, log = () => undefined } = options;
  const binaries = findBinaries();
  mkdirSync(dir, { recursive: true });
  const runner = chooseRunner([realpathSync(dir), binaries.dir]);
  const data_dir = path.join(realpathSync(dir), 'postgres');
  const password = keptPassword(dir);
  const urlAt = (port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await ensureCluster({ binaries, runner, dir, data_dir, password, fsync });

  const place: Place = { dir, data_dir, fsync, max_connections, binaries, runner, urlAt, log };
  const running = (await findRunning(place)) ?? (await launch(place));
  const url = urlAt(running.claim.port);
  const lock = await takeSupervision(url, dir);
  let stopping = false;
  const ended = (reason: string) => {
    if (!stopping) options.on_exit?.(reason);
  };
  running.child?.once('exit', (code) => ended(`PostgreSQL ended with ${code ?? 'a signal'}; see ${logFile(dir)}.`));
  lock.once('end', () => {
    if (running.child === undefined && !isAlive(running.claim.pid)) ended('PostgreSQL ended.');
  });
  let stopped: Promise<void> | undefined;
  return {
    url,
    data_dir,
    port: running.claim.port,
    adopted: running.child === undefined,
    stop: () => {
      stopping = true;
      stopped ??= lock.end().then(() => stopPostmaster(running, data_dir));
      return stopped;
    },
  };
}

const logFile = (dir: string) => path.join(dir, 'postgres.log');

/** A postmaster that serves this directory already. Only one that has been verified counts. */
async function findRunning({ data_dir, urlAt, log }: Place): Promise<Running | undefined> {
  const deadline = Date.now() + start_timeout_ms;
  for (let said = false; ; said = true) {
    const claim = readClaim(data_dir);
    if (claim === undefined || !isAlive(claim.pid)) return undefined;
    const verdict = await verify(urlAt(claim.port), data_dir, claim);
    if (verdict === 'serving') return { claim, child: undefined };
    // A live process under that number which isn't ours: the number was used again. It is never signalled; only the
    // file is taken away, which PostgreSQL would take for a lock.
    if (verdict !== 'starting' && worksIn(claim.pid, data_dir) === false) {
      rmSync(path.join(data_dir, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if (Date.now() > deadline) {
      throw new EmbeddedError(`PostgreSQL (process ${claim.pid}) holds ${data_dir} and does not answer.`);
    }
    if (!said) log('Waiting for the database that is already there …');
    await sleep(100);
  }
}

/**
 * Starts a postmaster. Losing the race against another start, it takes what the other has started; while processes of
 * one that was killed still end, it tries again.
 */
async function launch(place: Place, deadline = Date.now() + start_timeout_ms): Promise<Running> {
  const { dir, data_dir, urlAt, log } = place;
  const child = spawnPostmaster(place, await choosePort(dir));
  while (child.exitCode === null && child.signalCode === null) {
    const claim = readClaim(data_dir);
    if (claim !== undefined && claim.pid === child.pid) {
      const verdict = await verify(urlAt(claim.port), data_dir, claim);
      if (verdict === 'serving') return { claim, child };
    }
    if (Date.now() > deadline) {
      child.kill('SIGINT');
      throw new EmbeddedError(`PostgreSQL did not start in ${start_timeout_ms / 1000} s; see ${logFile(dir)}.`);
    }
    await sleep(20);
  }
  const other = await findRunning(place);
  if (other !== undefined) return other;
  const tail = readFileSync(logFile(dir), 'utf8').trim().split('\n').slice(-8).join('\n');
  if (tail.includes(`[${child.pid}] FATAL:  pre-existing shared memory block`) && Date.now() < deadline) {
    log('Waiting for the last processes of a database that was killed …');
    await sleep(200);
    return launch({ ...place, log: () => undefined }, deadline); // said once
  }
  throw new EmbeddedError(`PostgreSQL did not start:\n${tail}`);
}

function spawnPostmaster(place: Place, port: number): ChildProcess {
  const { dir, data_dir, fsync, max_connections, binaries, runner } = place;
  const settings: Record<string, string | number> = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const file = logFile(dir);
  const output = openSync(file, 'a', 0o600);
  if (statSync(file).size > max_log_bytes) truncateSync(file);
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const [program = '', ...args] = [...runner.prefix, binaries.postgres, '-D', data_dir, ...flags];
  const child = spawn(program, args, {
    cwd: data_dir,
    // A process group of its own: Ctrl-C is for us, who stop it when the last request is done.
    detached: true,
    stdio: ['ignore', output, output],
    ...runner.identity,
  });
  child.on('error', () => undefined); // seen as its end
  child.unref();
  closeSync(output);
  return child;
}

/** Holds the directory for as long as we live: a session's lock goes with the process, however that ends. */
async function takeSupervision(url: string, dir: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'baton supervisor', keepAlive: true });
  client.on('error', () => undefined); // its end is what counts
  await client.connect();
  const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [
    supervisor_lock,
  ]);
  if (rows[0]?.taken === true) return client;
  await client.end();
  throw new EmbeddedError(
    `Baton already runs on ${dir}. Stop it first, or set BATON_DATA_DIR to another directory for a second one.`,
  );
}

async function stopPostmaster({ claim, child }: Running, data_dir: string): Promise<void> {
  const gone = () => (child === undefined ? !isAlive(claim.pid) : child.exitCode !== null || child.signalCode !== null);
  // Once more before signalling: the number may be somebody else's by now.
  if (!gone() && worksIn(claim.pid, data_dir) !== false) process.kill(claim.pid, 'SIGINT');
  const deadline = Date.now() + stop_timeout_ms;
  while (!gone() && Date.now() < deadline) await sleep(20);
  if (!gone())
    throw new EmbeddedError(`PostgreSQL (process ${claim.pid}) did not stop in ${stop_timeout_ms / 1000} s.`);
}
