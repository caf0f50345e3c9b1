import type { Replacement } from '../../harness/patch.ts';

/** One condition that authorization rests on, and what notices its absence. */
export interface Removal {
  name: string;
  /** The operations whose statements contain it. */
  operations: readonly string[];
  replace: readonly Replacement[];
  /** Either the suite notices, or row-level security makes the absence harmless and the suite notices once that is off, too. */
  by: 'suite' | 'row-level security';
  /** The condition is behind another one. That one is removed too, and only information learned through both counts. */
  leaks_only?: true;
}

const ticket_operations = ['get_ticket', 'update_ticket', 'transition_ticket'];
const project_operations = ['get_project', 'get_workflow', 'update_project'];
const door: Replacement = [
  't\\.workspace_id = (\\$\\d+) and p\\.workspace_id = (\\$\\d+) and (?=t\\.id|p\\.key)',
  '$1::uuid is not null and $2::uuid is not null and ',
];

/** Removes an equality from the statement that has this text before it; the parameter stays. */
const without = (before: string, column: string, after = ''): Replacement => [
  `(${before})${column.replaceAll('.', '\\.')} = (\\$\\d+)(?=${after})`,
  '$1$2::uuid is not null',
];

const wall = 'row-level security';
const role_of = 'w\\.deleted_at is null\\s+where ';

