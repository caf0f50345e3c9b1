import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { patch_variable, type Replacement, source_variable, type SourceReplacement } from './patch.ts';
import { test_environment } from './server.ts';
import { takeDownOnSignal } from './take-down.ts';

const main = path.resolve(import.meta.dirname, '../../server/src/main.ts');
// As bin/run.js starts it.
const compiled = path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled');
const patch = path.resolve(import.meta.dirname, 'patch.ts');

/** The real server in processes of its own. */
export interface Served {
  url: string;
  child: ChildProcess;
  /** Everything it printed so far. */
  output: () => string;
  /** Its exit code, once it has ended; null when a signal ended it. */
  ended: Promise<number | null>;
  /** Tells it to stop, and waits. */
  stop: () => Promise<number | null>;
}

export interface ServeOptions {
  /** Absent: the embedded database in BATON_DATA_DIR. */
  database_url?: string;
  env?: Record<string, string>;
  /** Statements to break. */
  replace?: readonly Replacement[] | undefined;
  /** Source to break. */
  source?: readonly SourceReplacement[] | undefined;
  port?: number;
  /** Another entry point than this build's. */
  main?: string;
  /** Of the command line; `serve` by default. */
  verb?: string;
  /** What follows the verb. */
  words?: readonly string[];
}

/** Which of the programs beside each other this is: each has ports of its own. */
export const lane_variable = 'BATON_TEST_LANE';
const lanes = 8;

/**
 * A port that was free a moment ago, below those that systems give to connections: a process that comes back to it after a
 * while finds it free still.
 */
export function freePort(): Promise<number> {
  const given = process.env[lane_variable];
  const [first, ports] = given === undefined ? [15_000, 15_000] : [15_000 + (Number(given) % lanes) * 1_800, 1_800];
  const port = first + Math.floor(Math.random() * ports);
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(freePort()));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)));
  });
}

// A test or check that breaks down leaves none of its servers behind.
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});

/** Starts `serve` and does not wait for it. */
export async function startServed(options: ServeOptions): Promise<Served> {
  const port = options.port ?? (await freePort());
  const { PATH = '', HOME = '' } = process.env;
  const broken = options.replace !== undefined || options.source !== undefined;
  const child = spawn(
    process.execPath,
    [...(broken ? ['--import', patch] : []), options.main ?? main, options.verb ?? 'serve', ...(options.words ?? [])],
    {
      env: {
        PATH,
        HOME,
        NODE_COMPILE_CACHE: compiled,
        ...test_environment,
        BATON_MIGRATE: options.database_url === undefined ? 'on' : 'off',
        ...(options.database_url === undefined ? {} : { DATABASE_URL: options.database_url }),
        ...options.env,
        PORT: String(port),
        ...(options.replace === undefined ? {} : { [patch_variable]: JSON.stringify(options.replace) }),
        ...(options.source === undefined ? {} : { [source_variable]: JSON.stringify(options.source) }),
      },
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  running.add(child);
  const forget = takeDownOnSignal(() => {
    child.kill('SIGTERM');
    return ended;
  });
  child.once('exit', () => {
    running.delete(child);
    forget();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    child,
    output: () => output,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Starts `serve` and waits until it says that it serves. */
export async function startServing(options: ServeOptions): Promise<Served> {
  const served = await startServed(options);
  const deadline = Date.now() + 120_000; // a second alone; a busy machine takes its time
  while (!served.output().includes('Ctrl-C stops it')) {
    if (served.child.exitCode !== null || Date.now() > deadline) throw new Error(served.output());
    await sleep(20);
  }
  return served;
}
