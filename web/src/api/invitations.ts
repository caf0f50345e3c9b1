import type { Invitation } from 'baton-sdk';
import { client } from './client.ts';
import { pagesQuery } from './pages.ts';

/** The invitations that nobody has accepted yet. */
export const invitationPages = (workspace_id: string) =>
  pagesQuery<Invitation>(['invitations', workspace_id], (cursor, signal) =>
    client.list_invitations({ workspace_id, limit: 50, cursor }, { signal }),
  );

export async function revokeInvitation(workspace_id: string, invitation_id: string): Promise<void> {
  await client.revoke_invitation({ workspace_id, invitation_id });
}
