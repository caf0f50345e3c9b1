import { globSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checks } from './checks.ts';
import { concerns, withoutPlaces } from './report.ts';

const project = path.join(path.parse(process.cwd()).root, 'projects', 'baton');
const cut = project.slice(0, -2);

test.each([
  [
    'a file of the project',
    `at listen (file://${project}/server/src/main.ts:3:1)`,
    'at listen (server/src/main.ts:3:1)',
  ],
  ['a path without a scheme', `open ${project}/docs/proof.md, ${os.tmpdir()}/a`, 'open docs/proof.md, a'],
  ['a URL that is cut', `at listen (file://${cut}`, 'at listen ('],
  ['a URL that is cut before other words', `at listen (file://${cut}: responded 500`, 'at listen ( responded 500'],
  ['a path that is cut', `open ${cut}`, 'open '],
  ['the project itself', `in ${project}`, 'in '],
  ['a path of the API', 'GET /v1/workspaces', 'GET /v1/workspaces'],
])('messages of broken builds are stored without paths of this machine: %s', (_, said, kept) => {
  expect(withoutPlaces(said, [project, os.tmpdir()])).toBe(kept);
});

describe('a check must run again', () => {
  const concerned = (...changed: string[]) => checks.filter((check) => concerns(check, changed)).map(({ id }) => id);

  test('if the server, the harness or the installed packages change', () => {
    for (const file of [
      'server/src/main.ts',
      'server/migrations/0001_baton.sql',
      'proof/harness/server.ts',
      'package-lock.json',
    ])
      expect(concerned('docs/proof.md', file), file).toHaveLength(checks.length);
  });

  test('if its own source changes, or a file that it imports', () => {
    expect(concerned('proof/prove/races/deliveries.ts')).toEqual(['deliveries']);
    expect(concerned('proof/prove/races/killing.ts')).toEqual(expect.arrayContaining(['deliveries', 'kills-database']));
    expect(concerned('proof/prove/races/killing.ts')).not.toContain('versions');
    expect(concerned('proof/prove/stage.ts').length).toBeGreaterThan(20);
  });

  test('if tests change and it runs them', () => {
    expect(concerned('server/src/feed/stream.test.ts', 'proof/prove/report.test.ts')).toEqual(['versions']);
  });

  test('if its file in proof/prove changes, and every check has one', () => {
    const sources = globSync('proof/prove/**/*.ts');
    expect(checks.filter((check) => !sources.some((file) => concerns(check, [file]))).map(({ id }) => id)).toEqual([]);
  });
});
