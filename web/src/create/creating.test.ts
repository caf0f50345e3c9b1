import { expect, test } from 'vitest';
import { formOf, textOf } from './creating.ts';

test('a form is the same after it was kept, and one that says nothing is not kept', () => {
  const empty = formOf(undefined);
  expect(textOf(empty)).toBeUndefined();
  const typed = { ...empty, title: 'Crane “A”', labels: 'a, b' };
  expect(formOf(textOf(typed))).toEqual(typed);
});

test.each(['', 'no form', 'null', '7'])('%j in its place is an empty form', (text) => {
  expect(formOf(text)).toEqual(formOf(undefined));
});
