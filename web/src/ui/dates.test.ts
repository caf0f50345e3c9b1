import { afterAll, describe, expect, test } from 'vitest';
import { agoOf, dayOf, dueOf, mondayAfter } from './dates.ts';

const zone = process.env['TZ'];
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** Returns the moment of a local time, and makes its time zone that of the process. */
function localTime(time_zone: string, text: string): Date {
  process.env['TZ'] = time_zone;
  return new Date(text);
}

describe.each(['America/Los_Angeles', 'UTC', 'Pacific/Kiritimati'])('a due date in %s', (time_zone) => {
  const now = () => localTime(time_zone, '2026-12-04T22:30:00');

  test('is “Today” on the person’s own day, at every hour', () => {
    expect(dayOf(now())).toBe('2026-12-04');
    expect(dueOf('2026-12-04', now())).toEqual({ text: 'Today', exact: 'Friday, December 4, 2026', state: 'soon' });
  });

  test.each([
    ['2026-12-03', 'Yesterday', 'overdue'],
    ['2026-12-02', 'Dec 2', 'overdue'],
    ['2026-12-05', 'Tomorrow', 'soon'],
    ['2026-12-06', 'Sun', 'later'],
    ['2026-12-10', 'Thu', 'later'],
    ['2026-12-11', 'Dec 11', 'later'],
    ['2027-01-02', 'Jan 2, 2027', 'later'],
    ['2025-12-04', 'Dec 4, 2025', 'overdue'],
  ])('%s is shown as %s, %s', (due_on, text, state) => {
    expect(dueOf(due_on, now())).toMatchObject({ text, state });
  });

  test.each(['2026-12-02', '2026-12-04'])('of %s is neither overdue nor soon if the ticket is done', (due_on) => {
    expect(dueOf(due_on, now(), true).state).toBe('later');
  });
});

test('a day on which the clocks change is still one day', () => {
  const now = localTime('Europe/Berlin', '2026-03-28T23:30:00');
  expect(dueOf('2026-03-29', now).text).toBe('Tomorrow');
  expect(dueOf('2026-03-30', now).text).toBe('Mon');
});

test.each([
  ['2026-11-29', '2026-11-30'],
  ['2026-11-30', '2026-12-07'],
  ['2026-12-05', '2026-12-07'],
])('the Monday after %s is %s', (day, monday) => {
  expect(mondayAfter(day)).toBe(monday);
});

describe('the age of a moment', () => {
  test.each([
    ['2026-12-04T12:00:30', 'just now'],
    ['2026-12-04T12:01:00', '1 min ago'],
    ['2026-12-04T12:59:59', '59 min ago'],
    ['2026-12-04T13:00:00', '1 h ago'],
    ['2026-12-05T11:59:00', '23 h ago'],
    ['2026-12-05T12:00:00', 'Dec 4'],
    ['2027-01-04T12:00:00', 'Dec 4, 2026'],
    // The browser's clock is behind the server's.
    ['2026-12-04T11:59:00', 'just now'],
  ])('at %s is %s', (now, text) => {
    expect(agoOf(localTime('UTC', '2026-12-04T12:00:00'), new Date(now))).toBe(text);
  });
});
