import { expect, test } from 'vitest';
import { partOf } from './notification-parts.ts';
import type { MailedNotification } from './notification-queries.ts';

const user_id = '01a220a9-0000-7000-8000-000000000001';
const other_id = '01a220a9-0000-7000-8000-000000000002';

const commented: MailedNotification = {
  email: 'ada@example.com',
  name: 'Ada',
  workspace: 'Harbour',
  kinds: ['commented'],
  ticket_id: '01a220a9-0000-7000-8000-000000000003',
  ticket_key: 'ENG-1',
  ticket_title: 'The crane drops its load',
  actor: 'Bob',
  from_status: null,
  to_status: null,
  comment_start: null,
  mentions: { [other_id]: 'Cy' },
  is_assigned: false,
  due_on: null,
  webhook_id: null,
  webhook_origin: null,
  webhook_description: null,
  stop_reason: null,
  failing_since: null,
};

const shownOf = (comment_start: string) =>
  partOf([{ ...commented, comment_start }], { user_id, at: 'https://example.com/w/1' }).lines.at(-2);

test.each([
  ['Please ask @abe', '  Please ask @abe'],
  ['Since lib@2', '  Since lib@2'],
  [`@${user_id} and @${other_id}`, '  @you and @Cy'],
])('a mail shows a comment to its end, and names instead of ids: %s', (comment, shown) => {
  expect(shownOf(comment)).toBe(shown);
});

test('a mail shows no part of an id in which the start of a long comment ends', () => {
  const start = `@${other_id} `.repeat(10);
  expect(shownOf(`${start}${'.'.repeat(10)} @01a220a9-`)).toBe(`  ${'@Cy '.repeat(10)}${'.'.repeat(10)} …`);
});

test.each([
  ['Is it the brake?\n\nI think so.', '  Is it the brake? I think so.'],
  ['Two  spaces, and\ta tab', '  Two spaces, and a tab'],
  ['Écoute\u200bz', '  Écoute z'],
  ['y'.repeat(200), `  ${'y'.repeat(200)}`],
])('a mail shows the comment %j without the mark of one that goes on', (comment, shown) => {
  expect(shownOf(comment)).toBe(shown);
});

test.each([
  ['y'.repeat(201), `  ${'y'.repeat(200)} …`],
  [`One${' '.repeat(397)}`, '  One …'],
])('a mail marks a comment that goes on after what it shows: %j', (start, shown) => {
  expect(shownOf(start)).toBe(shown);
});
