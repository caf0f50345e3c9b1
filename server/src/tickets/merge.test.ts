import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeEdit, valuesAt } from './merge.ts';

type Row = Record<'title' | 'labels' | 'priority' | 'due_on', unknown>;
const current: Row = { title: 'now', labels: ['a', 'b'], priority: 'low', due_on: null };
const since = [
  { version: 2, changes: { title: ['first', 'second'] as const } },
  { version: 3, changes: { title: ['second', 'now'] as const, status: ['open', 'closed'] as const } },
];

test('an edit of untouched fields is applied on what is there now', () => {
  expect(mergeEdit({ current, changes_since: since, edit: { labels: ['c'], priority: 'high' } })).toEqual({
    ok: true,
    changes: { labels: [['a', 'b'], ['c']], priority: ['low', 'high'] },
  });
});

test('an edit of a field changed since is refused whole, with base, mine and theirs', () => {
  expect(mergeEdit({ current, changes_since: since, edit: { title: 'mine', priority: 'high' } })).toEqual({
    ok: false,
    conflicts: { title: { base: 'first', mine: 'mine', theirs: 'now' } },
  });
});

test('an edit to what is there anyway changes nothing and conflicts with nothing', () => {
  const edit = { title: 'now', labels: ['a', 'b'], due_on: null, priority: undefined };
  expect(mergeEdit({ current, changes_since: since, edit })).toEqual({ ok: true, changes: {} });
});

test.each([[['a']], [['a', 'c']], [['a', 'b', 'c']], [null], ['a,b']])('%j is another list than a, b', (labels) => {
  expect(mergeEdit({ current, changes_since: [], edit: { labels } })).toMatchObject({
    changes: { labels: [['a', 'b'], labels] },
  });
});

test('values go back through the changes, latest first', () => {
  expect(valuesAt(current, since)).toEqual({ ...current, title: 'first', status: 'open' });
  expect(valuesAt(current, [])).toEqual(current);
});

const value = fc.constantFrom('x', 'y', 'z');
const edits = fc.record({ title: value, priority: value, due_on: value }, { requiredKeys: [] });

test('two edits of one base: a field both changed to different values is never overwritten', () => {
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
