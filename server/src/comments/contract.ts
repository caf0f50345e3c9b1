import { z } from 'zod';
import { id, operation, page, page_query, stored, text, timestamp } from '../http/contract.ts';
import { max_text, ticket_params } from '../tickets/contract.ts';

export const comment = z
  .strictObject({ id, ticket_id: id, author_id: id, body: stored(max_text), created_at: timestamp })
  .meta({ id: 'Comment' });
export type Comment = z.infer<typeof comment>;

const path = '/v1/workspaces/{workspace_id}/tickets/{ticket}/comments';

export const create_comment = operation({
  id: 'create_comment',
  method: 'post',
  path,
  tag: 'comments',
  summary: 'Adds a comment to a ticket. The ticket’s version stays the same, so comments never conflict with edits.',
  params: ticket_params,
  body: z.strictObject({ body: text({ min: 1, max: max_text }) }),
  max_body_bytes: 6 * 1024 * 1024,
  status: 201,
  response: comment,
  errors: ['project_archived'],
});

export const list_comments = operation({
  id: 'list_comments',
  method: 'get',
  path,
  tag: 'comments',
  summary: 'Lists a ticket’s comments, oldest first, including those added by transitions.',
  params: ticket_params,
  query: page_query,
  status: 200,
  response: page(comment),
  errors: ['invalid_cursor'],
});
