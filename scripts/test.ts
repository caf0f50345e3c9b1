import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { contracts } from '../server/src/contracts.ts';
import { quotas } from '../server/src/errors.ts';
import type { Operation } from '../server/src/http/contract.ts';
import { read_back_operations } from '../proof/harness/read-back.ts';
import { allSeen, seen_variable } from '../proof/harness/seen.ts';
import { checks as proofs } from '../proof/prove/checks.ts';
import { removals } from '../proof/prove/tenancy/removals.ts';
import { installTools } from './tools.ts';

// Runs everything that checks the project. What only reads the source comes before what runs it. The last line is `N
// passed, N failed`: checks and tests counted alike.

interface Count {
  passed: number;
  failed: number;
}

const root = path.resolve(import.meta.dirname, '..');
const shell = process.platform === 'win32';

function judge(status: number | null, started: number): Count {
  console.log(`  ${status === 0 ? 'ok' : 'FAILED'}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs a check in parallel with others, and prints its output when it is done. */
async function check(name: string, command: string, args: string[]): Promise<Count> {
  const started = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  console.log(`\n> ${name}\n${output.trimEnd()}`);
  return judge(status, started);
}

type Checks = [name: string, command: string, args: string[]][];

// The checks that don't need tools/ run while it is installed.
const checks: Checks = [
  ['types', 'tsc', ['--noEmit']],
  ['types of the console', 'tsc', ['--noEmit', '-p', 'web']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['dead code', 'knip', []],
  ['format', 'biome', ['format', '.']],
];
const checks_with_tools: Checks = [
  ['generated files are fresh', 'node', ['scripts/generate.ts', '--check']],
  ['contract', 'node', ['scripts/lint-contract.ts']],
  ['regular expressions', 'node', ['--disable-warning=ExperimentalWarning', 'scripts/lint-regexes.ts']],
];

const sum = (a: Count, b: Count): Count => ({ passed: a.passed + b.passed, failed: a.failed + b.failed });

/** Two at a time: each keeps one core busy. */
async function runChecks(): Promise<Count[]> {
  const counts: Count[] = [];
  const waiting = [...checks];
  const installed = installTools().then(() => void waiting.unshift(...checks_with_tools));
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) counts.push(await check(...next));
  };
  await Promise.all([work(), work(), installed]);
  await Promise.all([work(), work()]); // if the other checks ended before tools/ was installed
  return counts;
}

function judgeUnseen(rule: string, unseen: readonly string[]): Count {
  console.log(`\n> ${rule}`);
  for (const one of unseen) console.log(`  FAILED: not seen: ${one}`);
  return unseen.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Fails for errors that an operation declares but no test got. */
function judgeErrors(dir: string): Count {
  const seen = allSeen('errors', dir);
  const declared = contracts.flatMap(({ id, errors = [] }: Operation) => errors.map((code) => `${id} ${code}`));
  const limits = quotas.map((quota) => `quota ${quota}`);
  const unseen = [...declared, ...limits].filter((one) => !seen.has(one));
  return judgeUnseen('declared errors are produced, and every quota is used up', unseen);
}

/** Fails for writes that no test reads back, because nobody would notice if they stored nothing. */
function judgeReadBack(dir: string): Count {
  const seen = allSeen('read back', dir);
  const unseen = read_back_operations.filter((id) => !seen.has(id));
  return judgeUnseen('writes are read back', unseen);
}

/** Fails for broken builds that rewrite no statement, because no check could notice them. */
function judgeControls(dir: string): Count {
  const seen = [...allSeen('statements', dir)];
  const controls = proofs.flatMap(({ id, controls: all }) =>
    Object.entries(all).map(([name, { replace = [] }]) => ({ name: `${id}, ${name}`, replace })),
  );
  const unseen = [...controls, ...removals].flatMap(({ name, replace }) =>
    replace
      .filter(([find]) => !seen.some((text) => new RegExp(find).test(text)))
      .map(([find]) => `a statement for ${name}: ${find}`),
  );
  return judgeUnseen('broken builds change statements that exist', unseen);
}

/** The parts of vitest's report that are used. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** What failed, and the start of the reason. It is printed again at the end, where a truncated log still has it. */
function failuresOf({ testResults }: Report): string[] {
  const brief = (file: string, title: string, message = '') => {
    const [reason = ''] = stripVTControlCharacters(message).split(/\n +at /);
    return `${path.relative(root, file)}: ${title}\n  ${reason.slice(0, 1000)}`;
  };
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const tests = assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0 && status === 'failed') return [brief(name, 'the file', message)];
    return tests.map(({ fullName, failureMessages }) => brief(name, fullName, failureMessages[0]));
  });
}

const failures: string[] = [];

function vitest(args: string[]): Count {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-results-'));
  const report = path.join(dir, 'results.json');
  try {
    console.log('\n> tests');
    const started = performance.now();
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${report}`];
    const env = { ...process.env, [seen_variable]: dir };
    const { status } = spawnSync('vitest', ['run', ...reporters, ...args], { cwd: root, env, stdio: 'inherit', shell });
    const run = judge(status, started);
    const results = JSON.parse(readFileSync(report, 'utf8')) as Report;
    failures.push(...failuresOf(results));
    const whole = args.length > 0 ? [] : [judgeErrors(dir), judgeReadBack(dir), judgeControls(dir)];
    const own = { passed: results.numPassedTests, failed: Math.max(results.numFailedTests, run.failed) };
    return whole.reduce(sum, own);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const only = process.argv.slice(2);
const counts = [...(only.length > 0 ? [] : await runChecks()), vitest(only)];
const total = counts.reduce(sum);
for (const failure of failures) console.log(`\nFAILED ${failure}`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
