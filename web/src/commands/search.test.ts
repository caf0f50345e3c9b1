import { expect, test } from 'vitest';
import { matching, ticketKeyIn } from './search.ts';

test.each([
  ['eng-7', undefined, 'ENG-7'],
  [' ENG-12 ', 'OPS', 'ENG-12'],
  ['7', 'ENG', 'ENG-7'],
  ['#7', 'ENG', 'ENG-7'],
  ['7', undefined, undefined],
  ['eng-0', 'ENG', undefined],
  ['eng-', 'ENG', undefined],
  ['7 cranes', 'ENG', undefined],
])('%j in the project %s names the ticket %s', (query, project, key) => {
  expect(ticketKeyIn(query, project)).toBe(key);
});

const all = ['New ticket', 'New project', 'Theme: dark', 'Go to Büro'].map((name) => ({ name }));

test.each([
  ['', ['New ticket', 'New project', 'Theme: dark', 'Go to Büro']],
  ['ne', ['New ticket', 'New project']],
  ['pro new', ['New project']],
  ['DARK', ['Theme: dark']],
  ['buro', ['Go to Büro']],
  ['icket', []],
])('%j finds the names with words that begin with its words', (query, names) => {
  expect(matching(all, query).map(({ name }) => name)).toEqual(names);
});
