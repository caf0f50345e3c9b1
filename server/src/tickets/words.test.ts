import { expect, test } from 'vitest';
import { inAnyCase } from '../lib/either-case.ts';
import { max_sought, soughtIn, startOf, wordsOf } from './words.ts';

test('a ticket is found by the words of its title in lower case, by keys in it and by its own key', () => {
  const title = 'Drag-and-drop: the CRANE drops “ŒUVRE” again, see OPS-12';
  const words = [
    'eng-7',
    'drag',
    'and',
    'drop',
    'the',
    'crane',
    'drops',
    'œuvre',
    'again',
    'see',
    'ops',
    '12',
    'ops-12',
  ];
  expect(wordsOf({ title, key: 'ENG-7' })).toEqual(words);
});

test('a title of many or long words is found by a bounded number of short ones', () => {
  const title = Array.from({ length: 200 }, (_, n) => `w${n}`).join(' ');
  expect(wordsOf({ title, key: 'ENG-7' })).toHaveLength(64);
  expect(wordsOf({ title: 'x'.repeat(500), key: 'ENG-7' })).toEqual(['eng-7', 'x'.repeat(40)]);
});

test('a search looks for the beginnings of words', () => {
  expect(soughtIn('  the  Crane the ')).toEqual(['the', 'Crane']);
  expect(soughtIn('a b c d e f g h i j k')).toHaveLength(max_sought);
  expect(startOf('Crane')).toBe('crane');
  expect(startOf('ENG-7')).toBe('eng-7');
  expect(startOf('drag-and-d')).toBe('drag');
  expect(startOf('“œuv')).toBe('œuv');
  expect(startOf('***')).toBeUndefined();
});

// A list may read its tickets by this start, or by another of its indexes: both must find the same ones.
test.each([
  ['ΟΔΟΣ', 'ΟΔΟΣΑ'],
  ['οδοσ', 'ΟΔΟΣ'],
  ['οδος', 'οδοσα'],
  ['ΟΔΟΣ', 'οδος'],
  ['µ', 'Μήκος'],
  ['ıx', 'IX'],
  ['σύστη', 'ΣΎΣΤΗΜΑ'],
])('a word that begins with %s in any letter case begins with what is looked for, as in %s', (sought, title) => {
  expect(title).toMatch(new RegExp(`^${inAnyCase(sought)}`));
  const start = startOf(sought) ?? '';
  expect(wordsOf({ title, key: 'ENG-7' }).filter((word) => word.startsWith(start))).not.toEqual([]);
});

test('a start keeps the letters whose case has no other form', () => {
  expect(startOf('Σύστημα')).toBe('σύστημα');
  expect(startOf('οδοσ')).toBe('οδο');
  expect(startOf('Straße')).toBe('stra');
  expect(startOf('σ')).toBeUndefined();
});
