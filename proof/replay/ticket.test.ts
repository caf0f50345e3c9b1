import { expect, test } from 'vitest';
import { planSource } from './fixture.ts';
import type { Finding } from '../../server/src/importing/report.ts';
import { LIMITS } from '../../server/src/importing/text.ts';

const T = 'WEB/7';
const by = 'Ann Ng';
const at = (minute: number) => `2020-01-01T00:0${minute}:00Z`;
const create = (set: object = {}) => ({
  at: at(0),
  op: 'create',
  ticket: T,
  by,
  set,
  title_chars: 12,
  description_chars: 30,
});
const change = (minute: number, set: object, author: string | null = by) => ({
  at: at(minute),
  op: 'change',
  ticket: T,
  by: author,
  set,
});
const comment = (minute: number, chars = 5, author: string | null = by) => ({
  at: at(minute),
  op: 'comment',
  ticket: T,
  by: author,
  chars,
});

async function planned(operations: object[], ticket?: object) {
  const { plans, report, mapping } = await planSource({
    operations,
    ...(ticket && { tickets: [{ id: T, ...ticket }] }),
  });
  const plan = plans.get(T);
  const calls = plan?.steps.flatMap((step) => step.calls) ?? [];
  const found = (...findings: Finding[]) => findings.map((finding) => report.count(finding));
  return { plan, calls, report, found, mapping };
}

test('a status change with resolution, assignee and comment is one call', async () => {
  const set = { status: ['New', 'Done Done'], resolution: [null, 'Fixed!'], assignee: [null, 'Bo'] };
  const { plan, calls, found } = await planned([create({ status: 'New' }), change(1, set), comment(1)], {
    comments: [{ at: at(1), by, body: 'done\0.' }],
  });
  expect(calls[1]).toEqual({
    kind: 'transition',
    to: 'done_done',
    resolution: 'fixed',
    assignee: 'Bo',
    comment: 'done.',
  });
  expect(calls).toHaveLength(2);
  expect(plan?.steps.map(({ operations }) => operations)).toEqual([1, 2]);
  expect(plan?.expected).toMatchObject({
    status: 'done_done',
    resolution: 'fixed',
    assignee: 'Bo',
    changes: [{ from: 'new', to: 'done_done', by, resolution: 'fixed' }],
  });
  expect(found('comment_folded', 'nul')).toEqual([1, 1]);
});

test('a change that does not fit into one call takes a second one', async () => {
  const set = {
    status: ['New', 'Open'],
    title: ['Old', 'New title'],
    component: ['ui', 'core'],
    priority: ['low', 'High'],
  };
  const { calls, found } = await planned([create({ status: 'New', component: 'ui' }), change(1, set)]);
  expect(calls.slice(1)).toEqual([
    { kind: 'transition', to: 'open' },
    { kind: 'edit', title: 'New title', priority: 'high', labels: ['component:core'] },
  ]);
  expect(found('second_call')).toEqual([1]);
});

test('a field of a creation comes from its operation, else from the old value of the first change, else from the tickets file', async () => {
  const { calls } = await planned(
    [
      create({ component: 'ui' }),
      change(1, { status: ['Fresh', 'Open'], title: ['First', 'Second'], version: ['1', '2'] }),
    ],
    {
      title: 'Second',
      description: 'Text',
      status: 'Open',
      assignee: 'Cy',
      priority: 'P1',
      type: 'bug',
      version: '2',
      keywords: ['a', 'b'],
    },
  );
  expect(calls[0]).toEqual({
    kind: 'create',
    title: 'First',
    description: 'Text',
    status: 'fresh',
    assignee: 'Cy',
    priority: 'urgent',
    labels: ['component:ui', 'keywords:a b', 'type:bug', 'version:1'],
  });
});

test('without a tickets file, texts are filler of the length that the source states', async () => {
  const { calls, found } = await planned([create(), comment(1, 40), comment(2, LIMITS.comment + 9)]);
  expect(calls[0]).toMatchObject({
    kind: 'create',
    title: 'The text of',
    description: expect.stringMatching(/^.{30}$/),
  });
  expect(calls[1]).toEqual({ kind: 'comment', body: expect.stringMatching(/^.{40}$/) });
  expect(calls[2]).toEqual({ kind: 'comment', body: expect.stringMatching(new RegExp(`^.{${LIMITS.comment}}$`)) });
  expect(found('no_tickets_file', 'no_title', 'comment_without_text')).toEqual([1, 1, 2]);
});

test('comments of one author and instant keep their order, and one without its text or operation is reported', async () => {
  const bodies = ['one', 'two', 'three'].map((body) => ({ at: at(1), by, body }));
  const { calls, found } = await planned([create(), comment(1), comment(1, 5, 'Bo'), comment(1)], { comments: bodies });
  expect(calls.slice(1).map((call) => call.kind === 'comment' && call.body.slice(0, 3))).toEqual(['one', 'The', 'two']);
  expect(found('comment_without_text', 'comment_without_operation', 'same_instant')).toEqual([1, 1, 2]);
});

