import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import startTestCluster from '../proof/harness/cluster.ts';
import { tests_variable } from './mutate.vitest.ts';
import { installTools } from './tools.ts';

// Breaks the rules that matter most, one small change at a time, and checks whether their tests notice (Stryker). Each
// file must have 90 % of its mutants killed; docs/mutation.md keeps the scores, and explains survivors.
// `npm run mutate -- server/src/tickets/merge.ts` mutates that file only.

interface Mutant {
  status: string;
  mutatorName: string;
  replacement?: string;
  location: { start: { line: number } };
}

interface Report {
  files: Record<string, { mutants: Mutant[] }>;
}

interface Score {
  file: string;
  killed: number;
  of: number;
  survivors: Mutant[];
}

const root = path.resolve(import.meta.dirname, '..');
const tools = path.join(root, 'tools', 'node_modules');
const at_least = 0.9;

/** Rules that need no database: a mutant takes a third of a second. */
const rules = [
  'server/src/access/policy.ts',
  'server/src/accounts/tokens.ts',
  'server/src/http/cursor.ts',
  'server/src/http/preconditions.ts',
  'server/src/lib/tokens.ts',
  'server/src/projects/workflow-definition.ts',
  'server/src/tickets/merge.ts',
  'server/src/tickets/workflow.ts',
];
/** Rules that need a database: a mutant takes a server and a team. */
const doors = ['server/src/access/authorize.ts', 'server/src/tickets/access.ts'];

const page = path.join(root, 'docs', 'mutation.md');
const table = /(?<=<!-- scores -->\n)[^]*(?=<!-- end of scores -->)/;

function scores({ files }: Report): Score[] {
  return Object.entries(files).map(([file, { mutants }]) => {
    // A mutant that can't be loaded breaks no rule unnoticed, so it isn't counted.
    const counted = mutants.filter(({ status }) => ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status));
    const survivors = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
    return { file, killed: counted.length - survivors.length, of: counted.length, survivors };
  });
}

const percent = ({ killed, of }: Score) => `${((100 * killed) / of).toFixed(1)} %`;

/** The page with these scores instead of the former ones of the same files. */
function withScores(text: string, fresh: readonly Score[]): string {
  const row = (score: Score) => `| ${score.file} | ${score.of} | ${score.killed} | ${percent(score)} |`;
  const rows = [...rules, ...doors].flatMap((file) => {
    const score = fresh.find((one) => one.file === file);
    return score === undefined ? (text.split('\n').find((line) => line.startsWith(`| ${file} |`)) ?? []) : row(score);
  });
  const fresh_table = ['', '| file | mutants | killed | score |', '|---|---|---|---|', ...rows, '', ''].join('\n');
  return text.replace(table, fresh_table);
}

/** The tests of `merge.ts`: those of `merge.test.ts`, and of `merge-labels.test.ts` if there is one. */
const testsOf = (file: string) => ['.test.ts', '-*.test.ts'].map((end) => file.replace(/\.ts$/, end));

/** Runs Stryker on some files, with the tests beside them. */
function stryker(files: readonly string[]): Score[] {
  const folder = path.join(root, '.baton', 'mutate');
  mkdirSync(folder, { recursive: true });
  const config = path.join(folder, 'stryker.json');
  const report = path.join(folder, 'report.json');
  const settings = {
    mutate: files,
    plugins: ['@stryker-mutator/vitest-runner'],
    testRunner: 'vitest',
    vitest: { configFile: 'scripts/mutate.vitest.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 20_000, // so that a busy machine doesn't make a mutant look hung
    ignorePatterns: ['/.baton', '/dist', '/coverage', '/proof/replay'], // not docs/, whose pages the server reads
    tsconfigFile: 'none', // the tests don't need it, and TypeScript 7 has no API to read it with
    tempDirName: '.baton/mutate/sandbox',
    cleanTempDir: 'always',
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    allowConsoleColors: false,
    warnings: { slow: false },
  };
  writeFileSync(config, JSON.stringify(settings));
  const { status } = spawnSync(
    process.execPath,
    [path.join(tools, '@stryker-mutator/core/bin/stryker.js'), 'run', config],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, [tests_variable]: files.flatMap(testsOf).join() },
    },
  );
  if (status !== 0) throw new Error('Stryker could not run.');
  return scores(JSON.parse(readFileSync(report, 'utf8')) as Report);
}

/** Writes the scores to the page at once, so that minutes of work aren't lost if a later step fails. */
function kept(fresh: Score[]): Score[] {
  writeFileSync(page, withScores(readFileSync(page, 'utf8'), fresh));
  return fresh;
}

async function mutate(chosen: (file: string) => boolean): Promise<Score[]> {
  const found: Score[] = [];
  const [pure, behind_database] = [rules.filter(chosen), doors.filter(chosen)];
  if (pure.length > 0) found.push(...kept(stryker(pure)));
  if (behind_database.length === 0) return found;
  const stopCluster = await startTestCluster();
  try {
    return [...found, ...kept(stryker(behind_database))];
  } finally {
    await stopCluster();
  }
}

await installTools();
const only = process.argv.slice(2);
const all = await mutate((file) => only.length === 0 || only.includes(file));
for (const score of all) {
  console.log(`${score.file}  ${score.killed} of ${score.of} killed, ${percent(score)}`);
  for (const { mutatorName, replacement = '', location } of score.survivors) {
    console.log(`  line ${location.start.line}: ${mutatorName}: ${replacement.slice(0, 120)}`);
  }
}
if (all.some(({ killed, of }) => killed < at_least * of)) process.exitCode = 1;
