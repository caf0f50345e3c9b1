import type { Role, TokenScope } from '../http/contract.ts';

/** Who may call an operation: anybody, anybody signed in, or members with one of these roles. */
export type Access = 'public' | 'account' | readonly Role[];

/** The scope that an API token needs for an operation. `session` means that no token suffices. */
export type Needs = TokenScope | 'session';

/** The line of the policy for an operation in a workspace. */
export type WorkspaceLine = readonly [access: readonly Role[], needs: Needs];
/** The line for any operation. Tokens are for operations in their workspace, and a few that concern the token itself. */
export type Line = readonly ['public'] | readonly ['account', needs?: 'any token'] | WorkspaceLine;

const everyone: readonly Role[] = ['owner', 'admin', 'member', 'viewer'];
const writers: readonly Role[] = ['owner', 'admin', 'member'];
const admins: readonly Role[] = ['owner', 'admin'];
const owners: readonly Role[] = ['owner'];

/** Whether somebody with this role administers the workspace. */
export const isAdmin = (role: Role): boolean => admins.includes(role);

/**
 * The one table of who may do what, by operation, and which scope a token needs for it. Rules about the target (an admin can't
 * change an owner, members may leave by themselves) are in the operations themselves. Operations that hand out credentials or
 * can't be undone require a session.
 */
export const policy = {
  register: ['public'],
  login: ['public'],
  refresh: ['public'],
  request_password_reset: ['public'],
  reset_password: ['public'],
  confirm_email: ['public'],
  get_policy: ['public'],
  get_livez: ['public'],
  get_readyz: ['public'],
  logout: ['account'],
  get_me: ['account'],
  update_me: ['account'],
  change_password: ['account'],
  request_email_change: ['account'],
  get_preferences: ['account'],
  update_preferences: ['account'],
  list_sessions: ['account'],
  get_session: ['account'],
  revoke_session: ['account'],
  list_my_audit: ['account'],
  accept_invitation: ['account'],
  list_outcomes: ['account', 'any token'],
  create_workspace: ['account'],
  list_workspaces: ['account'],

  get_workspace: [everyone, 'workspace:read'],
  update_workspace: [admins, 'workspace:admin'],
  delete_workspace: [owners, 'session'],
  list_members: [everyone, 'members:read'],
  list_people: [everyone, 'members:read'],
  get_member: [everyone, 'members:read'],
  update_member: [admins, 'members:admin'],
  remove_member: [everyone, 'members:admin'],
  create_bot: [admins, 'members:admin'],
  list_bots: [everyone, 'members:read'],
  get_bot: [everyone, 'members:read'],
  update_bot: [admins, 'members:admin'],
  remove_bot: [admins, 'members:admin'],
  create_invitation: [admins, 'members:admin'],
  list_invitations: [admins, 'members:read'],
  get_invitation: [admins, 'members:read'],
  revoke_invitation: [admins, 'members:admin'],

  create_project: [admins, 'projects:admin'],
  list_projects: [everyone, 'projects:read'],
  get_project: [everyone, 'projects:read'],
  update_project: [admins, 'projects:admin'],
  archive_project: [admins, 'projects:admin'],
  get_workflow: [everyone, 'projects:read'],
  replace_workflow: [admins, 'projects:admin'],

  create_ticket: [writers, 'tickets:write'],
  list_tickets: [everyone, 'tickets:read'],
  count_tickets: [everyone, 'tickets:read'],
  list_labels: [everyone, 'tickets:read'],
  get_board: [everyone, 'tickets:read'],
  get_ticket: [everyone, 'tickets:read'],
  update_ticket: [writers, 'tickets:write'],
  delete_ticket: [writers, 'tickets:write'],
  restore_ticket: [writers, 'tickets:write'],
  purge_ticket: [owners, 'session'],
  set_assignee: [writers, 'tickets:write'],
  place_ticket: [writers, 'tickets:write'],
  transition_ticket: [writers, 'tickets:write'],
  change_tickets: [writers, 'tickets:write'],
  list_transitions: [everyone, 'tickets:read'],
  get_transition: [everyone, 'tickets:read'],
  list_project_transitions: [everyone, 'tickets:read'],
  get_flow: [everyone, 'tickets:read'],
  get_times: [everyone, 'tickets:read'],
  get_ageing: [everyone, 'tickets:read'],
  list_activity: [everyone, 'tickets:read'],
  create_view: [everyone, 'views:write'],
  list_views: [everyone, 'views:read'],
  get_view: [everyone, 'views:read'],
  update_view: [everyone, 'views:write'],
  delete_view: [everyone, 'views:write'],
  restore_view: [everyone, 'views:write'],
  create_comment: [writers, 'tickets:write'],
  list_comments: [everyone, 'tickets:read'],
  get_comment: [everyone, 'tickets:read'],
  update_comment: [writers, 'tickets:write'],
  delete_comment: [writers, 'tickets:write'],
  list_comment_revisions: [admins, 'audit:read'],
  list_reactions: [everyone, 'tickets:read'],
  add_reaction: [writers, 'tickets:write'],
  remove_reaction: [writers, 'tickets:write'],
  purge_comment: [owners, 'session'],
  add_attachment: [writers, 'tickets:write'],
  list_attachments: [everyone, 'tickets:read'],
  get_attachment: [everyone, 'tickets:read'],
  get_attachment_link: [everyone, 'tickets:read'],
  remove_attachment: [writers, 'tickets:write'],

  create_token: [everyone, 'session'],
  list_tokens: [everyone, 'session'],
  get_token: [everyone, 'session'],
  revoke_token: [everyone, 'session'],

  list_audit: [admins, 'audit:read'],
  get_audit_checkpoint: [admins, 'audit:read'],
  get_audit_tile: [admins, 'audit:read'],
  get_audit_proof: [admins, 'audit:read'],
  export_audit: [admins, 'audit:read'],

  read_events: [everyone, 'events:read'],

  list_notifications: [everyone, 'notifications:read'],
  get_unread_count: [everyone, 'notifications:read'],
  get_notification: [everyone, 'notifications:read'],
  update_notification: [everyone, 'notifications:write'],
  read_notifications: [everyone, 'notifications:write'],
  get_notification_settings: [everyone, 'notifications:read'],
  update_notification_settings: [everyone, 'notifications:write'],
  get_watching: [everyone, 'notifications:read'],
  set_watching: [everyone, 'notifications:write'],
  list_watchers: [everyone, 'tickets:read'],

  create_webhook: [admins, 'webhooks:admin'],
  list_webhooks: [admins, 'webhooks:read'],
  get_webhook: [admins, 'webhooks:read'],
  update_webhook: [admins, 'webhooks:admin'],
  delete_webhook: [admins, 'webhooks:admin'],
  rotate_webhook_secret: [admins, 'webhooks:admin'],
  ping_webhook: [admins, 'webhooks:admin'],
  list_deliveries: [admins, 'webhooks:read'],
  get_delivery: [admins, 'webhooks:read'],
  redeliver: [admins, 'webhooks:admin'],
} as const satisfies Record<string, Line>;

