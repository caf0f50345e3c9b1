import { expect, test } from 'vitest';
import { narrowed } from './found-members.ts';

const ada = { name: 'Ada Lovelace', email: 'ada@example.com' };
const grace = { name: 'Grace Hopper', email: 'hopper@example.com' };
const zoe = { name: 'Zoë Ängström', email: 'zoe@example.com' };

test.each([
  ['', [ada, grace, zoe]],
  ['gra', [grace]],
  ['HOPPER@', [grace]],
  ['Zoe\u0308', [zoe]],
  ['ängs', [zoe]],
  ['gr.ce', []],
])('until the server has responded to “%s”, only those are offered whom it may find', (typed, found) => {
  expect(narrowed([ada, grace, zoe], typed)).toEqual(found);
});
