import { describe, expect, test } from 'vitest';
import type { Definition } from './definition.ts';
import {
  afterSaving,
  decode,
  type Draft,
  droppedOf,
  encode,
  mappingOf,
  onTopOf,
  putBack,
  removeResolution,
  removeStatus,
  replaceBy,
  startFrom,
} from './draft.ts';
import { addStatus } from './edit.ts';

const roles = ['owner', 'admin', 'member'];
const step = (from: string, to: string) => ({ from, to, roles, requires: [] });
const base: Definition = {
  statuses: [
    { key: 'open', name: 'Open', category: 'todo' },
    { key: 'waiting', name: 'Waiting', category: 'waiting' },
    { key: 'done', name: 'Done', category: 'done' },
  ],
  initial: ['open'],
  transitions: [step('open', 'waiting'), step('waiting', 'done')],
  resolutions: ['fixed', 'duplicate'],
};
const draft = startFrom(3, base);

describe('a draft of a workflow', () => {
  test('maps a removed status to its target, even if that is removed next', () => {
    const one = removeStatus(draft, 'waiting', 'done');
    expect(mappingOf(one).statuses).toEqual({ waiting: 'done' });
    const two = removeStatus(one, 'done', 'open');
    expect(mappingOf(two).statuses).toEqual({ waiting: 'open', done: 'open' });
    expect(droppedOf(two).map(({ key }) => key)).toEqual(['waiting', 'done']);
  });

  test('keeps what was changed while it was being saved, on top of what was saved', () => {
    const sent = removeStatus(draft, 'waiting', 'done');
    const saved = { version: 4, definition: sent.mine };
    expect(afterSaving(structuredClone(sent), sent, saved)).toBeUndefined();
    const later = { ...sent, mine: addStatus(sent.mine, { name: 'Review', category: 'in_progress' }) };
    const left = afterSaving(later, sent, saved);
    expect(left).toMatchObject({ version: 4, base: sent.mine, mine: later.mine });
    expect(left && mappingOf(left).statuses).toEqual({});
  });

  test('does not map a status that was added and removed again', () => {
    const added: Draft = { ...draft, mine: addStatus(base, { name: 'Review', category: 'in_progress' }) };
    expect(mappingOf(removeStatus(added, 'review', 'open')).statuses).toEqual({});
  });

  test('restores a removed status with its steps', () => {
    const back = putBack(removeStatus(draft, 'waiting', 'open'), 'waiting');
    expect(back.mine.transitions).toEqual(base.transitions);
    expect(mappingOf(back).statuses).toEqual({});
    const begin = putBack(removeStatus(draft, 'open', 'waiting'), 'open');
    expect(begin.mine.initial).toEqual(['open']);
  });

  test('maps a removed resolution to another one, or to none', () => {
    const one = removeResolution(draft, 'duplicate', 'fixed');
    expect(mappingOf(one).resolutions).toEqual({ duplicate: 'fixed' });
    expect(mappingOf(removeResolution(one, 'fixed', null)).resolutions).toEqual({ duplicate: null, fixed: null });
  });

  test('can be replaced whole: tickets go to a status of the same category, or to the initial one', () => {
    const other: Definition = {
      statuses: [
        { key: 'todo', name: 'To do', category: 'todo' },
        { key: 'done', name: 'Done', category: 'done' },
      ],
      initial: ['todo'],
      transitions: [step('todo', 'done')],
      resolutions: [],
    };
    expect(mappingOf(replaceBy(draft, other))).toEqual({
      statuses: { open: 'todo', waiting: 'todo' },
      resolutions: { fixed: null, duplicate: null },
    });
  });

  test('is merged with what somebody else has saved, on top of their version', () => {
    const theirs = { version: 4, definition: addStatus(base, { name: 'Review', category: 'in_progress' }) };
    const merged = onTopOf(removeStatus(draft, 'waiting', 'open'), theirs, () => 'yours');
    expect(merged.version).toBe(4);
    expect(merged.mine.statuses.map(({ key }) => key)).toEqual(['open', 'done', 'review']);
    expect(mappingOf(merged).statuses).toEqual({ waiting: 'open' });
  });

  test('is the same after a reload, and is not read from any other text', () => {
    const changed = removeResolution(removeStatus(draft, 'waiting', 'open'), 'fixed', null);
    expect(decode(encode(changed))).toEqual(changed);
    for (const text of ['', '{}', 'null', '{"version":1}', encode({ ...changed, mine: {} as Definition })]) {
      expect(decode(text)).toBeUndefined();
    }
  });
});
