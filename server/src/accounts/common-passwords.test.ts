import { expect, test } from 'vitest';
import { isCommon } from './common-passwords.ts';

test.each([
  'qwertyuiop',
  '1234567890',
  '123456789012',
  'Password123',
  'PASSWORD123!',
  'iloveyou123',
  'football2026',
  'aaaaaaaaaa',
  'abababababab',
])('%s is common', async (password) => {
  expect(await isCommon(password)).toBe(true);
});

test.each([
  'correct horse battery',
  'a long enough one',
  'dragon 84729184',
  'football and more',
  'x'.repeat(72),
  '漢字漢字漢字かな交じり',
])('%s is not common', async (password) => {
  expect(await isCommon(password)).toBe(false);
});

test('a thousand of the longest passwords are checked within a second', async () => {
  await isCommon('loaded by now');
  const begun = performance.now();
  for (let n = 0; n < 1000; n++) await isCommon(`${'ab'.repeat(100)}${'1'.repeat(56)}`);
  expect(performance.now() - begun).toBeLessThan(1000);
});
