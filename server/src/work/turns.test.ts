import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const taken = (turns: Turns<string>, most = 100) => {
  const all: string[] = [];
  for (let one = turns.next(); one !== undefined && all.length < most; one = turns.next()) all.push(one);
  return all;
};

test('who has much to be done waits behind everybody else after each step', () => {
  const turns = new Turns<string>();
  for (let n = 1; n <= 4; n++) turns.add('ada', `a${n}`, `a${n}`);
  turns.add('bob', 'b1', 'b1');
  turns.add('eve', 'e1', 'e1');
  turns.add('eve', 'e2', 'e2');
  expect(taken(turns)).toEqual(['a1', 'b1', 'e1', 'a2', 'e2', 'a3', 'a4']);
  expect(turns.size).toBe(0);
});

test('what is found again while it waits is one thing to do, at its place, as it was last found', () => {
  const turns = new Turns<string>();
  turns.add('ada', 'first', 'old');
  turns.add('ada', 'second', 'second');
  turns.add('ada', 'first', 'new');
  expect(turns.size).toBe(2);
  expect(taken(turns)).toEqual(['new', 'second']);
});

test('of all together a bounded number waits', () => {
  const turns = new Turns<string>();
  for (let n = 0; n < 50_000; n++) turns.add(`person ${n}`, 'one', 'x');
  expect(turns.size).toBe(20_000);
  turns.next();
  turns.add('another', 'one', 'x');
  expect(turns.size).toBe(20_000);
});

test('of one person a bounded number waits', () => {
  const turns = new Turns<string>();
  for (let n = 0; n < 5_000; n++) turns.add('ada', String(n), 'x');
  expect(turns.size).toBe(1_000);
  turns.add('bob', 'b', 'b');
  expect(taken(turns, 2)).toEqual(['x', 'b']);
});

test('who has little gets a place where others have used up all of them', () => {
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
