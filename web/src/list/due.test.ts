import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { prefer, preferences } from '../store/preferences.ts';
import { choiceOf, due_choices, due_spans, dueName, isDueIn } from './due.ts';

const before = preferences.get();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-24T22:30:00Z') });
});
afterEach(() => {
  prefer({ time_zone: before.time_zone });
  vi.useRealTimers();
});

describe('a due date', () => {
  test.each([
    ['2026-11-23', ['overdue']],
    ['2026-11-24', ['today', 'week']],
    ['2026-11-25', ['week']],
    ['2026-12-01', ['week']],
    ['2026-12-02', ['later']],
    [null, []],
  ])('%s on 24 November belongs to %j', (due_on, expected) => {
    prefer({ time_zone: 'UTC' });
    expect(due_choices.filter((choice) => isDueIn(due_spans[choice], due_on))).toEqual(expected);
  });

  test('becomes overdue at midnight in the time zone that the person chose', () => {
    prefer({ time_zone: 'Europe/Berlin' });
    expect(isDueIn(due_spans.overdue, '2026-11-24')).toBe(false);
    vi.setSystemTime(new Date('2026-11-24T23:30:00Z'));
    expect(isDueIn(due_spans.overdue, '2026-11-24')).toBe(true);
  });
});

test('a span has the name that it can be chosen by, or those of its days', () => {
  prefer({ time_zone: 'UTC' });
  for (const choice of due_choices) expect(choiceOf({ ...due_spans[choice] })).toBe(choice);
  expect(dueName({})).toBeUndefined();
  expect(dueName({ before: 'today' })).toBe('Overdue');
  expect(dueName({ before: 'today+3' })).toBe('before Fri, Nov 27');
  expect(dueName({ after: '2026-12-03' })).toBe('after Thu, Dec 3');
  expect(dueName({ after: 'today', before: '2026-12-03' })).toBe('after Tue, Nov 24, before Thu, Dec 3');
});
