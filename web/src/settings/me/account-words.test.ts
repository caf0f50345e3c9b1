import { expect, test } from 'vitest';
import { account_facts } from '../../../../server/src/accounts/facts.ts';
import { detailOf, isAlarming, sentenceOf } from './account-words.ts';

test('every account event of the server has a sentence', () => {
  expect(Object.keys(account_facts).filter((action) => sentenceOf(action) === action)).toEqual([]);
  expect(sentenceOf('passkey_added')).toBe('passkey_added');
});

test.each([
  [{ from: 'Ada', to: 'Ada L.' }, 'Ada → Ada L.'],
  [{ to: 'ada@example.com' }, 'ada@example.com'],
  [{ email: 'ada@example.com' }, 'ada@example.com'],
  [{ failures: 3, last_at: '2026-11-24T09:00:00Z' }, '3 times'],
  [{ mails: 1 }, 'once'],
  [{ sessions_ended: 2 }, '2 sessions ended'],
  [{ session_id: 's' }, ''],
  [{}, ''],
])('the details %j are shown as: %s', (detail, shown) => {
  expect(detailOf(detail)).toBe(shown);
});

test('failures are marked as warnings', () => {
  expect(isAlarming('sign_in_failed')).toBe(true);
  expect(isAlarming('logged_in')).toBe(false);
});
