import { describe, expect, test } from 'vitest';
import type { Definition } from './definition.ts';
import {
  addResolution,
  addStatus,
  beginIn,
  changeStatus,
  dropStatus,
  keyFor,
  moveStatus,
  setStep,
  toggleInitial,
  toggleStep,
} from './edit.ts';

const roles = ['owner', 'admin', 'member'];
const workflow: Definition = {
  statuses: [
    { key: 'open', name: 'Open', category: 'todo' },
    { key: 'doing', name: 'Doing', category: 'in_progress' },
    { key: 'done', name: 'Done', category: 'done' },
  ],
  initial: ['open'],
  transitions: [
    { from: 'open', to: 'doing', roles, requires: [] },
    { from: 'doing', to: 'done', roles, requires: ['resolution', 'comment'] },
  ],
  resolutions: ['fixed'],
};
const keysOf = ({ statuses }: Definition) => statuses.map(({ key }) => key);

describe('editing a workflow', () => {
  test.each([
    ['In Review', [], 'in_review'],
    ['In review', ['in_review'], 'in_review_2'],
    ['Geprüft & fertig', [], 'gepruft_fertig'],
    ['2nd look', [], 'nd_look'],
    ['待办', [], 'status'],
    ['待办', ['status'], 'status_2'],
    ['x'.repeat(60), ['x'.repeat(40)], `${'x'.repeat(38)}_2`],
  ])('derives from %s, besides %j, the key %s', (name, taken, key) => {
    expect(keyFor(name, taken)).toBe(key);
    expect(key).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
  });

  test('adds a status at the end, with an unused key', () => {
    const added = addStatus(workflow, { name: 'Open', category: 'waiting' });
    expect(added.statuses.at(-1)).toEqual({ key: 'open_2', name: 'Open', category: 'waiting' });
  });

  test('keeps a status’s key when it is renamed', () => {
    expect(changeStatus(workflow, 'doing', { name: 'Working' }).statuses[1]).toEqual({
      key: 'doing',
      name: 'Working',
      category: 'in_progress',
    });
  });

  test('removes the required resolution from steps to a status that is no longer done', () => {
    const changed = changeStatus(workflow, 'done', { category: 'waiting' });
    expect(changed.transitions[1]?.requires).toEqual(['comment']);
  });

  test('moves a status by one place, but not beyond the ends', () => {
    expect(keysOf(moveStatus(workflow, 'done', -1))).toEqual(['open', 'done', 'doing']);
    expect(keysOf(moveStatus(workflow, 'done', 1))).toEqual(keysOf(workflow));
    expect(keysOf(moveStatus(workflow, 'open', -1))).toEqual(keysOf(workflow));
  });

  test('removes a status together with its steps, also from the initial statuses', () => {
    const dropped = dropStatus(workflow, 'open');
    expect(keysOf(dropped)).toEqual(['doing', 'done']);
    expect(dropped.initial).toEqual([]);
    expect(dropped.transitions.map(({ from }) => from)).toEqual(['doing']);
  });

  test('adds a step for everybody, changes it in place, and removes it', () => {
    const back = { from: 'done', to: 'open' };
    const allowed = toggleStep(workflow, back);
    expect(allowed.transitions.at(-1)).toEqual({ ...back, roles, requires: [] });
    expect(toggleStep(allowed, back)).toEqual(workflow);
    const changed = setStep(workflow, { from: 'open', to: 'doing' }, { roles: ['admin'], requires: ['assignee_id'] });
    expect(changed.transitions[0]).toEqual({ from: 'open', to: 'doing', roles: ['admin'], requires: ['assignee_id'] });
  });

  test('allows several initial statuses, of which one is the default', () => {
    const two = toggleInitial(workflow, 'doing');
    expect(two.initial).toEqual(['open', 'doing']);
    expect(beginIn(two, 'doing').initial).toEqual(['doing', 'open']);
    expect(toggleInitial(two, 'open').initial).toEqual(['doing']);
  });

  test('gives a new resolution an unused key', () => {
    expect(addResolution(workflow, 'Won’t fix').resolutions).toEqual(['fixed', 'won_t_fix']);
    expect(addResolution(workflow, 'Fixed').resolutions).toEqual(['fixed', 'fixed_2']);
  });
});
