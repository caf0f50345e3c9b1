import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, noProcesses, signalAll } from './processes.ts';

type Step = () => Promise<unknown> | void;

const steps = new Set<Step>();
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const patience_ms = 15_000;
let listening = false;
let ending = false;

/** Whether the process has been told to end before its time: what it sees from then on says nothing. */
export const isEnding = () => ending;

/** Ends what a check or a bench started without a step of its own, with what that started. */
async function endFamily(): Promise<void> {
  if (noProcesses() !== undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    signalAll(familyOf(process.pid), signal);
    for (const until = Date.now() + patience_ms; familyOf(process.pid).length > 0 && Date.now() < until; )
      await sleep(20);
  }
}

async function end(signal: keyof typeof signals): Promise<void> {
  if (ending) return; // one Ctrl-C may come twice: from the terminal, and from npm
  ending = true;
  // What fails now fails for want of what is taken down.
  process.on('uncaughtException', () => undefined);
  for (const name of ['log', 'warn', 'error'] as const) console[name] = () => undefined;
  for (const step of [...steps].toReversed()) {
    // The others are taken down all the same.
    await Promise.race([Promise.resolve(step()).catch(() => undefined), sleep(patience_ms, undefined, { ref: false })]);
  }
  await endFamily();
  removeFolder();
  process.stderr.write('\nStopped.\n');
  process.exit(128 + signals[signal]);
}

/** Has signals end the process with what was started taken down. */
function listen(): void {
  if (listening) return;
  listening = true;
  for (const signal of Object.keys(signals) as (keyof typeof signals)[]) process.on(signal, () => void end(signal));
  // Whoever read the output has gone, or the terminal has.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void end('SIGHUP'));
}

/**
 * Has what was started taken down when the process is told to end before its time, the last first. Gives the function that
 * forgets it, for when it is taken down as it should be.
 */
export function takeDownOnSignal(step: Step): () => void {
  listen();
  steps.add(step);
  return () => {
    steps.delete(step);
  };
}

let own_folder: string | undefined;

/** As the last thing that the process does: what else listens to its exit may have a disk to unmount in there. */
function removeFolder(): void {
  const dir = own_folder;
  if (dir !== undefined) process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
}

/** Runs a command whose temporary files are all in one folder, which goes with it, however it ends. */
export async function inOwnFolder(command: () => Promise<void>): Promise<void> {
  listen();
  own_folder = mkdtempSync(path.join(os.tmpdir(), 'baton-run-'));
  chmodSync(own_folder, 0o755); // PostgreSQL may run as another account
  process.env['TMPDIR'] = own_folder;
  try {
    await command();
  } finally {
    removeFolder();
  }
}
