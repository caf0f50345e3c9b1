import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayName, keysOf } from './names.ts';

test.each([
  ['Need Info', 'need_info'],
  ['IN PROGRESS', 'in_progress'],
  ['InProgress', 'in_progress'],
  ["Won't Fix", 'wont_fix'],
  ['Erledigt (geprüft)', 'erledigt_gepruft'],
  ['  4. QA / test ', 'qa_test'],
  ['进行中', 'status'],
])('%s becomes %s', (name, key) => {
  expect(keysOf([name], 'status').get(name)).toBe(key);
});

test('names that look alike get different keys, which do not depend on their order', () => {
  const names = ['New', 'new', 'NEW!', '进行中', '完了'];
  const keys = keysOf(names, 'status');
  expect(new Set(keys.values()).size).toBe(5);
  expect(keysOf(names.toReversed(), 'status')).toEqual(keys);
});

test('every name has one valid key', () => {
  const name = fc.oneof(
    fc.string({ unit: fc.nat({ max: 0x10ffff }).map((code) => String.fromCodePoint(code)) }),
    fc.constantFrom('a', 'A', 'a_2', 'x'.repeat(60), 'x'.repeat(61), '9'),
  );
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
      const keys = keysOf(names, 'status');
      expect(new Set(keys.values()).size).toBe(names.length);
      for (const key of keys.values()) expect(key).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
    }),
  );
});

test('a name is shown on one line, and never empty', () => {
  expect(displayName(' Need\n\0 info\ud800 ', 60)).toBe('Need info');
  expect(displayName('\0', 60)).toBe('(unnamed)');
});
