import type { Workflow } from 'baton-sdk';
import { describe, expect, test } from 'vitest';
import { makeTicket } from '../store/testing.ts';
import { statusOf, stepBack, stepsFrom, stepTo } from './steps.ts';

const all: ('owner' | 'admin' | 'member')[] = ['owner', 'admin', 'member'];
const workflow: Workflow = {
  project_id: 'p',
  version: 1,
  statuses: [
    { key: 'open', name: 'Open', category: 'todo' },
    { key: 'in_progress', name: 'In progress', category: 'in_progress' },
    { key: 'done', name: 'Done', category: 'done' },
  ],
  initial: ['open'],
  transitions: [
    { from: 'open', to: 'done', roles: all, requires: ['resolution', 'comment'] },
    { from: 'open', to: 'in_progress', roles: all, requires: ['assignee_id'] },
    { from: 'in_progress', to: 'open', roles: all, requires: [] },
    { from: 'done', to: 'open', roles: ['admin'], requires: [] },
  ],
  resolutions: ['fixed'],
};

describe('the steps of a workflow', () => {
  test('are those that the server allows, in the order of the statuses, with the fields that they still need', () => {
    const ticket = makeTicket({ allowed_transitions: ['done', 'in_progress'] });
    expect(stepsFrom(workflow, ticket)).toEqual([
      { to: 'in_progress', name: 'In progress', category: 'in_progress', missing: ['assignee_id'] },
      { to: 'done', name: 'Done', category: 'done', missing: ['resolution', 'comment'] },
    ]);
    expect(stepsFrom(workflow, { ...ticket, assignee_id: 'ada' })[0]?.missing).toEqual([]);
  });

  test('name an unknown status by its key', () => {
    expect(statusOf(workflow, 'in_review')).toEqual({ name: 'in review', category: 'todo' });
    expect(statusOf(undefined, 'open').name).toBe('open');
  });

  test('know the next steps of the role that takes them', () => {
    const step = (role: string) => stepTo(workflow, makeTicket(), { to: 'done', role, resolution: 'fixed' });
    expect(step('admin')).toMatchObject({ from: 'open', category: 'done', next: ['open'], resolution: 'fixed' });
    expect(step('member').next).toEqual([]);
  });

  test('can be undone only by a step that the role may take and that requires nothing', () => {
    expect(stepBack(workflow, { from: 'open', to: 'in_progress' }, 'member')).toBe(true);
    expect(stepBack(workflow, { from: 'open', to: 'done' }, 'member')).toBe(false);
    expect(stepBack(workflow, { from: 'open', to: 'done' }, 'admin')).toBe(true);
    expect(stepBack(workflow, { from: 'in_progress', to: 'done' }, 'admin')).toBe(false);
  });
});
