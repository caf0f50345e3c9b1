import { queryOptions } from '@tanstack/react-query';
import type { Delivery, DeliveryWithLog, Input, NewWebhook, Webhook, WebhookSecret } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';

export interface At {
  workspace_id: string;
  webhook_id: string;
}

export const webhookPages = (workspace_id: string) =>
  pagesQuery<Webhook>(['webhooks', workspace_id, 'pages'], (cursor, signal) =>
    client.list_webhooks({ workspace_id, limit: 50, cursor }, { signal }),
  );

export const webhookQuery = (at: At) =>
  queryOptions({
    queryKey: ['webhooks', at.workspace_id, at.webhook_id],
    queryFn: ({ signal }): Promise<Webhook> => client.get_webhook({ ...at }, { signal }),
  });

export const createWebhook = (workspace_id: string, body: Input<'create_webhook'>['body']): Promise<NewWebhook> =>
  client.create_webhook({ workspace_id, body });

export const updateWebhook = (at: At, body: Input<'update_webhook'>['body']): Promise<Webhook> =>
  client.update_webhook({ ...at, body });

export async function deleteWebhook(at: At): Promise<void> {
  await client.delete_webhook({ ...at });
}

export const rotateSecret = (at: At, overlap_s: number): Promise<WebhookSecret> =>
  client.rotate_webhook_secret({ ...at, body: { overlap_s } });

export async function ping(at: At): Promise<void> {
  await client.ping_webhook({ ...at });
}

export type DeliveryState = 'pending' | 'given_up';

/** The deliveries of a webhook, latest event first. */
export const deliveryPages = (at: At, state?: DeliveryState) =>
  pagesQuery<Delivery>(['deliveries', at.webhook_id, state ?? 'all'], (cursor, signal) =>
    client.list_deliveries({ ...at, limit: 25, cursor, ...(state !== undefined && { state }) }, { signal }),
  );

/** A delivery with its requests and their responses. */
export const deliveryQuery = (at: At, delivery_id: string) =>
  queryOptions({
    queryKey: ['deliveries', at.webhook_id, 'one', delivery_id],
    queryFn: ({ signal }): Promise<DeliveryWithLog> => client.get_delivery({ ...at, delivery_id }, { signal }),
  });

/** Queues events to be sent again: one, or all in a range. Returns how many were queued. */
export async function redeliver(at: At, body: Input<'redeliver'>['body']): Promise<number> {
  return (await client.redeliver({ ...at, body })).queued;
}
