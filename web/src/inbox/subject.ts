import type { Notification } from 'baton-sdk';
import { t } from '../ui/text.ts';

/** What a notification is about, as it is named in sentences and beside its title. */
export function subjectOf(notification: Notification): { name: string; title: string } {
  const { ticket_key, ticket_title, webhook_origin, webhook_description } = notification;
  if (ticket_key !== null) return { name: ticket_key, title: ticket_title ?? '' };
  return { name: t('Webhook'), title: webhook_description ?? webhook_origin ?? '' };
}

/** The key of a notification’s project; empty where it is about none. */
export const projectOf = ({ ticket_key }: Notification): string =>
  ticket_key?.slice(0, ticket_key.lastIndexOf('-')) ?? '';
