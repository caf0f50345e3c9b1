import { expect, test } from 'vitest';
import { accessOf, type OperationId, policy } from './policy.ts';

const words = (list: string) => list.split(' ').sort();

/** The table, read the other way round: written down a second time, so that no right changes by a slip. */
const by_access: Record<string, string[]> = {
  public: words('register login refresh reset_password get_policy get_livez get_readyz'),
  account: words(
    'logout get_me update_me change_password list_sessions get_session revoke_session list_my_audit accept_invitation ' +
      'create_workspace list_workspaces',
  ),
  'owner,admin,member,viewer': words(
    'get_workspace list_members list_people remove_member list_projects get_project get_workflow list_tickets get_ticket ' +
      'list_transitions get_transition list_project_transitions list_activity list_comments get_comment get_member',
  ),
  'owner,admin,member': words(
    'create_ticket update_ticket delete_ticket restore_ticket set_assignee transition_ticket create_comment ' +
      'update_comment delete_comment',
  ),
  'owner,admin': words(
    'update_workspace update_member create_invitation list_invitations get_invitation revoke_invitation create_project ' +
      'update_project archive_project replace_workflow list_audit list_comment_revisions',
  ),
  owner: words('delete_workspace purge_comment purge_ticket'),
};

test('each operation is open to those it was decided for, and to nobody else', () => {
  const operations = Object.keys(policy) as OperationId[];
  const found = Object.groupBy(operations, (id) => String(policy[id]));
  expect(Object.fromEntries(Object.entries(found).map(([access, ids]) => [access, ids?.sort()]))).toEqual(by_access);
});

test('an operation without a line in the table is nobody’s', () => {
  expect(accessOf('delete_workspace')).toEqual(['owner']);
  expect(() => accessOf('drop_database')).toThrow('No policy for drop_database');
});
