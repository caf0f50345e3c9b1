import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesBetween, idOf, merge, theirChanges } from './compare.ts';
import type { Definition } from './definition.ts';

const keys = ['a', 'b', 'c', 'd'];
const roles = ['owner', 'admin', 'member'];

const definition = fc
  .record({
    order: fc.shuffledSubarray(keys, { minLength: 1 }),
    names: fc.array(fc.constantFrom('One', 'Two'), { minLength: 4, maxLength: 4 }),
    done: fc.subarray(keys),
    pairs: fc.subarray(keys.flatMap((from) => keys.map((to) => ({ from, to })))),
    requires: fc.subarray(['resolution', 'comment']),
    resolutions: fc.subarray(['fixed', 'duplicate', 'invalid']),
  })
  .map(
    ({ order, names, done, pairs, requires, resolutions }): Definition => ({
      statuses: order.map((key) => ({
        key,
        name: names[keys.indexOf(key)] ?? '',
        category: done.includes(key) ? 'done' : 'todo',
      })),
      initial: order.slice(0, 1),
      transitions: pairs
        .filter(({ from, to }) => from !== to && order.includes(from) && order.includes(to))
        .map(({ from, to }) => ({
          from,
          to,
          roles,
          requires: requires.filter((field) => field !== 'resolution' || done.includes(to)),
        })),
      resolutions,
    }),
  );

const same = (one: Definition, other: Definition) => changesBetween(one, other).length === 0;
const orderOf = ({ statuses }: Definition) => statuses.map(({ key }) => key);
const yours = () => 'yours' as const;

describe('two workflows', () => {
  test('have no changes if they are the same, and differ in both directions otherwise', () => {
    fc.assert(
      fc.property(definition, definition, (one, other) => {
        expect(changesBetween(one, one)).toEqual([]);
        expect(same(one, other)).toBe(same(other, one));
      }),
    );
  });

  test('with one added status differ in that status, but not in the order', () => {
    const one: Definition = {
      statuses: [{ key: 'a', name: 'A', category: 'todo' }],
      initial: ['a'],
      transitions: [],
      resolutions: [],
    };
    const other = { ...one, statuses: [{ key: 'b', name: 'B', category: 'done' }, ...one.statuses] };
    expect(changesBetween(one, other).map(({ part }) => idOf(part))).toEqual(['status b']);
  });
});

describe('merging the person’s changes with somebody else’s', () => {
  test('takes one side’s changes if the other side changed nothing', () => {
    fc.assert(
      fc.property(definition, definition, (base, changed) => {
        expect(same(merge(base, base, changed, yours), changed)).toBe(true);
        const mine = merge(base, changed, base, yours);
        expect(same(mine, changed)).toBe(true);
        expect(orderOf(mine)).toEqual(orderOf(changed));
      }),
    );
  });

  test('loses none of the person’s changes, and none of the other’s without a conflict', () => {
    fc.assert(
      fc.property(definition, definition, definition, (base, mine, theirs) => {
        const conflicts = theirChanges(base, mine, theirs).filter(({ is_conflict }) => is_conflict);
        const merged = merge(base, mine, theirs, yours);
        const statuses = (of: Definition) => new Map(of.statuses.map((status) => [status.key, JSON.stringify(status)]));
        const [was, own, their, result] = [base, mine, theirs, merged].map(statuses);
        for (const key of keys) {
          const in_conflict = conflicts.some(({ part }) => idOf(part) === `status ${key}`);
          if (own?.get(key) !== was?.get(key)) expect(result?.get(key)).toBe(own?.get(key));
          else expect(in_conflict || result?.get(key) === their?.get(key)).toBe(true);
        }
      }),
    );
  });

  test('keeps only steps between existing statuses', () => {
    fc.assert(
      fc.property(definition, definition, definition, fc.boolean(), (base, mine, theirs, own) => {
        const merged = merge(base, mine, theirs, () => (own ? 'yours' : 'theirs'));
        const known = orderOf(merged);
        expect(new Set(known).size).toBe(known.length);
        expect(merged.transitions.filter(({ from, to }) => !known.includes(from) || !known.includes(to))).toEqual([]);
        expect(merged.initial.filter((key) => !known.includes(key))).toEqual([]);
        const done = merged.statuses.filter(({ category }) => category === 'done').map(({ key }) => key);
        const wrong = merged.transitions.filter(
          ({ to, requires }) => requires.includes('resolution') && !done.includes(to),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  test('asks only if both sides changed the same part to different values', () => {
    const base: Definition = {
      statuses: [{ key: 'a', name: 'A', category: 'todo' }],
      initial: ['a'],
      transitions: [],
      resolutions: ['fixed'],
    };
    const named = (name: string, resolutions: string[]) => ({
      ...base,
      statuses: [{ key: 'a', name, category: 'todo' }],
      resolutions,
    });
    const [mine, theirs] = [named('Mine', ['fixed', 'x']), named('Theirs', ['y'])];
    const changes = theirChanges(base, mine, theirs).map(({ part, is_conflict }) => [idOf(part), is_conflict]);
    expect(changes).toEqual([
      ['status a', true],
      ['resolutions', false],
    ]);
    expect(merge(base, mine, theirs, yours).statuses[0]?.name).toBe('Mine');
    expect(merge(base, mine, theirs, () => 'theirs').statuses[0]?.name).toBe('Theirs');
    expect(merge(base, mine, theirs, yours).resolutions.toSorted()).toEqual(['x', 'y']);
  });
});
