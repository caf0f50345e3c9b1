import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { common, mergeLines, wordDiff } from './lines.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 8 }).map((lines) => lines.join('\n'));
const sentence = fc.array(fc.constantFrom('crane ', 'drops', ' its', '\n', 'load', '!', 'Ä', '漢字'), {
  maxLength: 12,
});

describe('two texts compared word by word', () => {
  test('can be rebuilt from the same, removed and added parts', () => {
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

  test('differ only in the word that was changed', () => {
    expect(wordDiff('The crane drops its load', 'The crane dropped its load')).toEqual([
      { kind: 'same', text: 'The crane ' },
      { kind: 'removed', text: 'drops' },
      { kind: 'added', text: 'dropped' },
      { kind: 'same', text: ' its load' },
    ]);
  });

  test('are compared at both ends even if their middles are too long', () => {
    const long = (word: string) => ['start', ...Array.from({ length: 3_000 }, (_, index) => word + index), 'end'];
    expect(common(long('a'), long('b'))).toEqual([
      [0, 0],
      [3_001, 3_001],
    ]);
  });
});

describe('two edits of one text', () => {
  test('result in the one edit if the other side changed nothing', () => {
    const property = fc.property(text, text, (base, edit) => {
      expect(mergeLines(base, edit, base)).toEqual({ text: edit, clean: true });
      expect(mergeLines(base, base, edit)).toEqual({ text: edit, clean: true });
      expect(mergeLines(base, edit, edit)).toEqual({ text: edit, clean: true });
    });
    fc.assert(property);
  });

  test('merge cleanly or not, whichever of them is mine', () => {
    const property = fc.property(text, text, text, (base, mine, theirs) => {
      const [one, other] = [mergeLines(base, mine, theirs), mergeLines(base, theirs, mine)];
      expect(one.clean).toBe(other.clean);
      if (one.clean) expect(one.text).toBe(other.text);
    });
    fc.assert(property);
  });

  test('of separate lines are both applied', () => {
    expect(mergeLines('a\nb\nc\nd', 'A\nb\nc\nd', 'a\nb\nc\nD\ne')).toEqual({ text: 'A\nb\nc\nD\ne', clean: true });
  });

  test('of the same line are both kept, mine first', () => {
    expect(mergeLines('a\nb\nc', 'a\nB\nc', 'a\nBB\nc')).toEqual({ text: 'a\nB\nBB\nc', clean: false });
  });

  test('of adjacent lines are not merged without asking', () => {
    expect(mergeLines('a\nb\nc', 'A\nb\nc', 'a\nB\nc').clean).toBe(false);
  });
});
