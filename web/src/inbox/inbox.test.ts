import type { Notification } from 'baton-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prefer } from '../store/preferences.ts';
import { laterThan, morningOn, whenOf } from './later.ts';
import { applied, backTo, belongs, countedBy, rowsOf, shownUnder } from './marks.ts';
import { saidBy } from './said.ts';
import { subjectOf } from './subject.ts';
import { neighbourOf } from './use-rows.ts';

const now = new Date('2026-11-25T12:00:00Z');
const at = now.toISOString();

const note = (given: Partial<Notification> = {}): Notification => ({
  id: 'n1',
  kinds: ['mentioned'],
  ticket_id: 't1',
  ticket_key: 'ENG-7',
  ticket_title: 'The crane drops its load',
  project_id: 'p1',
  webhook_id: null,
  webhook_origin: null,
  webhook_description: null,
  stop_reason: null,
  actor_id: 'ada',
  from_status: null,
  to_status: null,
  comment_id: null,
  comment_excerpt: null,
  happened_at: at,
  created_at: at,
  read_at: null,
  archived_at: null,
  snoozed_until: null,
  ...given,
});

describe('a notification’s sentence', () => {
  const names = { actor: 'Ada', status: (key: string) => key.toUpperCase() };
  test.each([
    [{ kinds: ['mentioned'] }, 'Ada mentioned you'],
    [{ kinds: ['commented'] }, 'Ada commented'],
    [{ kinds: ['commented', 'mentioned'] }, 'Ada mentioned you'],
    [{ kinds: ['moved'], to_status: 'resolved' }, 'Ada moved it to RESOLVED'],
    [
      { kinds: ['mentioned', 'moved', 'assigned'], to_status: 'open' },
      'Ada assigned you, or took it from you, moved it to OPEN, and mentioned you',
    ],
    [{ kinds: ['due'], actor_id: null }, 'Its due date has come'],
    [{ kinds: ['waved'] }, 'Ada did something'],
    [{ kinds: ['waved'], actor_id: null }, 'Something happened'],
  ] as [Partial<Notification>, string][])('for %j is: %s', (given, says) => {
    expect(saidBy(note(given), names)).toBe(says);
  });

  test('says “Somebody” until the actor is known, and says why Baton stopped a webhook', () => {
    expect(saidBy(note(), { ...names, actor: undefined })).toBe('Somebody mentioned you');
    const stop = {
      kinds: ['webhook_stopped'],
      ticket_key: null,
      actor_id: null,
      webhook_id: 'w1',
      webhook_origin: 'https://ci.example',
    };
    expect(saidBy(note({ ...stop, stop_reason: 'gone' }), names)).toBe('Baton has disabled it: its receiver is gone');
    expect(subjectOf(note(stop))).toEqual({ name: 'Webhook', title: 'https://ci.example' });
  });
});

describe('a notification', () => {
  const later = '2026-11-26T09:00:00.000Z';
  const read = note({ read_at: at });
  const put_off = note({ snoozed_until: later });
  const done = note({ archived_at: at, read_at: at });

  test('is in the same folders as on the server', () => {
    const all = ['unread', 'inbox', 'snoozed', 'archived'] as const;
    const foldersOf = (one: Notification) => all.filter((folder) => belongs(one, folder, now));
    expect(foldersOf(note())).toEqual(['unread', 'inbox']);
    expect(foldersOf(read)).toEqual(['inbox']);
    expect(foldersOf(put_off)).toEqual(['snoozed']);
    expect(foldersOf(done)).toEqual(['archived']);
    expect(foldersOf(note({ snoozed_until: '2026-11-25T11:00:00Z' }))).toEqual(['unread', 'inbox']);
  });

  test('changes as on the server: a snoozed one comes back to the inbox unread', () => {
    expect(applied(note(), { read: true }, at).read_at).toBe(at);
    expect(applied(read, { read: false }, at).read_at).toBeNull();
    expect(applied(done, { snoozed_until: later }, at)).toMatchObject({
      read_at: null,
      archived_at: null,
      snoozed_until: later,
    });
    expect(applied(put_off, { snoozed_until: null }, at).snoozed_until).toBeNull();
    expect(applied(read, {}, at)).toEqual(read);
  });

  test.each([note(), read, put_off, done])('can be restored to its earlier state', (before) => {
    for (const mark of [{ archived: true, read: true }, { snoozed_until: later }, { read: true }, { read: false }]) {
      const back = applied(applied(before, mark, at), backTo(before, now), at);
      expect({ ...back, read_at: back.read_at !== null }).toEqual({ ...before, read_at: before.read_at !== null });
    }
  });

  test('changes the unread count according to its mark', () => {
    expect(countedBy(note(), applied(note(), { read: true }, at), now)).toBe(-1);
    expect(countedBy(read, applied(read, { read: false }, at), now)).toBe(1);
    expect(countedBy(note(), applied(note(), { snoozed_until: later }, at), now)).toBe(-1);
    expect(countedBy(read, applied(read, { archived: true }, at), now)).toBe(0);
  });

  test('is shown with all its pending marks applied in order', () => {
    const pending = [
      { notification_id: 'n1', mark: { read: true }, at },
      { notification_id: 'n2', mark: { archived: true }, at },
      { notification_id: 'n1', mark: { read: false }, at },
    ];
    expect(shownUnder(note(), pending)).toEqual(note());
  });
});

