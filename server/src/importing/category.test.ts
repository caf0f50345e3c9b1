import { expect, test } from 'vitest';
import { guessCategory } from './category.ts';

const unused = { entered: 10, resolved: 0, next: new Set<string>() };

test('a status that tickets usually enter with a resolution is done, whatever its name', () => {
  expect(guessCategory('Pending', { ...unused, resolved: 6 }, false)).toBe('done');
  expect(guessCategory('Pending', { ...unused, resolved: 1 }, false)).toBe('waiting');
});

test('the status that most tickets start in is to do', () => {
  expect(guessCategory('Blorp', unused, true)).toBe('todo');
});

test.each([
  ['REOPENED', 'in_progress'],
  ['Re-opened', 'in_progress'],
  ['In Review', 'in_progress'],
  ['Open', 'in_progress'],
  ['Received', 'todo'],
  ['Queued/Awaiting Dev', 'todo'],
])('%s is %s even if a resolution is given on the way into it', (name, category) => {
  expect(guessCategory(name, { ...unused, resolved: 10 }, false)).toBe(category);
});

test.each([
  ['Received', 'todo'],
  ['Queued/Awaiting triage', 'todo'],
  ['QUEUE', 'todo'],
  ['NEED INFO', 'waiting'],
  ['NEEDINFO', 'waiting'],
  ['awaiting_reply', 'waiting'],
  ['On Hold', 'waiting'],
  ['REOPENED', 'in_progress'],
  ['Verified', 'done'],
  ["Won't do (closed)", 'done'],
  ['Backlog', 'todo'],
  ['Newly assigned', 'in_progress'],
  ['In Review', 'in_progress'],
  ['Unverified', 'in_progress'],
  ['Not finished', 'in_progress'],
  ['unstarted', 'todo'],
  ['Not started', 'todo'],
  ['Unassigned', 'todo'],
  ['started', 'in_progress'],
  ['Obsolete', 'done'],
  ["Can't Reproduce", 'done'],
  ['WORKSFORME', 'done'],
])('%s is %s by its name', (name, category) => {
  expect(guessCategory(name, unused, false)).toBe(category);
});
