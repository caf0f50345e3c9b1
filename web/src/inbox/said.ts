import type { Notification, NotificationKind } from 'baton-sdk';
import type { Known } from '../api/words.ts';
import { t } from '../ui/text.ts';

/** The names that a notification's sentence needs. */
export interface Names {
  /** The actor's name; undefined until it is known. */
  actor: string | undefined;
  /** Returns a status's name by its key. */
  status: (key: string) => string;
}

type Say = (notification: Notification, names: Names) => string;

/**
 * What the actor did, for each kind. The API has one kind for assigning a ticket to somebody and for unassigning it,
 * and doesn't say which it was.
 */
const acts: Record<Exclude<Known<NotificationKind>, 'due' | 'webhook_stopped'>, Say> = {
  assigned: () => t('assigned you, or took it from you'),
  moved: ({ to_status }, { status }) =>
    to_status === null ? t('moved it') : t('moved it to {status}', { status: status(to_status) }),
  mentioned: () => t('mentioned you'),
  commented: () => t('commented'),
};

/** Explains why Baton has stopped a webhook. */
function stopped({ stop_reason }: Notification): string {
  if (stop_reason === 'gone') return t('Baton has disabled it: its receiver is gone');
  if (stop_reason === 'failing') return t('Baton has paused it: its deliveries failed for days');
  return t('Baton has stopped it');
}

const isAct = (kind: string): kind is keyof typeof acts => Object.hasOwn(acts, kind);

const list = new Intl.ListFormat('en', { type: 'conjunction' });

/** Returns a notification's sentence without its ticket: "Ada moved it to Resolved and mentioned you". */
export function saidBy(notification: Notification, names: Names): string {
  const { kinds, actor_id } = notification;
  const order = Object.keys(acts);
  // A mention is always in a comment, so the comment is not named as well.
  const told = kinds.includes('mentioned') ? kinds.filter((kind) => kind !== 'commented') : kinds;
  const done = told
    .filter(isAct)
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    .map((kind) => acts[kind](notification, names));
  if (done.length > 0) {
    return t('{actor} {acts}', { actor: names.actor ?? t('Somebody'), acts: list.format(done) });
  }
  if (kinds.includes('due')) return t('Its due date has come');
  if (kinds.includes('webhook_stopped')) return stopped(notification);
  // The kind is unknown: the server is newer than this console.
  return actor_id === null
    ? t('Something happened')
    : t('{actor} did something', { actor: names.actor ?? t('Somebody') });
}
