import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
});
beforeEach(async () => {
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const told = () => notifyPeople(server.database.url);
type Query = Omit<Parameters<Person['client']['list_notifications']>[0], 'workspace_id'>;

/** Returns a member's notifications, oldest first. */
async function inboxOf({ client }: Person, query: Query = {}) {
  const { data } = await client.list_notifications({ workspace_id: team.workspace_id, ...query });
  return data.reverse();
}
const kindsOf = async (person: Person, query?: Query) => (await inboxOf(person, query)).map(({ kinds }) => kinds);
const at = (ticket: { id: string }) => ({ workspace_id: team.workspace_id, ticket: ticket.id });
const comment = ({ client }: Person, ticket: { id: string }, body = 'A word.') =>
  client.create_comment({ ...at(ticket), body: { body } });
describe('a member', () => {
  test('who was removed gets no notifications, and finds none of the earlier ones after coming back', async () => {
    const { member, viewer, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    await comment(owner, ticket, `@${viewer.user.id}`);
    await told();
    await comment(owner, ticket, `@${viewer.user.id} again`);
    await owner.client.remove_member({ workspace_id, user_id: viewer.user.id });
    await told();
    expect((await viewer.client.raw.list_notifications({ workspace_id })).status).toBe(404);
    await joinWorkspace(owner, viewer, workspace_id, 'viewer');
    expect(await inboxOf(viewer, { folder: 'all' })).toEqual([]);
    expect(await viewer.client.get_unread_count({ workspace_id })).toEqual({ unread: 0 });
    await comment(owner, ticket, 'They watch it still.');
    await told();
    expect(await kindsOf(viewer)).toEqual([['commented']]);
    expect(await kindsOf(member)).toEqual([['commented'], ['commented'], ['commented']]);
  });

  test('does not see a notification about a deleted ticket until the ticket is restored', async () => {
    const { member, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    await comment(owner, ticket);
    await told();
    const [one] = await inboxOf(member);
    const notification_id = one?.id ?? '';
    await owner.client.delete_ticket(at(ticket));
    expect(await inboxOf(member, { folder: 'all' })).toEqual([]);
    expect(await member.client.get_unread_count({ workspace_id })).toEqual({ unread: 0 });
    expect((await member.client.raw.get_notification({ workspace_id, notification_id })).status).toBe(404);
    const seen = { workspace_id, body: { up_to: notification_id } };
    expect((await member.client.raw.read_notifications(seen)).status).toBe(200);
    await owner.client.restore_ticket(at(ticket));
    expect(await member.client.get_notification({ workspace_id, notification_id })).toMatchObject({ id: one?.id });
  });

  test('sees what happened to a ticket before it was deleted once it is restored, even if the worker read it in between', async () => {
    const { member, owner } = team;
    const ticket = await makeTicket(team);
    await comment(owner, ticket, `@${member.user.id}`);
    await owner.client.delete_ticket(at(ticket));
    await told();
    expect(await inboxOf(member)).toEqual([]);
    await owner.client.restore_ticket(at(ticket));
    expect(await kindsOf(member)).toEqual([['commented', 'mentioned']]);
  });

  test('cannot read or mark another member’s notifications', async () => {
    const { member, owner, admin, workspace_id } = team;
    const ticket = await makeTicket(team);
    await comment(owner, ticket);
    await told();
    const [one] = await inboxOf(member);
    const notification_id = one?.id ?? '';
    const { raw } = admin.client;
    expect((await raw.get_notification({ workspace_id, notification_id })).status).toBe(404);
    expect((await raw.update_notification({ workspace_id, notification_id, body: { read: true } })).status).toBe(404);
    expect((await raw.read_notifications({ workspace_id, body: { up_to: notification_id } })).status).toBe(422);
    expect(await inboxOf(member)).toEqual([one]);
  });
});

describe('the inbox', () => {
  test('has the notifications that are neither archived nor snoozed, and counts the unread ones', async () => {
    const { member, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    for (const body of ['One', 'Two', 'Three', 'Four']) await comment(owner, ticket, body);
    await told();
    const all = await inboxOf(member);
    const [first, second, third, fourth] = all.map(({ id }) => ({ workspace_id, notification_id: id }));
    if (!first || !second || !third || !fourth) throw new Error('There should be four.');
    const { client } = member;
    const read = await client.update_notification({ ...first, body: { read: true } });
    expect(read).toEqual({ ...all[0], read_at: expect.any(String) as string });
    expect(await client.update_notification({ ...first, body: { read: true } })).toEqual(read);
    await client.update_notification({ ...second, body: { archived: true } });
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await client.update_notification({ ...third, body: { snoozed_until: until } });
    const texts = async (folder: NonNullable<Query['folder']>) =>
      (await inboxOf(member, { folder })).map(({ comment_excerpt }) => comment_excerpt);
    expect(await texts('inbox')).toEqual(['One', 'Four']);
    expect(await texts('unread')).toEqual(['Four']);
    expect(await texts('snoozed')).toEqual(['Three']);
    expect(await texts('archived')).toEqual(['Two']);
    expect(await texts('all')).toEqual(['One', 'Two', 'Three', 'Four']);
    expect(await client.get_unread_count({ workspace_id })).toEqual({ unread: 1 });
    await client.update_notification({ ...third, body: { snoozed_until: new Date(Date.now() - 1000).toISOString() } });
    await client.update_notification({ ...second, body: { archived: false } });
    await client.update_notification({ ...first, body: { read: false } });
    expect(await client.get_unread_count({ workspace_id })).toEqual({ unread: 4 });
    expect(await texts('inbox')).toEqual(['One', 'Two', 'Three', 'Four']);
  });

  test('keeps snoozed notifications unread when all are marked, and unarchives a notification when it is snoozed', async () => {
    const { member, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    for (const body of ['One', 'Two']) await comment(owner, ticket, body);
    await told();
    const [first, second] = await inboxOf(member);
    const at_first = { workspace_id, notification_id: first?.id ?? '' };
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await member.client.update_notification({ ...at_first, body: { archived: true } });
    await member.client.update_notification({ ...at_first, body: { snoozed_until: until } });
    const body = { up_to: second?.id ?? '' };
    expect(await member.client.read_notifications({ workspace_id, body })).toEqual({
      marked: 1,
      more: false,
      next_up_to: null,
    });
    expect(await member.client.get_notification(at_first)).toMatchObject({ read_at: null, archived_at: null });
  });

  test('can be read page by page, and filtered by kind', async () => {
    const { member, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    for (let n = 0; n < 5; n++) await comment(owner, ticket, `${n}`);
    await comment(owner, ticket, `@${member.user.id}`);
    await told();
    const whole = (await inboxOf(member)).reverse();
    const seen: typeof whole = [];
    for (let cursor: string | null = 'start'; cursor !== null; ) {
      const page: { data: typeof whole; next_cursor: string | null } = await member.client.list_notifications({
        workspace_id,
        limit: 2,
        cursor,
      });
      seen.push(...page.data);
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(whole);
    expect(await kindsOf(member, { kind: 'mentioned,assigned' })).toEqual([['commented', 'mentioned']]);
  });

  test('is marked as read up to the latest seen notification, and later ones stay unread', async () => {
    const { member, owner, workspace_id } = team;
    const [ticket, other] = [await makeTicket(team), await makeTicket(team)];
    for (const one of [ticket, other, ticket, other]) await comment(owner, one);
    await told();
    const all = await inboxOf(member);
    const read = (up_to: string | undefined, of?: string) =>
      member.client.read_notifications({ workspace_id, body: { up_to: up_to ?? '', ...(of && { ticket: of }) } });
    expect(await read(all[2]?.id, other.key)).toEqual({ marked: 1, more: false, next_up_to: null });
    expect(await read(all[2]?.id)).toEqual({ marked: 2, more: false, next_up_to: null });
    expect((await inboxOf(member, { folder: 'unread' })).map(({ id }) => id)).toEqual([all[3]?.id]);
    expect(await read(all[2]?.id)).toEqual({ marked: 0, more: false, next_up_to: null });
  });

  test('is marked as read in several requests if there are more notifications than one request covers', async () => {
    const { member, owner, workspace_id } = team;
    const [ticket, gone] = [await makeTicket(team), await makeTicket(team)];
    for (const one of [ticket, gone]) await comment(owner, one);
    await told();
    const [first, latest] = await inboxOf(member);
    await server.database.owner.query(
      `insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, actor_id, happened_at, created_at)
       select workspace_id, user_id, joined, gen_random_uuid(), kinds, ticket_id, gen_random_uuid(), happened_at, created_at + n * interval '1 ms'
       from notifications, generate_series(1, 1500) n where id = $1`,
      [latest?.id],
    );
    await owner.client.delete_ticket(at(gone));
    const { rows } = await server.database.owner.query<{ id: string }>(
      'select id from notifications where user_id = $1 order by created_at desc, id desc limit 1',
      [member.user.id],
    );
    const read = (up_to: string | null, of?: string) =>
      member.client.read_notifications({ workspace_id, body: { up_to: up_to ?? '', ...(of && { ticket: of }) } });
    const newest = rows[0]?.id ?? '';
    // One ticket's notification comes after the others, so the second request continues where the first stopped.
    const one = await read(newest, ticket.key);
    expect(one).toMatchObject({ marked: 0, more: true });
    expect(await read(one.next_up_to, ticket.key)).toEqual({ marked: 1, more: false, next_up_to: null });
    expect(
      (await member.client.get_notification({ workspace_id, notification_id: first?.id ?? '' })).read_at,
    ).not.toBeNull();
    // For all tickets, sending the same request again continues as well.
    expect(await read(newest)).toMatchObject({ marked: 1000, more: true });
    expect(await read(newest)).toMatchObject({ marked: 501, more: false });
    // No event has caused these notifications.
    await server.database.owner.query('delete from notifications where actor_id not in (select id from users)');
  });
});
