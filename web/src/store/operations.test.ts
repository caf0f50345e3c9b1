import { describe, expect, test } from 'vitest';
import type { Change, Editable, Field } from './changes.ts';
import { mayBeDoneTwice, type Operation } from './decide.ts';
import type { Outcome } from './outcome.ts';
import { makeRefusal, makeTicket, makeWorld, settle } from './testing.ts';

const edit = <F extends Field>(field: F, value: Editable[F]) => ({ kind: 'edit', field, value }) as Change;
const step = (from: string, to: string, category: 'todo' | 'in_progress' | 'done' = 'in_progress'): Change => ({
  kind: 'transition',
  from,
  to,
  category,
  next: [],
});
const done = (fields: Parameters<typeof makeTicket>[0] = {}): Outcome => ({ kind: 'done', ticket: makeTicket(fields) });
const later: Outcome = { kind: 'later', cause: 'unreachable' };
const edited = (field: string, base: unknown, mine: unknown, theirs: unknown, current_version = 2) =>
  makeRefusal('edit_conflict', { current_version, fields: { [field]: { base, mine, theirs } } });

const place = (rank: string, after = 'x'): Change => ({ kind: 'place', placed: { place: { after }, rank } });

describe('a ticket that is placed', () => {
  test('is shown there at once, and then where the server puts it, in the same version', async () => {
    const world = makeWorld();
    world.operations.add(world.at, place('7a!'), 1);
    expect(world.shown()).toMatchObject({ rank: '7a!', version: 1 });
    await world.last().respond(done({ rank: '7aV' }));
    expect(world.shown()).toMatchObject({ rank: '7aV', version: 1 });
    expect([world.queue(), world.kept.size]).toEqual([[], 0]);
  });

  test('is sent only to the last of several places, and a transition carries its own place', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    for (const rank of ['1', '2', '3']) world.operations.add(world.at, place(rank, rank), 1);
    expect(world.shown()?.rank).toBe('3');
    await world.last().respond(done({ version: 2, title: 'Crane!' }));
    expect(world.sent.map(({ operation }) => operation.change)).toEqual([edit('title', 'Crane!'), place('3', '3')]);
    const moved = { ...step('open', 'in_progress'), placed: { place: { at: 'top' as const }, rank: '!' } };
    world.operations.add(world.at, moved, 2);
    expect(world.shown()).toMatchObject({ status: 'in_progress', rank: '!' });
  });
});

