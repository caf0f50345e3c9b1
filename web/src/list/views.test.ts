import { describe, expect, test } from 'vitest';
import { filtersOf } from './filters.ts';
import { hiddenOf, isAsSaved, linkTo, savedOver, type Shown, wantedOf } from './views.ts';

const shown = (search: object, { project, board = false }: { project?: string; board?: boolean } = {}): Shown => ({
  project,
  board,
  filters: filtersOf({ ...search }, { grouped: project !== undefined, board }),
});
const keyOf = (ref: string) => ({ 'an-id': 'OPS' })[ref] ?? ref;

describe('a view', () => {
  test.each([
    [{ status: 'open', label: 'b,a' }, { project: 'ENG', board: true }, '/w/$workspace/p/$project/board'],
    [{ sort: '-updated_at' }, { project: 'ENG' }, '/w/$workspace/p/$project/list'],
    [{ group: 'none', assignee: 'me' }, { project: 'ENG' }, '/w/$workspace/p/$project/list'],
    [{ project: 'ENG,OPS', sort: 'due_on' }, {}, '/w/$workspace/list'],
    [{ due_before: 'today', status_category: 'todo,waiting' }, {}, '/w/$workspace/list'],
    [{}, {}, '/w/$workspace/list'],
  ])('opens the page that it was saved from: %j of %j', (search, page, to) => {
    const view = { id: 'v', ...wantedOf(shown(search, page)) };
    const link = linkTo('w', view, keyOf);
    expect(link.to).toBe(to);
    const again = shown(link.search, page);
    expect(again.filters).toEqual(
      shown(
        Object.fromEntries(Object.entries(search).map(([name, value]) => [name, value.split(',').toSorted().join()])),
        page,
      ).filters,
    );
    expect(isAsSaved(view, again)).toBe(true);
    expect(link.search.view).toBe('v');
  });

  test('is changed by another value, order, group or layout, but not by the order of values', () => {
    const view = wantedOf(shown({ status: 'open,closed' }, { project: 'ENG' }));
    const isSame = (search: object, page = {}) => isAsSaved(view, shown(search, { project: 'ENG', ...page }));
    expect(isSame({ status: 'closed,open' })).toBe(true);
    expect(isSame({ status: 'open' })).toBe(false);
    expect(isSame({ status: 'open,closed', sort: 'due_on' })).toBe(false);
    expect(isSame({ status: 'open,closed', due_before: 'today' })).toBe(false);
    expect(isSame({ status: 'open,closed', group: 'none' })).toBe(false);
    expect(isSame({ status: 'open,closed' }, { board: true })).toBe(false);
    expect(isSame({ status: 'open,closed' }, { project: 'OPS' })).toBe(false);
  });

  test('keeps the parameters that the console can’t show when it is saved again', () => {
    const view = {
      layout: 'list' as const,
      query: { q: 'crane', updated_before: '2027-01-01T00:00:00Z', sort: '-due_on', label: 'a' },
    };
    expect(hiddenOf(view)).toEqual(['q', 'updated_before', 'sort']);
    expect(isAsSaved(view, shown({ label: 'a' }))).toBe(true);
    expect(savedOver(view, shown({ label: 'b' })).query).toEqual({
      q: 'crane',
      updated_before: '2027-01-01T00:00:00Z',
      sort: '-due_on',
      label: 'b',
    });
    expect(savedOver(view, shown({ sort: 'due_on' })).query.sort).toBe('due_on');
  });

  test('that names a project by its id opens under the project’s key', () => {
    const view = { id: 'v', layout: 'board' as const, query: { project_id: 'an-id' } };
    expect(linkTo('w', view, keyOf)).toMatchObject({ params: { workspace: 'w', project: 'OPS' } });
  });
});
