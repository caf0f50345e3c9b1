import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../src/db/embedded/postmaster.ts';
import { data_place_variable } from '../../../proof/harness/memory-disk.ts';
import { familyOf, noProcesses } from '../../../proof/harness/processes.ts';
import { test_environment } from '../../../proof/harness/server.ts';
import { emptyDir, madeDir } from './running.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const missing = noProcesses() ?? (spawnSync('script', ['--version']).status === 0 ? undefined : 'there is no script');

interface Terminal {
  shown: () => string;
  /** The processes that run in it at this moment. */
  family: () => number[];
  type: (text: string) => void;
  close: () => void;
  /** The exit code of the command. */
  ended: Promise<number | null>;
}

/** Runs a command in a terminal, as a person would. `script` of util-linux provides the terminal. */
function openTerminal(command: string, env: Record<string, string>): Terminal {
  const script: ChildProcess = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: root,
    env: { ...process.env, ...test_environment, PORT: '0', ...env },
  });
  let shown = '';
  script.stdout?.on('data', (chunk) => (shown += String(chunk)));
  script.stdin?.on('error', () => undefined);
  const family = () => familyOf(script.pid ?? 0);
  onTestFinished(() => {
    for (const pid of [...family(), script.pid ?? 0]) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
  });
  return {
    shown: () => shown,
    family,
    type: (text) => void script.stdin?.write(text),
    close: () => void script.kill('SIGKILL'),
    ended: new Promise((resolve) => script.once('exit', resolve)),
  };
}

/** Writes enough of a tracker's history for a replay to start a server. */
function sourceIn(folder: string): string {
  const file = path.join(folder, 'other-replay.ndjson');
  const row = { at: '2020-01-01T00:00:00Z', op: 'change', ticket: 'X-1', by: 'ann', set: { Status: ['A', 'B'] } };
  writeFileSync(file, `${JSON.stringify(row)}\n`);
  return file;
}

async function until(what: () => boolean, told: () => string): Promise<void> {
  for (const deadline = Date.now() + 60_000; !what(); ) {
    if (Date.now() > deadline) throw new Error(`This did not happen in time: ${told()}`);
    await sleep(20);
  }
}

const gone = (pids: readonly number[]) => pids.every((pid) => !isAlive(pid));

test.skipIf(noProcesses() !== undefined)(
  'SIGTERM to npm, without a terminal, leaves nothing running',
  async () => {
    const env = { ...process.env, ...test_environment, PORT: '0', BATON_DATA_DIR: await madeDir() };
    const npm = spawn('npm', ['start'], { cwd: root, env });
    let shown = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (shown += String(chunk)));
    await until(
      () => shown.includes('Ctrl-C stops it'),
      () => shown,
    );
    const family = familyOf(npm.pid ?? 0);
    onTestFinished(() => {
      for (const pid of family) if (isAlive(pid)) process.kill(pid, 'SIGTERM');
    });
    expect(family.length).toBeGreaterThan(2);
    npm.kill('SIGTERM');
    await until(
      () => gone(family),
      () => `${shown} ${family.filter(isAlive).join()}`,
    );
  },
  90_000,
);

describe.skipIf(missing !== undefined)('in a terminal (of script, from util-linux)', () => {
  test.each([
    [
      'Ctrl-C, with the output piped to a program that it ends,',
      'npm start 2>&1 | cat',
      (one: Terminal) => one.type('\x03'),
    ],
    ['closing the terminal', 'npm start', (terminal: Terminal) => terminal.close()],
  ])(
    '%s leaves nothing running',
    async (_, command, end) => {
      const terminal = openTerminal(command, { BATON_DATA_DIR: await madeDir() });
      await until(() => terminal.shown().includes('Ctrl-C stops it'), terminal.shown);
      const family = terminal.family();
      expect(family.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).join()).toContain('bin/postgres');
      end(terminal);
      await until(
        () => gone(family),
        () => `${terminal.shown()} ${family.filter(isAlive).join()}`,
      );
    },
    90_000,
  );

  test('Ctrl-C during the first start stops it, and leaves no incomplete database', async () => {
    const dir = emptyDir();
    const terminal = openTerminal('npm start', { BATON_DATA_DIR: dir });
    await until(() => readdirSync(dir).some((name) => name.startsWith('postgres.new-')), terminal.shown);
    const family = terminal.family();
    terminal.type('\x03');
    await until(() => gone(family), terminal.shown);
    expect(terminal.shown()).toContain('Stopped.');
    expect(terminal.shown()).not.toMatch(/failed|Error|at /);
    expect(readdirSync(dir).filter((name) => name.startsWith('postgres.new-'))).toEqual([]);
  }, 90_000);

  test.each([
    ['a replay', (place: string) => `npm run replay -- ${sourceIn(place)}`],
    ['a proof', () => 'npm run prove -- --dry --size 0.01 transitions last-owner'],
    ['a bench', () => 'npm run bench -- --dry --small'],
  ])(
    'Ctrl-C ends %s with its servers and its database, and removes its folders',
    async (name, command) => {
      const place = mkdtempSync(path.join(os.tmpdir(), 'baton-terminal-'));
      onTestFinished(() => rmSync(place, { recursive: true, force: true }));
      const folder = path.join(place, 'tmp');
      mkdirSync(folder);
      spawnSync('chmod', ['-R', '755', place]);
      const terminal = openTerminal(command(place), { TMPDIR: folder, [data_place_variable]: '' });
      const entries = () => readdirSync(folder, { recursive: true }).map(String);
      await until(() => entries().some((entry) => entry.endsWith('postmaster.pid')), terminal.shown);
      const family = terminal.family();
      terminal.type('\x03');
      await until(
        () => gone(family),
        () => `${terminal.shown()} ${family.filter(isAlive).join()}`,
      );
      expect(entries().filter((entry) => entry.startsWith('baton-'))).toEqual([]);
      expect(await terminal.ended).toBe(130);
      if (name !== 'a replay') expect(terminal.shown()).toContain('Stopped.');
    },
    90_000,
  );
});
