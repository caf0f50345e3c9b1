import { z } from 'zod';
import {
  base_version,
  id,
  line,
  narrowing,
  operation,
  page,
  page_query,
  stored,
  timestamp,
  version,
  workspace_params,
} from '../http/contract.ts';

const bot_role = z.enum(['member', 'viewer']).meta({
  description:
    'The limit of what the bot may do. With a token, it may only do what the creator of the token may do too.',
});

export const bot = z
  .strictObject({
    id: id.meta({ description: 'The bot’s user id, as in `assignee_id`, `reporter_id` and `actor_id`.' }),
    name: stored(200),
    role: bot_role,
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Bot' });
export type Bot = z.infer<typeof bot>;

const bot_params = z.strictObject({ workspace_id: id, bot_id: id });

export const create_bot = operation({
  id: 'create_bot',
  method: 'post',
  path: '/v1/workspaces/{workspace_id}/bots',
  tag: 'bots',
  summary: 'Creates a bot: a member that acts only with API tokens, which admins create for it.',
  params: workspace_params,
  body: z.strictObject({ name: line(200), role: bot_role.default('member') }),
  status: 201,
  response: bot,
  etag: true,
  location: '/v1/workspaces/{workspace_id}/bots/{id}',
});

export const list_bots = operation({
  id: 'list_bots',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/bots',
  tag: 'bots',
  summary: 'Lists bots, oldest first.',
  params: workspace_params,
  query: page_query.extend(narrowing(bot)),
  status: 200,
  response: page(bot),
  errors: ['invalid_cursor'],
});

export const get_bot = operation({
  id: 'get_bot',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/bots/{bot_id}',
  tag: 'bots',
  summary: 'Returns a bot.',
  params: bot_params,
  query: z.strictObject(narrowing(bot)),
  status: 200,
  response: bot,
  etag: true,
});

export const update_bot = operation({
  id: 'update_bot',
  method: 'patch',
  path: '/v1/workspaces/{workspace_id}/bots/{bot_id}',
  tag: 'bots',
  summary: 'Renames a bot, or changes its role. Its tokens stay, limited to the new role.',
  params: bot_params,
  body: z.strictObject({ name: line(200).optional(), role: bot_role.optional(), version: base_version }),
  takes_away: true,
  if_match: 'required',
  status: 200,
  response: bot,
  etag: true,
  errors: ['precondition_required', 'conflict'],
});

export const remove_bot = operation({
  id: 'remove_bot',
  method: 'delete',
  path: '/v1/workspaces/{workspace_id}/bots/{bot_id}',
  tag: 'bots',
  summary: 'Removes a bot and ends its tokens. Its tickets become unassigned. The history keeps its name.',
  params: bot_params,
  if_match: true,
  status: 204,
});
