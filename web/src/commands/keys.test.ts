import { describe, expect, test } from 'vitest';
import { ariaKeys, matches, parseKeys, type Pressed, Sequences, shownKeys } from './keys.ts';

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const press = (key: string, modifiers: Partial<Pressed> = {}): Pressed => ({ key, ...none, ...modifiers });
const hits = (keys: string, pressed: Pressed, apple = false) => {
  const [first] = parseKeys(keys);
  return first !== undefined && matches(first, pressed, apple);
};

describe('a key', () => {
  test.each<[keys: string, pressed: Pressed, expected: boolean]>([
    ['c', press('c'), true],
    ['c', press('C'), true], // Caps Lock
    ['c', press('C', { shiftKey: true }), false],
    ['c', press('c', { ctrlKey: true }), false],
    ['c', press('c', { metaKey: true }), false],
    ['c', press('c', { altKey: true }), false],
    ['Shift+e', press('E', { shiftKey: true }), true],
    ['Shift+e', press('e'), false],
    ['?', press('?', { shiftKey: true }), true], // on a layout that needs Shift for it
    ['?', press('?'), true], // on a layout that does not
    ['/', press('/', { shiftKey: true }), true],
    ['?', press('?', { ctrlKey: true, altKey: true }), false], // AltGr
    ['ArrowDown', press('ArrowDown'), true],
    ['ArrowDown', press('ArrowDown', { shiftKey: true }), false],
    ['Shift+ArrowDown', press('ArrowDown', { shiftKey: true }), true],
    ['Mod+k', press('k', { ctrlKey: true }), true],
    ['Mod+k', press('k', { ctrlKey: true, shiftKey: true }), false],
    ['Mod+k', press('k', { ctrlKey: true, metaKey: true }), false],
    ['Mod+k', press('k', { metaKey: true }), false],
    ['Mod+k', press('k'), false],
  ])('%s matches the event %j: %s', (keys, pressed, expected) => {
    expect(hits(keys, pressed)).toBe(expected);
  });

  test('written as Mod is ⌘ on Apple devices', () => {
    expect(hits('Mod+k', press('k', { metaKey: true }), true)).toBe(true);
    expect(hits('Mod+k', press('k', { ctrlKey: true }), true)).toBe(false);
  });
});

describe('a sequence', () => {
  const all = [
    ['list', 'g l'],
    ['all', 'g a'],
    ['label', 'l'],
    ['palette', 'Mod+k'],
  ] as const;

  test('runs on its second press, which runs nothing else', () => {
    const sequences = new Sequences(all, false);
    expect(sequences.press(press('g'), 0)).toEqual([]);
    expect(sequences.press(press('l'), 500)).toEqual(['list']);
    expect(sequences.press(press('l'), 600)).toEqual(['label']);
  });

  test('is forgotten after 1.5 seconds, and after another key', () => {
    const sequences = new Sequences(all, false);
    sequences.press(press('g'), 0);
    expect(sequences.press(press('l'), 1_500)).toEqual(['label']);
    sequences.press(press('g'), 2_000);
    sequences.press(press('x'), 2_100);
    expect(sequences.press(press('a'), 2_200)).toEqual([]);
  });

  test('is interrupted by a chord, which runs by itself', () => {
    const sequences = new Sequences(all, false);
    sequences.press(press('g'), 0);
    expect(sequences.press(press('k', { ctrlKey: true }), 100)).toEqual(['palette']);
  });

  test('may belong to several commands, and then completes all of them', () => {
    const both = new Sequences([['done', 'e'] as const, ['edit', 'e'] as const], false);
    expect(both.press(press('e'), 0)).toEqual(['done', 'edit']);
  });
});

test.each([
  ['Mod+k', false, 'Ctrl+K', 'Control+k'],
  ['Mod+k', true, '⌘K', 'Meta+k'],
  ['Shift+e', false, 'Shift+E', 'Shift+e'],
  ['g l', false, 'g l', undefined],
  ['ArrowDown', false, '↓', 'ArrowDown'],
])('%s (Apple: %s) is shown as %s, and is %s in aria-keyshortcuts', (keys, apple, shown, told) => {
  expect(shownKeys(keys, apple)).toBe(shown);
  expect(ariaKeys(keys, apple)).toBe(told);
});
