import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
};

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-entry-'));
  cpSync(path.join(root, 'bin'), path.join(dir, 'bin'), { recursive: true });
  writeFileSync(
    path.join(dir, 'hello.ts'),
    'const who: string = process.argv[2] ?? ""; console.log(`Hello, ${who}.`);',
  );
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Creates a project that needs this version of Node, with these packages listed and installed. */
function project(node: string, listed: Record<string, string>, installed: Record<string, string>): void {
  const text = JSON.stringify({ type: 'module', engines: { node: `>=${node}` }, dependencies: listed });
  writeFileSync(path.join(dir, 'package.json'), text);
  for (const [name, version] of Object.entries(installed)) {
    mkdirSync(path.join(dir, 'node_modules', name), { recursive: true });
    writeFileSync(path.join(dir, 'node_modules', name, 'package.json'), JSON.stringify({ version }));
  }
}

function run(node = process.execPath): string {
  const { stdout, stderr } = spawnSync(node, ['bin/run.js', 'hello.ts', 'Ada'], { cwd: dir, encoding: 'utf8' });
  return stdout + stderr;
}

const ours = `node-${process.platform}-${process.arch}`;

describe('bin/run.js', () => {
  test('runs TypeScript with its arguments', () => {
    project('24.21', { pg: '1.0.0' }, { pg: '1.0.0' });
    expect(run()).toBe('Hello, Ada.\n');
  });

  test.each([[{}], [{ pg: '0.9.0' }]])(
    'asks for npm ci if the installed packages are %j instead of those listed',
    (installed) => {
      project('24.21', { pg: '1.0.0' }, installed);
      expect(run()).toBe('The packages of this version of Baton are not installed. Run npm ci first.\n');
    },
  );

  test('says in one line which version of Node it needs', () => {
    project('99.1', {}, { [ours]: '99.0.0' });
    expect(run()).toMatch(/^Baton needs Node 99\.1 or newer, and this is \S+ Install a newer one: \S+\n$/);
  });

  test.skipIf(process.platform === 'win32')('uses the Node that npm installed if this one is too old', () => {
    project('99.1', {}, { [ours]: '99.1.2' });
    const node = path.join(dir, 'node_modules', ours, 'bin/node');
    mkdirSync(path.dirname(node));
    writeFileSync(node, '#!/bin/sh\necho "Node 99 runs $(basename "$1") $2"\n');
    chmodSync(node, 0o755);
    expect(run()).toBe('Node 99 runs hello.ts Ada\n');
  });

  const system = ['/usr/bin/node', '/usr/local/bin/node'].find((node) => {
    const [, major] = /^v(\d+)/.exec(spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout ?? '') ?? [];
    return major !== undefined && Number(major) >= 18 && Number(major) < 24;
  });
  test.skipIf(system === undefined)('also runs on the machine’s older Node (skipped if there is none)', () => {
    project('24.21', {}, {});
    expect(run(system)).toMatch(/^Baton needs Node 24\.21 or newer, and this is /);
  });

  test('is used by every script that runs TypeScript, and every verb has a script', () => {
    const direct = Object.entries(manifest.scripts).filter(([, command]) =>
      /^node (?!bin\/run\.js).*\.ts/.test(command),
    );
    expect(direct).toEqual([]);
    const { stdout, status } = spawnSync(process.execPath, ['bin/run.js', 'server/src/main.ts', '--help'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const verbs = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)].map(([, verb = '']) => verb);
    expect(verbs.length).toBeGreaterThan(2);
    expect(verbs.filter((verb) => manifest.scripts[verb] === undefined)).toEqual([]);
  });
});

test.each(['sreve', 'constructor', '__proto__'])(
  'a word that is no verb ends with 2 and prints the usage: %s',
  (word) => {
    const args = ['bin/run.js', 'server/src/main.ts', word];
    const { stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^Usage: npm run <verb>/)]);
  },
);

test.skipIf(!existsSync('/dev/full'))('a command whose output does not fit on the disk fails with one line', () => {
  const full = openSync('/dev/full', 'w');
  const args = ['bin/run.js', 'server/src/main.ts', '--help'];
  const { stderr, status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', full, 'pipe'] });
  closeSync(full);
  expect([status, String(stderr)]).toEqual([1, expect.stringMatching(/^The output can't be written: ENOSPC.*\n$/)]);
});

test.each(['key', 'export'])(
  'audit %s names the setting instead of creating a key in a directory without one',
  (verb) => {
    const data_dir = path.join(dir, 'elsewhere');
    const args = ['bin/run.js', 'server/src/main.ts', 'audit', verb, '00000000-0000-7000-8000-000000000001'];
    const env = { PATH: process.env['PATH'], BATON_DATA_DIR: data_dir };
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, env, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringContaining('Set BATON_DATA_DIR to the directory of'),
    ]);
    expect(existsSync(data_dir)).toBe(false);
  },
);
