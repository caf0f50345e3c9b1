import { expect, test } from 'vitest';
import { keyFor } from './key-for.ts';

test.each([
  ['Engineering', 'ENG'],
  ['Customer support', 'CS'],
  ['Büro', 'BUR'],
  ['3D printing lab', 'DPL'],
  ['2 Go', 'GO'],
  ['a b c d e f g h i j k l', 'ABCDEFGHIJ'],
  ['  ', ''],
  ['日本', ''],
])('the key for the name %j is %j', (name, key) => {
  expect(keyFor(name)).toBe(key);
  if (key !== '') expect(key).toMatch(/^[A-Z][A-Z0-9]{1,9}$/);
});
