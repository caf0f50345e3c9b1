import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startReceiver } from '../../../proof/harness/receiver.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { stopWebhook } from '../../../proof/harness/stops.ts';
import { policy } from '../access/policy.ts';
import { role } from '../http/contract.ts';
import { kind, notification_kinds } from './contract.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer({ BATON_WEBHOOK_PRIVATE: 'on' });
});
beforeEach(async () => {
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const told = () => notifyPeople(server.database.url);
const run = (text: string, ...values: unknown[]) => server.database.owner.query(text, values);
type Query = Omit<Parameters<Person['client']['list_notifications']>[0], 'workspace_id'>;

/** Returns a member's notifications, oldest first. */
async function inboxOf({ client }: Person, query: Query = {}) {
  const { data } = await client.list_notifications({ workspace_id: team.workspace_id, ...query });
  return data.reverse();
}
const unread = async ({ client }: Person) =>
  (await client.get_unread_count({ workspace_id: team.workspace_id })).unread;

/** Creates a webhook for an event that doesn't happen, so that only pings are queued for it. */
async function webhook(by: Person, url = 'https://receiver.invalid:8443/hook?key=hidden') {
  const { workspace_id } = team;
  const body = { url, description: 'To the crane', types: ['workspace.deleted' as const] };
  const { id: webhook_id } = await by.client.create_webhook({ workspace_id, body });
  return { workspace_id, webhook_id };
}
const stop = (at: { workspace_id: string; webhook_id: string }, reason?: 'failing' | 'gone') =>
  stopWebhook(server.database, at, reason);
const become = (at: { workspace_id: string; webhook_id: string }, state: 'active' | 'paused') =>
  team.owner.client.update_webhook({ ...at, if_match: '*', body: { state } });
const setRole = (person: Person, to: 'admin' | 'member') =>
  team.owner.client.update_member({
    workspace_id: team.workspace_id,
    user_id: person.user.id,
    if_match: '*',
    body: { role: to },
  });

describe('when Baton stops a webhook', () => {
  test.each(['failing', 'gone'] as const)(
    'its creator and all other owners and admins are notified with the reason, and nobody else: %s',
    async (stop_reason) => {
      const { owner, admin, member, viewer } = team;
      const at = await webhook(admin);
      await stop(at, stop_reason);
      await told();
      for (const person of [owner, admin]) {
        const [one, ...more] = await inboxOf(person);
        expect(one).toMatchObject({
          kinds: ['webhook_stopped'],
          webhook_id: at.webhook_id,
          webhook_origin: 'https://receiver.invalid:8443',
          webhook_description: 'To the crane',
          stop_reason,
          actor_id: null,
          ...{ ticket_id: null, ticket_key: null, ticket_title: null, project_id: null, comment_id: null },
        });
        expect(JSON.stringify(one)).not.toContain('hidden');
        expect([more, await unread(person)]).toEqual([[], 1]);
      }
      expect([await inboxOf(member), await inboxOf(viewer), await unread(member)]).toEqual([[], [], 0]);
      const { rows } = await run('select user_id from notifications where webhook_id = $1', at.webhook_id);
      expect(rows).toHaveLength(2);
    },
  );

  test('the worker notifies owners and admins soon after a receiver has responded with 410', async () => {
    const receiver = await startReceiver(() => ({ status: 410 }));
    onTestFinished(() => receiver.stop());
    const worker = keepDelivering(server);
    onTestFinished(() => worker.stop());
    const { workspace_id, owner, admin } = team;
    await owner.client.create_webhook({ workspace_id, body: { url: receiver.url, types: ['ticket.created'] } });
    await makeTicket(team);
    for (const person of [owner, admin]) {
      const reasons = async () => (await inboxOf(person)).map(({ stop_reason }) => stop_reason);
      await expect.poll(reasons, { timeout: 15_000 }).toEqual(['gone']);
    }
  });

  test('its creator is not notified if they are no longer an owner or admin', async () => {
    const { admin, owner } = team;
    const at = await webhook(admin);
    await setRole(admin, 'member');
    await stop(at);
    await told();
    expect([(await inboxOf(owner)).length, await inboxOf(admin, { folder: 'all' })]).toEqual([1, []]);
    const { rows } = await run('select user_id from notifications where webhook_id = $1', at.webhook_id);
    expect(rows).toEqual([{ user_id: owner.user.id }]);
  });

  test('a member who loses the right to see it does not see the notification until they regain the right', async () => {
    const { admin, workspace_id } = team;
    await stop(await webhook(admin));
    await told();
    const [one] = await inboxOf(admin);
    const named = { workspace_id, notification_id: one?.id ?? '' };
    await setRole(admin, 'member');
    expect([await inboxOf(admin, { folder: 'all' }), await unread(admin)]).toEqual([[], 0]);
    expect((await admin.client.raw.get_notification(named)).status).toBe(404);
    expect((await admin.client.raw.update_notification({ ...named, body: { read: true } })).status).toBe(404);
    await setRole(admin, 'admin');
    expect(await inboxOf(admin)).toEqual([one]);
    expect(await unread(admin)).toBe(1);
  });

  test('nobody sees the notification once the webhook is deleted', async () => {
    const at = await webhook(team.owner);
    await stop(at);
    await told();
    await team.owner.client.delete_webhook(at);
    expect([await inboxOf(team.owner, { folder: 'all' }), await unread(team.owner)]).toEqual([[], 0]);
  });

  test('a member who joins later is not notified', async () => {
    await stop(await webhook(team.owner));
    const later = await registerPerson(server);
    await joinWorkspace(team.owner, later, team.workspace_id, 'admin');
    await told();
    expect(await inboxOf(later, { folder: 'all' })).toEqual([]);
  });

  test('an owner is notified once per stop, even if the worker reads events twice, and never of an admin’s pause', async () => {
    const { owner, workspace_id } = team;
    const at = await webhook(owner);
    await stop(at, 'failing');
    await become(at, 'active');
    await become(at, 'paused');
    await become(at, 'active');
    await stop(at);
    const again = async () => {
      await run('update notification_places set last_sequence = 0 where workspace_id = $1', workspace_id);
      await notifyPeople(server.database.url, { batch: 1 });
    };
    await told();
    await again();
    const reasons = (await inboxOf(owner)).map(({ stop_reason }) => stop_reason);
    expect(reasons).toEqual(['failing', 'gone']);
    expect(await unread(owner)).toBe(2);
  });

  test('a second webhook that is stopped at the same moment has its own notification', async () => {
    const { owner } = team;
    const [one, other] = [await webhook(owner), await webhook(owner)];
    await stop(one);
    await stop(other);
    await run(
      `update outbox o set created_at = e.created_at from outbox e where e.subject_id = $1 and e.action = 'webhook.disabled'
         and o.subject_id = $2 and o.action = 'webhook.disabled'`,
      one.webhook_id,
      other.webhook_id,
    );
    await told();
    const inbox = await inboxOf(owner);
    expect(new Set(inbox.map(({ happened_at }) => happened_at)).size).toBe(1);
    expect(inbox.map(({ webhook_id }) => webhook_id).sort()).toEqual([one.webhook_id, other.webhook_id].sort());
  });

  test('the notification can be filtered by kind, read, archived and snoozed like any other', async () => {
    const { owner, member, workspace_id } = team;
    const ticket = await makeTicket(team);
    await stop(await webhook(owner));
    const body = { body: `@${owner.user.id}` };
    await member.client.create_comment({ workspace_id, ticket: ticket.id, body });
    await told();
    const [one] = await inboxOf(owner, { kind: 'webhook_stopped' });
    expect(await inboxOf(owner)).toHaveLength(2);
    const change = (body: Parameters<Person['client']['update_notification']>[0]['body']) =>
      owner.client.update_notification({ workspace_id, notification_id: one?.id ?? '', body });
    expect(await change({ archived: true, read: true })).toMatchObject({ webhook_id: one?.webhook_id });
    expect(await inboxOf(owner, { folder: 'archived' })).toMatchObject([{ stop_reason: 'gone' }]);
    await change({ snoozed_until: '2100-01-01' });
    expect(await inboxOf(owner, { folder: 'snoozed' })).toMatchObject([{ kinds: ['webhook_stopped'] }]);
    await change({ snoozed_until: null, read: false });
    expect(await unread(owner)).toBe(2);
    const { data } = await owner.client.list_notifications({ workspace_id });
    const read = await owner.client.read_notifications({ workspace_id, body: { up_to: data[0]?.id ?? '' } });
    expect(read).toMatchObject({ marked: 2, more: false });
  });

  test('an admin who has turned the kind off is not notified', async () => {
    const { owner, admin, workspace_id } = team;
    const body = { kinds: { webhook_stopped: false } };
    const settings = await admin.client.update_notification_settings({ workspace_id, if_match: '*', body });
    expect(settings.kinds.webhook_stopped).toBe(false);
    await stop(await webhook(owner));
    await told();
    expect([await inboxOf(admin), (await inboxOf(owner)).length]).toEqual([[], 1]);
  });
});

describe('the database', () => {
  test('lets the same roles see webhooks as the policy does', async () => {
    const { rows } = await run('select r.role, may_see_webhooks(r.role) as may from unnest($1::text[]) r (role)', [
      ...role.options,
    ]);
    const expected = role.options.map((one) => ({ role: one, may: policy.get_webhook[0].includes(one) }));
    expect(rows).toEqual(expected);
  });

  test('stores a switch for each kind, and mails the contract’s kinds by default', async () => {
    const { admin, workspace_id } = team;
    const all = Object.fromEntries(kind.options.map((name) => [name, true]));
    const none = Object.fromEntries(kind.options.map((name) => [name, false]));
    const change = (body: object) => admin.client.update_notification_settings({ workspace_id, if_match: '*', body });
    const mailed = Object.fromEntries(kind.options.map((name) => [name, notification_kinds[name].mailed]));
    expect(await admin.client.get_notification_settings({ workspace_id })).toMatchObject({ kinds: all, mail: mailed });
    // The row that this writes has the database's defaults.
    expect((await change({ muted_project_ids: ['ENG'] })).mail).toEqual(mailed);
    expect(await change({ kinds: none, mail: all })).toMatchObject({ kinds: none, mail: all });
    const { rows } = await run('select k.kind, is_mailed(k.kind, null) as is from unnest($1::text[]) k (kind)', [
      ...kind.options,
    ]);
    expect(Object.fromEntries(rows.map((row: { kind: string; is: boolean }) => [row.kind, row.is]))).toEqual(mailed);
  });
});