describe('the queue of unsent changes', () => {
  test('shows a change at once, sends one at a time, and drops it once the server has done it', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    world.operations.add(world.at, edit('priority', 'high'), 1);
    expect(world.shown()).toMatchObject({ title: 'Crane!', priority: 'high', version: 1 });
    expect(world.sent).toHaveLength(1);
    await world.last().respond(done({ version: 2, title: 'Crane!' }));
    expect(world.sent).toHaveLength(2);
    expect(world.last().operation.base_version).toBe(2);
    await world.last().respond(done({ version: 3, title: 'Crane!', priority: 'high' }));
    expect([world.queue(), world.kept.size]).toEqual([[], 0]);
    expect(world.shown()).toMatchObject({ title: 'Crane!', priority: 'high', version: 3 });
  });

  test('does not undo a change when an earlier response arrives late', async () => {
    const world = makeWorld();
    const slow = world.tickets.ask();
    world.operations.add(world.at, step('open', 'in_progress'), 1);
    await world.last().respond(done({ version: 2, status: 'in_progress' }));
    world.tickets.receive([makeTicket()], slow);
    expect(world.shown()?.status).toBe('in_progress');
  });

  test('merges two edits of a field, unless the first was sent', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'One'), 1);
    world.operations.add(world.at, edit('title', 'Two'), 1);
    world.operations.add(world.at, edit('due_on', '2026-12-04'), 1);
    world.operations.add(world.at, edit('title', 'Three'), 1);
    expect(world.queue().map(({ change }) => change)).toEqual([
      edit('title', 'One'),
      edit('title', 'Three'),
      edit('due_on', '2026-12-04'),
    ]);
    // Others have changed the due date in the meantime: the second edit of the title is based on the first one, but the
    // edit of the date is not.
    await world.last().respond(done({ version: 3, title: 'One' }));
    expect(world.queue().map(({ base_version }) => base_version)).toEqual([3, 1]);
  });

  test('keeps two transitions apart, and bases the second on the result of the first', async () => {
    const world = makeWorld();
    world.operations.add(world.at, step('open', 'in_progress'), 1);
    world.operations.add(world.at, step('in_progress', 'resolved', 'done'), 1);
    expect(world.shown()).toMatchObject({ status: 'resolved', status_category: 'done' });
    await world.last().respond(done({ version: 2, status: 'in_progress', status_category: 'in_progress' }));
    expect(world.last().operation).toMatchObject({ base_version: 2, change: { to: 'resolved' } });
  });

  test('takes back only the refused change, and keeps what others did', async () => {
    const world = makeWorld();
    world.serve(makeTicket({ version: 2, labels: ['crane'] }));
    world.operations.add(world.at, edit('priority', 'high'), 1);
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    world.operations.add(world.at, { kind: 'labels', add: ['ui'], remove: [] }, 1);
    await world.last().respond(makeRefusal('forbidden', { role: 'viewer' }));
    expect(world.shown()).toMatchObject({ priority: 'none', title: 'Crane!', labels: ['crane', 'ui'] });
    expect(world.queue()[0]?.refusal?.code).toBe('forbidden');
    expect(world.last().operation.change).toEqual(edit('title', 'Crane!'));
    world.operations.dismiss(world.queue()[0] as Operation);
    expect(world.kept.size).toBe(2);
  });

  test('drops what was refused for the old role, except typed texts', async () => {
    const world = makeWorld();
    world.serve(makeTicket());
    for (const change of [edit('priority', 'high'), edit('title', 'Typed')]) {
      world.operations.add(world.at, change, 1);
      await world.last().respond(makeRefusal('forbidden', { role: 'viewer' }));
    }
    world.operations.roleChanged();
    expect(world.queue().map(({ change }) => change)).toEqual([edit('title', 'Typed')]);
  });

  test('keeps a text that is in conflict, merges later edits of its field, and sends the other changes', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('priority', 'high'), 1);
    world.operations.add(world.at, edit('title', 'Mine'), 1);
    world.operations.add(world.at, edit('due_on', '2026-12-04'), 1);
    await world.last().respond(done({ version: 3, title: 'Theirs', priority: 'high' }));
    world.serve(makeTicket({ version: 4, title: 'Theirs', priority: 'high' }));
    world.operations.add(world.at, edit('title', 'Mine, longer'), 1);
    await world.last().respond(edited('title', 'The crane drops its load', 'Mine', 'Theirs', 4));
    const [refused, next] = world.queue();
    expect(refused).toMatchObject({ change: edit('title', 'Mine, longer'), refusal: { code: 'edit_conflict' } });
    expect(next?.change).toEqual(edit('due_on', '2026-12-04'));
    expect([world.queue().length, world.reads.length]).toEqual([2, 1]);
    expect(world.shown()).toMatchObject({ title: 'Theirs', due_on: '2026-12-04', version: 4 });
  });

  test('sends the person’s text again on the current version, under a new key, if they decide for it', async () => {
    const world = makeWorld();
    world.serve(makeTicket({ version: 2, title: 'Theirs' }));
    world.operations.add(world.at, edit('title', 'Mine'), 1);
    const { key } = world.last().operation;
    await world.last().respond(edited('title', 'The crane drops its load', 'Mine', 'Theirs'));
    world.operations.again(world.queue()[0] as Operation);
    expect(world.last().operation).toMatchObject({ base_version: 2, change: edit('title', 'Mine') });
    expect(world.last().operation.key).not.toBe(key);
    expect(world.queue()).toHaveLength(1);
  });

  test('merges edits of different lines of a description without asking', async () => {
    const world = makeWorld(makeTicket({ description: 'a\nb\nc' }));
    world.operations.add(world.at, edit('description', 'A\nb\nc'), 1);
    await world.last().respond(edited('description', 'a\nb\nc', 'A\nb\nc', 'a\nb\nC'));
    const { change, base_version, merged } = world.last().operation;
    expect([change, base_version, merged]).toEqual([edit('description', 'A\nb\nC'), 2, true]);
    world.serve(makeTicket({ version: 3, description: 'z\nb\nc' }));
    await world.last().respond(edited('description', 'a\nb\nC', 'A\nb\nC', 'z\nb\nC', 3));
    expect(world.queue()[0]?.refusal?.code).toBe('edit_conflict');
  });

  test('repeats an assignment or a transition if only other fields have changed', async () => {
    const world = makeWorld();
    world.operations.add(world.at, { kind: 'assign', assignee_id: 'ada', was: null }, 1);
    await world.last().respond(makeRefusal('conflict', { current_version: 5, assignee_id: null }));
    expect(world.last().operation.base_version).toBe(5);
    await world.last().respond(makeRefusal('conflict', { current_version: 6, assignee_id: 'kim' }));
    expect(world.queue()[0]?.refusal?.code).toBe('conflict');

    const other = makeWorld();
    other.operations.add(other.at, step('open', 'in_progress'), 1);
    await other.last().respond(makeRefusal('conflict', { current_version: 2, current_status: 'open' }));
    expect(other.last().operation.base_version).toBe(2);
    await other.last().respond(makeRefusal('conflict', { current_version: 3, current_status: 'resolved' }));
    expect(other.queue()[0]?.refusal?.code).toBe('conflict');
    expect(other.sent).toHaveLength(2);
  });

  test('gives up after five retries on a ticket that keeps changing', async () => {
    const world = makeWorld();
    world.operations.add(world.at, { kind: 'assign', assignee_id: 'ada', was: null }, 1);
    for (let version = 2; version <= 7; version++) {
      await world.last().respond(makeRefusal('conflict', { current_version: version, assignee_id: null }));
    }
    expect(world.sent).toHaveLength(6);
    expect(world.queue()[0]?.refusal?.code).toBe('conflict');
  });

  test('drops a transition that depends on a refused one', async () => {
    const world = makeWorld();
    world.operations.add(world.at, step('open', 'in_progress'), 1);
    world.operations.add(world.at, step('in_progress', 'resolved', 'done'), 1);
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    const problem = { current_version: 1, current_status: 'closed', allowed_transitions: ['open'] };
    await world.last().respond(makeRefusal('transition_not_allowed', problem));
    expect(world.queue().map(({ change }) => change.kind)).toEqual(['transition', 'edit']);
    expect(world.shown()).toMatchObject({ status: 'open', title: 'Crane!' });
  });

  test('waits while the server is unreachable, and then sends in order under the same keys', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    world.operations.add(world.at, { kind: 'comment', body: 'On it.' }, 1);
    const { key } = world.last().operation;
    await world.last().respond(later);
    expect(world.operations.pause()).toEqual({ cause: 'unreachable', since: 1_000, next_at: 2_000 });
    expect([world.operations.all().length, world.sent.length, world.kept.size]).toEqual([2, 1, 2]);
    world.timers[0]?.();
    await settle();
    expect(world.last().operation.key).toBe(key);
    expect(world.operations.pause()?.since).toBe(1_000);
    await world.last().respond(done({ version: 2, title: 'Crane!' }));
    expect(world.operations.pause()).toBeUndefined();
    expect(world.last().operation.change.kind).toBe('comment');
  });

  test('does not change an edit that may have been done already', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'One'), 1);
    await world.last().respond(later);
    world.operations.add(world.at, edit('title', 'Two'), 1);
    expect(world.queue().map(({ change }) => change)).toEqual([edit('title', 'One'), edit('title', 'Two')]);
  });

  test('is sent after the page has been closed and opened again', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    await world.last().respond(later);
    const next = makeWorld();
    next.operations.restore([...world.kept.values()]);
    expect(next.shown()?.title).toBe('Crane!');
    expect(next.last().operation.key).toBe(world.last().operation.key);
  });

  test('waits for a sign-in, without a timer, after the session has ended', async () => {
    const world = makeWorld();
    world.operations.add(world.at, edit('title', 'Crane!'), 1);
    await world.last().respond({ kind: 'later', cause: 'session' });
    expect([world.timers.length, world.sent.length]).toEqual([0, 1]);
    world.operations.resume();
    expect(world.sent).toHaveLength(2);
  });

  test('could do only a comment twice, if it is sent again more than a day later', () => {
    const day = 24 * 3_600_000;
    const of = (change: Change, sent_at?: number) => ({ change, sent_at }) as Operation;
    expect(mayBeDoneTwice(of({ kind: 'comment', body: 'On it.' }, 0), day)).toBe(true);
    expect(mayBeDoneTwice(of({ kind: 'comment', body: 'On it.' }, 0), day / 2)).toBe(false);
    expect(mayBeDoneTwice(of({ kind: 'comment', body: 'On it.' }), day)).toBe(false);
    expect(mayBeDoneTwice(of(edit('title', 'Crane!'), 0), day)).toBe(false);
  });
});
