import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { faultsOf } from '../http/faults.ts';
import { replace_workflow } from './contract.ts';
import { presets, unreachableStatuses, type WorkflowDefinition, workflow_definition } from './workflow-definition.ts';

const { strict, standard } = presets;
const step = { from: 'open', to: 'in_progress' };

/** Returns the faults of the strict workflow with these changes, as `path: message`. */
function faults(changes: Record<string, unknown>): string[] {
  const { error } = workflow_definition.safeParse({ ...strict, ...changes });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const transition = (changes: object) => ({ transitions: [{ ...step, ...changes }, ...strict.transitions.slice(1)] });
const status = (changes: object) => ({
  statuses: [{ ...strict.statuses[0], ...changes }, ...strict.statuses.slice(1)],
});

describe('a workflow', () => {
  test('may omit resolutions, and the roles and required fields of a transition', () => {
    const { resolutions: _, ...rest } = strict;
    expect(
      workflow_definition.parse({ ...rest, transitions: strict.transitions.map(({ from, to }) => ({ from, to })) }),
    ).toEqual({ ...strict, resolutions: [] });
  });

  test('with a malformed key is refused with one error for it', () => {
    const { error } = workflow_definition.safeParse({ ...strict, initial: ['No Key'] });
    expect(error && faultsOf(error, 'body')).toEqual([
      { pointer: '/initial/0', detail: expect.stringMatching(/^Expected text of the form/) },
    ]);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    [
      'a status twice',
      { statuses: [...strict.statuses, strict.statuses[1]] },
      ['statuses.4.key: The status in_progress appears twice.'],
    ],
    ['an initial status it doesn’t have', { initial: ['open', 'nowhere'] }, ['initial.1: There is no status nowhere.']],
    [
      'a transition from an unknown status',
      { transitions: [...strict.transitions, { from: 'nowhere', to: 'open' }] },
      ['transitions.3.from: There is no status nowhere.'],
    ],
    [
      'a transition to an unknown status',
      { transitions: [...strict.transitions, { from: 'open', to: 'nowhere' }] },
      ['transitions.3.to: There is no status nowhere.'],
    ],
    [
      'a transition from a status to itself',
      { transitions: [...strict.transitions, { from: 'open', to: 'open' }] },
      ['transitions.3.to: A transition must lead to another status.'],
    ],
    [
      'the same transition twice',
      { transitions: [...strict.transitions, step] },
      ['transitions.3: The transition open to in_progress appears twice.'],
    ],
    [
      'a required resolution on the way to a status that isn’t done',
      transition({ requires: ['resolution'] }),
      ['transitions.0.requires: Only a transition to a status of the category done can require a resolution.'],
    ],
    [
      'a required resolution but no resolutions',
      {
        resolutions: [],
        transitions: [
          ...strict.transitions.slice(0, 2),
          { from: 'resolved', to: 'closed', requires: ['comment', 'resolution'] },
        ],
      },
      ['transitions.2.requires: A required resolution needs at least one entry in resolutions.'],
    ],
    [
      'an unreachable status',
      { transitions: strict.transitions.slice(0, 2) },
      ['statuses.3: No ticket can reach closed.'],
    ],
  ])('with %s is refused', (_, changes, expected) => {
    expect(faults(changes)).toEqual(expected);
    const { error } = workflow_definition.safeParse({ ...strict, ...changes });
    expect(error?.issues.map(({ code }) => code)).toEqual(['custom']);
  });

  test.each<[string, Record<string, unknown>]>([
    ['an unknown field', { extra: 1 }],
    ['an unknown field in a status', status({ extra: 1 })],
    ['an unknown field in a transition', transition({ extra: 1 })],
    ['no statuses', { statuses: [], initial: ['open'], transitions: [] }],
    ['no initial status', { initial: [] }],
    ['a transition for no role', transition({ roles: [] })],
    ['a transition for viewers', transition({ roles: ['viewer'] })],
    ['a transition for four roles', transition({ roles: ['owner', 'admin', 'member', 'owner'] })],
    ['four required fields', transition({ requires: ['comment', 'comment', 'comment', 'comment'] })],
    ['an unknown required field', transition({ requires: ['title'] })],
    ['an unknown category', status({ category: 'later' })],
    ['a status without a name', status({ name: ' ' })],
    ['a name that is too long', status({ name: 'x'.repeat(81) })],
    ['51 resolutions', { resolutions: Array.from({ length: 51 }, (_, n) => `r${n}`) }],
    ['51 initial statuses', { initial: Array.from({ length: 51 }, () => 'open') }],
    ['2501 transitions', { transitions: Array.from({ length: 2501 }, () => step) }],
    [
      '51 statuses',
      { statuses: Array.from({ length: 51 }, (_, n) => ({ key: `s${n}`, name: 'S', category: 'todo' })) },
    ],
  ])('with %s is refused', (_, changes) => {
    expect(faults(changes)).not.toEqual([]);
  });

  test.each(['a', 'z9_', `a${'b'.repeat(39)}`])('can have the key %s', (key) => {
    expect(faults({ resolutions: [key] })).toEqual([]);
  });

  test.each(['', 'A', '9a', '_a', 'a-b', 'a b', ' a', 'a\n', `a${'b'.repeat(40)}`])('cannot have the key %j', (key) => {
    expect(faults({ resolutions: [key] })).not.toEqual([]);
  });

  test('may have a status of the category waiting', () => {
    expect(workflow_definition.parse(standard)).toEqual(standard);
  });

  test('trims names, and accepts names and required fields up to their limits', () => {
    expect(workflow_definition.parse({ ...strict, ...status({ name: ' Open ' }) })).toEqual(strict);
    expect(faults(status({ name: 'x'.repeat(80) }))).toEqual([]);
    expect(faults(transition({ requires: ['comment', 'assignee_id', 'comment'] }))).toEqual([]);
  });
});

describe('the mapping of a workflow that replaces another', () => {
  /** The issues of a request that replaces a workflow by the strict one. */
  const issuesOf = (mapping: object | undefined) =>
    replace_workflow.body.safeParse({ ...strict, version: 1, mapping }).error?.issues ?? [];
  const issue = (path: string, message: string) => ({ code: 'custom', path: ['mapping', ...path.split('.')], message });

  test.each([
    [undefined],
    [{}],
    [{ statuses: { triage: 'open', testing: 'open' } }],
    [{ resolutions: { shipped: 'fixed', obsolete: null } }],
    [{ statuses: { fixed: 'closed' }, resolutions: { closed: 'fixed' } }],
  ])('may be %j, which says what becomes of statuses and resolutions that the workflow drops', (mapping) => {
    expect(issuesOf(mapping)).toEqual([]);
  });

  test.each<[string, object, object[]]>([
    [
      'a status that the workflow keeps',
      { statuses: { triage: 'open', open: 'closed' } },
      [issue('statuses.open', 'The workflow keeps open.')],
    ],
    [
      'a status to one that the workflow doesn’t have',
      { statuses: { triage: 'fixed' } },
      [issue('statuses.triage', 'The workflow has no status fixed.')],
    ],
    [
      'a resolution that the workflow keeps',
      { resolutions: { fixed: 'invalid', duplicate: null } },
      [
        issue('resolutions.fixed', 'The workflow keeps fixed.'),
        issue('resolutions.duplicate', 'The workflow keeps duplicate.'),
      ],
    ],
    [
      'a resolution to one that the workflow doesn’t have',
      { resolutions: { shipped: 'closed' } },
      [issue('resolutions.shipped', 'The workflow has no resolution closed.')],
    ],
  ])('cannot map %s', (_, mapping, expected) => {
    expect(issuesOf(mapping)).toMatchObject(expected);
  });
});

test('a status is reachable by any number of transitions from any initial status', () => {
  const chain = (initial: string[]) => ({ ...strict, initial }) as WorkflowDefinition;
  expect(unreachableStatuses(chain(['open']))).toEqual([]);
  expect(unreachableStatuses(chain(['resolved']))).toEqual(['open', 'in_progress']);
  expect(unreachableStatuses(chain(['closed', 'in_progress']))).toEqual(['open']);
});

test('the presets never change, because projects have been created from them', () => {
  const shape = ({ statuses, initial, transitions }: WorkflowDefinition) => ({
    statuses: statuses.map(({ key, name, category }) => `${key} ${name} ${category}`),
    initial,
    steps: transitions.map(({ from, to, requires }) => [from, to, ...requires].join(' ')).sort(),
    roles: [...new Set(transitions.map(({ roles }) => roles.join(' ')))],
  });
  const statuses = [
    'open Open todo',
    'in_progress In progress in_progress',
    'waiting Waiting waiting',
    'resolved Resolved done',
    'closed Closed done',
  ];
  expect(shape(strict)).toEqual({
    statuses: statuses.filter((one) => !one.startsWith('waiting')),
    initial: ['open'],
    steps: ['in_progress resolved', 'open in_progress', 'resolved closed'],
    roles: ['owner admin member'],
  });
  expect(shape(standard)).toEqual({
    statuses,
    initial: ['open'],
    steps: [
      'closed in_progress',
      'closed open',
      'in_progress closed resolution',
      'in_progress open',
      'in_progress resolved resolution',
      'in_progress waiting',
      'open closed resolution',
      'open in_progress',
      'open resolved resolution',
      'open waiting',
      'resolved closed',
      'resolved in_progress',
      'resolved open',
      'waiting closed resolution',
      'waiting in_progress',
      'waiting open',
      'waiting resolved resolution',
    ],
    roles: ['owner admin member'],
  });
  const resolutions = ['fixed', 'duplicate', 'invalid', 'wont_fix', 'cannot_reproduce', 'no_response'];
  expect([strict.resolutions, standard.resolutions]).toEqual([resolutions, resolutions]);
});

test('the JSON Schema of a workflow names and describes its parts', () => {
  const { $defs, ...document } = z.toJSONSchema(z.strictObject({ workflow: workflow_definition }), { io: 'input' });
  expect(document).toMatchObject({ properties: { workflow: { $ref: '#/$defs/WorkflowDefinition' } } });
  expect($defs).toMatchObject({
    WorkflowDefinition: {
      properties: { initial: { description: 'The statuses a ticket may be created in; the first is the default.' } },
    },
    WorkflowStatus: { properties: { key: { example: 'in_progress' } } },
    StatusCategory: { enum: ['todo', 'in_progress', 'waiting', 'done'] },
    WorkflowTransition: {
      properties: {
        roles: { description: 'The roles that may take this transition.' },
        requires: { description: 'The fields that the ticket or the request must have.' },
      },
    },
  });
});
