import type { Notification } from 'baton-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { laterThan, morningOn, whenOf } from './later.ts';
import { applied, backTo, belongs, countedBy, rowsOf, shownUnder } from './marks.ts';
import { saidBy } from './said.ts';
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

describe('a notification says', () => {
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
  ] as [Partial<Notification>, string][])('%j: %s', (given, says) => {
    expect(saidBy(note(given), names)).toBe(says);
  });

  test('who did it as soon as that is known', () => {
    expect(saidBy(note(), { ...names, actor: undefined })).toBe('Somebody mentioned you');
  });
});

describe('a notification', () => {
  const later = '2026-11-26T09:00:00.000Z';
  const read = note({ read_at: at });
  const put_off = note({ snoozed_until: later });
  const done = note({ archived_at: at, read_at: at });

  test('is in the folders in which the server has it', () => {
    const all = ['unread', 'inbox', 'snoozed', 'archived'] as const;
    const foldersOf = (one: Notification) => all.filter((folder) => belongs(one, folder, now));
    expect(foldersOf(note())).toEqual(['unread', 'inbox']);
    expect(foldersOf(read)).toEqual(['inbox']);
    expect(foldersOf(put_off)).toEqual(['snoozed']);
    expect(foldersOf(done)).toEqual(['archived']);
    expect(foldersOf(note({ snoozed_until: '2026-11-25T11:00:00Z' }))).toEqual(['unread', 'inbox']);
  });

  test('is drawn as the server will have it: what is put off comes back unread, and into the inbox', () => {
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

  test.each([note(), read, put_off, done])('is put back to what it was', (before) => {
    for (const mark of [{ archived: true, read: true }, { snoozed_until: later }, { read: true }, { read: false }]) {
      const back = applied(applied(before, mark, at), backTo(before, now), at);
      expect({ ...back, read_at: back.read_at !== null }).toEqual({ ...before, read_at: before.read_at !== null });
    }
  });

  test('counts as unread by what a mark does to it', () => {
    expect(countedBy(note(), applied(note(), { read: true }, at), now)).toBe(-1);
    expect(countedBy(read, applied(read, { read: false }, at), now)).toBe(1);
    expect(countedBy(note(), applied(note(), { snoozed_until: later }, at), now)).toBe(-1);
    expect(countedBy(read, applied(read, { archived: true }, at), now)).toBe(0);
  });

  test('lies under all marks of its own, in their order', () => {
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

  test('shows what the server has in it, latest first, and not what was put away', () => {
    expect(rows({ listed: [older, note()] })).toEqual(['n1', 'n0']);
    expect(rows({ pending: [{ notification_id: 'n1', mark: { archived: true }, at }] })).toEqual(['n0']);
    expect(rows({ pending: [{ notification_id: 'n1', mark: { read: true }, at }] })).toEqual(['n0']);
  });

  test('keeps what was read in it since it was opened, also when the server no longer lists it', () => {
    const opened = new Map([['n1', note({ read_at: at })]]);
    expect(rows({ listed: [older], opened })).toEqual(['n1', 'n0']);
    expect(
      rows({ listed: [older], opened, pending: [{ notification_id: 'n1', mark: { archived: true }, at }] }),
    ).toEqual(['n0']);
    expect(rows({ folder: 'snoozed', listed: [], opened })).toEqual([]);
  });

  test('goes on at the next row, or at the last', () => {
    const both = [note(), older];
    expect([neighbourOf(both, 'n1'), neighbourOf(both, 'n0')]).toEqual(['n0', 'n1']);
    expect([neighbourOf([older], 'n0'), neighbourOf(both, 'n9')]).toEqual([undefined, undefined]);
  });
});

describe('what is put off', () => {
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

  test('comes back later that day, the next morning, or on Monday, where the person is', () => {
    expect(offered('2026-11-25T12:10:00Z')).toEqual([
      'today 2026-11-25T15:30:00.000Z',
      'tomorrow 2026-11-26T08:00:00.000Z',
      'next_week 2026-11-30T08:00:00.000Z',
    ]);
  });

  test('comes back at nine also after a night that had 25 hours', () => {
    expect(offered('2026-10-24T12:00:00Z')).toContain('tomorrow 2026-10-25T08:00:00.000Z');
    expect(morningOn('2026-07-01').toISOString()).toBe('2026-07-01T07:00:00.000Z');
  });

  test('is not offered for a time that is over, nor twice', () => {
    expect(offered('2026-11-25T21:00:00Z').map((one) => one.split(' ')[0])).toEqual(['tomorrow', 'next_week']);
    expect(offered('2026-11-29T10:00:00Z').map((one) => one.split(' ')[0])).toEqual(['today', 'tomorrow']);
  });

  test('is named by its time, and on another day by that, too', () => {
    expect(whenOf(new Date('2026-11-25T15:30:00Z'), now)).toBe('16:30');
    expect(whenOf(new Date('2026-11-26T08:00:00Z'), now)).toBe('Thu, Nov 26, 09:00');
  });
});
