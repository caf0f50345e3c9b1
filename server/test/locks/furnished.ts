import { offerPasswordReset } from '../../src/accounts/operator.ts';
import { makeAttachment } from '../../../proof/harness/attachments.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeNotification, makeTicket, makeWebhook, type Team } from '../../../proof/harness/make.ts';
import type { TestServer } from '../../../proof/harness/server.ts';

export interface Furnished {
  /** The value of each path parameter. */
  ids: Record<string, string>;
  /** Other parents, by path parameter, in which none of these things are. */
  beside: Record<string, string>;
  /** A notification of the person in each role. */
  notifications: Record<string, { notification_id: string }>;
}

/**
 * Gives a workspace a row in every table, so that row-level security has something to hide. Returns the ids for every
 * path.
 */
export async function furnish(server: TestServer, team: Team): Promise<Furnished> {
  const { workspace_id, project_id, owner } = team;
  const text = 'x'.repeat(100_000);
  const { id: ticket, version } = await makeTicket(team, { labels: ['wall'], description: text });
  await owner.client.update_ticket({ workspace_id, ticket, body: { version, description: 'Short.' } });
  const { email, password } = team.member;
  await team.member.client.raw.login({ body: { email, password: `${password} not` } });
  await offerPasswordReset(server.database.owner, email, 60);
  const { id: comment_id } = await owner.client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } });
  await owner.client.add_reaction({ workspace_id, ticket, comment_id, emoji: '👍' });
  const attachment = await makeAttachment(owner, { workspace_id, ticket });
  const kept = { body: { body: 'Said once.' }, idempotency_key: 'a-key' };
  await team.member.client.create_comment({ workspace_id, ticket, ...kept });
  const body = { email: 'later@example.com', role: 'viewer' } as const;
  const { id: invitation_id } = await owner.client.create_invitation({ workspace_id, body });
  const { id: token_id } = await team.viewer.client.create_token({
    workspace_id,
    body: { name: 'Its own', scopes: ['tickets:read'] },
  });
  const { id: bot_id } = await owner.client.create_bot({ workspace_id, body: { name: 'Bot' } });
  // Enough events for its tree to have a node.
  await server.database.owner.query(
    `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, request_id)
     select $1, gen_random_uuid(), $2, 'workspace.purged', 'workspace', $1, 'seed-0001' from generate_series(1, 256)`,
    [workspace_id, owner.user.id],
  );
  await numberEvents(server.database.url);
  await owner.client.get_audit_checkpoint({ workspace_id });
  const view = { name: 'All', shared: true };
  const { id: view_id } = await owner.client.create_view({ workspace_id, body: view });
  await team.member.client.update_preferences({ if_match: '*', body: { theme: 'dark' } });
  const webhook = await makeWebhook(server.database, owner, workspace_id);
  const { id: other_project } = await owner.client.create_project({
    workspace_id,
    body: { key: 'BSD', name: 'Beside' },
  });
  const other_webhook = { workspace_id, body: { url: 'https://receiver.invalid/' } };
  const beside = {
    project_id: other_project,
    ticket: (await makeTicket(team)).id,
    webhook_id: (await owner.client.create_webhook(other_webhook)).id,
  };
  // One for each role, because callers find only their own.
  const { owner: _, admin, member, viewer } = team;
  const notifications: Furnished['notifications'] = {};
  for (const [role, of] of Object.entries({ owner, admin, member, viewer })) {
    const by = role === 'member' ? admin : member;
    notifications[role] = await makeNotification(server.database, { by, of }, { workspace_id, ticket });
  }
  await owner.client.set_watching({ workspace_id, ticket, body: { choice: 'watching' } });
  await owner.client.update_notification_settings({ workspace_id, if_match: '*', body: { kinds: { due: false } } });
  const user_id = team.viewer.user.id;
  const places = { emoji: '👍', level: '0', tile: '000.p/1', sequence: '1' };
  const ids = {
    workspace_id,
    project_id,
    ticket,
    comment_id,
    ...{ invitation_id, token_id, bot_id, view_id, user_id },
    ...{ ...places, ...webhook, ...attachment },
    ...notifications['owner'],
  };
  return { ids, beside, notifications };
}
