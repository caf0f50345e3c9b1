import { expect, test } from 'vitest';
import { localPath } from './local-path.ts';

test.each(['/', '/w/1/p/ENG/list?status=open&q=a', '/w/1#x'])(
  'sign-in continues to a path of the console: %s',
  (path) => {
    expect(localPath(path)).toBe(path);
  },
);

test.each([
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '\n//evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '',
  undefined,
  7,
])('sign-in continues to the start page for anything else: %s', (path) => {
  expect(localPath(path)).toBe('/');
});
