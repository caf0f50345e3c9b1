import { expect, test } from 'vitest';
import { overTitle } from './title-limit.ts';

test('a title that is too long says by how much', () => {
  expect(overTitle('x'.repeat(512))).toBeUndefined();
  expect(overTitle(` ${'x'.repeat(513)}`)).toBe('1 character too many: a title has at most 512.');
  expect(overTitle('x'.repeat(600))).toBe('88 characters too many: a title has at most 512.');
});
