import type { Bot, Input, Member } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';

const limit = 50;

/** The members with a word in their name or address that begins with a text; all members if it is empty. */
export const memberPages = (workspace_id: string, q: string) =>
  pagesQuery<Member>(['members', workspace_id, 'pages', q], (cursor, signal) =>
    client.list_members({ workspace_id, limit, cursor, ...(q !== '' && { q }) }, { signal }),
  );

export const changeRole = (
  { user_id, version }: Pick<Member, 'user_id' | 'version'>,
  workspace_id: string,
  role: Input<'update_member'>['body']['role'],
): Promise<Member> => client.update_member({ workspace_id, user_id, body: { role, version } });

/** Ends a membership, either somebody else’s or the caller’s own. */
export async function removeMember(workspace_id: string, user_id: string): Promise<void> {
  await client.remove_member({ workspace_id, user_id });
}

export const botPages = (workspace_id: string) =>
  pagesQuery<Bot>(['members', workspace_id, 'bots'], (cursor, signal) =>
    client.list_bots({ workspace_id, limit, cursor }, { signal }),
  );

export const createBot = (workspace_id: string, body: Input<'create_bot'>['body']): Promise<Bot> =>
  client.create_bot({ workspace_id, body });

export const updateBot = (
  { id: bot_id, version }: Pick<Bot, 'id' | 'version'>,
  workspace_id: string,
  changes: Pick<Input<'update_bot'>['body'], 'name' | 'role'>,
): Promise<Bot> => client.update_bot({ workspace_id, bot_id, body: { ...changes, version } });

export async function removeBot(workspace_id: string, bot_id: string): Promise<void> {
  await client.remove_bot({ workspace_id, bot_id });
}
