import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeSet, mergeEdit, valuesAt } from './merge.ts';

type Row = Record<'title' | 'labels' | 'priority' | 'due_on', unknown>;
const current: Row = { title: 'now', labels: ['a', 'b'], priority: 'low', due_on: null };
const since = [
  { version: 2, changes: { title: ['first', 'second'] as const } },
  { version: 3, changes: { title: ['second', 'now'] as const, status: ['open', 'closed'] as const } },
];

test('an edit of fields that have not changed since is applied to the current values', () => {
  expect(mergeEdit({ current, changes_since: since, edit: { labels: ['c'], priority: 'high' } })).toEqual({
    ok: true,
    changes: { labels: [['a', 'b'], ['c']], priority: ['low', 'high'] },
  });
});

test('an edit of a field that has changed since is refused as a whole, with base, mine and theirs', () => {
  expect(mergeEdit({ current, changes_since: since, edit: { title: 'mine', priority: 'high' } })).toEqual({
    ok: false,
    conflicts: { title: { base: 'first', mine: 'mine', theirs: 'now' } },
  });
});

test('an edit to the current values changes nothing and is never a conflict', () => {
  const edit = { title: 'now', labels: ['a', 'b'], due_on: null, priority: undefined };
  expect(mergeEdit({ current, changes_since: since, edit })).toEqual({ ok: true, changes: {} });
});

describe('an edit of labels that have changed since', () => {
  /** What an edit changes that is based on the labels a and b, which are others now. */
  const edited = (mine: string[], theirs: string[]) =>
    mergeEdit({
      current: { ...current, labels: theirs },
      changes_since: [{ version: 2, changes: { labels: [['a', 'b'], theirs] } }],
      edit: { labels: mine },
    });

  test.each([
    ['adds to what others added', ['a', 'b', 'mine'], ['a', 'b', 'theirs'], ['a', 'b', 'mine', 'theirs']],
    ['removes what it removed, and keeps what others added', ['a'], ['a', 'b', 'theirs'], ['a', 'theirs']],
    ['adds to what others removed', ['a', 'b', 'mine'], ['b'], ['b', 'mine']],
    ['removes what others left', ['a'], ['b'], []],
  ])('%s', (_, mine, theirs, merged) => {
    expect(edited(mine, theirs)).toEqual({ ok: true, changes: { labels: [theirs, merged] } });
  });

  test('changes nothing if others have added or removed the same labels, and more', () => {
    expect(edited(['a', 'b', 'c'], ['a', 'b', 'c', 'd'])).toEqual({ ok: true, changes: {} });
    expect(edited(['a'], [])).toEqual({ ok: true, changes: {} });
  });

  test('lists the merged labels in the order of the alphabet, each once', () => {
    expect(edited(['b', 'a', 'z', 'z', 'm'], ['y', 'a', 'b'])).toMatchObject({
      changes: {
        labels: [
          ['y', 'a', 'b'],
          ['a', 'b', 'm', 'y', 'z'],
        ],
      },
    });
  });

  test('is a conflict if the value before, now or in the edit is not a list', () => {
    const merged = (base: unknown, mine: unknown, theirs: unknown) =>
      mergeEdit({
        current: { ...current, labels: theirs },
        changes_since: [{ version: 2, changes: { labels: [base, theirs] } }],
        edit: { labels: mine },
      });
    for (const values of [
      [null, ['a'], ['b']],
      [['a'], null, ['b']],
      [['a'], ['b'], null],
    ] as const) {
      const [base, mine, theirs] = values;
      expect(merged(base, mine, theirs)).toEqual({ ok: false, conflicts: { labels: { base, mine, theirs } } });
    }
  });
});

describe('a set', () => {
  test('gets what is added, loses what is removed, and is sorted', () => {
    expect(changeSet(['b', 'c', 'd'], { add: ['a', 'b'], remove: ['d', 'x'] })).toEqual(['a', 'b', 'c']);
  });

  test('keeps its elements if nothing is added or removed', () => {
    expect(changeSet(['a', 'b'], {})).toEqual(['a', 'b']);
    expect(changeSet(['a', 'b'], { add: ['c'] })).toEqual(['a', 'b', 'c']);
    expect(changeSet(['a', 'b'], { remove: ['a'] })).toEqual(['b']);
  });

  test('has an element that is both added and removed', () => {
    expect(changeSet([], { add: ['a'], remove: ['a'] })).toEqual(['a']);
    expect(changeSet(['a'], { add: ['a'], remove: ['a'] })).toEqual(['a']);
  });
});

test.each([[['a']], [['a', 'c']], [['a', 'b', 'c']], [null], ['a,b']])(
  'the value %j differs from the list a, b',
  (labels) => {
    expect(mergeEdit({ current, changes_since: [], edit: { labels } })).toMatchObject({
      changes: { labels: [['a', 'b'], labels] },
    });
  },
);

test('earlier values are found by undoing the changes, latest first', () => {
  expect(valuesAt(current, since)).toEqual({ ...current, title: 'first', status: 'open' });
  expect(valuesAt(current, [])).toEqual(current);
});

const value = fc.constantFrom('x', 'y', 'z');
const edits = fc.record({ title: value, priority: value, due_on: value }, { requiredKeys: [] });

test('of two edits with the same base, neither overwrites a field that both change to different values', () => {
  fc.assert(
    fc.property(edits, edits, (first, second) => {
      const base: Row = { title: 'x', priority: 'y', due_on: 'z', labels: [] };
      const one = mergeEdit({ current: base, changes_since: [], edit: first });
      if (!one.ok) throw new Error('nothing to conflict with');
      const after = { ...base, ...first };
      const two = mergeEdit({ current: after, changes_since: [{ version: 2, changes: one.changes }], edit: second });
      const names = Object.keys(second) as (keyof typeof second)[];
      const clash = names.some((name) => name in one.changes && second[name] !== after[name]);
      expect(two.ok).toBe(!clash);
      if (two.ok)
        expect({ ...after, ...Object.fromEntries(Object.entries(two.changes).map(([k, [, v]]) => [k, v])) }).toEqual({
          ...after,
          ...second,
        });
    }),
  );
});
