import { expect, test } from 'vitest';
import { withoutPlaces } from './report.ts';

const places = ['/home/ann/baton', '/tmp'];

test.each([
  [
    'a file of the project',
    'at listen (file:///home/ann/baton/server/src/main.ts:3:1)',
    'at listen (server/src/main.ts:3:1)',
  ],
  ['a path without a scheme', 'open /home/ann/baton/docs/proof.md, /tmp/a', 'open docs/proof.md, a'],
  ['a URL that is cut', 'at listen (file:///home/ann/bat', 'at listen ('],
  ['a URL that is cut before other words', 'at listen (file:///home/ann: responded 500', 'at listen ( responded 500'],
  ['a path that is cut', 'open /home/an', 'open '],
  ['the project itself', 'in /home/ann/baton', 'in '],
  ['a path of the API', 'GET /v1/workspaces', 'GET /v1/workspaces'],
])('what a broken build said is kept without places of the machine: %s', (_, said, kept) => {
  expect(withoutPlaces(said, places)).toBe(kept);
});
