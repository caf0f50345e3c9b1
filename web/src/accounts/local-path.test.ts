import { expect, test } from 'vitest';
import { localPath } from './local-path.ts';

test.each(['/', '/w/1/p/ENG/list?status=open&q=a', '/w/1#x'])('a path of the console is gone on to: %s', (path) => {
  expect(localPath(path)).toBe(path);
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', undefined, 7])(
  'anything else leads to the beginning: %s',
  (path) => {
    expect(localPath(path)).toBe('/');
  },
);
