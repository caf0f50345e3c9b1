import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import startTestCluster from '../harness/cluster.ts';
import { inOwnFolder, isEnding } from '../harness/take-down.ts';
import { type Check, type Finding, runCheck } from './check.ts';
import { checks } from './checks.ts';
import { limit_ms, runJobs, type Told } from './jobs.ts';
import {
  type ControlResult,
  build_paths,
  keepResults,
  passed,
  provenAlready,
  type Result,
  soonestTold,
  withoutPlaces,
} from './report.ts';

const usage = `Usage: npm run prove [-- options] [what …]

  what            ids of checks or of promises (transitions, P1); all by default
  --seed N        makes the same choices again; 1 by default
  --size F        a part of the full load, 0.01 for a hundredth; 1 by default
  --no-controls   skips the deliberately broken builds
  --jobs N        checks that run at the same time; 2 by default. Those that measure times run alone, at the end:
                  ${checks.flatMap(({ id, alone }) => ((alone ?? false) ? [id] : [])).join(', ')}
  --continue      skips checks that have passed in full, unless the build or the check has changed since
  --dry           does not write docs/proof.md

Checks: ${checks.map(({ id, promises }) => `${id} (${promises.join(' ')})`).join(', ')}`;

/** The commit of the build; with a plus if the working tree has further changes. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--', ...build_paths) !== '';
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '');
  } catch {
    return 'no commit';
  }
}

const tell = (told: Told) => void process.send?.(told);

async function withBar<T>(title: string, work: (progress: (done: number) => void) => Promise<T>): Promise<T> {
  if (process.send !== undefined) return work((done) => tell({ title, done }));
  const bar = new cliProgress.SingleBar({
    format: `  ${title.padEnd(48).slice(0, 48)} {bar} {percentage} % {duration_formatted}`,
    hideCursor: true,
    noTTYOutput: false,
  });
  bar.start(100, 0);
  try {
    return await work((done) => bar.update(Math.floor(done * 100)));
  } finally {
    bar.stop();
  }
}

interface Options {
  seed: number;
  size: number;
  controls: boolean;
}

/** Returns what a run saw, or why it didn't end. A run that breaks down or hangs must not stop the others. */
async function attempt(run: Promise<Finding>): Promise<Finding & { broke_down?: string }> {
  const limit = new AbortController();
  const late = sleep(limit_ms, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`it did not end in ${limit_ms / 60_000} minutes`);
  });
  try {
    return await Promise.race([run, late]);
  } catch (error) {
    return {
      load: {},
      figures: {},
      violations: [],
      broke_down: error instanceof Error ? error.message : String(error),
    };
  } finally {
    limit.abort();
    late.catch(() => undefined);
  }
}

const secondsSince = (started: number) => Math.round((performance.now() - started) / 1000);

async function tryControls(check: Check, seed: number): Promise<ControlResult[]> {
  const results: ControlResult[] = [];
  for (const [name, { noticed_by = '' }] of Object.entries(check.controls)) {
    const started = performance.now();
    const { violations: all, broke_down } = await withBar(`control: ${name}`, (progress) =>
      attempt(runCheck(check, { seed, size: check.control_size, control: name, progress })),
    );
    const seconds = secondsSince(started);
    const violations = all.filter((violation) => violation.includes(noticed_by));
    // A check that breaks down has not noticed anything.
    const said = violations[0] ?? all[0] ?? (broke_down === undefined ? '' : `broke down: ${broke_down}`);
    const first = withoutPlaces(said).slice(0, 300);
    const verdict = violations.length > 0 ? 'caught' : 'NOT CAUGHT';
    console.log(`  control  ${verdict} in ${seconds} s: ${name}${first === '' ? '' : `: ${first}`}`);
    results.push({ name, seconds, violations: violations.length, first });
  }
  return results;
}

async function prove(check: Check, { seed, size, controls }: Options): Promise<Result> {
  console.log(`\n${check.id}  ${check.promises.join(' ')}\n  ${check.says}`);
  const { id, promises, says } = check;
  const on = new Date().toISOString().slice(0, 10);
  const common = { id, promises, says, commit: commit(), on, seed, size };
  const impossible = check.impossible?.();
  if (impossible !== undefined) {
    console.log(`  skipped: ${impossible}`);
    return { ...common, seconds: 0, impossible: `skipped: ${impossible}`, controls: [] };
  }
  const started = performance.now();
  const { broke_down, ...finding } = await withBar('the build as it is', (progress) =>
    attempt(runCheck(check, { seed, size, progress })),
  );
  if (broke_down !== undefined) finding.violations.push(`the check broke down: ${broke_down}`);
  const seconds = secondsSince(started);
  console.log(`  load     ${JSON.stringify(finding.load)}\n  figures  ${JSON.stringify(finding.figures)}`);
  console.log(`  ${finding.violations.length} violations in ${seconds} s`);
  for (const violation of finding.violations.slice(0, 10)) console.log(`    ${violation}`);
  // A check that broke down may have left something running that would disturb its controls.
  const tries = controls && broke_down === undefined;
  return { ...common, seconds, finding, controls: tries ? await tryControls(check, seed) : [] };
}

async function proveAlone(check: Check, options: Options): Promise<Result> {
  const stopCluster = await startTestCluster();
  try {
    const result = await prove(check, options);
    tell({ result });
    return result;
  } finally {
    await stopCluster();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      seed: { type: 'string', default: '1' },
      size: { type: 'string', default: '1' },
      controls: { type: 'boolean', default: true },
      jobs: { type: 'string', default: '2' },
      continue: { type: 'boolean', default: false },
      dry: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const known = new Set(checks.flatMap(({ id, promises }) => [id, ...promises]));
  const unknown = positionals.filter((what) => !known.has(what));
  if (values.help || unknown.length > 0) {
    console.log(unknown.length > 0 ? `There is no check of ${unknown.join(', ')}.\n\n${usage}` : usage);
    process.exitCode = unknown.length > 0 ? 2 : 0;
    return;
  }
  const left_out = values.continue ? provenAlready(checks) : new Set<string>();
  const chosen = checks.filter(
    ({ id, promises }) =>
      !left_out.has(id) && (positionals.length === 0 || [id, ...promises].some((what) => positionals.includes(what))),
  );
  if (values.continue) console.log(`already passed on this build: ${[...left_out].join(', ') || 'none'}`);
  const [only] = chosen;
  const results: Result[] = [];
  const keep = (result: Result) => {
    results.push(result);
    if (!values.dry && process.send === undefined && !isEnding()) keepResults(checks, results);
  };
  if (only !== undefined && chosen.length === 1) {
    const options = { seed: Number(values.seed), size: Number(values.size), controls: values.controls };
    keep(await proveAlone(only, options));
  } else {
    const { seed, size, controls } = values;
    const args = ['--seed', seed, '--size', size, controls ? '--controls' : '--no-controls'];
    await runJobs(soonestTold(chosen), {
      jobs: Number(values.jobs),
      args,
      finished: (check, result, output) => {
        console.log(output.trimEnd());
        if (result !== undefined) keep(result);
        else console.log(`  ${check.id} ended without a result`);
      },
    });
  }
  const failed = chosen.length - results.filter((result) => passed(result)).length;
  if (process.send === undefined) console.log(`\n${chosen.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

await inOwnFolder(main);
