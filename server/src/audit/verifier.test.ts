import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { startServer, test_environment, type TestServer } from '../../../proof/harness/server.ts';

// The verifier runs as an auditor would run it: from the command line, alone in a directory with an export and a key.

const root = path.resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

let server: TestServer;
let team: Team;
let dir: string;
let key: string;

beforeAll(async () => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'baton-verifier-'));
  cpSync(path.join(root, 'bin/verify-audit.ts'), path.join(dir, 'verify-audit.ts'));
  server = await startServer();
  team = await makeTeam(server);
  await numberEvents(server.database.url);
  key = (await audit('key', team.workspace_id)).stdout.trim();
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function ended(command: string, args: string[], options: object): Promise<Ended> {
  return run(command, args, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as Ended,
  );
}

/** The operator's command, with the server's settings. */
function audit(...args: string[]): Promise<Ended> {
  const env = { ...process.env, ...test_environment, DATABASE_URL: server.database.url };
  return ended(process.execPath, [path.join(root, 'server/src/main.ts'), 'audit', ...args], { env, cwd: dir });
}

/** Runs the verifier without any other file of the project. */
const verify = (...args: string[]) =>
  ended(process.execPath, ['verify-audit.ts', ...args], { cwd: dir, env: { PATH: process.env['PATH'] } });

function write(name: string, text: string): string {
  writeFileSync(path.join(dir, name), text);
  return name;
}

test('the verifier alone confirms that the log which the operator exports is the signed one', async () => {
  const { stdout, code } = await audit('export', team.workspace_id);
  expect(code).toBe(0);
  const page = await team.owner.client.export_audit({ workspace_id: team.workspace_id });
  expect(stdout).toBe(page);
  const file = write('export.ndjson', stdout);
  for (const verdict of [await verify(file, '--key', key), await audit('verify', file, '--key', key)]) {
    expect([verdict.code, verdict.stdout.split('\n')[0]]).toEqual([
      0,
      `baton/log/${team.workspace_id}: ${page.split('\n').length - 2} events, none changed, removed or added since they were signed for`,
    ]);
  }
});

test('the verifier says what is missing or invalid in a tampered export, and exits with code 1', async () => {
  const page = await team.owner.client.export_audit({ workspace_id: team.workspace_id });
  const lines = page.trimEnd().split('\n');
  const file = write('tampered.ndjson', `${lines.toSpliced(1, 1).join('\n')}\n`);
  const { code, stdout } = await verify(file, '--key', key);
  expect(code).toBe(1);
  expect(stdout).toContain('wrong_sequence: event 3 stands where event 2 should\n');
  expect(stdout).toContain('root_differs: ');
  const cut = write('cut.ndjson', `${lines.slice(0, -1).join('\n')}\nno JSON\n`);
  expect((await verify(cut, '--key', key)).stdout).toMatch(/^bad_line: .*\nno_checkpoint: /);
});

test('the verifier compares a known checkpoint, and requires the cosignature of a given witness', async () => {
  const { workspace_id, owner } = team;
  const known = write('known.txt', await owner.client.get_audit_checkpoint({ workspace_id }));
  const file = write('export.ndjson', await owner.client.export_audit({ workspace_id }));
  const agrees = await verify(file, '--key', key, '--known', known);
  expect([agrees.code, agrees.stdout]).not.toEqual([0, expect.stringContaining('nothing known')]);
  const witness = 'witness.example/w1+df1c0a35+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';
  const alone = await verify(file, '--key', key, '--known', known, '--witness', witness);
  expect([alone.code, alone.stdout]).toEqual([
    1,
    'not_cosigned: no known checkpoint has the cosignature of witness.example/w1\n',
  ]);
});

test('the verifier prints one line about an invalid argument, and exits with code 2', async () => {
  const file = write('export.ndjson', await team.owner.client.export_audit({ workspace_id: team.workspace_id }));
  const cases: [args: string[], says: string][] = [
    [[], 'Usage: verify-audit'],
    [[file], 'Usage: verify-audit'],
    [[file, '--key', 'none'], 'none is no key'],
    [[file, '--key', key, '--known', file], 'What is given as known is no checkpoint.'],
    [['absent', '--key', key], 'ENOENT'],
  ];
  for (const [args, says] of cases) {
    const { code, stdout, stderr } = await verify(...args);
    expect([code, stdout + stderr]).toEqual([2, expect.stringContaining(says)]);
  }
  const unknown = await audit('key', 'none');
  expect([unknown.code, unknown.stderr]).toEqual([1, '"none" is not the id of a workspace.\n']);
  const absent = await audit('export', '01a220a9-0000-7000-8000-000000000009');
  expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('There is nothing to export')]);
  expect((await audit('export')).code).toBe(2);
});
