import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installTools } from './tools.ts';

// Everything that checks the project, in the order in which a mistake is cheapest to hear of. The last line is
// `N passed, N failed`: checks and tests counted alike.

interface Count {
  passed: number;
  failed: number;
}

const root = path.resolve(import.meta.dirname, '..');

function check(name: string, command: string, args: string[]): Count {
  console.log(`\n> ${name}`);
  const started = performance.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  console.log(`  ${status === 0 ? 'ok' : 'FAILED'}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function vitest(args: string[]): Count {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-results-'));
  const report = path.join(dir, 'results.json');
  try {
    const run = check('tests', 'vitest', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
      ...args,
    ]);
    const results = JSON.parse(readFileSync(report, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numFailedTestSuites: number;
    };
    const failed = Math.max(results.numFailedTests, run.failed);
    return { passed: results.numPassedTests, failed };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const only = process.argv.slice(2);
if (only.length === 0) installTools();
const counts = [
  ...(only.length > 0
    ? []
    : [
        check('types', 'tsc', ['--noEmit']),
        check('lint', 'oxlint', ['--type-aware', '--deny-warnings']),
        check('format', 'biome', ['format', '.']),
        check('dead code', 'knip', []),
        check('generated files are fresh', 'node', ['scripts/generate.ts', '--check']),
        check('contract', 'node', ['scripts/lint-contract.ts']),
        check('regular expressions', 'node', ['--disable-warning=ExperimentalWarning', 'scripts/lint-regexes.ts']),
      ]),
  vitest(only),
];
const total = counts.reduce((sum, one) => ({ passed: sum.passed + one.passed, failed: sum.failed + one.failed }));
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;
