import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { common, mergeLines, wordDiff } from './lines.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 8 }).map((lines) => lines.join('\n'));
const sentence = fc.array(fc.constantFrom('crane ', 'drops', ' its', '\n', 'load', '!', 'Ä', '漢字'), {
  maxLength: 12,
});

describe('two texts compared word by word', () => {
  test('what stays, goes and comes adds up to both texts', () => {
    const property = fc.property(sentence, sentence, (a, b) => {
      const [before, after] = [a.join(''), b.join('')];
      const parts = wordDiff(before, after);
      const without = (kind: string) =>
        parts
          .filter((part) => part.kind !== kind)
          .map((part) => part.text)
          .join('');
      expect([without('added'), without('removed')]).toEqual([before, after]);
    });
    fc.assert(property);
  });

  test('one word that was changed is marked alone', () => {
    expect(wordDiff('The crane drops its load', 'The crane dropped its load')).toEqual([
      { kind: 'same', text: 'The crane ' },
      { kind: 'removed', text: 'drops' },
      { kind: 'added', text: 'dropped' },
      { kind: 'same', text: ' its load' },
    ]);
  });

  test('texts that are too long to be compared in the middle are still compared at their ends', () => {
    const long = (word: string) => ['start', ...Array.from({ length: 3_000 }, (_, index) => word + index), 'end'];
    expect(common(long('a'), long('b'))).toEqual([
      [0, 0],
      [3_001, 3_001],
    ]);
  });
});

describe('two edits of one text', () => {
  test('an edit of one side alone is the result, whichever side it is', () => {
    const property = fc.property(text, text, (base, edit) => {
      expect(mergeLines(base, edit, base)).toEqual({ text: edit, clean: true });
      expect(mergeLines(base, base, edit)).toEqual({ text: edit, clean: true });
      expect(mergeLines(base, edit, edit)).toEqual({ text: edit, clean: true });
    });
    fc.assert(property);
  });

  test('whether two edits touch each other does not depend on whose is whose', () => {
    const property = fc.property(text, text, text, (base, mine, theirs) => {
      const [one, other] = [mergeLines(base, mine, theirs), mergeLines(base, theirs, mine)];
      expect(one.clean).toBe(other.clean);
      if (one.clean) expect(one.text).toBe(other.text);
    });
    fc.assert(property);
  });

  test('lines that were changed apart from each other are both changed', () => {
    expect(mergeLines('a\nb\nc\nd', 'A\nb\nc\nd', 'a\nb\nc\nD\ne')).toEqual({ text: 'A\nb\nc\nD\ne', clean: true });
  });

  test('lines that both changed are both kept, mine first', () => {
    expect(mergeLines('a\nb\nc', 'a\nB\nc', 'a\nBB\nc')).toEqual({ text: 'a\nB\nBB\nc', clean: false });
  });

  test('lines side by side are not merged without asking', () => {
    expect(mergeLines('a\nb\nc', 'A\nb\nc', 'a\nB\nc').clean).toBe(false);
  });
});
