import { describe, expect, test } from 'vitest';
import type { KnownTicket } from '../store/changes.ts';
import { makeTicket } from '../store/testing.ts';
import { isBack, type Lift, moveLift } from './lift.ts';
import { type Column, placeAt, spotOf } from './spots.ts';

const column = (status: string, ...ids: string[]): Column => ({
  status,
  rows: ids.map((id, index): KnownTicket => makeTicket({ id, status, rank: `${index + 1}` })),
});
const columns = [column('open', 'a', 'b', 'c'), column('doing', 'd'), column('waiting'), column('done', 'e', 'f')];
const rows = columns[0]?.rows ?? [];

describe('a ticket that is put down', () => {
  test('goes below the ticket shown above it, or above the one shown below it if it is first', () => {
    expect(placeAt(rows, 0, 'x').place).toEqual({ before: 'a' });
    expect(placeAt(rows, 1, 'x').place).toEqual({ after: 'a' });
    expect(placeAt(rows, 3, 'x').place).toEqual({ after: 'c' });
    expect(placeAt([], 0, 'x').place).toEqual({ at: 'top' });
    // The place is relative to the other tickets: the one that it leaves doesn’t count.
    expect(placeAt(rows, 2, 'a').place).toEqual({ after: 'c' });
    expect(placeAt(rows, 0, 'a').place).toEqual({ before: 'b' });
  });

  test('is shown there before the server has responded', () => {
    for (let index = 0; index <= rows.length; index++) {
      const { rank } = placeAt(rows, index, 'x');
      const order = [...rows.map((row) => row.rank), rank].toSorted();
      expect(order.indexOf(rank)).toBe(index);
    }
  });

  test('is found at its current place', () => {
    expect(spotOf(columns, 'f')).toEqual({ status: 'done', index: 1 });
    expect(spotOf(columns, 'x')).toBeUndefined();
  });
});

describe('a lifted ticket', () => {
  const from = { status: 'open', index: 1 };
  const lift: Lift = { id: 'b', from, to: from };
  const rules = { columns, by_hand: true, may: (status: string) => status !== 'waiting' };
  const to = (start: Lift, ...directions: Parameters<typeof moveLift>[1][]) =>
    directions.reduce((now, direction) => moveLift(now, direction, rules).lift, start).to;

  test('moves up and down within its column, and stops at the ends', () => {
    expect(to(lift, 'up')).toEqual({ status: 'open', index: 0 });
    expect(to(lift, 'up', 'up')).toEqual({ status: 'open', index: 0 });
    expect(to(lift, 'down', 'down', 'down')).toEqual({ status: 'open', index: 2 });
  });

  test('moves to the columns that a transition leads to, skips the others, and returns to its own', () => {
    expect(to(lift, 'after')).toEqual({ status: 'doing', index: 1 });
    const passed = moveLift({ ...lift, to: { status: 'doing', index: 0 } }, 'after', rules);
    expect(passed).toEqual({ lift: { ...lift, to: { status: 'done', index: 0 } }, passed: ['waiting'] });
    expect(to(passed.lift, 'before', 'before')).toEqual({ status: 'open', index: 0 });
    expect(moveLift(passed.lift, 'after', rules)).toEqual({ lift: passed.lift, passed: [] });
    const nowhere = { ...rules, may: () => false };
    expect(moveLift(lift, 'after', nowhere)).toEqual({ lift, passed: ['doing', 'waiting', 'done'] });
  });

  test('has a place within its column only if tickets are ordered by hand', () => {
    expect(moveLift(lift, 'down', { ...rules, by_hand: false }).lift).toBe(lift);
    expect(isBack({ from, to: { ...from, index: 0 } }, true)).toBe(false);
    expect(isBack({ from, to: { ...from, index: 0 } }, false)).toBe(true);
    expect(isBack({ from, to: { status: 'doing', index: 1 } }, false)).toBe(false);
  });
});
