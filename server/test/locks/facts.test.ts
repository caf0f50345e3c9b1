import { afterAll, beforeAll, expect, test } from 'vitest';
import { offerPasswordReset } from '../../src/accounts/operator.ts';
import { facts } from '../../src/audit/facts.ts';
import { contracts } from '../../src/contracts.ts';
import { presets } from '../../src/projects/workflow-definition.ts';
import { makeNotification, makeTeam, type Team } from '../../../proof/harness/make.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { queuedMails } from '../../../proof/harness/mailbox.ts';
import { registerPerson, someAddress, type Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;
let person: Person;

beforeAll(async () => {
  // The mails are only queued: nothing sends them.
  const mail = { BATON_MAIL_FROM: 'a@example.com', BATON_APP_URL: 'https://example.com' };
  server = await startServer({ ...mail, BATON_SMTP_URL: 'smtp://localhost' });
  team = await makeTeam(server);
  person = await registerPerson(server);
});
afterAll(() => server.stop());

/** How many entries both audit logs have together. */
async function count(): Promise<number> {
  const { rows } = await server.database.owner.query<{ n: number }>(
    'select (select count(*) from audit_log)::int + (select count(*) from account_audit_log)::int as n',
  );
  return rows[0]?.n ?? 0;
}

/**
 * Writes without an entry. A mail is recorded when it is sent. Of a session, only its beginning and end are. What
 * somebody has read or wants to know is private.
 */
const without_fact = [
  'refresh',
  'request_password_reset',
  'update_notification',
  'read_notifications',
  'update_notification_settings',
  'update_preferences',
  'set_watching',
];

test('every write that succeeds leaves an entry in a log, and every kind of entry occurs', async () => {
  const { workspace_id, project_id, owner, admin, member, viewer } = team;
  const { id: ticket } = await member.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
  const at = { workspace_id, ticket };
  const password = 'another long enough password';
  const invitation = await owner.client.create_invitation({
    workspace_id,
    body: { email: person.email, role: 'viewer' },
  });
  const other = await owner.client.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } });
  const { id: comment_id } = await member.client.create_comment({ ...at, body: { body: 'A word.' } });
  const place = { ...at, comment_id };
  const { id: gone } = await owner.client.create_workspace({ body: { name: 'Gone' } });
  const { refresh_token, user, email } = person;
  const token = await offerPasswordReset(server.database.owner, viewer.email, 60);
  const session = async () => {
    await person.client.login({ body: { email, password: person.password } });
    const { data } = await person.client.list_sessions({});
    return data.find(({ current }) => !current)?.id ?? '';
  };
  const session_id = await session();
  const { id: bot_id } = await owner.client.create_bot({ workspace_id, body: { name: 'To be removed' } });
  const token_body = { name: 'T', scopes: ['tickets:read' as const] };
  const { id: token_id } = await owner.client.create_token({ workspace_id, body: token_body });
  await numberEvents(server.database.url); // so that the webhook begins after the events to redeliver
  const { id: webhook_id } = await owner.client.create_webhook({
    workspace_id,
    body: { url: 'https://receiver.invalid/' },
  });
  const webhook = { workspace_id, webhook_id };
  const shared = { name: 'V', shared: true };
  const { id: view_id } = await member.client.create_view({ workspace_id, body: shared });
  const view = { workspace_id, view_id };
  const range = { from: '0000000000000001', to: '0000000000000003' };
  await numberEvents(server.database.url);
  const { notification_id } = await makeNotification(server.database, { by: owner, of: member }, at);
  const project = { workspace_id, project_id };

  /** One call of each write, in an order in which all succeed. */
  const calls: Record<string, () => Promise<unknown>> = {
    register: () => registerPerson(server),
    login: () => person.client.login({ body: { email, password: person.password } }),
    refresh: () => person.client.refresh({ body: { refresh_token } }),
    request_password_reset: () => person.client.request_password_reset({ body: { email } }),
    reset_password: () => viewer.client.reset_password({ body: { token: token ?? '', new_password: password } }),
    request_email_change: () =>
      team.stranger.client.request_email_change({
        body: { email: someAddress(), current_password: team.stranger.password },
      }),
    confirm_email: async () => {
      const order = (await queuedMails(server)).findLast(({ kind }) => kind === 'email_change');
      if (order?.kind === 'email_change') await person.client.confirm_email({ body: { token: order.token } });
    },
    update_me: () => person.client.update_me({ if_match: '*', body: { name: 'Renamed' } }),
    revoke_session: () => person.client.revoke_session({ session_id }),
    change_password: () =>
      person.client.change_password({ body: { current_password: person.password, new_password: password } }),
    accept_invitation: () => person.client.accept_invitation({ body: { token: invitation.token } }),
    create_workspace: () => owner.client.create_workspace({ body: { name: 'Another' } }),
    update_workspace: () => owner.client.update_workspace({ if_match: '*', workspace_id, body: { name: 'Renamed' } }),
    delete_workspace: () => owner.client.delete_workspace({ workspace_id: gone }),
    create_invitation: () =>
      owner.client.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } }),
    revoke_invitation: () => owner.client.revoke_invitation({ workspace_id, invitation_id: other.id }),
    update_member: () =>
      owner.client.update_member({ if_match: '*', workspace_id, user_id: user.id, body: { role: 'member' } }),
    create_bot: () => owner.client.create_bot({ workspace_id, body: { name: 'Bot' } }),
    update_bot: () => owner.client.update_bot({ if_match: '*', workspace_id, bot_id, body: { name: 'Renamed' } }),
    remove_bot: () => owner.client.remove_bot({ workspace_id, bot_id }),
    create_token: () => owner.client.create_token({ workspace_id, body: token_body }),
    revoke_token: () => owner.client.revoke_token({ workspace_id, token_id }),
    update_preferences: () => person.client.update_preferences({ if_match: '*', body: { theme: 'dark' } }),
    create_view: () => member.client.create_view({ workspace_id, body: shared }),
    update_view: () => member.client.update_view({ if_match: '*', ...view, body: { name: 'W' } }),
    delete_view: () => member.client.delete_view(view),
    restore_view: () => member.client.restore_view(view),
    create_webhook: () => owner.client.create_webhook({ workspace_id, body: { url: 'https://receiver.invalid/' } }),
    update_webhook: () => owner.client.update_webhook({ if_match: '*', ...webhook, body: { description: 'D' } }),
    rotate_webhook_secret: () => owner.client.rotate_webhook_secret({ ...webhook, body: {} }),
    ping_webhook: () => owner.client.ping_webhook(webhook),
    redeliver: () => owner.client.redeliver({ ...webhook, body: range }),
    delete_webhook: () => owner.client.delete_webhook(webhook),
    update_notification: () =>
      member.client.update_notification({ workspace_id, notification_id, body: { read: true } }),
    read_notifications: () => member.client.read_notifications({ workspace_id, body: { up_to: notification_id } }),
    update_notification_settings: () =>
      member.client.update_notification_settings({ workspace_id, if_match: '*', body: { kinds: { due: false } } }),
    set_watching: () => member.client.set_watching({ ...at, body: { choice: 'watching' } }),
    create_project: () => owner.client.create_project({ workspace_id, body: { key: 'NEW', name: 'New' } }),
    update_project: () => owner.client.update_project({ if_match: '*', ...project, body: { name: 'Renamed' } }),
    replace_workflow: () => owner.client.replace_workflow({ if_match: '*', ...project, body: presets.standard }),
    create_ticket: () => member.client.create_ticket({ ...project, body: { title: 'Another' } }),
    update_ticket: () => member.client.update_ticket({ ...at, body: { title: 'Edited', version: 1 } }),
    change_tickets: () =>
      member.client.change_tickets({ workspace_id, body: { changes: [{ ticket, update: { labels_add: ['x'] } }] } }),
    set_assignee: () => member.client.set_assignee({ if_match: '*', ...at, body: { assignee_id: user.id } }),
    place_ticket: () => member.client.place_ticket({ ...at, body: { at: 'top' } }),
    transition_ticket: () => member.client.transition_ticket({ ...at, body: { to: 'waiting' } }),
    remove_member: () => owner.client.remove_member({ workspace_id, user_id: user.id }),
    create_comment: () => member.client.create_comment({ ...at, body: { body: 'Another word.' } }),
    update_comment: () => member.client.update_comment({ ...place, body: { body: 'A better word.', version: 1 } }),
    add_reaction: () => member.client.add_reaction({ ...place, emoji: '👍' }),
    remove_reaction: () => member.client.remove_reaction({ ...place, emoji: '👍' }),
    delete_comment: () => member.client.delete_comment(place),
    add_attachment: () => member.client.add_attachment({ ...at, name: 'a.txt', body: new Blob(['Bytes']) }),
    remove_attachment: async () => {
      const { data } = await member.client.list_attachments(at);
      await member.client.remove_attachment({ ...at, attachment_id: data[0]?.id ?? '' });
    },
    purge_comment: () => owner.client.purge_comment(place),
    purge_ticket: () => owner.client.purge_ticket({ ...at, body: { fields: ['title'] } }),
    delete_ticket: () => member.client.delete_ticket(at),
    restore_ticket: () => member.client.restore_ticket(at),
    archive_project: () => owner.client.archive_project(project),
    logout: () => person.client.logout({}),
  };
  const writes = contracts.filter(({ method }) => method !== 'get').map(({ id }) => id);
  const changes = contracts.filter(({ method }) => method === 'patch' || method === 'put').map(({ id }) => id);
  expect(Object.keys(calls).sort()).toEqual(writes.sort());
  const unversioned: string[] = [];
  const unraised: string[] = [];
  for (const [operation, call] of Object.entries(calls)) {
    const before = await count();
    const { id, version } = ((await call()) ?? {}) as { id?: string; version?: number };
    expect([operation, (await count()) > before]).toEqual([operation, !without_fact.includes(operation)]);
    if (version === 1 && changes.includes(operation)) unraised.push(operation);
    if (id === undefined || version === undefined || version === 1) continue;
    const versions = await server.database.owner.query<{ version: number | null }>(
      'select subject_version as version from audit_log where subject_id = $1 order by id',
      [id],
    );
    if (versions.rows.at(-1)?.version !== version) unversioned.push(operation);
  }
  // Each change of something with a version raises it.
  expect(unraised).toEqual([]);
  // Each change's entry has the version that it created, except in the account's log, which has none. Placing a ticket
  // doesn't create a version.
  expect(unversioned).toEqual(['update_me', 'place_ticket']);

  // The kinds of entries that none of these calls leaves.
  await owner.client.update_project({ if_match: '*', ...project, body: { archived: false } });
  await admin.client.remove_member({ workspace_id, user_id: admin.user.id });
  await member.client.transition_ticket({ ...at, body: { to: 'in_progress' } });
  const { statuses, transitions, ...standard } = presets.standard;
  const stays = (key: string) => key !== 'in_progress';
  await owner.client.replace_workflow({
    if_match: '*',
    ...project,
    body: {
      ...standard,
      statuses: statuses.filter(({ key }) => stays(key)),
      transitions: transitions.filter(({ from, to }) => stays(from) && stays(to)),
      mapping: { statuses: { in_progress: 'open' } },
    },
  });
  const { rows } = await server.database.owner.query<{ action: string }>('select distinct action from audit_log');
  const by_the_operator = ['workspace.purged'];
  // When a receiver keeps failing, or says that it is gone: server/src/webhooks/health.test.ts.
  const by_the_worker = ['webhook.paused', 'webhook.disabled'];
  // When many tickets were placed between the same two: server/src/tickets/place.test.ts.
  const without_room = ['ticket.respaced'];
  expect([...rows.map(({ action }) => action), ...by_the_operator, ...by_the_worker, ...without_room].sort()).toEqual(
    Object.keys(facts).sort(),
  );
});
