import { z } from 'zod';
import { email, stored_email } from '../accounts/contract.ts';
import {
  base_version,
  id,
  narrowing,
  line,
  operation,
  page,
  page_query,
  role,
  stored,
  text,
  timestamp,
  verbatim,
  version,
  workspace_params,
} from '../http/contract.ts';

export const workspace = z
  .strictObject({
    id,
    name: stored(200),
    role: role.meta({ description: 'The caller’s role.' }),
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof workspace>;

export const create_workspace = operation({
  id: 'create_workspace',
  method: 'post',
  path: '/v1/workspaces',
  tag: 'workspaces',
  summary: 'Creates a workspace and makes the caller its owner.',
  body: z.strictObject({ name: line(200) }),
  status: 201,
  response: workspace,
  etag: true,
  location: '/v1/workspaces/{id}',
  errors: ['quota_exceeded'],
});

export const list_workspaces = operation({
  id: 'list_workspaces',
  method: 'get',
  path: '/v1/workspaces',
  tag: 'workspaces',
  summary: 'Lists the workspaces the caller is a member of, oldest membership first.',
  query: page_query.extend(narrowing(workspace)),
  status: 200,
  response: page(workspace),
  errors: ['invalid_cursor'],
});

export const get_workspace = operation({
  id: 'get_workspace',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}',
  tag: 'workspaces',
  summary: 'Returns a workspace.',
  params: workspace_params,
  query: z.strictObject(narrowing(workspace)),
  status: 200,
  response: workspace,
  etag: true,
});

export const member = z
  .strictObject({
    user_id: id,
    name: stored(200),
    email: stored_email,
    role,
    version,
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof member>;

const invitation_token = z
  .string()
  .regex(/^bit_[A-Za-z0-9_-]{86}$/)
  .max(90);

export const invitation = z
  .strictObject({
    id,
    email: stored_email,
    role,
    invited_by: id,
    created_at: timestamp,
    expires_at: timestamp,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof invitation>;

const member_params = z.strictObject({ workspace_id: id, user_id: id });

export const update_workspace = operation({
  id: 'update_workspace',
  method: 'patch',
  path: '/v1/workspaces/{workspace_id}',
  tag: 'workspaces',
  summary: 'Renames a workspace.',
  params: workspace_params,
  body: z.strictObject({ name: line(200), version: base_version }),
  if_match: 'required',
  status: 200,
  response: workspace,
  etag: true,
  errors: ['precondition_required', 'conflict'],
});

export const delete_workspace = operation({
  id: 'delete_workspace',
  method: 'delete',
  path: '/v1/workspaces/{workspace_id}',
  tag: 'workspaces',
  summary: 'Deletes a workspace. Nobody can see or use it any more.',
  params: workspace_params,
  if_match: true,
  status: 204,
});

/** The text to look people up by. It is not a pattern: `%`, `_` and `\` are matched literally. */
const q = text({ min: 1, max: 100 }).optional();
const few_found =
  'A page reads at most 2,000 of them, so it may contain few or none although there are more; `next_cursor` continues from there.';

export const list_members = operation({
  id: 'list_members',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/members',
  tag: 'members',
  summary: 'Lists members, oldest membership first. Bots have a separate list.',
  params: workspace_params,
  query: page_query.extend({
    ...narrowing(member),
    q: q.meta({
      description: `Only members whose name or address has a word that starts with this, in any letter case. ${few_found}`,
      example: 'gra',
    }),
  }),
  status: 200,
  response: page(member),
  errors: ['invalid_cursor'],
});

export const get_member = operation({
  id: 'get_member',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/members/{user_id}',
  tag: 'members',
  summary: 'Returns a member.',
  params: member_params,
  query: z.strictObject(narrowing(member)),
  status: 200,
  response: member,
  etag: true,
});

export const update_member = operation({
  id: 'update_member',
  method: 'patch',
  path: '/v1/workspaces/{workspace_id}/members/{user_id}',
  tag: 'members',
  summary: 'Changes a member’s role. Only owners can appoint or demote owners.',
  params: member_params,
  body: z.strictObject({ role, version: base_version }),
  elsewhere: {
    name: 'Members change their name themselves, by PATCH /v1/me.',
    email: 'Members change their address themselves, by POST /v1/me/email-change.',
  },
  takes_away: true,
  if_match: 'required',
  status: 200,
  response: member,
  etag: true,
  errors: ['precondition_required', 'conflict', 'last_owner', 'quota_exceeded'],
});

export const remove_member = operation({
  id: 'remove_member',
  method: 'delete',
  path: '/v1/workspaces/{workspace_id}/members/{user_id}',
  tag: 'members',
  summary: 'Removes a member from the workspace; members can remove themselves. Their tickets become unassigned.',
  params: member_params,
  if_match: true,
  status: 204,
  errors: ['last_owner'],
});

export const person = z
  .strictObject({
    user_id: id,
    name: stored(200),
    role: role.nullable().meta({ description: 'The person’s role; null for a former member.' }),
    bot: z.boolean().meta({ description: 'Whether this is a bot, not a person.' }),
    former: z.boolean().meta({ description: 'Whether the person is no longer a member.' }),
    created_at: timestamp.meta({ description: 'When the person last became a member.' }),
  })
  .meta({ id: 'Person' });
export type Person = z.infer<typeof person>;

export const list_people = operation({
  id: 'list_people',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/people',
  tag: 'members',
  summary: 'Lists everybody who is or was a member: all people and bots that an id in this workspace can refer to.',
  params: workspace_params,
  query: page_query.extend({
    ...narrowing(person),
    ids: z
      .string()
      .regex(
        /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(,[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}){0,99}$/,
        'Expected 1 to 100 UUIDs, separated by commas.',
      )
      .max(3699)
      .transform((list) => list.toLowerCase().split(','))
      .optional()
      .meta({ description: 'Only these people: up to 100 ids, separated by commas.' }),
    q: q.meta({
      description: `Only people whose name has a word that starts with this, in any letter case. ${few_found}`,
      example: 'gra',
    }),
  }),
  status: 200,
  response: page(person),
  errors: ['invalid_cursor'],
});

export const create_invitation = operation({
  id: 'create_invitation',
  method: 'post',
  path: '/v1/workspaces/{workspace_id}/invitations',
  tag: 'invitations',
  summary:
    'Invites an e-mail address. The response contains the token. Nothing else returns it, except the same request sent again with its Idempotency-Key.',
  params: workspace_params,
  body: z.strictObject({ email, role }),
  status: 201,
  response: invitation
    .extend({
      token: invitation_token,
      mailed: z.boolean().meta({
        description:
          'Whether the token is sent to the address by mail. If not, pass it on yourself: the server sends no mail, the caller’s address isn’t confirmed, or the address may not get more mails for now.',
      }),
    })
    .meta({ id: 'NewInvitation' }),
  location: '/v1/workspaces/{workspace_id}/invitations/{id}',
  errors: ['already_member', 'invitation_pending'],
});

export const list_invitations = operation({
  id: 'list_invitations',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/invitations',
  tag: 'invitations',
  summary: 'Lists pending invitations, oldest first.',
  params: workspace_params,
  query: page_query.extend(narrowing(invitation)),
  status: 200,
  response: page(invitation),
  errors: ['invalid_cursor'],
});

const invitation_params = z.strictObject({ workspace_id: id, invitation_id: id });

export const get_invitation = operation({
  id: 'get_invitation',
  method: 'get',
  path: '/v1/workspaces/{workspace_id}/invitations/{invitation_id}',
  tag: 'invitations',
  summary: 'Returns a pending invitation, without its token.',
  params: invitation_params,
  query: z.strictObject(narrowing(invitation)),
  status: 200,
  response: invitation,
});

export const revoke_invitation = operation({
  id: 'revoke_invitation',
  method: 'delete',
  path: '/v1/workspaces/{workspace_id}/invitations/{invitation_id}',
  tag: 'invitations',
  summary: 'Revokes an invitation.',
  params: invitation_params,
  status: 204,
});

export const accept_invitation = operation({
  id: 'accept_invitation',
  method: 'post',
  path: '/v1/invitations/accept',
  tag: 'invitations',
  summary: 'Accepts an invitation sent to the caller’s e-mail address.',
  body: z.strictObject({ token: verbatim({ max: 200 }) }),
  status: 200,
  response: workspace,
  errors: ['quota_exceeded', 'not_found', 'already_member'],
});
