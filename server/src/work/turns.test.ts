import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const taken = (turns: Turns<string>, most = 100) => {
  const all: string[] = [];
  for (let one = turns.next(); one !== undefined && all.length < most; one = turns.next()) all.push(one);
  return all;
};

test('a person with much to do goes behind everybody else after each step', () => {
  const turns = new Turns<string>();
  for (let n = 1; n <= 4; n++) turns.add('ada', `a${n}`, `a${n}`);
  turns.add('bob', 'b1', 'b1');
  turns.add('eve', 'e1', 'e1');
  turns.add('eve', 'e2', 'e2');
  expect(taken(turns)).toEqual(['a1', 'b1', 'e1', 'a2', 'e2', 'a3', 'a4']);
  expect(turns.size).toBe(0);
});

test('something that is found again while it waits keeps its place and is replaced by the new find', () => {
  const turns = new Turns<string>();
  turns.add('ada', 'first', 'old');
  turns.add('ada', 'second', 'second');
  turns.add('ada', 'first', 'new');
  expect(turns.size).toBe(2);
  expect(taken(turns)).toEqual(['new', 'second']);
});

test('the number of things that wait is bounded in total', () => {
  const turns = new Turns<string>();
  for (let n = 0; n < 50_000; n++) turns.add(`person ${n}`, 'one', 'x');
  expect(turns.size).toBe(20_000);
  turns.next();
  turns.add('another', 'one', 'x');
  expect(turns.size).toBe(20_000);
});

test('the number of things that wait is bounded for each person', () => {
  const turns = new Turns<string>();
  for (let n = 0; n < 5_000; n++) turns.add('ada', String(n), 'x');
  expect(turns.size).toBe(1_000);
  turns.add('bob', 'b', 'b');
  expect(taken(turns, 2)).toEqual(['x', 'b']);
});

test('a person with little to do gets a place even if others have taken all', () => {
  const turns = new Turns<string>();
  for (let person = 0; person < 20; person++) {
    for (let n = 0; n < 1_000; n++) turns.add(`person ${person}`, String(n), 'x');
  }
  expect(turns.size).toBe(20_000);
  turns.add('bob', 'b1', 'b1');
  turns.add('bob', 'b2', 'b2');
  expect(turns.size).toBe(20_000);
  expect(taken(turns, 21)).toContain('b1');
  expect(taken(turns, 21)).toContain('b2');
});
