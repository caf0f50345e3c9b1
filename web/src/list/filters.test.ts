import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeTicket } from '../store/testing.ts';
import {
  belongs,
  compare,
  filtersOf,
  inputOf,
  join,
  positionIn,
  searchOf,
  sorts,
  sortsFor,
  split,
  toggled,
} from './filters.ts';

const nothing = filtersOf({}, { grouped: false });
const viewer = { user_id: 'ada', projects: new Set(['ENG']) };

describe('the filters of an address', () => {
  test('are read back as they were written', () => {
    const values = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 10 });
    const property = fc.property(
      values,
      values,
      fc.constantFrom(...sorts),
      fc.boolean(),
      (label, status, sort, grouped) => {
        const group = grouped ? ('status' as const) : ('none' as const);
        fc.pre(sortsFor({ group }).includes(sort));
        const filters = { ...nothing, label, status, sort, group };
        for (const layout of [{ grouped }, ...(grouped ? [{ grouped, board: true }] : [])]) {
          expect(filtersOf(searchOf(filters, layout), layout)).toEqual(filters);
        }
      },
    );
    fc.assert(property);
  });

  test('keep a comma within a label', () => {
    expect(split(String.raw`crane\, old,ui\\x`)).toEqual(['crane, old', String.raw`ui\x`]);
    expect(join(['crane, old', 'ui'])).toBe(String.raw`crane\, old,ui`);
  });

  test('are read without invalid values, and written without defaults', () => {
    expect(filtersOf({ sort: 'price', status: 7, label: ',,' }, { grouped: true })).toEqual({
      ...nothing,
      group: 'status',
    });
    expect(searchOf({ ...nothing, group: 'status' }, { grouped: true })).toEqual({});
  });

  test('contain days as dates or counted from today, and send the API the time zone with them', () => {
    const due = { due_after: 'today-1', due_before: '2027-01-01' };
    expect(searchOf(filtersOf(due, { grouped: true }), { grouped: true })).toEqual(due);
    expect(inputOf(filtersOf(due, { grouped: true }))).toMatchObject({ ...due, time_zone: expect.any(String) });
    expect(inputOf(nothing)).toEqual({ sort: '-created_at' });
    for (const none of ['tomorrow', 'today+', 'today+1000', '2027-13-01', '2027-02-30', '0000-01-01', '']) {
      expect(filtersOf({ due_before: none }, { grouped: false })).toEqual(nothing);
    }
  });

  test('have at most ten values each, as in the API', () => {
    const many = Array.from({ length: 12 }, (_, index) => `status_${index}`);
    expect(filtersOf({ status: many.join(',') }, { grouped: false }).status).toHaveLength(10);
    expect(many.reduce((filters, value) => toggled(filters, 'status', value), nothing).status).toHaveLength(10);
    expect(toggled(toggled(nothing, 'label', 'ui'), 'label', 'ui')).toEqual(nothing);
  });

  test('become the API’s parameters, with the page’s own project', () => {
    const filters = filtersOf({ status: 'open,closed', assignee: 'me', project: 'OPS' }, { grouped: true });
    expect(inputOf(filters, 'ENG')).toEqual({
      status: 'open,closed',
      assignee: 'me',
      project_id: 'ENG',
      sort: '-created_at',
    });
    expect(inputOf(filters).project_id).toBe('OPS');
  });
});

