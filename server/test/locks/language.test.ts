import { expect, test } from 'vitest';
import { badWords, type Prose, proseOfPage, proseOfSource, publicProse, wordList } from './language.ts';

test('documents, the reference, messages and test titles use the words of docs/style.md', () => {
  const all = publicProse();
  for (const file of [
    'README.md',
    'docs/errors.md',
    'server/openapi.json',
    'server/src/errors.ts',
    'proof/prove/races/last-owner.ts',
  ])
    expect(
      all.some((prose) => prose.file === file),
      file,
    ).toBe(true);
  expect(badWords(all)).toEqual([]);
});

test('the word list has a better word for each banned one', () => {
  const words = wordList();
  expect(words.map(({ banned }) => banned)).toEqual(expect.arrayContaining(['answer*', 'under way', "one's own"]));
  expect(words.every(({ better, banned }) => better !== '' && !banned.includes('|'))).toBe(true);
});

/** The bad words found in these, each as its line and the two words. */
const found = (prose: Prose[]) => badWords(prose).map((text) => /:(\d+ says “.+?” for “.+?”)/.exec(text)?.[1]);

test('a banned word is found in a page, in any case and ending, with its line and the better word', () => {
  const page = 'The server `answers`.\n\n```\nan answer\n```\nIt Answered\nwith one’s own [page](answer.md).';
  expect(found(proseOfPage('a.md', page))).toEqual([
    '6 says “answer*” for “response, respond, return”',
    "7 says “one's own” for “the caller's, their own”",
  ]);
});

test('a banned word is found in the titles and messages of a source, and not in its code or statements', () => {
  const source = [
    "test('the row is held by its writer', () => held(answer));",
    'throw new Error(`the ${row} ran out`);',
    'sql`select held from answers`;',
    "const kind = 'answer';",
  ].join('\n');
  expect(found(proseOfSource('a.ts', source))).toEqual([
    '1 says “held” for “locked”',
    '2 says “ran out” for “expired”',
  ]);
});
