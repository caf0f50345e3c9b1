import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Input, Notification } from 'baton-sdk';
import { client } from './client.ts';
import { later } from './later.ts';

/** The parts of an inbox that the console shows. */
export const folders = ['unread', 'inbox', 'snoozed', 'archived'] as const;
export type Folder = (typeof folders)[number];

/** The fields of a notification that can be changed. */
export type Mark = Input<'update_notification'>['body'];

/** How often the inbox is polled while the page is visible: no event announces notifications. */
const every_ms = 15_000;
const per_page = 50;

/** The notifications of a folder, latest first. */
export const notificationsQuery = (workspace_id: string, folder: Folder) =>
  infiniteQueryOptions({
    queryKey: ['notifications', workspace_id, folder],
    queryFn: ({ signal, pageParam }) =>
      client.list_notifications(
        { workspace_id, folder, limit: per_page, ...(pageParam !== '' && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: every_ms,
    staleTime: 0,
  });

/** The number of unread notifications; 1,000 means 1,000 or more. */
export const unreadQuery = (workspace_id: string) =>
  queryOptions({
    queryKey: ['unread', workspace_id],
    queryFn: async ({ signal }) => (await later(() => client.get_unread_count({ workspace_id }, { signal }))).unread,
    refetchInterval: every_ms,
    staleTime: 0,
  });

/** One notification, which may be in none of the lists on the page. */
export const notificationQuery = (workspace_id: string, notification_id: string) =>
  queryOptions({
    queryKey: ['notification', workspace_id, notification_id],
    queryFn: ({ signal }) => client.get_notification({ workspace_id, notification_id }, { signal }),
    staleTime: 0,
  });

export const markNotification = (workspace_id: string, notification_id: string, body: Mark): Promise<Notification> =>
  client.update_notification({ workspace_id, notification_id, body });

/** Marks a notification and all older ones as read. Returns how many that were. */
export async function readUpTo(workspace_id: string, up_to: string): Promise<number> {
  let marked = 0;
  for (let next: string | null = up_to; next !== null; ) {
    const page: Awaited<ReturnType<typeof client.read_notifications>> = await client.read_notifications({
      workspace_id,
      body: { up_to: next },
    });
    marked += page.marked;
    next = page.more ? page.next_up_to : null;
  }
  return marked;
}
