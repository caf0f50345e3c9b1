import { accessOf, covers, lineOf } from '../../../server/src/access/policy.ts';
import type { Shot } from './requests.ts';
import type { Principal } from './world.ts';

/** What the policy says of a request: a status, or `done` if it is carried out or refused only because of the current state. */
export type Expected = number | 'done' | 'public';

/** Rules on the target, which the operation applies in addition to the policy. */
const on_others: Record<string, readonly string[]> = {
  remove_member: ['owner', 'admin'],
  // The comments in this world are the owner's.
  update_comment: ['owner'],
  delete_comment: ['owner', 'admin'],
  remove_attachment: ['owner', 'admin'],
  // So are the views, which are shared.
  update_view: ['owner', 'admin'],
  delete_view: ['owner', 'admin'],
  restore_view: ['owner', 'admin'],
};

/** The owner's resources that exist only for the owner and these roles. */
const own_or_admins: Record<string, readonly string[]> = {
  get_notification: ['owner'],
  update_notification: ['owner'],
  get_token: ['owner', 'admin'],
  revoke_token: ['owner', 'admin'],
};

/** Lists that only these roles see whole. Other members see their own part, which is another list with other cursors. */
const whole_lists: Record<string, readonly string[]> = {
  list_tokens: ['owner', 'admin'],
  list_notifications: ['owner'],
  list_views: ['owner'],
};

function ofAccount({ operation, where, given }: Shot, { roles }: Principal): Expected {
  const own = (roles.attacked === 'owner' && given === 'attacked') || (roles.other === 'owner' && given === 'other');
  if (operation.id === 'accept_invitation') return 404;
  if (operation.id === 'change_password') return 401;
  if (operation.id === 'request_email_change') return 403; // this server sends no mail
  if (operation.path.includes('{session_id}')) return own ? 'done' : 404;
  return where === 'cursor' && !own ? 400 : 'done';
}

/** What the policy table says of a token beyond what it says of the token's person; undefined if it adds nothing. */
function ofToken({ operation, workspace, where }: Shot, { token_of }: Principal): Expected | undefined {
  if (token_of === undefined) return undefined;
  const [access, needs = 'session'] = lineOf(operation.id);
  if (access === 'account') return needs !== 'any token' ? 403 : where === 'cursor' ? 400 : 'done';
  if (workspace !== token_of.side) return 404;
  return needs === 'any token' || covers(token_of.scopes, needs) ? undefined : 403;
}

/** What the response to this principal must be. */
export function expectedOf(shot: Shot, principal: Principal): Expected {
  const { operation, workspace, inner, given, where } = shot;
  const access = accessOf(operation.id);
  if (access === 'public') return 'public';
  if (!principal.valid) return 401;
  const refused = ofToken(shot, principal);
  if (refused !== undefined) return refused;
  if (access === 'account' || workspace === undefined) return ofAccount(shot, principal);
  const role = principal.roles[workspace];
  if (role === undefined) return 404;
  if (!access.includes(role)) return 403;
  if (inner !== undefined && inner !== workspace) return 404;
  if (own_or_admins[operation.id]?.includes(role) === false) return 404;
  if (on_others[operation.id]?.includes(role) === false) return 403;
  if (where === 'cursor' && (given !== workspace || whole_lists[operation.id]?.includes(role) === false)) return 400;
  if (operation.id === 'read_notifications') {
    return where === 'body' && given === workspace && role === 'owner' ? 'done' : 422;
  }
  // Admins may create tokens for bots, and these users are people.
  if (where === 'body' && operation.id === 'create_token') return ['owner', 'admin'].includes(role) ? 422 : 403;
  if (where === 'body' && given !== workspace) return 422;
  return 'done';
}

/** What the request may rightly change here: nothing, something that can be changed back, or something final. */
export function effectOf(shot: Shot, principal: Principal): 'none' | 'gentle' | 'final' {
  if (expectedOf(shot, principal) !== 'done' || shot.method === 'GET') return 'none';
  return shot.method === 'DELETE' || shot.operation.id === 'logout' ? 'final' : 'gentle';
}

/** Whether a response's status is as expected. */
export function meets(expected: Expected, status: number): boolean {
  if (typeof expected === 'number') return status === expected;
  return expected === 'public' ? status < 500 : status < 300 || status === 409;
}
