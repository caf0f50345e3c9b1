import { describe, expect, test } from 'vitest';
import type { Change } from '../store/changes.ts';
import { makeTicket } from '../store/testing.ts';
import { reverseOf } from './taken.ts';

describe('the reverse of a change', () => {
  const before = makeTicket({ title: 'Old', labels: ['a', 'b'], assignee_id: 'ada' });

  test('of a field restores its old value', () => {
    const change: Change = { kind: 'edit', field: 'title', value: 'New' };
    expect(reverseOf(before, change)).toEqual({ kind: 'edit', field: 'title', value: 'Old' });
  });

  test('of labels changes only the labels that the change touched', () => {
    const change: Change = { kind: 'labels', add: ['b', 'c'], remove: ['a', 'x'] };
    expect(reverseOf(before, change)).toEqual({ kind: 'labels', add: ['a'], remove: ['c'] });
  });

  test('of an assignment restores the previous assignee, based on the new one', () => {
    const change: Change = { kind: 'assign', assignee_id: 'grace', was: 'ada' };
    expect(reverseOf(before, change)).toEqual({ kind: 'assign', assignee_id: 'ada', was: 'grace' });
  });

  test('of a deletion restores the ticket', () => {
    expect(reverseOf(before, { kind: 'delete', at: '2026-01-01T00:00:00Z' })).toEqual({ kind: 'restore' });
  });

  test('of a comment, or of a description that was never read, does not exist', () => {
    expect(reverseOf(before, { kind: 'comment', body: 'A word' })).toBeUndefined();
    const { description: _, ...unread } = before;
    expect(reverseOf(unread, { kind: 'edit', field: 'description', value: 'New' })).toBeUndefined();
  });
});
