import { describe, expect, test } from 'vitest';
import { violationsOf } from './checker.ts';
import type { Action, Operation, Outcome, TicketState } from './history.ts';
import { toy_rules } from './simulate.ts';

// The smallest histories for each rule of the checker. `npm run prove -- checker` judges thousands of large ones.

const fresh: TicketState = {
  status: 'open',
  resolution: null,
  assignee_id: null,
  title: 'new',
  priority: 'none',
  deleted: false,
};
const saw = (version: number, changes: Partial<TicketState> = {}): Outcome => ({
  kind: 'state',
  version,
  state: { ...fresh, ...changes },
});
const call = (id: string, [start, end]: [number, number], action: Action, outcome: Outcome): Operation => ({
  id,
  start,
  end,
  action,
  outcome,
});
const create = call('create', [0, 1], { kind: 'create', title: 'new' }, saw(1));
const read = (times: [number, number], outcome: Outcome) => call('read', times, { kind: 'read' }, outcome);
const remove = (times: [number, number], outcome: Outcome = { kind: 'done' }) =>
  call('remove', times, { kind: 'delete' }, outcome);
const move = (times: [number, number], outcome: Outcome) =>
  call('move', times, { kind: 'transition', to: 'doing' }, outcome);
const unknown: Outcome = { kind: 'unknown' };
const gone: Outcome = { kind: 'gone' };

const look = (operations: Operation[], order: string[]) =>
  violationsOf({ operations: [create, ...operations], order: ['create', ...order] }, toy_rules);
const sound = (operations: Operation[], order: string[] = []) => expect(look(operations, order)).toEqual([]);
const unsound = (operations: Operation[], order: string[] = []) =>
  expect(look(operations, order).length).toBeGreaterThan(0);

describe('a response that names no version', () => {
  test('must be true at some moment of its call', () => {
    sound([remove([2, 4]), read([3, 5], gone)], ['remove']);
    sound([remove([2, 4]), read([3, 5], saw(1))], ['remove']);
    unsound([remove([4, 5]), read([2, 3], gone)], ['remove']);
    unsound([read([2, 3], gone)]);
    const restore = call('restore', [6, 7], { kind: 'restore' }, saw(3));
    sound([remove([2, 3]), restore, read([6.5, 8], gone)], ['remove', 'restore']);
    unsound([remove([2, 3]), restore, read([8, 9], gone)], ['remove', 'restore']);
  });

  test('is placed at the earliest version that explains it, to leave room for later ones', () => {
    const restore = call('restore', [6, 7], { kind: 'restore' }, saw(3));
    const later = call('later', [5.5, 9], { kind: 'read' }, saw(3));
    sound([remove([2, 3]), restore, read([2.5, 8], gone), later], ['remove', 'restore']);
    const comment = call('comment', [4, 5], { kind: 'comment' }, { kind: 'done' });
    unsound([remove([2, 3]), restore, comment], ['remove', 'restore']);
  });
});

describe('a call that never got a response', () => {
  test('may have happened or not, or happen later', () => {
    sound([move([2, Infinity], unknown), read([3, 4], saw(1))]);
    sound([move([2, Infinity], unknown), read([3, 4], saw(2, { status: 'doing' }))], ['move']);
    sound([move([2, Infinity], unknown), read([3, 4], saw(1))], ['move']);
  });

  test('cannot have happened before it was sent, nor be undone', () => {
    unsound([move([5, Infinity], unknown), read([3, 4], saw(2, { status: 'doing' }))], ['move']);
    const again = call('again', [5, 6], { kind: 'read' }, saw(1));
    unsound([move([2, Infinity], unknown), read([3, 4], saw(2, { status: 'doing' })), again], ['move']);
  });
});

describe('calls that overlap', () => {
  test('may be seen in either order, but a later call cannot see the earlier state', () => {
    const done = saw(2, { status: 'doing' });
    sound([move([2, 9], done), read([3, 4], saw(1))], ['move']);
    sound([move([2, 9], done), read([3, 4], done)], ['move']);
    const second = call('second', [5, 6], { kind: 'read' }, saw(1));
    sound([move([2, 9], done), read([3, 6], done), second], ['move']);
    unsound([move([2, 9], done), read([3, 4], done), second], ['move']);
  });
});

test('a refusal must be right about the version it names and the reason it gives', () => {
  const refused = (code: string, version: number, status: string) =>
    call('no', [2, 3], { kind: 'transition', to: 'done' }, { kind: 'refused', code, version, status });
  sound([refused('transition_not_allowed', 1, 'open')]);
  unsound([refused('conflict', 1, 'open')]);
  unsound([refused('transition_not_allowed', 1, 'doing')]);
  unsound([refused('transition_not_allowed', 2, 'open')]);
});

test('a version that changes nothing, or that a refused call produced, is a violation', () => {
  const assign = call('assign', [2, 3], { kind: 'assign', assignee_id: null }, saw(1));
  sound([assign]);
  unsound([{ ...assign, outcome: saw(2) }], ['assign']);
  unsound([remove([2, 3], gone)], ['remove']);
});