describe('a ticket in a list', () => {
  const ticket = makeTicket({ assignee_id: 'ada', labels: ['crane'], priority: 'high' });
  const isIn = (search: Record<string, string>, fields = {}) =>
    belongs({ ...ticket, ...fields }, filtersOf(search, { grouped: false }), viewer);

  test('matches one value of each filter', () => {
    expect(isIn({ status: 'closed,open', priority: 'high', label: 'ui,crane', reporter: 'grace' })).toBe(true);
    expect(isIn({ status: 'open', priority: 'low' })).toBe(false);
    expect(isIn({ label: 'ui' })).toBe(false);
  });

  test('is assigned to one of the chosen people, to the person themselves, or to nobody', () => {
    expect([isIn({ assignee: 'me' }), isIn({ assignee: 'ada' }), isIn({ assignee: 'kim,none' })]).toEqual([
      true,
      true,
      false,
    ]);
    expect(isIn({ assignee: 'kim,none' }, { assignee_id: null })).toBe(true);
  });

  test('is due within the chosen days, and has a status of one of the chosen kinds', () => {
    const is_due = { due_on: '2027-01-02' };
    expect(isIn({ due_after: '2027-01-01', due_before: '2027-01-03' }, is_due)).toBe(true);
    expect(isIn({ due_after: '2027-01-02' }, is_due)).toBe(false);
    expect(isIn({ due_before: '2027-01-02' }, is_due)).toBe(false);
    expect(isIn({ due_before: '2999-01-01' })).toBe(false);
    expect([isIn({ status_category: 'done' }), isIn({ status_category: 'todo,done' })]).toEqual([false, true]);
  });

  test('is not deleted, and is in an archived project only if the list names that project', () => {
    expect(isIn({}, { deleted_at: '2026-01-01T00:00:00.000000Z' })).toBe(false);
    expect(isIn({}, { key: 'OLD-1' })).toBe(false);
    expect(isIn({ project: 'OLD' }, { key: 'OLD-1' })).toBe(true);
    expect(belongs({ ...ticket, key: 'OLD-1' }, nothing, { ...viewer, projects: undefined })).toBe(true);
  });

  test('is in the project that the address names by its key in any letter case, or by its id', () => {
    const of_project = { project_id: '01990000-0000-7000-8000-00000000000a' };
    const named = ['ENG', 'eng', '01990000-0000-7000-8000-00000000000A', 'OPS'];
    expect(named.map((project) => isIn({ project }, of_project))).toEqual([true, true, true, false]);
    expect(belongs(ticket, nothing, viewer, 'eng')).toBe(true);
  });

  test('is ordered by time and then by id, in both directions', () => {
    const made = [
      makeTicket({ created_at: '2026-01-01', id: 'a' }),
      makeTicket({ created_at: '2026-01-01', id: 'b' }),
      makeTicket({ created_at: '2026-01-02', id: 'a' }),
    ];
    const order = (sort: (typeof sorts)[number]) =>
      made.toReversed().toSorted((a, b) => compare(positionIn(sort, a), positionIn(sort, b)));
    expect(order('created_at')).toEqual(made);
    expect(order('-created_at')).toEqual(made.toReversed());
  });

  test('is ordered by urgency, by due date with none last, or by rank', () => {
    const made = [
      makeTicket({ id: 'a', priority: 'low', due_on: '2027-01-02', rank: 'c', created_at: '2026-01-01' }),
      makeTicket({ id: 'b', priority: 'urgent', rank: 'B', created_at: '2026-01-02' }),
      makeTicket({ id: 'c', priority: 'low', due_on: '2027-01-01', rank: 'a', created_at: '2026-01-03' }),
      makeTicket({ id: 'd', priority: 'none', rank: '0', created_at: '2026-01-04' }),
    ];
    const order = (sort: (typeof sorts)[number]) =>
      made
        .toSorted((a, b) => compare(positionIn(sort, a), positionIn(sort, b)))
        .map(({ id }) => id)
        .join('');
    expect([order('-priority'), order('due_on'), order('rank')]).toEqual(['bcad', 'cadb', 'dbca']);
  });

  test('is ordered by hand only within a status', () => {
    expect(filtersOf({ sort: 'rank' }, { grouped: false }).sort).toBe('-created_at');
    expect(filtersOf({ sort: 'rank', group: 'none' }, { grouped: true }).sort).toBe('-created_at');
    expect(filtersOf({}, { grouped: true, board: true })).toMatchObject({ sort: 'rank', group: 'status' });
  });
});