const in_workspace: readonly Removal[] = [
  {
    name: 'listed projects are the workspace’s',
    operations: ['list_projects'],
    replace: [without('from projects p\\s+where ', 'p.workspace_id', ' and p\\.archived')],
    by: wall,
  },
  {
    name: 'the caller is a member',
    operations: ['get_workspace', 'list_projects'],
    replace: [without(`${role_of}m\\.workspace_id = \\$1 and `, 'm.user_id')],
    by: 'suite',
  },
  { name: 'a ticket is the workspace’s', operations: ticket_operations, replace: [door], by: wall },
  {
    name: 'the membership is of this workspace',
    operations: ['get_workspace', 'list_projects', 'list_audit'],
    replace: [without(role_of, 'm.workspace_id')],
    by: wall,
  },
  {
    name: 'the role is one of the policy’s',
    operations: ['list_audit', 'update_workspace', 'create_project'],
    replace: [['select m\\.role\\s+from', "select 'owner' as role from"]],
    by: 'suite',
  },
  {
    name: 'the workspace is not deleted',
    operations: ['get_workspace', 'list_projects'],
    replace: [['(join workspaces w on w\\.id = m\\.workspace_id) and w\\.deleted_at is null', '$1']],
    by: 'suite',
  },
  {
    name: 'listed tickets are the workspace’s',
    operations: ['list_tickets'],
    // A ticket without its project would not be listed.
    replace: [
      without('from tickets t\\s+where ', 't.workspace_id'),
      without('from projects r\\s+where ', 'r.workspace_id'),
    ],
    by: wall,
  },
  {
    name: 'listed labels are the workspace’s',
    operations: ['list_labels'],
    replace: [
      without('from ticket_labels l\\s+where ', 'l.workspace_id'),
      without('from ticket_labels n where ', 'n.workspace_id'),
    ],
    by: wall,
  },
  {
    name: 'a project is the workspace’s',
    operations: project_operations,
    replace: [without('from projects p where ', 'p.workspace_id')],
    by: wall,
  },
  {
    name: 'a number is taken in the workspace’s project',
    operations: ['create_ticket'],
    replace: [
      without('now\\(\\) as at from projects\\s+where ', 'workspace_id'),
      without('last_number \\+ 1 end\\s+where ', 'p.workspace_id'),
      without('from projects p where ', 'p.workspace_id'),
    ],
    by: wall,
  },
  {
    name: 'comments are the workspace’s, even if their ticket’s door is open',
    operations: ['list_comments'],
    replace: [door, without('from comments c\\s+where ', 'c.workspace_id')],
    by: wall,
    leaks_only: true,
  },
  {
    name: 'history is the workspace’s, even if its ticket’s door is open',
    operations: ['list_transitions'],
    replace: [door, without('where ', 'h.workspace_id')],
    by: wall,
    leaks_only: true,
  },
  {
    name: 'audit entries are the workspace’s',
    operations: ['list_audit'],
    replace: [without('from (?:events|outbox) a\\s+where ', 'a.workspace_id')],
    by: wall,
  },
  {
    name: 'an assignee is a member of the workspace',
    operations: ['set_assignee', 'transition_ticket', 'create_ticket'],
    replace: [without('from memberships a\\s+where ', 'a.workspace_id')],
    by: wall,
  },
  {
    name: 'listed members are the workspace’s',
    operations: ['list_members'],
    replace: [without('u\\.id = m\\.user_id\\s+where ', 'm.workspace_id', ' and (?!m\\.user_id)')],
    by: wall,
  },
  {
    name: 'listed people are the workspace’s',
    operations: ['list_people'],
    replace: [
      without('from memberships\\s+where ', 'workspace_id', ' and user_id = any'),
      without('u\\.id = m\\.user_id\\s+where ', 'm.workspace_id', ' and (?:true|\\(m)'),
    ],
    by: wall,
  },
  {
    name: 'a former member is not a member',
    operations: ['get_workspace', 'list_projects', 'create_ticket'],
    replace: [['(m\\.user_id = \\$\\d+) and m\\.removed_at is null', '$1']],
    by: 'suite',
  },
  {
    name: 'a member is the workspace’s',
    operations: ['get_member', 'update_member', 'remove_member'],
    replace: [without('u\\.id = m\\.user_id\\s+where ', 'm.workspace_id', ' and m\\.user_id')],
    by: wall,
  },
  {
    name: 'listed invitations are the workspace’s',
    operations: ['list_invitations'],
    // An invitation whose inviter has no role in the workspace would not be listed either.
    replace: [
      without('from invitations i\\s+where ', 'i.workspace_id'),
      without('where ', 'b.workspace_id', ' and b\\.user_id = i\\.invited_by'),
    ],
    by: wall,
  },
  {
    name: 'a single invitation is the workspace’s',
    operations: ['get_invitation'],
    replace: [
      without('from invitations i\\s+where ', 'i.workspace_id', ' and i\\.id'),
      without('where ', 'b.workspace_id', ' and b\\.user_id = i\\.invited_by'),
    ],
    by: wall,
  },
  {
    name: 'a transition is the workspace’s, even if its ticket’s door is open',
    operations: ['get_transition'],
    replace: [door, without('on ', 'h.workspace_id')],
    by: wall,
    leaks_only: true,
  },
  {
    name: 'a revoked invitation is the workspace’s',
    operations: ['revoke_invitation'],
    replace: [without('where ', 'i.workspace_id', ' and i\\.id')],
    by: wall,
  },
  {
    name: 'only a member waits for a ticket',
    operations: ['transition_ticket'],
    replace: [
      without('where m\\.workspace_id = \\$\\d+ and ', 'm.user_id', ' and m\\.removed_at is null and m\\.role'),
    ],
    by: 'suite',
  },
  {
    name: 'only a caller who may write waits for a ticket',
    operations: ['transition_ticket'],
    replace: [['m\\.role = any \\((\\$\\d+)::text\\[\\]\\)', '$1::text[] is not null']],
    by: 'suite',
  },
];

const acceptance = (find: string, put: string): Removal['replace'] => [[`${find}(?=[^;]*for update of i)`, put]];

