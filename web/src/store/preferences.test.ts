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
  test('are the fields that differ and, in the keys, the commands that differ', () => {
    const to = { ...usual, theme: 'dark' as const, keys: { create: 'n', open: 'x' } };
    expect(changesBetween({ ...usual, keys: { open: 'x', close: 'q' } }, to)).toEqual({
      theme: 'dark',
      keys: { create: 'n', close: null },
    });
    expect(changesBetween(to, to)).toEqual({});
  });

  test('are applied on top of what another device has saved', () => {
    const theirs = { ...usual, density: 'compact' as const, keys: { open: 'x', close: 'q' } };
    expect(withChanges(theirs, { theme: 'dark', keys: { close: null, create: 'n' } })).toEqual({
      ...usual,
      theme: 'dark',
      density: 'compact',
      keys: { open: 'x', create: 'n' },
    });
  });

  test('are removed once saved, unless the same field has changed since', () => {
    const sent = { theme: 'dark' as const, keys: { create: 'n' } };
    const since = joined(sent, { theme: 'light', keys: { open: 'x' } });
    expect(leftOf(since, sent)).toEqual({ theme: 'light', keys: { open: 'x' } });
    expect(leftOf(sent, sent)).toEqual({});
  });
});

describe('the preferences in use', () => {
  beforeEach(() => {
    adopt('nobody', usual, { is_new: false });
    adopt('ada', usual, { is_new: false });
  });

  test('are the account’s, with unsent changes on top', () => {
    prefer({ theme: 'dark' });
    adopt('ada', { ...usual, theme: 'light', density: 'compact' }, { is_new: false });
    expect(preferences.get()).toMatchObject({ theme: 'dark', density: 'compact' });
    expect(unsent.get()).toEqual({ theme: 'dark' });
  });

  test('have no unsent changes once the server has them, except later ones', () => {
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
