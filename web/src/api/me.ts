import { queryOptions } from '@tanstack/react-query';
import type { AccountAuditEntry, Input, NotificationSettings, Session, User } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';
import { session } from './session.ts';

/** Puts the changed account into the session, so that the whole page shows its new name and address. */
function changed(user: User): User {
  const now = session.get();
  if (now.state === 'in' && now.user.id === user.id) session.set({ state: 'in', user });
  return user;
}

/** The account as the server has it: its address may have been confirmed on another device. */
export const meQuery = () =>
  queryOptions({
    queryKey: ['me'],
    queryFn: async ({ signal }): Promise<User> => changed(await client.get_me({}, { signal })),
  });

export const rename = async (body: { name: string; version: number }): Promise<User> =>
  changed(await client.update_me({ body }));

/** Asks the server to mail a link to an address, which becomes the account’s once it is confirmed. */
export async function requestEmailChange(body: Input<'request_email_change'>['body']): Promise<void> {
  await client.request_email_change({ body });
}

/** Changes the password, which ends every other session. This session continues with a new token. */
export async function changePassword(body: Omit<Input<'change_password'>['body'], 'keep'>): Promise<void> {
  const { access_token } = await client.change_password({ body: { ...body, keep: 'cookie' } });
  client.access_token = access_token;
}

export const sessionPages = () =>
  pagesQuery<Session>(['sessions'], (cursor, signal) => client.list_sessions({ limit: 50, cursor }, { signal }));

export async function revokeSession(session_id: string): Promise<void> {
  await client.revoke_session({ session_id });
}

/** The security events of the account, newest first. */
export const myAuditPages = () =>
  pagesQuery<AccountAuditEntry>(['my-audit'], (cursor, signal) =>
    client.list_my_audit({ limit: 25, cursor }, { signal }),
  );

export const notificationSettingsQuery = (workspace_id: string) =>
  queryOptions({
    queryKey: ['notification-settings', workspace_id],
    queryFn: ({ signal }): Promise<NotificationSettings> =>
      client.get_notification_settings({ workspace_id }, { signal }),
  });

export const updateNotificationSettings = (
  workspace_id: string,
  body: Input<'update_notification_settings'>['body'],
): Promise<NotificationSettings> => client.update_notification_settings({ workspace_id, body });
