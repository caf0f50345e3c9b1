import { z } from 'zod';
import {
  asList,
  id,
  narrowing,
  line,
  operation,
  page,
  page_query,
  scope_meanings,
  stored,
  timestamp,
  token_scope,
  workspace_params,
} from '../http/contract.ts';

const scopes = z
  .array(token_scope)
  .min(1)
  .max(50)
  .meta({
    description: `What the token may be used for, within the rights of its person. \`write\` and \`admin\` include \`read\` of the same area.\n\n${asList(scope_meanings)}`,
  });

export const api_token = z
  .strictObject({
    id,
    name: stored(200),
    user_id: id.meta({
      description: 'The member that acts when the token is used: the person who created it, or a bot.',
    }),
    created_by: id.meta({ description: 'The member who created the token. A bot acts on their behalf.' }),
    scopes,
    created_at: timestamp,
    expires_at: timestamp,
    last_used_at: timestamp.nullable().meta({ description: 'When it was last used, to within some minutes.' }),
  })
  .meta({ id: 'ApiToken' });
export type ApiTokenRow = z.infer<typeof api_token>;

const token_params = z.strictObject({ workspace_id: id, token_id: id });

export const create_token = operation({
  id: 'create_token',
  method: 'post',
  path: '/v1/workspaces/{workspace_id}/tokens',
  tag: 'tokens',
  summary:
    'Creates an API token for the caller or, if the caller is an owner or admin, for a bot. Only this response contains the token itself; the same request sent again under its Idempotency-Key returns it again.',
  params: workspace_params,
  body: z.strictObject({
    name: line(200),
    scopes: scopes.refine((given) => new Set(given).size === given.length, 'A scope is given twice.'),
    expires_in_days: z.int().min(1).max(3650).optional().meta({
      format: 'int32',
      description: 'How many days the token is valid, within what the server allows: 90 by default, 365 at most.',
    }),
    user_id: id.optional().meta({ description: 'The bot that the token is for; the caller by default.' }),
  }),
  status: 201,
  response: api_token
    .extend({
      token: z
        .string()
        .regex(/^bat_[A-Za-z0-9_-]{92}$/)
        .max(96),
    })
    .meta({ id: 'NewApiToken' }),
  location: '/v1/workspaces/{workspace_id}/tokens/{id}',
});

export const list_tokens = operation({
  id: 'list_tokens',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/tokens',
  tag: 'tokens',
  summary: 'Lists the live tokens, newest first: the caller’s own, and for owners and admins everybody’s.',
  params: workspace_params,
  query: page_query.extend(narrowing(api_token)),
  status: 200,
  response: page(api_token),
  errors: ['invalid_cursor'],
});

export const get_token = operation({
  id: 'get_token',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/tokens/{token_id}',
  tag: 'tokens',
  summary: 'Returns a token, without its secret.',
  params: token_params,
  query: z.strictObject(narrowing(api_token)),
  status: 200,
  response: api_token,
});

export const revoke_token = operation({
  id: 'revoke_token',
  method: 'delete',
  path: '/v1/workspaces/{workspace_id}/tokens/{token_id}',
  tag: 'tokens',
  summary: 'Revokes a token. After the response, no request that used the token can commit anything.',
  params: token_params,
  status: 204,
});
