import { expect, test } from 'vitest';
import { inAnyCase } from './either-case.ts';

test.each([
  ['ΟΔΟΣ', 'οδος'],
  ['οδοσ', 'οδος'],
  ['οδος', 'ΟΔΟΣ'],
  ['οδος', 'οδοσ'],
  ['Crane', 'cRANE'],
])('%s is found in %s', (text, found) => {
  expect(found).toMatch(new RegExp(inAnyCase(text)));
});
