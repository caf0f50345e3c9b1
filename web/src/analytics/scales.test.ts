import type { Flow, Workflow } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { durationOf, scale, spread, ticksTo, timeTicksTo } from './scales.ts';
import { areaPath, bandsOf } from './stack.ts';

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [346, [0, 100, 200, 300, 400]],
  [1204, [0, 500, 1000, 1500]],
])('an axis up to %i has the ticks %j', (largest, ticks) => {
  expect(ticksTo(largest)).toEqual(ticks);
});

test('an axis of durations has steps such as 15 minutes or 5 days', () => {
  expect(timeTicksTo(50 * 60).map(durationOf)).toEqual(['0 s', '15 min', '30 min', '45 min', '60 min']);
  expect(timeTicksTo(9 * 86_400).map((s) => s / 86_400)).toEqual([0, 5, 10]);
  expect(timeTicksTo(0)).toEqual([0, 60]);
});

test('a scale maps one range to another, and maps a range of one value to its start', () => {
  expect([0, 5, 10].map(scale([0, 10], [100, 0]))).toEqual([100, 50, 0]);
  expect(scale([3, 3], [8, 90])(3)).toBe(8);
});

test('an axis names as many places as fit, always including the last one', () => {
  expect(spread(10, 1000, 80)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(spread(10, 400, 80)).toEqual([1, 3, 5, 7, 9]);
  expect(spread(30, 240, 80)).toEqual([9, 19, 29]);
  expect(spread(0, 240, 80)).toEqual([]);
});

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [3_600, '60 min'],
  [5_400, '1.5 h'],
  [86_400, '24 h'],
  [3.25 * 86_400, '3.3 d'],
  [120 * 86_400, '120 d'],
])('%f seconds are formatted as %s', (seconds, text) => {
  expect(durationOf(seconds)).toBe(text);
});

describe('the bands of a flow', () => {
  const at_end = (...counts: [string, string, number][]) =>
    counts.map(([status, category, tickets]) => ({ status, category, tickets }));
  const bucket = { from: '', before: '', created: 0, completed: 0, reopened: 0 };
  const buckets = [
    { ...bucket, at_end: at_end(['open', 'todo', 4], ['doing', 'in_progress', 1], ['gone', 'todo', 0]) },
    {
      ...bucket,
      at_end: at_end(['open', 'todo', 2], ['doing', 'in_progress', 2], ['closed', 'done', 3], ['old', 'todo', 1]),
    },
  ] as Flow['buckets'];
  const statuses = ['open', 'doing', 'closed'].map((key) => ({ key, name: key.toUpperCase(), category: 'todo' }));
  const workflow = { statuses } as Workflow;

  test('are stacked with done at the bottom, and leave out statuses that had no ticket', () => {
    const bands = bandsOf({ buckets }, workflow);
    expect(bands.map(({ name }) => name)).toEqual(['CLOSED', 'DOING', 'OPEN', 'old']);
    expect(bands.map(({ values }) => values)).toEqual([
      [0, 3],
      [1, 2],
      [4, 2],
      [0, 1],
    ]);
    expect(bands.map(({ below }) => below)).toEqual([
      [0, 0],
      [0, 3],
      [1, 5],
      [5, 7],
    ]);
    expect(bands.at(-1)?.top).toEqual([5, 8]);
  });

  test('are drawn as closed areas', () => {
    expect(
      areaPath(
        [
          [0, 1],
          [2, 3],
        ],
        [
          [0, 9],
          [2, 8],
        ],
      ),
    ).toBe('M0.0,1.0L2.0,3.0L2.0,8.0L0.0,9.0Z');
  });
});
