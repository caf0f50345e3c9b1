import type { Role } from '../http/contract.ts';

/** Who may call an operation: anybody, anybody signed in, or members with one of these roles. */
export type Access = 'public' | 'account' | readonly Role[];

const everyone: readonly Role[] = ['owner', 'admin', 'member', 'viewer'];
const writers: readonly Role[] = ['owner', 'admin', 'member'];
const admins: readonly Role[] = ['owner', 'admin'];
const owners: readonly Role[] = ['owner'];

/**
 * The one table of who may do what, by operation. Rules on the target (an admin can't touch an owner, members may
 * leave by themselves) stand in the verb, on top of this.
 */
export const policy = {
  register: 'public',
  login: 'public',
  refresh: 'public',
  reset_password: 'public',
  get_policy: 'public',
  get_livez: 'public',
  get_readyz: 'public',
  logout: 'account',
  get_me: 'account',
  update_me: 'account',
  change_password: 'account',
  list_sessions: 'account',
  get_session: 'account',
  revoke_session: 'account',
  list_my_audit: 'account',
  accept_invitation: 'account',
  create_workspace: 'account',
  list_workspaces: 'account',

  get_workspace: everyone,
  update_workspace: admins,
  delete_workspace: owners,
  list_members: everyone,
  list_people: everyone,
  get_member: everyone,
  update_member: admins,
  remove_member: everyone,
  create_invitation: admins,
  list_invitations: admins,
  get_invitation: admins,
  revoke_invitation: admins,

  create_project: admins,
  list_projects: everyone,
  get_project: everyone,
  update_project: admins,
  archive_project: admins,
  get_workflow: everyone,
  replace_workflow: admins,

  create_ticket: writers,
  list_tickets: everyone,
  get_ticket: everyone,
  update_ticket: writers,
  delete_ticket: writers,
  restore_ticket: writers,
  purge_ticket: owners,
  set_assignee: writers,
  transition_ticket: writers,
  list_transitions: everyone,
  get_transition: everyone,
  list_project_transitions: everyone,
  list_activity: everyone,
  create_comment: writers,
  list_comments: everyone,
  get_comment: everyone,
  update_comment: writers,
  delete_comment: writers,
  list_comment_revisions: admins,
  purge_comment: owners,

  list_audit: admins,
} as const satisfies Record<string, Access>;

export type OperationId = keyof typeof policy;

/** The operation's line of the policy table. */
export function accessOf(operation_id: string): Access {
  if (!(operation_id in policy)) throw new Error(`No policy for ${operation_id}. Add it to access/policy.ts.`);
  return policy[operation_id as OperationId];
}