describe('a folder', () => {
  const older = note({ id: 'n0', created_at: '2026-11-24T12:00:00Z' });
  const rows = (given: Partial<Parameters<typeof rowsOf>[0]>) =>
    rowsOf({ folder: 'unread', listed: [note(), older], opened: new Map(), pending: [], now, ...given }).map(
      ({ id }) => id,
    );

  test('shows the notifications that belong to it, latest first, with pending marks applied', () => {
    expect(rows({ listed: [older, note()] })).toEqual(['n1', 'n0']);
    expect(rows({ pending: [{ notification_id: 'n1', mark: { archived: true }, at }] })).toEqual(['n0']);
    expect(rows({ pending: [{ notification_id: 'n1', mark: { read: true }, at }] })).toEqual(['n0']);
  });

  test('keeps a notification that was read since it was opened, even if the server no longer lists it', () => {
    const opened = new Map([['n1', note({ read_at: at })]]);
    expect(rows({ listed: [older], opened })).toEqual(['n1', 'n0']);
    expect(
      rows({ listed: [older], opened, pending: [{ notification_id: 'n1', mark: { archived: true }, at }] }),
    ).toEqual(['n0']);
    expect(rows({ folder: 'snoozed', listed: [], opened })).toEqual([]);
  });

  test('moves on to the next row or, at the end, to the previous one', () => {
    const both = [note(), older];
    expect([neighbourOf(both, 'n1'), neighbourOf(both, 'n0')]).toEqual(['n0', 'n1']);
    expect([neighbourOf([older], 'n0'), neighbourOf(both, 'n9')]).toEqual([undefined, undefined]);
  });
});

describe('a snoozed notification', () => {
  let zone: string | undefined;
  beforeAll(() => {
    zone = process.env['TZ'];
    process.env['TZ'] = 'Europe/Berlin';
  });
  afterAll(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const offered = (text: string) => laterThan(new Date(text)).map(({ id, at: when }) => `${id} ${when.toISOString()}`);

  test('comes back later that day, the next morning, or on Monday, in the person’s time zone', () => {
    expect(offered('2026-11-25T12:10:00Z')).toEqual([
      'today 2026-11-25T15:30:00.000Z',
      'tomorrow 2026-11-26T08:00:00.000Z',
      'next_week 2026-11-30T08:00:00.000Z',
    ]);
  });

  test('comes back at nine even after a night of 25 hours', () => {
    expect(offered('2026-10-24T12:00:00Z')).toContain('tomorrow 2026-10-25T08:00:00.000Z');
    expect(morningOn('2026-07-01').toISOString()).toBe('2026-07-01T07:00:00.000Z');
  });

  test('comes back at nine in the time zone that the person has chosen, whatever the browser’s is', () => {
    prefer({ time_zone: 'Pacific/Auckland' });
    expect(offered('2026-11-25T12:10:00Z')).toEqual([
      'today 2026-11-25T15:30:00.000Z',
      'tomorrow 2026-11-26T20:00:00.000Z',
      'next_week 2026-11-29T20:00:00.000Z',
    ]);
    expect(morningOn('2026-09-27').toISOString()).toBe('2026-09-26T20:00:00.000Z'); // the clocks go forward that night
    expect(whenOf(new Date('2026-11-25T15:30:00Z'), now)).toBe('04:30');
    prefer({ time_zone: null });
  });

  test('is offered no past time, and no time twice', () => {
    expect(offered('2026-11-25T21:00:00Z').map((one) => one.split(' ')[0])).toEqual(['tomorrow', 'next_week']);
    expect(offered('2026-11-29T10:00:00Z').map((one) => one.split(' ')[0])).toEqual(['today', 'tomorrow']);
  });

  test('shows the time when it comes back, with the date unless it is today', () => {
    expect(whenOf(new Date('2026-11-25T15:30:00Z'), now)).toBe('16:30');
    expect(whenOf(new Date('2026-11-26T08:00:00Z'), now)).toBe('Thu, Nov 26, 09:00');
  });
});
