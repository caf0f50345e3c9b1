import { beforeEach, describe, expect, test } from 'vitest';
import {
  acknowledge,
  adopt,
  changesBetween,
  joined,
  leftOf,
  prefer,
  preferences,
  unsent,
  usual,
  withChanges,
} from './preferences.ts';

describe('changes of preferences', () => {
  test('are the fields that differ, and of keys the commands', () => {
    const to = { ...usual, theme: 'dark' as const, keys: { create: 'n', open: 'x' } };
    expect(changesBetween({ ...usual, keys: { open: 'x', close: 'q' } }, to)).toEqual({
      theme: 'dark',
      keys: { create: 'n', close: null },
    });
    expect(changesBetween(to, to)).toEqual({});
  });

  test('lie over what somebody else has chosen', () => {
    const theirs = { ...usual, density: 'compact' as const, keys: { open: 'x', close: 'q' } };
    expect(withChanges(theirs, { theme: 'dark', keys: { close: null, create: 'n' } })).toEqual({
      ...usual,
      theme: 'dark',
      density: 'compact',
      keys: { open: 'x', create: 'n' },
    });
  });

  test('that are done are left out, and a later one of the same field is not', () => {
    const sent = { theme: 'dark' as const, keys: { create: 'n' } };
    const since = joined(sent, { theme: 'light', keys: { open: 'x' } });
    expect(leftOf(since, sent)).toEqual({ theme: 'light', keys: { open: 'x' } });
    expect(leftOf(sent, sent)).toEqual({});
  });
});

describe('preferences that the server keeps', () => {
  beforeEach(() => {
    adopt('nobody', usual, { is_new: false });
    adopt('ada', usual, { is_new: false });
  });

  test('are the account’s, with what was changed here and isn’t there yet on top', () => {
    prefer({ theme: 'dark' });
    adopt('ada', { ...usual, theme: 'light', density: 'compact' }, { is_new: false });
    expect(preferences.get()).toMatchObject({ theme: 'dark', density: 'compact' });
    expect(unsent.get()).toEqual({ theme: 'dark' });
  });

  test('are no longer waiting once the server has them, and what was changed meanwhile is', () => {
    prefer({ theme: 'dark' });
    const sent = unsent.get();
    prefer({ keys: { create: 'n' } });
    acknowledge('ada', sent, { ...usual, theme: 'dark' });
    expect(unsent.get()).toEqual({ keys: { create: 'n' } });
    expect(preferences.get()).toMatchObject({ theme: 'dark', keys: { create: 'n' } });
  });

  test('of somebody else who signs in here are theirs alone', () => {
    prefer({ theme: 'dark' });
    adopt('grace', { ...usual, density: 'compact' }, { is_new: true });
    expect(preferences.get()).toEqual({ ...usual, density: 'compact' });
    expect(unsent.get()).toEqual({});
    acknowledge('ada', {}, { ...usual, theme: 'dark' });
    expect(preferences.get().theme).toBe('system');
  });
});
