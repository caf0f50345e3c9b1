import type { AuditEntry } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { facts } from '../../../server/src/audit/facts.ts';
import { actionOptions, typeOptions } from './actions.ts';
import { exportAll } from './exporting.ts';
import { changedFields, valueOf } from './fields.ts';
import { prefer } from '../store/preferences.ts';
import { filterOf, isId, readAddress } from './filters.ts';
import { parseCheckpoint } from './proof/note.ts';
import { saidByEntry, ticketOf } from './said.ts';
import { keptAfter } from './kept-log.ts';

const entry = (given: Partial<AuditEntry>): AuditEntry => ({
  id: 'e1',
  sequence: 1,
  actor_id: 'ada',
  action: 'ticket.created',
  subject_type: 'ticket',
  subject_id: 't1',
  subject_version: null,
  before: null,
  after: null,
  request_id: 'r1',
  token_id: null,
  on_behalf_of: null,
  created_at: '2026-11-25T12:00:00Z',
  ...given,
});

const people: Record<string, string> = { ada: 'Ada', grace: 'Grace' };
const names = {
  person: (id: string) => people[id] ?? '…',
  ticket: (id: string) => (id === 't1' ? 'ENG-1' : 'a ticket'),
  project: () => 'Engineering',
};

describe('an audit entry', () => {
  test.each([
    [
      { action: 'ticket.transitioned', before: { status: 'open' }, after: { status: 'in_progress' } },
      'Ada moved ENG-1 from open to in progress',
    ],
    [{ action: 'ticket.assignee_changed', after: { assignee_id: 'grace' } }, 'Ada assigned ENG-1 to Grace'],
    [{ action: 'ticket.assignee_changed', after: { assignee_id: null } }, 'Ada unassigned ENG-1'],
    [{ action: 'ticket.updated', after: { title: 'x', due_on: null } }, 'Ada edited title and due date of ENG-1'],
    [{ action: 'comment.created', subject_type: 'comment', after: { ticket_id: 't1' } }, 'Ada commented on ENG-1'],
    [
      {
        action: 'member.role_changed',
        subject_type: 'member',
        subject_id: 'grace',
        before: { role: 'viewer' },
        after: { role: 'member' },
      },
      'Ada changed the role of Grace from viewer to member',
    ],
    [
      { action: 'workspace.updated', before: { name: null }, after: { name: 'Harbour' } },
      'Ada renamed the workspace from (erased) to Harbour',
    ],
    [{ action: 'webhook.redelivered', after: { queued: 12 } }, 'Ada queued 12 events for a webhook once more'],
    [{ action: 'rocket.launched' }, 'Ada: rocket.launched'],
  ] as [Partial<AuditEntry>, string][])('%j is shown as: %s', (given, says) => {
    expect(saidByEntry(entry(given), names)).toBe(says);
  });

  test('has a sentence for every action of the server, even if its fields were erased', () => {
    const actions = Object.keys(facts);
    const said = actions.map((action) => saidByEntry(entry({ action, subject_id: 'x' }), names));
    expect(
      said.filter((text) => /undefined|\{|^$/.test(text) || actions.some((action) => text.includes(action))),
    ).toEqual([]);
    expect(new Set(said).size).toBe(actions.length);
    expect(actionOptions().map(({ value }) => value)).toEqual(actions);
    const types = new Set(actions.map((action) => action.split('.')[0]));
    expect(new Set(typeOptions().map(({ value }) => value))).toEqual(types);
  });

  test('names its ticket, even if it is about a comment', () => {
    expect(ticketOf(entry({}))).toBe('t1');
    expect(ticketOf(entry({ subject_type: 'comment', subject_id: 'c', before: { ticket_id: 't2' } }))).toBe('t2');
    expect(ticketOf(entry({ subject_type: 'project' }))).toBeUndefined();
  });
});

test('changed fields are shown before and after, with people’s names and the beginnings of long texts', () => {
  expect(changedFields({ a: 1, b: 2 }, { b: 3, c: 4 }).map(({ field }) => field)).toEqual(['a', 'b', 'c']);
  const shown = (field: string, value: unknown) => valueOf(field, value, names.person);
  expect(shown('assignee_id', 'grace')).toBe('Grace');
  expect(shown('mentions', ['ada', 'grace'])).toBe('Ada, Grace');
  expect(shown('assignee_id', null)).toBe('nothing');
  expect(shown('labels', ['ui', 'crane'])).toBe('ui, crane');
  expect(shown('labels', [])).toBe('nothing');
  expect(shown('description', { bytes: 9000, sha256: 'x', start: 'Once' })).toBe('Once… (9000 bytes)');
  expect(shown('archived', false)).toBe('false');
  expect(shown('workflow', { initial: ['open'] })).toContain('"open"');
});

describe('the audit filters', () => {
  test('are read from the address, without invalid ones', () => {
    const given = { actor: 'a', from: '2026-01-01', to: 'tomorrow', colour: 'red', thing: '' };
    expect(readAddress(given)).toEqual({ actor: 'a', from: '2026-01-01' });
  });

  test('of days are from midnight to midnight where the person has chosen to be, and only of days that exist', () => {
    expect(readAddress({ from: '2026-02-30', to: '2026-99-99' })).toEqual({});
    prefer({ time_zone: 'Pacific/Auckland' });
    expect(filterOf({ from: '2026-01-01', to: '2026-01-02' }, undefined)).toEqual({
      created_after: '2025-12-31T10:59:59.999999Z',
      created_before: '2026-01-02T11:00:00.000Z',
    });
    // Nights without an hour at midnight.
    const beginning = (time_zone: string, day: string) => {
      prefer({ time_zone });
      return filterOf({ from: day }, undefined).created_after;
    };
    expect(beginning('Africa/Cairo', '2026-04-24')).toBe('2026-04-23T21:59:59.999999Z');
    expect(beginning('America/Havana', '2026-03-08')).toBe('2026-03-08T04:59:59.999999Z');
    prefer({ time_zone: null });
  });

  test('include the whole first and last day, in the browser’s time zone', () => {
    const filter = filterOf({ from: '2026-01-01', to: '2026-01-02', type: 'ticket' }, 't1');
    const first = new Date(2026, 0, 1);
    expect(new Date(filter.created_after ?? '').getTime()).toBe(first.getTime() - 1);
    expect(filter.created_after).toMatch(/\.999999Z$/);
    expect(filter.created_before).toBe(new Date(2026, 0, 3).toISOString());
    expect(filter).toMatchObject({ subject: 't1', subject_type: 'ticket' });
  });

  test('distinguish an id from a key', () => {
    expect([isId('0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90'), isId('ENG-1')]).toEqual([true, false]);
  });
});

describe('the export of the log', () => {
  const log = ['{"entry":1}\n{"entry":2}\n', '{"entry":3}\n{"checkpoint":"x"}\n'];

  test('continues after each part until the checkpoint', async () => {
    const asked: number[] = [];
    const load = (after: number) => Promise.resolve(log[asked.push(after) - 1] ?? '');
    expect(await exportAll(load, () => undefined)).toEqual({ parts: log, entries: 3 });
    expect(asked).toEqual([0, 2]);
  });

  test('stops when a part is empty', async () => {
    expect(
      await exportAll(
        () => Promise.resolve(''),
        () => undefined,
      ),
    ).toBeUndefined();
  });
});

describe('the browser’s record of a log', () => {
  const noteOf = (size: number, id = 'AAAAAAA=') => `log\n${size}\n${btoa('x'.repeat(32))}\n\n\u2014 log ${id}\n`;
  const checkpoint = (size: number) => parseCheckpoint(noteOf(size)) as NonNullable<ReturnType<typeof parseCheckpoint>>;
  const at = '2026-11-25T12:00:00Z';
  const seen = { note: noteOf(5), at: '2026-11-24T12:00:00Z' };
  const kept = { seen, signer: 'log+00000000' };

  test('is the first checkpoint and its signer, then the larger of two consistent checkpoints', () => {
    expect(keptAfter({}, checkpoint(5), 'first', at)).toEqual({
      seen: { note: noteOf(5), at },
      signer: 'log+00000000',
    });
    expect(keptAfter(kept, checkpoint(7), 'kept', at).seen?.note).toBe(noteOf(7));
    expect(keptAfter(kept, checkpoint(3), 'kept', at).seen).toEqual(seen);
    expect(keptAfter(kept, checkpoint(7), 'unproven', at).seen).toEqual(seen);
  });

  test('keeps the first pair of contradicting checkpoints until somebody has dealt with it', () => {
    const after = keptAfter(kept, checkpoint(7), 'rewritten', at);
    expect(after).toEqual({ ...kept, trouble: { before: seen, now: { note: noteOf(7), at } } });
    expect(keptAfter(after, checkpoint(9), 'shorter', at).trouble).toEqual(after.trouble);
    expect(keptAfter(after, checkpoint(9), 'kept', at).trouble).toEqual(after.trouble);
  });

  test('keeps the first signer even if somebody else signs later', () => {
    const later = parseCheckpoint(noteOf(7, 'AQAAAAA=')) as ReturnType<typeof checkpoint>;
    expect(keptAfter(kept, later, 'kept', at).signer).toBe('log+00000000');
  });
});
