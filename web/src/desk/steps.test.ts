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
  test('are those that the server allows, in the order of the statuses, with what they still need', () => {
    const ticket = makeTicket({ allowed_transitions: ['done', 'in_progress'] });
    expect(stepsFrom(workflow, ticket)).toEqual([
      { to: 'in_progress', name: 'In progress', category: 'in_progress', missing: ['assignee_id'] },
      { to: 'done', name: 'Done', category: 'done', missing: ['resolution', 'comment'] },
    ]);
    expect(stepsFrom(workflow, { ...ticket, assignee_id: 'ada' })[0]?.missing).toEqual([]);
  });

  test('a status that the workflow does not know has its key as its name', () => {
    expect(statusOf(workflow, 'in_review')).toEqual({ name: 'in review', category: 'todo' });
    expect(statusOf(undefined, 'open').name).toBe('open');
  });

  test('a step knows where it leads on to, for the role of who takes it', () => {
    const step = (role: string) => stepTo(workflow, makeTicket(), { to: 'done', role, resolution: 'fixed' });
    expect(step('admin')).toMatchObject({ from: 'open', category: 'done', next: ['open'], resolution: 'fixed' });
    expect(step('member').next).toEqual([]);
  });

  test('a step is taken back only by one that the role may take and that needs nothing', () => {
    expect(stepBack(workflow, { from: 'open', to: 'in_progress' }, 'member')).toBe(true);
    expect(stepBack(workflow, { from: 'open', to: 'done' }, 'member')).toBe(false);
    expect(stepBack(workflow, { from: 'open', to: 'done' }, 'admin')).toBe(true);
    expect(stepBack(workflow, { from: 'in_progress', to: 'done' }, 'admin')).toBe(false);
  });
});
