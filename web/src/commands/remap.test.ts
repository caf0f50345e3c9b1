import { afterEach, expect, test } from 'vitest';
import { preferences } from '../store/preferences.ts';
import { holderOf, isRemappable, keysOf, remap, writtenAs } from './remap.ts';

const usual = preferences.get();
afterEach(() => preferences.set(usual));

const press = (key: string, held: Partial<Parameters<typeof writtenAs>[0]> = {}) =>
  writtenAs({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });

test('a command has the keys that were chosen for it, until they are reset', () => {
  expect(keysOf('create')).toBe('c');
  remap('create', 'n');
  expect(keysOf('create')).toBe('n');
  remap('create', undefined);
  expect(keysOf('create')).toBe('c');
  remap('create', 'c');
  expect(preferences.get().keys).toEqual({});
});

test('keys belong to one command until it gets others', () => {
  expect(holderOf('c', 'help')).toBe('create');
  expect(holderOf('c', 'create')).toBeUndefined();
  expect(holderOf('g', 'create')).toBe('go_board'); // the start of its sequence
  remap('create', 'n');
  expect([holderOf('c', 'help'), holderOf('n', 'help')]).toEqual([undefined, 'create']);
});

test('a key with Ctrl or ⌘ cannot be changed', () => {
  expect([isRemappable('palette'), isRemappable('create'), isRemappable('sign_out')]).toEqual([false, true, false]);
});

test('a press is written in the format of a command’s keys, if a command can have it', () => {
  expect([press('n'), press('N'), press('N', { shiftKey: true }), press('?', { shiftKey: true }), press('7')]).toEqual([
    'n',
    'n',
    'Shift+n',
    '?',
    '7',
  ]);
  const none = [press('Shift', { shiftKey: true }), press('F5'), press(' '), press('n', { ctrlKey: true })];
  expect(none).toEqual([undefined, undefined, undefined, undefined]);
});
