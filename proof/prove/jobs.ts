import { fork } from 'node:child_process';
import os from 'node:os';
import cliProgress from 'cli-progress';
import { lane_variable } from '../harness/served.ts';
import { isEnding } from '../harness/take-down.ts';
import type { Check } from './check.ts';
import type { Result } from './report.ts';

/** What a process that runs one check tells the one that started it. */
export type Told = { title: string; done: number } | { result: Result };

/** As it was before this process had a folder of its own. */
const temporary_folder = os.tmpdir();

/** No run of a check takes longer; beside others, no check with all its broken builds does. */
export const limit_ms = 90 * 60_000;
/** For so long its process may take to end after its result. */
const farewell_ms = 60_000;

async function runInChild(
  id: string,
  { args, lane, bars }: { args: readonly string[]; lane: number; bars: cliProgress.MultiBar },
): Promise<{ result: Result | undefined; output: string }> {
  const child = fork(process.argv[1] ?? '', [id, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Not within this process's folder: some paths may not be long.
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
      // A check that broke down may have left something running, which would keep its process.
      last_word = setTimeout(() => child.kill('SIGTERM'), farewell_ms);
    } else bar.update(Math.floor(told.done * 100), { title: `${id}: ${told.title}` });
  });
  let last_word: NodeJS.Timeout | undefined;
  const timer = setTimeout(() => child.kill('SIGTERM'), limit_ms);
  await new Promise((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  clearTimeout(last_word);
  if (process.stderr.isTTY) bars.remove(bar); // elsewhere there is nothing to remove, and this would print it
  return { result, output };
}

/**
 * Runs each check in a process of its own, `jobs` at a time, and those that measure times one by one at the end. Gives
 * each result, or undefined and the output of a process that ended without one, to `finished`.
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
