import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { patch_variable, type Replacement, source_variable, type SourceReplacement } from './patch.ts';
import { test_environment } from './server.ts';
import { takeDownOnSignal } from './take-down.ts';

const main = path.resolve(import.meta.dirname, '../../server/src/main.ts');
// The same cache as bin/run.js uses.
const compiled = path.resolve(import.meta.dirname, '../../node_modules/.cache/compiled');
const patch = path.resolve(import.meta.dirname, 'patch.ts');

/** The real server in a process of its own. */
export interface Served {
  url: string;
  child: ChildProcess;
  /** Everything that it has printed so far. */
  output: () => string;
  /** Its exit code once it has ended; null if a signal ended it. */
  ended: Promise<number | null>;
  /** Sends SIGTERM and waits until it has ended. */
  stop: () => Promise<number | null>;
}

export interface ServeOptions {
  /** By default, the embedded database in BATON_DATA_DIR. */
  database_url?: string;
  env?: Record<string, string>;
  /** Statements to rewrite, for a broken build. */
  replace?: readonly Replacement[] | undefined;
  /** Source to rewrite, for a broken build. */
  source?: readonly SourceReplacement[] | undefined;
  port?: number;
  /** Another entry point than that of this build. */
  main?: string;
  /** The command to run; `serve` by default. */
  verb?: string;
  /** The arguments after the command. */
  words?: readonly string[];
}

/** Numbers the programs that run side by side, so that each has its own range of ports. */
export const lane_variable = 'BATON_TEST_LANE';
const lanes = 8;

/**
 * Returns a port that was free a moment ago. It is below the range that systems assign to outgoing connections, so a process that
 * returns to it later still finds it free.
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

// A test or check that crashes must leave no server running.
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill();
});

/** Starts `serve` without waiting for it. */
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

/** Starts `serve` and waits until it prints that it serves. */
export async function startServing(options: ServeOptions): Promise<Served> {
  const served = await startServed(options);
  const deadline = Date.now() + 120_000; // takes a second on an idle machine, and much longer on a busy one
  while (!served.output().includes('Ctrl-C stops it')) {
    if (served.child.exitCode !== null || Date.now() > deadline) throw new Error(served.output());
    await sleep(20);
  }
  return served;
}
