import { expect, test } from 'vitest';
import { welcome } from './welcome.ts';

const up = { url: 'http://127.0.0.1:3000', database: 'postgres://db/baton', processes: 1, has_console: true };
const linesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('  '));

test('the welcome says first where the console is, and how to create an account with or without it', () => {
  const text = welcome(up);
  expect(linesOf(text).slice(0, 3)).toEqual([
    '  console    http://127.0.0.1:3000/ (open this first)',
    '  reference  http://127.0.0.1:3000/docs',
    '  database   postgres://db/baton',
  ]);
  expect(text).toContain('Create an account there, or with:\n  curl -s http://127.0.0.1:3000/v1/auth/register ');
});

test('the welcome without a console gives the command that builds it, and does not point to it', () => {
  const text = welcome({ ...up, has_console: false });
  expect(linesOf(text)[0]).toBe('  console    is not built: run npm run build:web, and start Baton again');
  expect(text).not.toMatch(/open this first|there/);
});

test('the welcome of several processes says how many there are', () => {
  expect(welcome({ ...up, processes: 4 })).toContain('serves http://127.0.0.1:3000 from 4 processes\n');
});
