import type { AccountAuditAction, AccountAuditEntry } from 'baton-sdk';
import { t } from '../../ui/text.ts';

type Known<Word> = Word extends string ? (string extends Word ? never : Word) : never;
type Detail = AccountAuditEntry['detail'];

/** The sentence for each account event. The compiler reports a missing event. */
const sentences: Record<Known<AccountAuditAction>, () => string> = {
  registered: () => t('The account was created'),
  name_changed: () => t('Your name was changed'),
  logged_in: () => t('You signed in'),
  logged_out: () => t('A session was signed out'),
  session_revoked: () => t('A session was ended'),
  password_changed: () => t('Your password was changed'),
  password_reset: () => t('A new password was set with a one-time token'),
  sign_in_failed: () => t('Somebody tried to sign in with a wrong password'),
  password_change_failed: () => t('Somebody tried to change the password with a wrong one'),
  account_added: () => t('The people who run the server created the account'),
  account_disabled: () => t('The people who run the server disabled the account'),
  account_enabled: () => t('The people who run the server enabled the account again'),
  email_change_requested: () => t('A mail was sent to confirm an address'),
  email_confirmed: () => t('Your address was confirmed'),
  email_changed: () => t('Your address was changed'),
  email_change_failed: () => t('Somebody tried to change the address with a wrong password'),
  password_reset_offered: () => t('The people who run the server created a token to set a new password'),
  password_reset_mailed: () => t('Somebody had a link mailed to set a new password'),
  refresh_token_reused: () => t('A used token was sent again, which ended its session: perhaps it was stolen'),
};

/** Events that are marked as a warning. */
const alarming: ReadonlySet<string> = new Set<AccountAuditAction>([
  'sign_in_failed',
  'password_change_failed',
  'email_change_failed',
  'refresh_token_reused',
  'account_disabled',
]);

const isKnown = (action: string): action is Known<AccountAuditAction> => Object.hasOwn(sentences, action);

/** Returns an event's sentence. If the event is unknown because the server is newer, its API name is shown. */
export const sentenceOf = (action: string): string => (isKnown(action) ? sentences[action]() : action);

export const isAlarming = (action: string): boolean => alarming.has(action);

const textOf = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined);

/** Describes an event's details briefly; empty if it has none worth showing. */
export function detailOf({ from, to, email, failures, mails, sessions_ended: ended }: Detail): string {
  const [was, is] = [textOf(from), textOf(to) ?? textOf(email)];
  const times = textOf(failures) ?? textOf(mails);
  const parts = [
    was !== undefined && is !== undefined ? `${was} → ${is}` : (is ?? ''),
    times === undefined ? '' : Number(times) === 1 ? t('once') : t('{times} times', { times }),
    typeof ended === 'number'
      ? t('{ended, plural, =0 {no session ended} one {# session ended} other {# sessions ended}}', { ended })
      : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
