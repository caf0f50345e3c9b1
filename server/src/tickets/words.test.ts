import { expect, test } from 'vitest';
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