const of_accounts: readonly Removal[] = [
  {
    name: 'the session is not revoked',
    operations: ['get_me', 'get_workspace', 'create_comment'],
    replace: [['s\\.revoked_at is null and (?=s\\.expires_at > now\\(\\) and u\\.)', '']],
    by: 'suite',
  },
  {
    name: 'the session has not expired',
    operations: ['get_me', 'get_workspace', 'create_comment'],
    replace: [['s\\.expires_at > now\\(\\) and (?=u\\.)', '']],
    by: 'suite',
  },
  {
    name: 'the account is not disabled',
    operations: ['get_me', 'get_workspace', 'create_comment'],
    replace: [['(s\\.expires_at > now\\(\\)) and u\\.disabled_at is null', '$1']],
    by: 'suite',
  },
  {
    name: 'the session is the caller’s',
    operations: ['get_me', 'get_workspace'],
    // The join then finds the session's own user, and the caller is still the user whom the token names.
    replace: [without('from sessions s\\s+join users u on u\\.id = s\\.user_id\\s+where ', 's.user_id')],
    by: wall,
  },
  {
    name: 'an invitation is for the caller’s address',
    operations: ['accept_invitation'],
    replace: [[' and u\\.email = i\\.email', '']],
    by: 'suite',
  },
  {
    name: 'an invitation’s secret is the right one',
    operations: ['accept_invitation'],
    replace: [['i\\.token_hash = (\\$\\d+)', '$1::bytea is not null']],
    by: 'suite',
  },
  {
    name: 'an invitation has not expired',
    operations: ['accept_invitation'],
    replace: acceptance(' and i\\.expires_at > now\\(\\)', ''),
    by: 'suite',
  },
  {
    name: 'an invitation is not revoked',
    operations: ['accept_invitation'],
    replace: acceptance(' and i\\.revoked_at is null', ''),
    by: 'suite',
  },
  {
    name: 'an inviter’s account is not disabled',
    operations: ['accept_invitation'],
    replace: acceptance(' and bu\\.disabled_at is null', ''),
    by: 'suite',
  },
  {
    name: 'listed sessions are the caller’s',
    operations: ['list_sessions'],
    replace: [without('from sessions s\\s+where ', 's.user_id', ' and s\\.revoked_at')],
    by: wall,
  },
  {
    name: 'a single session is the caller’s',
    operations: ['get_session'],
    replace: [without('from sessions s\\s+where ', 's.user_id', ' and s\\.id')],
    by: wall,
  },
  {
    name: 'a revoked session is the caller’s',
    operations: ['revoke_session'],
    replace: [without('update sessions set revoked_at = now\\(\\)\\s+where ', 'user_id')],
    by: wall,
  },
  {
    name: 'listed account entries are the caller’s',
    operations: ['list_my_audit'],
    replace: [without('\\) a\\s+where ', 'a.user_id')],
    by: wall,
  },
  {
    name: 'listed workspaces are the caller’s',
    operations: ['list_workspaces'],
    replace: [without('w\\.deleted_at is null\\s+where ', 'm.user_id', ' and')],
    by: wall,
  },
  {
    name: 'the returned account is the caller’s',
    operations: ['get_me'],
    replace: [without('from users u where ', 'u.id', '$')],
    by: 'suite',
  },
  {
    name: 'the renamed account is the caller’s',
    operations: ['update_me'],
    replace: [without("interval '1 microsecond'\\)\\s+where ", 'u.id')],
    by: 'suite',
  },
];

const by_token = ['list_tickets', 'create_comment'];

const of_tokens: readonly Removal[] = [
  {
    name: 'a token is not revoked',
    operations: by_token,
    replace: [['k\\.revoked_at is null and (?=k\\.expires_at > now\\(\\))', '']],
    by: 'suite',
  },
  {
    name: 'a token has not expired',
    operations: by_token,
    replace: [['(k\\.revoked_at is null) and k\\.expires_at > now\\(\\)', '$1']],
    by: 'suite',
  },
  {
    name: 'a token belongs to its person’s current membership',
    operations: by_token,
    replace: [[' and b\\.joined = k\\.joined', '']],
    by: 'suite',
  },
  {
    name: 'a token’s person is not disabled',
    operations: by_token,
    replace: [['(u\\.id = k\\.created_by) and u\\.disabled_at is null', '$1']],
    by: 'suite',
  },
  {
    name: 'a token’s secret is the right one',
    operations: by_token,
    replace: [['k\\.token_hash = (\\$\\d+)', '$1::bytea is not null']],
    by: 'suite',
  },
];

/** Every condition of a statement that decides who may do what; a small run removes the first ones. */
export const removals: readonly Removal[] = [...in_workspace, ...of_accounts, ...of_tokens];
