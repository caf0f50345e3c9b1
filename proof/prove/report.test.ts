import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withoutPlaces } from './report.ts';

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
])('what a broken build said is kept without places of the machine: %s', (_, said, kept) => {
  expect(withoutPlaces(said, [project, os.tmpdir()])).toBe(kept);
});
