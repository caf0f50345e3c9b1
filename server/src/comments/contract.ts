import { z } from 'zod';
import {
  base_version,
  id,
  narrowing,
  operation,
  page,
  page_query,
  stored,
  text,
  timestamp,
  version,
} from '../http/contract.ts';
import { comment_text, max_text, ticket_params } from '../tickets/contract.ts';

/** How many people one comment may mention. */
export const max_mentions = 50;

/** How many different emoji one comment may have. */
export const max_emoji = 20;

const shown_emoji = stored(64).meta({ example: '👍' });

export const reaction_summary = z
  .strictObject({
    emoji: shown_emoji,
    count: z
      .int()
      .min(1)
      .max(2_147_483_647)
      .meta({ format: 'int32', example: 2, description: 'How many people have given it, former members included.' }),
    reacted: z.boolean().meta({ description: 'Whether the caller is one of them.' }),
  })
  .meta({ id: 'ReactionSummary' });
export type ReactionSummary = z.infer<typeof reaction_summary>;

export const reaction = z
  .strictObject({
    emoji: shown_emoji,
    user_id: id.meta({ description: 'The member, or former member, who gave it.' }),
    created_at: timestamp,
  })
  .meta({ id: 'Reaction' });
export type Reaction = z.infer<typeof reaction>;

export const comment = z
  .strictObject({
    id,
    ticket_id: id,
    author_id: id,
    body: stored(max_text).meta({ description: 'Empty once the comment is deleted.' }),
    mentions: z
      .array(id)
      .max(max_mentions)
      .meta({ description: 'The members that its text mentions, each as `@` and their id.' }),
    reactions: z.array(reaction_summary).max(max_emoji).meta({
      description: 'Its emoji, in the order in which each was first given. A reaction does not change the version.',
    }),
    version,
    created_at: timestamp,
    edited_at: timestamp.nullable(),
    deleted_at: timestamp.nullable(),
    deleted_by: id.nullable(),
    purged_at: timestamp.nullable().meta({ description: 'When its earlier texts were deleted permanently as well.' }),
  })
  .meta({ id: 'Comment' });
export type Comment = z.infer<typeof comment>;

export const comment_revision = z
  .strictObject({
    version,
    author_id: id,
    body: stored(max_text).meta({ description: 'Empty once the comment is purged.' }),
    created_at: timestamp.meta({ description: 'When this text was written.' }),
  })
  .meta({ id: 'CommentRevision' });
export type CommentRevision = z.infer<typeof comment_revision>;

const collection = '/v1/workspaces/{workspace_id}/tickets/{ticket}/comments';
const member = `${collection}/{comment_id}` as const;
const comment_params = ticket_params.extend({ comment_id: id });
const reactions = `${member}/reactions` as const;
const reaction_params = comment_params.extend({
  emoji: text({ min: 1, max: 100 }).meta({
    description: 'One emoji, as percent-encoded UTF-8: 👍 is `%F0%9F%91%8D`.',
    example: '👍',
  }),
});
const max_body_bytes = 6 * 1024 * 1024;

export const create_comment = operation({
  id: 'create_comment',
  method: 'post',
  path: collection,
  tag: 'comments',
  summary: 'Adds a comment to a ticket. The ticket’s version stays the same, so comments never conflict with edits.',
  params: ticket_params,
  body: z.strictObject({ body: comment_text }),
  max_body_bytes,
  status: 201,
  response: comment,
  etag: true,
  location: '/v1/workspaces/{workspace_id}/tickets/{ticket_id}/comments/{id}',
  errors: ['project_archived'],
});

export const list_comments = operation({
  id: 'list_comments',
  method: 'get',
  path: collection,
  tag: 'comments',
  summary: 'Lists a ticket’s comments, oldest first, including those added by transitions and those deleted.',
  params: ticket_params,
  query: page_query.extend(narrowing(comment)),
  status: 200,
  response: page(comment),
  errors: ['invalid_cursor'],
});

export const get_comment = operation({
  id: 'get_comment',
  method: 'get',
  path: member,
  tag: 'comments',
  summary: 'Returns a comment.',
  params: comment_params,
  query: z.strictObject(narrowing(comment)),
  status: 200,
  response: comment,
  etag: true,
});

export const update_comment = operation({
  id: 'update_comment',
  method: 'patch',
  path: member,
  tag: 'comments',
  summary: 'Edits a comment based on a version. Only its author may; admins can read every earlier text.',
  params: comment_params,
  body: z.strictObject({
    body: comment_text,
    version: base_version,
  }),
  max_body_bytes,
  if_match: 'required',
  status: 200,
  response: comment,
  etag: true,
  errors: ['precondition_required', 'conflict', 'project_archived'],
});

export const delete_comment = operation({
  id: 'delete_comment',
  method: 'delete',
  path: member,
  tag: 'comments',
  summary: 'Deletes a comment: its place in the list stays, without its text. Only its author and admins may.',
  params: comment_params,
  if_match: true,
  status: 204,
  errors: ['project_archived'],
});

export const list_comment_revisions = operation({
  id: 'list_comment_revisions',
  method: 'get',
  path: `${member}/revisions`,
  tag: 'comments',
  summary: 'Lists the earlier texts of a comment, oldest first, with author and time.',
  params: comment_params,
  query: page_query.extend(narrowing(comment_revision)),
  status: 200,
  response: page(comment_revision),
  errors: ['invalid_cursor'],
});

export const list_reactions = operation({
  id: 'list_reactions',
  method: 'get',
  path: reactions,
  tag: 'comments',
  summary: 'Lists who has reacted to a comment and with which emoji, oldest reaction first.',
  params: comment_params,
  query: page_query.extend(narrowing(reaction)),
  status: 200,
  response: page(reaction),
  errors: ['invalid_cursor'],
});

export const add_reaction = operation({
  id: 'add_reaction',
  method: 'put',
  path: `${reactions}/{emoji}`,
  tag: 'comments',
  summary:
    'Reacts to a comment with an emoji. Sending it again changes nothing. It never conflicts with an edit, and nobody is notified.',
  params: reaction_params,
  status: 200,
  response: reaction_summary,
  errors: ['conflict', 'quota_exceeded', 'project_archived'],
});

export const remove_reaction = operation({
  id: 'remove_reaction',
  method: 'delete',
  path: `${reactions}/{emoji}`,
  tag: 'comments',
  summary: 'Removes the caller’s reaction to a comment. Without one it changes nothing.',
  params: reaction_params,
  status: 204,
  errors: ['project_archived'],
});

export const purge_comment = operation({
  id: 'purge_comment',
  method: 'post',
  path: `${member}/purge`,
  tag: 'comments',
  summary: 'Deletes a comment and all its earlier texts permanently. The audit log records the purge without the text.',
  params: comment_params,
  status: 200,
  response: comment,
  etag: true,
});
