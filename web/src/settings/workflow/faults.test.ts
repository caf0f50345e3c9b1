import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { workflow_definition } from '../../../../server/src/projects/workflow-definition.ts';
import type { Definition } from './definition.ts';
import { faultsOf, isSpecial } from './faults.ts';

const keys = ['a', 'b', 'c', 'd'];
const categories = ['todo', 'in_progress', 'waiting', 'done'];
const roles = ['owner', 'admin', 'member'];

/**
 * The workflows that the editor can produce, which have no duplicate statuses, no steps to the same status, and no
 * steps of missing statuses.
 */
const definition = fc
  .record({
    names: fc.array(fc.constantFrom('Open', 'In progress', ' ', '', 'x'.repeat(81)), { maxLength: 4 }),
    kinds: fc.array(fc.constantFrom(...categories), { minLength: 4, maxLength: 4 }),
    initial: fc.subarray(keys),
    pairs: fc.subarray(keys.flatMap((from) => keys.map((to) => ({ from, to })))),
    requires: fc.subarray(['resolution', 'comment']),
    resolutions: fc.subarray(['fixed', 'duplicate']),
  })
  .map(({ names, kinds, initial, pairs, requires, resolutions }): Definition => {
    const statuses = names.map((name, place) => ({ key: keys[place] ?? '', name, category: kinds[place] ?? '' }));
    const isThere = (key: string) => statuses.some((status) => status.key === key);
    const isDone = (key: string) => statuses.some((status) => status.key === key && status.category === 'done');
    return {
      statuses,
      initial: initial.filter(isThere),
      transitions: pairs
        .filter(({ from, to }) => from !== to && isThere(from) && isThere(to))
        .map(({ from, to }) => ({
          from,
          to,
          roles,
          requires: requires.filter((field) => field !== 'resolution' || isDone(to)),
        })),
      resolutions,
    };
  });

describe('the faults of a workflow', () => {
  test('are found exactly when the server finds some', () => {
    fc.assert(
      fc.property(definition, (given) => {
        expect(faultsOf(given).length === 0).toBe(workflow_definition.safeParse(given).success);
      }),
      { numRuns: 500 },
    );
  });

  test('belong to a status, to a step, or to the whole workflow', () => {
    const given: Definition = {
      statuses: [
        { key: 'a', name: '', category: 'todo' },
        { key: 'b', name: 'B', category: 'done' },
        { key: 'c', name: 'C', category: 'done' },
      ],
      initial: ['a'],
      transitions: [{ from: 'a', to: 'b', roles, requires: ['resolution'] }],
      resolutions: [],
    };
    expect(faultsOf(given).map(({ at }) => at)).toEqual([{ status: 'a' }, { status: 'c' }, { from: 'a', to: 'b' }]);
    expect(faultsOf({ ...given, initial: [] })[0]?.at).toBeUndefined();
    expect(isSpecial(given, 'a', 'b')).toBe(true);
    expect(isSpecial(given, 'a', 'c')).toBe(false);
  });
});
