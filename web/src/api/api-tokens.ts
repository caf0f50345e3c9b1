import type { ApiToken, Input, NewApiToken } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';

/** The valid tokens: the caller’s own and, for admins, everybody’s. */
export const tokenPages = (workspace_id: string) =>
  pagesQuery<ApiToken>(['tokens', workspace_id], (cursor, signal) =>
    client.list_tokens({ workspace_id, limit: 50, cursor }, { signal }),
  );

export const createToken = (workspace_id: string, body: Input<'create_token'>['body']): Promise<NewApiToken> =>
  client.create_token({ workspace_id, body });

export async function revokeToken(workspace_id: string, token_id: string): Promise<void> {
  await client.revoke_token({ workspace_id, token_id });
}
