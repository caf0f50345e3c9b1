import type { Db } from '../db/transaction.ts';
import { BatonError, requireFound } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import type { Context } from '../serving/context.ts';
import { requireTicketId } from '../tickets/access.ts';
import { excerptOf } from '../tickets/excerpt.ts';
import type { Notification, read_notifications, update_notification } from './contract.ts';
import {
  hasNotification,
  markNotification,
  markRead,
  notificationById,
  type NotificationRow,
  type Owner,
} from './queries.ts';

/** Returns a notification in the API's form. */
export function presented({ comment_start, ...row }: NotificationRow): Notification {
  return { ...row, comment_excerpt: comment_start === null ? null : excerptOf(comment_start) };
}

/**
 * Returns a member's notification. Throws `not_found` if what it is about was deleted, or the member may not see it.
 */
export async function requireNotification(db: Db, owner: Owner, id: string): Promise<Notification> {
  return presented(await requireFound(notificationById(db, owner, id)));
}

/** Marks a notification. A mark that it already has changes nothing. */
export async function updateNotification({
  tx,
  writer,
  params: { notification_id },
  body,
}: Context<typeof update_notification>): Promise<Notification> {
  const { workspace_id, user_id } = await writer.hold();
  markNotification(tx, { workspace_id, user_id }, notification_id, body);
  return requireNotification(tx, { workspace_id, user_id }, notification_id);
}

/** Marks a notification and all earlier ones as read. */
export async function readNotifications({
  tx,
  writer,
  body: { up_to, ticket },
}: Context<typeof read_notifications>): Promise<Response<typeof read_notifications>> {
  const { workspace_id, user_id } = await writer.hold();
  const owner = { workspace_id, user_id };
  const [seen, ticket_id] = await Promise.all([
    hasNotification(tx, owner, up_to),
    ticket === undefined ? null : requireTicketId(tx, workspace_id, ticket),
  ]);
  if (!seen) {
    const detail = 'Expected the id of one of your notifications.';
    throw new BatonError('validation_failed', { errors: [{ pointer: '/up_to', detail }] });
  }
  const { marked, next_up_to } = await markRead(tx, owner, { up_to, ticket_id });
  return { marked, more: next_up_to !== null, next_up_to };
}
