import type { Delivery, Webhook } from 'baton-sdk';
import { dateLanguage, timeZone } from '../../store/preferences.ts';
import { t } from '../../ui/text.ts';

interface Said {
  kind: 'ok' | 'warn' | 'danger' | 'plain';
  /** The state in one or two words. */
  word: string;
  /** The reason, and what can be done about it; empty if there is nothing to say. */
  says: string;
}

const reasons: Record<string, () => Said> = {
  by_admin: () => ({
    kind: 'plain',
    word: t('Paused'),
    says: t('An admin has paused it. Events wait, and are sent once it is active again.'),
  }),
  failing: () => ({
    kind: 'danger',
    word: t('Stopped by Baton'),
    says: t(
      'Every attempt has failed for days. Repair the receiver and resume: events have waited, and are sent then.',
    ),
  }),
  gone: () => ({
    kind: 'danger',
    word: t('Stopped by Baton'),
    says: t('Its receiver responded with 410: it is gone. Change the address or repair it, and resume.'),
  }),
  workspace_deleted: () => ({ kind: 'plain', word: t('Ended'), says: t('The workspace was deleted.') }),
};

/** Describes a webhook's state, and what can be done about it. */
export function stateOf({ state, state_reason, failing_since }: Webhook): Said {
  if (state !== 'active') {
    const said = reasons[state_reason ?? '']?.();
    return said ?? { kind: 'warn', word: state, says: state_reason ?? '' };
  }
  if (failing_since === null) return { kind: 'ok', word: t('Active'), says: '' };
  return {
    kind: 'warn',
    word: t('Failing'),
    says: t('Every attempt since then has failed. It is tried again; after three days it is stopped.'),
  };
}

const errors: Record<string, () => string> = {
  TIMEOUT: () => t('no response within 10 seconds'),
  ADDRESS_NOT_PUBLIC: () => t('the address is in a private network'),
  SECRET_UNREADABLE: () => t('the secret can’t be read any more: rotate it'),
  NO_RESPONSE: () => t('what came was no HTTP response'),
  FAILED: () => t('the request failed'),
  ECONNREFUSED: () => t('the connection was refused'),
  ECONNRESET: () => t('the connection was cut'),
  ENOTFOUND: () => t('the name of the host is not known'),
  CERT_HAS_EXPIRED: () => t('the certificate has expired'),
};

/**
 * Describes how an attempt ended: the response's status, or why there was none. An unknown error code is shown as it
 * is.
 */
export function outcomeOf({ status, error }: { status: number | null; error: string | null }): string {
  if (status !== null) return t('status {status}', { status });
  if (error === null) return t('not tried yet');
  const said = errors[error]?.();
  return said === undefined ? error : `${said} (${error})`;
}

const delivery_states: Record<string, () => Said> = {
  pending: () => ({ kind: 'warn', word: t('Waiting'), says: '' }),
  delivered: () => ({ kind: 'ok', word: t('Delivered'), says: '' }),
  given_up: () => ({ kind: 'danger', word: t('Given up'), says: '' }),
};

export const deliveryState = ({ state }: Pick<Delivery, 'state'>): Said =>
  delivery_states[state]?.() ?? { kind: 'plain', word: state, says: '' };

/** Returns only the host of an address, because the rest may contain a secret. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}

/** Formats a future time to the minute. */
export const soonOf = (at: string): string =>
  new Intl.DateTimeFormat(dateLanguage(), { dateStyle: 'medium', timeStyle: 'short', timeZone: timeZone() }).format(
    new Date(at),
  );
