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

/** Whether the process has been told to end early; what it observes after that means nothing. */
export const isEnding = () => ending;

/** Ends the processes that a check or bench started without a step for them, and their children. */
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
  // Errors from here on come only from what is being taken down.
  process.on('uncaughtException', () => undefined);
  for (const name of ['log', 'warn', 'error'] as const) console[name] = () => undefined;
  for (const step of [...steps].toReversed()) {
    // A step that fails doesn't stop the others.
    await Promise.race([Promise.resolve(step()).catch(() => undefined), sleep(patience_ms, undefined, { ref: false })]);
  }
  await endFamily();
  removeFolder();
  process.stderr.write('\nStopped.\n');
  process.exit(128 + signals[signal]);
}

/** Makes signals take down everything that was started, and then end the process. */
function listen(): void {
  if (listening) return;
  listening = true;
  for (const signal of Object.keys(signals) as (keyof typeof signals)[]) process.on(signal, () => void end(signal));
  // The reader of the output is gone, or the terminal is.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void end('SIGHUP'));
}

/**
 * Registers a step that takes something down if the process is told to end early; the last registered step runs first. Returns
 * the function that unregisters the step, for when it is taken down normally.
 */
export function takeDownOnSignal(step: Step): () => void {
  listen();
  steps.add(step);
  return () => {
    steps.delete(step);
  };
}

let own_folder: string | undefined;

/** Runs last of all when the process exits: other exit listeners may have to unmount a disk in the folder first. */
function removeFolder(): void {
  const dir = own_folder;
  if (dir !== undefined) process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
}

/** Runs a command with all its temporary files in one folder, which is removed however the command ends. */
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
