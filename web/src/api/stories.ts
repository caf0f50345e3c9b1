import { BatonApiError, type Comment } from 'baton-sdk';
import type { TimelineParts } from '../store/timeline.ts';
import { client } from './client.ts';

/** Returns the requests that load the story of a ticket. */
export function timelineParts(workspace_id: string, ticket: string): TimelineParts {
  const at = { workspace_id, ticket };
  return {
    loadActivity: (cursor) => client.list_activity({ ...at, limit: 50, ...(cursor !== undefined && { cursor }) }),
    loadComments: () => client.list_comments({ ...at, limit: 100 }),
    loadComment: async (comment_id) => {
      try {
        return await client.get_comment({ ...at, comment_id });
      } catch (error) {
        if (error instanceof BatonApiError && error.is('not_found')) return undefined;
        throw error;
      }
    },
  };
}

type At = Pick<Comment, 'ticket_id' | 'id' | 'version'> & { workspace_id: string };

const input = ({ workspace_id, ticket_id, id }: At) => ({ workspace_id, ticket: ticket_id, comment_id: id });

/** Replaces a comment's text, based on this version of it. */
export const editComment = (at: At, body: string): Promise<Comment> =>
  client.update_comment({ ...input(at), body: { body, version: at.version } });

export async function deleteComment(at: At): Promise<void> {
  await client.delete_comment(input(at));
}

export const readComment = (at: At): Promise<Comment> => client.get_comment(input(at));

/** Adds the person's reaction to a comment, or removes it. */
export async function react(at: At, emoji: string, gives: boolean): Promise<void> {
  if (gives) await client.add_reaction({ ...input(at), emoji });
  else await client.remove_reaction({ ...input(at), emoji });
}
