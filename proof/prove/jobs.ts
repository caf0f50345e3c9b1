import { fork } from 'node:child_process';
import os from 'node:os';
import cliProgress from 'cli-progress';
import { lane_variable } from '../harness/served.ts';
import { isEnding } from '../harness/take-down.ts';
import type { Check } from './check.ts';
import type { Result } from './report.ts';

/** A message from a process that runs one check to the process that started it. */
export type Told = { title: string; done: number } | { result: Result };

/** The folder before this process got one of its own. */
const temporary_folder = os.tmpdir();

/** The limit for one run of a check; in a run of several checks, the limit for a check with all its broken builds. */
export const limit_ms = 90 * 60_000;
/** How long a process may take to exit after its result. */
const farewell_ms = 60_000;

async function runInChild(
  id: string,
  { args, lane, bars }: { args: readonly string[]; lane: number; bars: cliProgress.MultiBar },
): Promise<{ result: Result | undefined; output: string }> {
  const child = fork(process.argv[1] ?? '', [id, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not within this process's folder, because some paths must be short.
    env: { ...process.env, TMPDIR: temporary_folder, [lane_variable]: String(lane) },
  });
  const bar = bars.create(100, 0, { title: id });
  if (!process.stderr.isTTY) console.log(`  ${id} …`);
  let result: Result | undefined;
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  child.on('message', (told: Told) => {
    if ('result' in told) {
      result = told.result;
      // A check that broke down may have left something running, which would keep its process alive.
      last_word = setTimeout(() => child.kill('SIGTERM'), farewell_ms);
    } else bar.update(Math.floor(told.done * 100), { title: `${id}: ${told.title}` });
  });
  let last_word: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => child.kill('SIGTERM'), limit_ms);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  clearTimeout(last_word);
  if (process.stderr.isTTY) bars.remove(bar); // without a terminal this would print the bar instead
  return { result, output };
}

/**
 * Runs each check in its own process, `jobs` at a time, and those that measure times one by one at the end. Calls `finished` with
 * each result, or with undefined and the output of a process that ended without one.
 */
export async function runJobs(
  checks: readonly Check[],
  options: {
    jobs: number;
    args: readonly string[];
    finished: (check: Check, result: Result | undefined, output: string) => void;
  },
): Promise<void> {
  const { jobs, args, finished } = options;
  const bars = new cliProgress.MultiBar({
    format: '  {title} {bar} {percentage} % {duration_formatted}',
    hideCursor: true,
    clearOnComplete: true,
  });
  const work = async (waiting: Check[], lane: number) => {
    for (let check = waiting.shift(); check !== undefined && !isEnding(); check = waiting.shift()) {
      const { result, output } = await runInChild(check.id, { args, lane, bars });
      finished(check, result, output);
    }
  };
  const beside = checks.filter(({ alone }) => alone !== true);
  await Promise.all(Array.from({ length: jobs }, (_, lane) => work(beside, lane)));
  await work(
    checks.filter(({ alone }) => alone === true),
    0,
  );
  bars.stop();
}
