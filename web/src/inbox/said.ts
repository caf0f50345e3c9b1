import type { Notification, NotificationKind } from 'baton-sdk';
import type { Known } from '../api/words.ts';
import { t } from '../ui/text.ts';

/** The names that a notification needs to be said in words. */
export interface Names {
  /** Who did it; undefined until that is known. */
  actor: string | undefined;
  /** A status by its key. */
  status: (key: string) => string;
}

type Say = (notification: Notification, names: Names) => string;

/**
 * What the actor did, for each reason. The API has one kind for a ticket that was assigned to somebody and for one that was
 * taken from them, and doesn't say which it was.
 */
const acts: Record<Exclude<Known<NotificationKind>, 'due'>, Say> = {
  assigned: () => t('assigned you, or took it from you'),
  moved: ({ to_status }, { status }) =>
    to_status === null ? t('moved it') : t('moved it to {status}', { status: status(to_status) }),
  mentioned: () => t('mentioned you'),
  commented: () => t('commented'),
};

const isAct = (kind: string): kind is keyof typeof acts => Object.hasOwn(acts, kind);

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** What a notification says, in one sentence without the ticket: "Ada moved it to Resolved and mentioned you". */
export function saidBy(notification: Notification, names: Names): string {
  const { kinds, actor_id } = notification;
  const order = Object.keys(acts);
  // A mention is in a comment: that there is one goes without saying.
  const told = kinds.includes('mentioned') ? kinds.filter((kind) => kind !== 'commented') : kinds;
  const done = told
    .filter(isAct)
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((kind) => acts[kind](notification, names));
  if (done.length > 0) {
    return t('{actor} {acts}', { actor: names.actor ?? t('Somebody'), acts: list.format(done) });
  }
  if (kinds.includes('due')) return t('Its due date has come');
  // A kind of a newer server.
  return actor_id === null
    ? t('Something happened')
    : t('{actor} did something', { actor: names.actor ?? t('Somebody') });
}
