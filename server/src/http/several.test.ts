import { expect, test } from 'vitest';
import { line, several } from './contract.ts';

const labels = several(line(64), { pattern: '', max: 1000 });

test.each([
  ['crane,brake', ['brake', 'crane']],
  ['a\\,b,c', ['a,b', 'c']],
  ['a\\\\,b', ['a\\', 'b']],
  ['C:\\', ['C:\\']],
  ['a,\\', ['\\', 'a']],
])('%s names the values %j, and none of its characters is ignored', (text, values) => {
  expect(labels.parse(text)).toEqual(values);
});
