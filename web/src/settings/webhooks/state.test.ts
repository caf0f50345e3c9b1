import type { Webhook } from 'baton-sdk';
import { expect, test } from 'vitest';
import { hostOf, outcomeOf, stateOf } from './state.ts';

const webhook: Webhook = {
  id: 'w',
  url: 'https://receiver.example/secret',
  description: '',
  types: null,
  project_ids: null,
  state: 'active',
  state_reason: null,
  failing_since: null,
  previous_secret_until: null,
  version: 1,
  created_by: 'ada',
  created_at: '2026-11-24T09:00:00Z',
  updated_at: '2026-11-24T09:00:00Z',
};

test.each([
  [{}, 'Active', ''],
  [{ failing_since: '2026-11-24T09:00:00Z' }, 'Failing', 'after three days it is stopped'],
  [{ state: 'paused', state_reason: 'by_admin' }, 'Paused', 'An admin has paused it'],
  [{ state: 'paused', state_reason: 'failing' }, 'Stopped by Baton', 'failed for days'],
  [{ state: 'disabled', state_reason: 'gone' }, 'Stopped by Baton', '410'],
  [{ state: 'resting', state_reason: 'tired' }, 'resting', 'tired'],
])('a webhook with %j is shown as %s', (changes, word, says) => {
  const said = stateOf({ ...webhook, ...changes });
  expect(said.word).toBe(word);
  expect(said.says).toContain(says);
});

test('an attempt shows its status, or why there was no response', () => {
  expect(outcomeOf({ status: 503, error: null })).toBe('status 503');
  expect(outcomeOf({ status: null, error: 'ECONNREFUSED' })).toBe('the connection was refused (ECONNREFUSED)');
  expect(outcomeOf({ status: null, error: 'EPIPE' })).toBe('EPIPE');
  expect(outcomeOf({ status: null, error: null })).toBe('not tried yet');
});

test('only the host of an address is shown', () => {
  expect(hostOf(webhook.url)).toBe('receiver.example');
  expect(hostOf('nonsense')).toBe('nonsense');
});
