import { expect, test } from 'vitest';
import { initialsOf } from './initials.ts';

test.each([
  ['Ada Lovelace', 'AL'],
  ['Grace', 'G'],
  ['Edsger W. Dijkstra', 'ED'],
  ['  ø  å ', 'ØÅ'],
  ['👩🏽‍🚀 Smith', '👩🏽‍🚀S'],
  ['', ''],
])('the initials of %j are %j', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
