import { expect, test } from 'vitest';
import { Report } from './report.ts';
import { cut, fit, LIMITS, placeholder } from './text.ts';

test('NUL and lone surrogates, and nothing else, are stripped and reported', () => {
  const report = new Report();
  expect(fit('a\0b\ud83d c\udc00 \u202e😀\u001b[1m', 'comment', 'X-1', report)).toBe('ab c \u202e😀\u001b[1m');
  expect([report.count('nul'), report.count('lone_surrogate'), report.count('comment_cut')]).toEqual([1, 1, 0]);
});

test('a text beyond the limit is cut and reported', () => {
  const report = new Report();
  expect(fit('x'.repeat(LIMITS.title), 'title', 'X-1', report)).toHaveLength(LIMITS.title);
  expect(report.lines()).toEqual([]);
  expect(fit('x'.repeat(LIMITS.title + 1), 'title', 'X-1', report)).toHaveLength(LIMITS.title);
  expect(report.count('title_cut')).toBe(1);
});

test('a cut never leaves half a character', () => {
  expect(cut('ab😀', 3)).toBe('ab');
});

test('a placeholder has the requested length', () => {
  for (const length of [0, 1, 100]) expect(placeholder(length)).toHaveLength(length);
});
