import { expect, test } from 'vitest';
import { formOf, textOf } from './creating.ts';

test('a form is restored from its draft, and an empty one has no draft', () => {
  const empty = formOf(undefined);
  expect(textOf(empty)).toBeUndefined();
  const typed = { ...empty, title: 'Crane “A”', labels: 'a, b' };
  expect(formOf(textOf(typed))).toEqual(typed);
});

test.each(['', 'no form', 'null', '7'])('a form restored from %j is empty', (text) => {
  expect(formOf(text)).toEqual(formOf(undefined));
});
