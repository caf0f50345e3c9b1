import { expect, test } from 'vitest';
import { scope_meanings } from '../../../../server/src/http/contract.ts';
import { area_names, inWords, meaningOf, scopesOf } from './scopes.ts';

test('every scope of the server is in one area, with read first, and has words', () => {
  const all = area_names.flatMap(scopesOf);
  expect(all.toSorted()).toEqual(Object.keys(scope_meanings).toSorted());
  expect(area_names.map((area) => scopesOf(area)[0])).toEqual(area_names.map((area) => `${area}:read`));
  expect(all.filter((scope) => meaningOf(scope) === scope)).toEqual([]);
});

test('scopes are shown by area, and unknown ones unchanged', () => {
  expect(inWords(['tickets:write', 'audit:read', 'reports:read'])).toBe(
    'Tickets: read and write · Audit log: read · reports:read',
  );
});
