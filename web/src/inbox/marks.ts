import type { Notification } from 'baton-sdk';
import type { Folder, Mark } from '../api/notifications.ts';

/** A notification as it will be once the server has the mark. */
export function applied(notification: Notification, mark: Mark, at: string): Notification {
  const { read, archived, snoozed_until } = mark;
  const is_snoozed = typeof snoozed_until === 'string';
  // What is snoozed comes back unread, and into the inbox.
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

/** Whether a folder has a notification, as the server decides it. */
export function belongs(notification: Notification, folder: Folder, now: Date): boolean {
  const { read_at, archived_at } = notification;
  if (archived_at !== null) return folder === 'archived';
  if (isSnoozed(notification, now)) return folder === 'snoozed';
  return folder === 'inbox' || (folder === 'unread' && read_at === null);
}

/** What a mark does to the number of unread notifications. */
export function countedBy(before: Notification, after: Notification, now: Date): number {
  return Number(belongs(after, 'unread', now)) - Number(belongs(before, 'unread', now));
}

/** The mark that puts a notification back to what it was. */
export const backTo = ({ read_at, archived_at, snoozed_until }: Notification, now: Date): Mark => ({
  read: read_at !== null,
  archived: archived_at !== null,
  // A time that is over would be refused as little as it would mean anything.
  snoozed_until: snoozed_until !== null && new Date(snoozed_until) > now ? snoozed_until : null,
});

/** A mark that the server doesn't have yet. */
export interface Pending {
  notification_id: string;
  mark: Mark;
  at: string;
}

/** A notification under everything that was done to it and is not done by the server. */
export const shownUnder = (notification: Notification, pending: readonly Pending[]): Notification =>
  pending
    .filter(({ notification_id }) => notification_id === notification.id)
    .reduce((shown, { mark, at }) => applied(shown, mark, at), notification);

/** Latest first, as the server has them. */
const latestFirst = (a: Notification, b: Notification) =>
  a.created_at === b.created_at ? (a.id < b.id ? 1 : -1) : a.created_at < b.created_at ? 1 : -1;

interface Rows {
  folder: Folder;
  /** What the server has in the folder. */
  listed: readonly Notification[];
  /** Those that were opened here: they stay until the folder is left, so that nothing moves under the pointer. */
  opened: ReadonlyMap<string, Notification>;
  pending: readonly Pending[];
  now: Date;
}

/** The notifications that are shown in a folder, as they are shown. */
export function rowsOf({ folder, listed, opened, pending, now }: Rows): Notification[] {
  const known = new Map([...opened, ...listed.map((one) => [one.id, one] as const)]);
  return [...known.values()]
    .map((one) => shownUnder(one, pending))
    .filter((one) => belongs(one, folder, now) || (opened.has(one.id) && stays(one, folder, now)))
    .toSorted(latestFirst);
}

/** Whether one that was opened stays in its folder: what was read does, what was put away doesn't. */
const stays = (notification: Notification, folder: Folder, now: Date) =>
  folder === 'unread' && belongs(notification, 'inbox', now);