export type OperationId = keyof typeof policy;

/** Returns the operation's line of the policy table. */
export function lineOf(operation_id: string): Line {
  if (!(operation_id in policy)) throw new Error(`No policy for ${operation_id}. Add it to access/policy.ts.`);
  return policy[operation_id as OperationId];
}

/** Returns who may call the operation. */
export function accessOf(operation_id: string): Access {
  return lineOf(operation_id)[0];
}

/** Returns the scope that a token needs for the operation, or null if no token suffices or any does. */
export function scopeOf(operation_id: string): TokenScope | null {
  const [, needs = 'session'] = lineOf(operation_id);
  return needs === 'session' || needs === 'any token' ? null : needs;
}

/** Returns which API tokens the operation accepts. */
export function tokensOf(operation_id: string): 'none' | 'scoped' | 'any' {
  const [, needs = 'session'] = lineOf(operation_id);
  if (needs === 'session') return 'none';
  return needs === 'any token' ? 'any' : 'scoped';
}

/** Whether the operation accepts an Idempotency-Key. Public writes don't, since a key belongs to a caller. */
export function takesKey({ id, method }: { id: string; method: string }): boolean {
  return method !== 'get' && accessOf(id) !== 'public';
}

const levels = ['read', 'write', 'admin'];

/** Whether a token with these scopes suffices. Within an area, each level includes the lower ones. */
export function covers(scopes: readonly TokenScope[], needs: Needs): boolean {
  const [area, level = ''] = needs.split(':');
  return scopes.some((scope) => {
    const [of, has = ''] = scope.split(':');
    return of === area && levels.indexOf(has) >= levels.indexOf(level);
  });
}
