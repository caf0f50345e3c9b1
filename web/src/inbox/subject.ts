import type { Notification } from 'baton-sdk';
import { t } from '../ui/text.ts';

/** Returns what a notification is about: a name for sentences, and a title. */
export function subjectOf(notification: Notification): { name: string; title: string } {
  const { ticket_key, ticket_title, webhook_origin, webhook_description } = notification;
  if (ticket_key !== null) return { name: ticket_key, title: ticket_title ?? '' };
  return { name: t('Webhook'), title: webhook_description ?? webhook_origin ?? '' };
}

/** Returns the key of a notification’s project; empty if it has none. */
export const projectOf = ({ ticket_key }: Notification): string =>
  ticket_key?.slice(0, ticket_key.lastIndexOf('-')) ?? '';
