import type { Notification } from 'baton-sdk';
import type { Folder, Mark } from '../api/notifications.ts';

/** Returns a notification as it will be once the server has saved the mark. */
export function applied(notification: Notification, mark: Mark, at: string): Notification {
  const { read, archived, snoozed_until } = mark;
  const is_snoozed = typeof snoozed_until === 'string';
  // A snoozed notification comes back to the inbox unread.
  const seen = read ?? (is_snoozed ? false : notification.read_at !== null);
  const put_away = archived ?? (is_snoozed ? false : notification.archived_at !== null);
  return {
    ...notification,
    read_at: seen ? (notification.read_at ?? at) : null,
    archived_at: put_away ? (notification.archived_at ?? at) : null,
    snoozed_until: snoozed_until === undefined ? notification.snoozed_until : snoozed_until,
  };
}

const isSnoozed = ({ snoozed_until }: Notification, now: Date) =>
  snoozed_until !== null && new Date(snoozed_until) > now;

/** Returns whether a folder contains a notification, by the server's rule. */
export function belongs(notification: Notification, folder: Folder, now: Date): boolean {
  const { read_at, archived_at } = notification;
  if (archived_at !== null) return folder === 'archived';
  if (isSnoozed(notification, now)) return folder === 'snoozed';
  return folder === 'inbox' || (folder === 'unread' && read_at === null);
}

/** Returns how a mark changes the number of unread notifications. */
export function countedBy(before: Notification, after: Notification, now: Date): number {
  return Number(belongs(after, 'unread', now)) - Number(belongs(before, 'unread', now));
}

/** Returns the mark that restores a notification's earlier state. */
export const backTo = ({ read_at, archived_at, snoozed_until }: Notification, now: Date): Mark => ({
  read: read_at !== null,
  archived: archived_at !== null,
  // A snooze that is already over has no effect, so it is not restored.
  snoozed_until: snoozed_until !== null && new Date(snoozed_until) > now ? snoozed_until : null,
});

/** A mark that the server has not saved yet. */
export interface Pending {
  notification_id: string;
  mark: Mark;
  at: string;
}

/** Returns a notification with all unsaved marks applied. */
export const shownUnder = (notification: Notification, pending: readonly Pending[]): Notification =>
  pending
    .filter(({ notification_id }) => notification_id === notification.id)
    .reduce((shown, { mark, at }) => applied(shown, mark, at), notification);

/** Sorts like the server: latest first. */
const latestFirst = (a: Notification, b: Notification) =>
  a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;

interface Rows {
  folder: Folder;
  /** The server's notifications in the folder. */
  listed: readonly Notification[];
  /**
   * The notifications that were opened here: they stay until the folder is left, so that the rows don't move under the
   * pointer.
   */
  opened: ReadonlyMap<string, Notification>;
  pending: readonly Pending[];
  now: Date;
}

/** Returns the notifications to show in a folder, with unsaved marks applied. */
export function rowsOf({ folder, listed, opened, pending, now }: Rows): Notification[] {
  const known = new Map([...opened, ...listed.map((one) => [one.id, one] as const)]);
  return [...known.values()]
    .map((one) => shownUnder(one, pending))
    .filter((one) => belongs(one, folder, now) || (opened.has(one.id) && stays(one, folder, now)))
    .toSorted(latestFirst);
}

/** Returns whether an opened notification stays in its folder: a read one does, an archived or snoozed one doesn't. */
const stays = (notification: Notification, folder: Folder, now: Date) =>
  folder === 'unread' && belongs(notification, 'inbox', now);
