import { spawnSync } from 'node:child_process';
import { globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Check, Finding } from './check.ts';

/** The result of one control: what the check said of the broken build; no violations if it noticed nothing. */
export interface ControlResult {
  name: string;
  /** How long its run took; older results don't have it. */
  seconds?: number;
  violations: number;
  first: string;
}

/** The stored result of one check, a row of the table. */
export interface Result {
  id: string;
  promises: readonly string[];
  says: string;
  commit: string;
  on: string;
  seed: number;
  size: number;
  seconds: number;
  finding?: Finding;
  impossible?: string;
  controls: ControlResult[];
}

const root = path.resolve(import.meta.dirname, '../..');
const docs = path.join(root, 'docs');
const json_file = path.join(docs, 'proof.json');
const table_file = path.join(docs, 'proof.md');

/** Whether the promise was kept and every control was caught. */
export function passed(result: Result): boolean {
  const held = result.impossible !== undefined || result.finding?.violations.length === 0;
  return held && result.controls.every(({ violations }) => violations > 0);
}

const words = (fields: Record<string, unknown>) =>
  Object.entries(fields)
    .map(
      ([name, value]) =>
        `${name.replaceAll('_', ' ')} ${typeof value === 'number' ? value.toLocaleString('en') : String(value)}`,
    )
    .join(' · ');

function row(result: Result): string {
  const { finding } = result;
  const verdict = result.impossible ?? (finding === undefined ? '' : `${finding.violations.length} violations`);
  const caught = result.controls.filter(({ violations }) => violations > 0).length;
  const scope = result.size === 1 ? '' : ` (${result.size} of the full load)`;
  const controls_seconds = result.controls.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
  const took = `${result.seconds} s${controls_seconds > 0 ? `, controls ${controls_seconds} s` : ''}`;
  const cells = [
    `**${result.id}** ${result.promises.join(' ')}<br>${result.says}`,
    words(finding?.load ?? {}) + scope,
    words(finding?.figures ?? {}),
    `${passed(result) ? '✓' : '✗'} ${verdict}`,
    `${caught} of ${result.controls.length}: ${result.controls.map(({ name }) => name).join('; ')}`,
    `${result.commit} ${result.on}<br>seed ${result.seed}, ${took}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(results: readonly Result[]): string {
  return [
    '# Proof',
    '',
    'How each promise was checked, and what was seen. `npm run prove` runs every check in full and writes this page;',
    '`npm run prove -- P1 --seed 7` runs the checks of one promise; `npm test` runs a small part of each. A control runs the same',
    'check on a build that was broken on purpose, and is caught if the check reports a violation.',
    '',
    '| what holds | load | figures | seen | controls caught | when |',
    '|---|---|---|---|---|---|',
    ...results.map(row),
    '',
  ].join('\n');
}

/** Removes paths of this machine from a text, even one that was cut within such a path. */
export function withoutPlaces(text: string, places: readonly string[] = [root, os.tmpdir()]): string {
  let rest = text;
  for (const place of places) rest = rest.replaceAll(`file://${place}/`, '').replaceAll(`${place}/`, '');
  rest = rest.replaceAll(/file:\/\/[^\s"]*/g, '');
  const [end] = /\/\S*$/.exec(rest) ?? [];
  return end !== undefined && places.some((place) => place.startsWith(end)) ? rest.slice(0, -end.length) : rest;
}

/** Replaces a file at once: another process never reads half of it. */
function replaceFile(file: string, text: string): void {
  const next = `${file}.${process.pid}`;
  writeFileSync(next, text);
  renameSync(next, file);
}

/** The results in docs/proof.json. */
function keptResults(): Result[] {
  try {
    return JSON.parse(readFileSync(json_file, 'utf8')) as Result[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  }
}

/** The paths that decide how a build behaves and how it is tested: checks also follow the operator's page and build the image. */
export const build_paths = [
  'server',
  'sdk',
  'proof',
  'bin',
  'package-lock.json',
  'Dockerfile',
  'compose.yaml',
  'docs/operating.md',
];

const proofs = 'proof/prove/';

/** The file of a check and everything that it imports from proof/prove, as paths from the project's root. */
function sourcesOf(id: string): Set<string> {
  const files = globSync(`${proofs}**/*.ts`, { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  const sources = new Set(files.filter((file) => texts.get(file)?.includes(`id: '${id}',`)));
  // The set grows while the loop runs, so imported files are processed in turn.
  for (const file of sources) {
    for (const [, to = ''] of texts.get(file)?.matchAll(/ from '(\.[^']+)'/g) ?? []) {
      const imported = path.join(path.dirname(file), to);
      if (texts.has(imported)) sources.add(imported);
    }
  }
  return sources;
}

/** Whether changes to these files may change a check's result. Tests that it doesn't run, and other checks, can't. */
export function concerns({ id, runs_tests }: Pick<Check, 'id' | 'runs_tests'>, changed: readonly string[]): boolean {
  const sources = sourcesOf(id);
  return changed.some((file) => {
    if (file.startsWith(proofs)) return sources.has(file);
    return runs_tests === true || !file.endsWith('.test.ts');
  });
}

/** The checks that have passed in full, with their controls, on a build that for them is the current one. */
export function provenAlready(checks: readonly Check[]): Set<string> {
  const git = (...args: string[]) => spawnSync('git', [...args, '--', ...build_paths], { cwd: root, encoding: 'utf8' });
  if (git('status', '--porcelain').stdout !== '') return new Set();
  const changes = new Map<string, string[] | undefined>();
  const changedSince = (commit: string) => {
    const { status, stdout } = git('diff', '--name-only', commit);
    return status === 0 ? stdout.split('\n').filter((file) => file !== '') : undefined;
  };
  const proven = keptResults().filter((result) => {
    const { commit, size, controls, impossible } = result;
    const check = checks.find(({ id }) => id === result.id);
    if (check === undefined || size !== 1 || controls.length === 0 || impossible !== undefined || !passed(result))
      return false;
    if (!changes.has(commit)) changes.set(commit, changedSince(commit));
    const changed = changes.get(commit);
    return changed !== undefined && !concerns(check, changed);
  });
  return new Set(proven.map(({ id }) => id));
}

/**
 * Orders checks by how much the result tells: those that failed or never ran first, then the longest ones. The short ones come
 * last, so that all lanes end at about the same time.
 */
export function soonestTold(checks: readonly Check[]): Check[] {
  const took = new Map(
    keptResults().map((result) => [
      result.id,
      passed(result) ? result.controls.reduce((sum, { seconds = 0 }) => sum + seconds, result.seconds) : Infinity,
    ]),
  );
  const secondsOf = ({ id }: Check) => took.get(id) ?? Infinity;
  return checks.toSorted((a, b) => (secondsOf(a) === secondsOf(b) ? 0 : secondsOf(b) - secondsOf(a)));
}

/** Stores the results, each in place of its predecessor, and writes the table. */
export function keepResults(checks: readonly Check[], fresh: readonly Result[]): void {
  const by_id = new Map([...keptResults(), ...fresh].map((result) => [result.id, result]));
  const results = checks.flatMap(({ id }) => by_id.get(id) ?? []);
  // Messages of a broken build may contain paths of this machine, which don't concern the reader.
  const said = (_key: string, value: unknown) => (typeof value === 'string' ? withoutPlaces(value) : value);
  const text = JSON.stringify(results, said, 2);
  replaceFile(json_file, `${text}\n`);
  replaceFile(table_file, table(results));
}