test('a ticket without a creation is created from its later operations, by its reporter', async () => {
  const { plan, found } = await planned([change(1, { status: ['Open', 'Shut'], assignee: ['Bo', null] }, null)], {
    reporter: 'Cy',
  });
  expect(plan?.steps[0]).toMatchObject({ by: 'Cy', operations: 0, calls: [{ status: 'open', assignee: 'Bo' }] });
  expect(plan?.steps[1]).toMatchObject({ by: null, operations: 1, calls: [{ to: 'shut', assignee: null }] });
  expect(found('no_create')).toEqual([1]);
});

test('operations before their ticket’s creation are played after it, and a second creation is skipped', async () => {
  const early = { ...change(0, { status: ['Wait', 'New'] }), at: '1970-01-01T00:24:00Z' };
  const { calls, found } = await planned([early, create({ status: 'Wait' }), create({ status: 'New' })]);
  expect(calls).toMatchObject([
    { kind: 'create', status: 'wait' },
    { kind: 'transition', to: 'new' },
  ]);
  expect(found('before_create', 'created_twice', 'out_of_time_order')).toEqual([1, 1, 0]);
});

test('a change from another status is played from the current one, and a change to the current one is skipped', async () => {
  const { plan, found } = await planned([
    create({ status: 'New' }),
    change(1, { status: ['Open', 'Shut'] }),
    change(2, { status: ['Reopened', 'Shut'], resolution: ['a', 'b'] }),
    change(3, { status: ['Shut', 'New'] }),
  ]);
  expect(plan?.expected.changes.map(({ from, to }) => [from, to])).toEqual([
    ['new', 'shut'],
    ['shut', 'new'],
  ]);
  expect(plan?.steps.map(({ calls }) => calls.length)).toEqual([1, 1, 0, 1]);
  expect(found('chain_gap', 'unchanged_status', 'resolution_without_status', 'nothing_to_say')).toEqual([2, 1, 1, 1]);
});

test('a change that Baton cannot represent makes no call, and is reported', async () => {
  const operations = [
    create({ title: 'T' }),
    change(1, { cc: [null, 'Bo'] }),
    change(2, { title: ['S', 'T\0'] }),
    comment(3),
  ];
  const { plan, found } = await planned(operations, { comments: [{ at: at(3), by, body: '\ud800' }] });
  expect(plan?.steps.map(({ calls }) => calls.length)).toEqual([1, 0, 0, 0]);
  expect(found('nothing_to_say', 'nul', 'lone_surrogate')).toEqual([3, 1, 1]);
});

test('a placeholder for nobody counts as nobody, unless it acts', async () => {
  const operations = [create({ assignee: 'somebody' }), change(1, { assignee: ['somebody', 'nobody@example.org'] })];
  const { calls, mapping } = await planned(operations);
  expect(calls).toMatchObject([{ kind: 'create', assignee: null }]);
  expect(mapping.people.assignees.size).toBe(0);
  const acting = await planned([...operations, comment(2, 5, 'somebody')]);
  expect(acting.calls.slice(0, 2)).toMatchObject([{ assignee: 'somebody' }, { kind: 'assign', assignee: null }]);
});

test('two priorities that map to the same one are told apart by a label', async () => {
  const { calls } = await planned([create({ priority: 'minor' }), change(1, { priority: ['minor', 'trivial'] })]);
  expect(calls).toMatchObject([
    { priority: 'low', labels: [] },
    { kind: 'edit', labels: ['priority:trivial'] },
  ]);
});

test('texts, labels and the number of labels are cut to the limits, and reported', async () => {
  const many = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`field${n}`, 'x']));
  const too_long = (limit: number) => 'y'.repeat(limit + 1);
  const { calls, found } = await planned([
    create({ ...many, title: too_long(LIMITS.title), url: too_long(LIMITS.label) }),
    change(1, { description: ['', too_long(LIMITS.description)] }),
  ]);
  const [created, edit] = calls;
  expect(created?.kind === 'create' && [created.title.length, created.labels.length]).toEqual([
    LIMITS.title,
    LIMITS.labels,
  ]);
  expect(edit?.kind === 'edit' && edit.description?.length).toBe(LIMITS.description);
  expect(found('title_cut', 'label_cut', 'description_cut')).toEqual([1, 1, 1]);
});

test('the report says where the tickets file differs from the last change', async () => {
  const operations = [create({ status: 'New', assignee: 'Bo' }), change(1, { status: ['New', 'Open'] })];
  const differs = await planned(operations, { status: 'Shut', assignee: 'Cy' });
  expect(differs.plan?.expected).toMatchObject({ status: 'open', assignee: 'Bo' });
  expect(differs.found('final_status_differs', 'final_assignee_differs')).toEqual([1, 1]);
  const agrees = await planned(operations, { status: 'Open', assignee: 'Bo' });
  expect(agrees.found('final_status_differs', 'final_assignee_differs')).toEqual([0, 0]);
});
