import { expect, test } from 'vitest';
import { type Role, scope_meanings, type TokenScope } from '../http/contract.ts';
import { accessOf, covers, isAdmin, lineOf, type OperationId, policy, scopeOf, takesKey, tokensOf } from './policy.ts';

const words = (list: string) => list.split(' ').sort();

/** The table the other way round. It is written down a second time, so that no right changes by accident. */
const by_access: Record<string, string[]> = {
  public: words(
    'register login refresh request_password_reset reset_password confirm_email get_policy get_livez get_readyz',
  ),
  account: words(
    'logout get_me update_me change_password request_email_change get_preferences update_preferences list_sessions get_session revoke_session list_my_audit accept_invitation ' +
      'create_workspace list_workspaces list_outcomes',
  ),
  'owner,admin,member,viewer': words(
    'get_workspace list_members list_people remove_member list_projects get_project get_workflow list_tickets count_tickets list_labels get_board get_ticket ' +
      'list_transitions get_transition list_project_transitions list_activity list_comments get_comment get_member ' +
      'create_token list_tokens get_token revoke_token list_bots get_bot read_events get_flow get_times get_ageing ' +
      'list_notifications get_unread_count get_notification update_notification read_notifications get_notification_settings ' +
      'update_notification_settings get_watching set_watching list_watchers list_reactions ' +
      'list_attachments get_attachment get_attachment_link ' +
      'create_view list_views get_view update_view delete_view restore_view',
  ),
  'owner,admin,member': words(
    'create_ticket update_ticket delete_ticket restore_ticket set_assignee place_ticket transition_ticket change_tickets create_comment ' +
      'update_comment delete_comment add_reaction remove_reaction add_attachment remove_attachment',
  ),
  'owner,admin': words(
    'update_workspace update_member create_bot update_bot remove_bot create_invitation list_invitations get_invitation revoke_invitation create_project ' +
      'update_project archive_project replace_workflow list_audit list_comment_revisions get_audit_checkpoint ' +
      'get_audit_tile get_audit_proof export_audit create_webhook list_webhooks get_webhook ' +
      'update_webhook delete_webhook rotate_webhook_secret ping_webhook list_deliveries get_delivery redeliver',
  ),
  owner: words('delete_workspace purge_comment purge_ticket'),
};

test('each operation is allowed to the intended callers, and to nobody else', () => {
  const operations = Object.keys(policy) as OperationId[];
  const found = Object.groupBy(operations, (id) => String(policy[id][0]));
  expect(Object.fromEntries(Object.entries(found).map(([access, ids]) => [access, ids?.sort()]))).toEqual(by_access);
});

/** The other column, also written down a second time. Operations that are not here accept no token. */
const by_scope: Record<string, string[]> = {
  'workspace:read': words('get_workspace'),
  'workspace:admin': words('update_workspace'),
  'members:read': words('list_members list_people get_member list_bots get_bot list_invitations get_invitation'),
  'members:admin': words(
    'update_member remove_member create_bot update_bot remove_bot create_invitation revoke_invitation',
  ),
  'projects:read': words('list_projects get_project get_workflow'),
  'projects:admin': words('create_project update_project archive_project replace_workflow'),
  'tickets:read': words(
    'list_tickets count_tickets list_labels get_board get_ticket list_transitions get_transition list_project_transitions list_activity list_comments get_comment ' +
      'get_flow get_times get_ageing list_watchers list_reactions list_attachments get_attachment get_attachment_link',
  ),
  'tickets:write': words(
    'create_ticket update_ticket delete_ticket restore_ticket set_assignee place_ticket transition_ticket change_tickets create_comment ' +
      'update_comment delete_comment add_reaction remove_reaction add_attachment remove_attachment',
  ),
  'views:read': words('list_views get_view'),
  'views:write': words('create_view update_view delete_view restore_view'),
  'audit:read': words(
    'list_audit list_comment_revisions get_audit_checkpoint get_audit_tile get_audit_proof export_audit',
  ),
  'events:read': words('read_events'),
  'notifications:read': words(
    'list_notifications get_unread_count get_notification get_notification_settings get_watching',
  ),
  'notifications:write': words('update_notification read_notifications update_notification_settings set_watching'),
  'webhooks:read': words('list_webhooks get_webhook list_deliveries get_delivery'),
  'webhooks:admin': words('create_webhook update_webhook delete_webhook rotate_webhook_secret ping_webhook redeliver'),
};

test('each scope allows exactly the intended operations, and every scope allows some', () => {
  const operations = (Object.keys(policy) as OperationId[]).filter((id) => scopeOf(id) !== null);
  const found = Object.groupBy(operations, (id) => String(scopeOf(id)));
  expect(Object.fromEntries(Object.entries(found).map(([scope, ids]) => [scope, ids?.sort()]))).toEqual(by_scope);
  expect(Object.keys(by_scope).sort()).toEqual(Object.keys(scope_meanings).sort());
});

test('a scope includes the lower scopes of its area, and no others', () => {
  expect(covers(['tickets:write'], 'tickets:read')).toBe(true);
  expect(covers(['projects:admin'], 'projects:read')).toBe(true);
  expect(covers(['tickets:read'], 'tickets:write')).toBe(false);
  expect(covers(['projects:admin', 'audit:read'], 'tickets:read')).toBe(false);
  expect(covers(['tickets:write'], 'session')).toBe(false);
});

test('every scope suffices for what it names, no scopes suffice for nothing, and no scope replaces a session', () => {
  const scopes = Object.keys(scope_meanings) as TokenScope[];
  for (const scope of scopes) {
    expect(covers([scope], scope), scope).toBe(true);
    expect(covers([], scope), scope).toBe(false);
  }
  expect(covers(scopes, 'session')).toBe(false);
});

test('owners and admins administer a workspace, and members and viewers do not', () => {
  const roles: Role[] = ['owner', 'admin', 'member', 'viewer'];
  expect(roles.filter(isAdmin)).toEqual(['owner', 'admin']);
});

test('a token is accepted where a scope is named, and any token where a token may ask about itself', () => {
  const operations = Object.keys(policy) as OperationId[];
  const accepting = (tokens: string) => operations.filter((id) => tokensOf(id) === tokens).sort();
  expect(accepting('scoped')).toEqual(Object.values(by_scope).flat().sort());
  expect(accepting('any')).toEqual(['list_outcomes']);
  expect(scopeOf('list_outcomes')).toBeNull();
});

test.each<[OperationId, string]>([
  ['login', 'anyone may call it'],
  ['get_me', 'it is about the account, which is in no workspace'],
  ['delete_workspace', 'it cannot be undone'],
  ['create_token', 'it hands out a credential'],
])('%s accepts no token, because %s', (id) => {
  expect(tokensOf(id)).toBe('none');
  expect(scopeOf(id)).toBeNull();
});

test('a write accepts an Idempotency-Key if its caller is known, and a read never does', () => {
  expect(takesKey({ id: 'create_ticket', method: 'post' })).toBe(true);
  expect(takesKey({ id: 'logout', method: 'post' })).toBe(true);
  expect(takesKey({ id: 'register', method: 'post' })).toBe(false);
  expect(takesKey({ id: 'get_ticket', method: 'get' })).toBe(false);
  expect(takesKey({ id: 'get_livez', method: 'get' })).toBe(false);
});

test('looking up an operation that is not in the table throws', () => {
  expect(accessOf('delete_workspace')).toEqual(['owner']);
  for (const lookUp of [lineOf, accessOf, scopeOf, tokensOf]) {
    expect(() => lookUp('drop_database')).toThrow('No policy for drop_database. Add it to access/policy.ts.');
  }
});
