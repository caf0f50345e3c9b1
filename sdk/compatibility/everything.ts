import { randomBytes } from 'node:crypto';

/** A client of any version: the versions' types differ, their calls don't. */
export type AnyClient = Record<string, (input?: object) => Promise<unknown>> & { access_token: string | undefined };

interface Signed {
  client: AnyClient;
  email: string;
  refresh_token: string;
  user_id: string;
}

const password = 'a long enough password';

const chain = ['todo', 'doing', 'done'];
const workflow = {
  statuses: chain.map((key) => ({ key, name: key, category: key === 'doing' ? 'in_progress' : key })),
  initial: ['todo'],
  transitions: [
    { from: 'todo', to: 'doing' },
    { from: 'doing', to: 'done', requires: ['resolution'] },
    { from: 'done', to: 'doing' },
  ],
  resolutions: ['fixed', 'dropped'],
};

/**
 * Calls every operation of 0.2.0 successfully, except the one that needs a token from the operator. Whole values are
 * written with `If-Match: *`, which 0.2.0 accepts and later versions require.
 */
export async function useEverything(connect: () => AnyClient): Promise<void> {
  const any = (client: AnyClient, operation: string, input?: object) => {
    const call = client[operation];
    if (call === undefined) throw new Error(`There is no ${operation}.`);
    return call(input) as Promise<Record<string, never>>;
  };
  const signUp = async (name: string): Promise<Signed> => {
    const email = `${randomBytes(8).toString('hex')}@example.com`;
    const client = connect();
    const { access_token, refresh_token, user } = await any(client, 'register', { body: { email, password, name } });
    client.access_token = access_token;
    return { client, email, refresh_token: refresh_token ?? '', user_id: (user as unknown as { id: string }).id };
  };

  const [owner, guest] = [await signUp('Owner'), await signUp('Guest')];
  const as_owner = (operation: string, input?: object) => any(owner.client, operation, input);
  for (const probe of ['get_livez', 'get_readyz', 'get_policy', 'get_me']) await as_owner(probe);
  await as_owner('login', { body: { email: owner.email, password } });
  await as_owner('refresh', { body: { refresh_token: owner.refresh_token } });
  await any(connect(), 'reset_password', { body: { token: 'none', new_password: password } }).catch(() => undefined);
  await as_owner('update_me', { if_match: '*', body: { name: 'The owner' } });
  const sessions = (await as_owner('list_sessions')) as unknown as { data: { id: string; current: boolean }[] };
  const another = sessions.data.find(({ current }) => !current);
  await as_owner('revoke_session', { session_id: another?.id });
  const next = { current_password: password, new_password: `${password} 2` };
  owner.client.access_token = (await as_owner('change_password', { body: next })).access_token;
  await as_owner('list_my_audit', { limit: 10 });

  const { id: gone } = await as_owner('create_workspace', { body: { name: 'Gone' } });
  await as_owner('delete_workspace', { workspace_id: gone });
  const { id: workspace_id } = await as_owner('create_workspace', { body: { name: 'Harbour' } });
  const w = { workspace_id };
  for (const read of ['list_workspaces', 'get_workspace', 'list_people']) {
    await as_owner(read, read === 'list_workspaces' ? {} : w);
  }
  await as_owner('update_workspace', { ...w, if_match: '*', body: { name: 'The harbour' } });
  const invite = (email: string) => as_owner('create_invitation', { ...w, body: { email, role: 'viewer' } });
  const { id: invitation_id } = await invite('nobody@example.com');
  await as_owner('list_invitations', w);
  await as_owner('revoke_invitation', { ...w, invitation_id });
  const { token } = await invite(guest.email);
  await any(guest.client, 'accept_invitation', { body: { token } });
  await as_owner('list_members', w);
  const member = { ...w, user_id: guest.user_id };
  await as_owner('update_member', { ...member, if_match: '*', body: { role: 'member' } });

  const { id: project_id } = await as_owner('create_project', { ...w, body: { key: 'ENG', name: 'Engineering' } });
  const p = { ...w, project_id };
  await as_owner('list_projects', w);
  await as_owner('get_project', p);
  await as_owner('update_project', { ...p, if_match: '*', body: { name: 'The engineers' } });
  await as_owner('get_workflow', p);
  await as_owner('replace_workflow', { ...p, if_match: '*', body: workflow });

  const body = { title: 'The crane drops its load', description: 'Twice.', priority: 'high', labels: ['crane'] };
  const { key: ticket } = await as_owner('create_ticket', { ...p, body });
  const t = { ...w, ticket };
  await as_owner('list_tickets', { ...w, status: 'todo', assignee: 'none', sort: '-created_at', limit: 5 });
  await as_owner('get_ticket', t);
  await as_owner('update_ticket', { ...t, body: { title: 'The crane dropped its load', version: 1 } });
  await as_owner('set_assignee', { ...t, if_match: '*', body: { assignee_id: guest.user_id } });
  await as_owner('transition_ticket', { ...t, body: { to: 'doing', comment: 'On it.' } });
  await any(guest.client, 'transition_ticket', { ...t, body: { to: 'done', resolution: 'fixed' } });
  for (const read of ['list_transitions', 'list_activity']) await as_owner(read, t);
  await as_owner('list_project_transitions', p);

  const { id: comment_id } = await as_owner('create_comment', { ...t, body: { body: 'New brake.' } });
  const c = { ...t, comment_id };
  await as_owner('list_comments', t);
  await as_owner('get_comment', c);
  await as_owner('update_comment', { ...c, body: { body: 'A new brake.', version: 1 } });
  await as_owner('list_comment_revisions', c);
  await as_owner('delete_comment', c);
  await as_owner('purge_comment', c);

  await as_owner('purge_ticket', { ...t, body: { fields: ['description'] } });
  await as_owner('delete_ticket', t);
  await as_owner('restore_ticket', t);
  await as_owner('list_audit', { ...w, limit: 20 });
  await as_owner('archive_project', p);
  await as_owner('remove_member', member);
  await any(guest.client, 'logout');
}
