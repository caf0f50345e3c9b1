import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyPeople, numberEvents } from '../../../proof/harness/events.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { kind, mailed_by_default } from './contract.ts';

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
const move = ({ client }: Person, ticket: { id: string }, to: string, more: { comment?: string } = {}) =>
  client.transition_ticket({ ...at(ticket), body: { to, ...more } });
const assign = ({ client }: Person, ticket: { id: string }, to: Person | null) =>
  client.set_assignee({ ...at(ticket), if_match: '*', body: { assignee_id: to?.user.id ?? null } });

describe('a member is notified', () => {
  test('if somebody else assigns a ticket to them or unassigns them', async () => {
    const { member, admin, owner } = team;
    const ticket = await makeTicket(team, { assignee_id: admin.user.id });
    await assign(member, ticket, member);
    await assign(member, ticket, null);
    await told();
    expect(await inboxOf(admin)).toMatchObject([
      { kinds: ['assigned'], ticket_id: ticket.id, ticket_key: ticket.key, ticket_title: ticket.title },
      { kinds: ['assigned'], actor_id: member.user.id, comment_id: null, from_status: null, read_at: null },
    ]);
    expect([await inboxOf(member), await inboxOf(owner)]).toEqual([[], []]);
  });

  test('of transitions and comments only if they reported the ticket, are its assignee, commented or were mentioned', async () => {
    const { member, admin, owner, viewer } = team;
    const ticket = await makeTicket(team);
    await comment(owner, ticket, `See @${viewer.user.id}: it is urgent.`);
    await told();
    await move(admin, ticket, 'in_progress');
    await told();
    expect(await kindsOf(member)).toEqual([['commented'], ['moved']]);
    expect(await inboxOf(owner)).toMatchObject([
      { kinds: ['moved'], from_status: 'open', to_status: 'in_progress', actor_id: admin.user.id },
    ]);
    expect(await inboxOf(viewer)).toMatchObject([
      { kinds: ['mentioned'], comment_excerpt: `See @${viewer.user.id}: it is urgent.`, to_status: null },
      { kinds: ['moved'] },
    ]);
    expect(await inboxOf(admin)).toEqual([]);
  });

  test('only of what happens after they began to watch, even if the worker reads earlier events in the same batch', async () => {
    const { member, owner, viewer } = team;
    const ticket = await makeTicket(team);
    await comment(member, ticket, 'Before.');
    await comment(owner, ticket, `@${viewer.user.id} Look.`);
    await comment(member, ticket, 'After.');
    await told();
    expect((await inboxOf(owner)).map(({ comment_excerpt }) => comment_excerpt)).toEqual(['After.']);
    expect(await kindsOf(viewer)).toEqual([['mentioned'], ['commented']]);
  });

  test('once per act, however many reasons there are', async () => {
    const { member, admin } = team;
    const ticket = await makeTicket(team);
    await assign(member, ticket, admin);
    await told();
    await move(admin, ticket, 'in_progress', { comment: `@${member.user.id} @${member.user.id} On it.` });
    await told();
    expect(await inboxOf(member)).toMatchObject([
      {
        kinds: ['commented', 'mentioned', 'moved'],
        to_status: 'in_progress',
        comment_excerpt: expect.stringContaining('On it.') as string,
      },
    ]);
  });

  test('once per act, even if the worker reads its events in two batches', async () => {
    const { member, admin, workspace_id } = team;
    const ticket = await makeTicket(team);
    await told();
    await move(admin, ticket, 'in_progress', { comment: 'On it.' });
    const { rows } = await server.database.owner.query<{ taken: number }>(
      'select last_sequence::int as taken from notification_places where workspace_id = $1',
      [workspace_id],
    );
    expect(rows).toHaveLength(1);
    await told();
    const whole = await inboxOf(member);
    expect(whole).toMatchObject([
      { kinds: ['commented', 'moved'], to_status: 'in_progress', comment_excerpt: 'On it.' },
    ]);
    // Repeat it, one event at a time.
    await server.database.owner.query('delete from notifications where workspace_id = $1', [workspace_id]);
    await server.database.owner.query('update notification_places set last_sequence = $2 where workspace_id = $1', [
      workspace_id,
      rows[0]?.taken,
    ]);
    await notifyPeople(server.database.url, { batch: 1 });
    expect(await inboxOf(member)).toMatchObject(
      whole.map(({ kinds, to_status, comment_id }) => ({ kinds, to_status, comment_id })),
    );
  });

  test('once of a due ticket, on the day', async () => {
    const { member, admin, owner, workspace_id } = team;
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const create = async (body: { due_on?: string; assignee_id?: string }) =>
      member.client.create_ticket({ workspace_id, project_id: team.project_id, body: { title: 'T', ...body } });
    const mine = await create({ due_on: day(0) });
    const theirs = await create({ due_on: day(0), assignee_id: admin.user.id });
    const done = await create({ due_on: day(0) });
    await move(member, done, 'in_progress');
    await member.client.transition_ticket({ ...at(done), body: { to: 'resolved', resolution: 'fixed' } });
    const later = await create({ due_on: day(9) });
    await numberEvents(server.database.url);
    // The worker has read the events, and last notified of due tickets yesterday.
    const place = (due_on: string, last_sequence: string) =>
      server.database.owner.query(
        `insert into notification_places (workspace_id, due_on, next_due_on, last_sequence) select workspace_id, ${due_on}, ${due_on} + 1, ${last_sequence}
         from event_heads where workspace_id = '${workspace_id}'
         on conflict (workspace_id) do update set due_on = excluded.due_on, next_due_on = excluded.next_due_on, last_sequence = excluded.last_sequence`,
      );
    await place('current_date - 1', 'last_sequence');
    await notifyPeople(server.database.url, { batch: 1 }); // ticket by ticket
    await told();
    expect(await inboxOf(member)).toMatchObject([{ kinds: ['due'], ticket_id: mine.id, actor_id: null }]);
    expect(await inboxOf(admin)).toMatchObject([
      { kinds: ['due'], ticket_id: theirs.id, happened_at: `${day(0)}T00:00:00.000000Z` },
    ]);
    // The worker reads the events of tickets that it has already notified of as due.
    await place('current_date', '0');
    await told();
    expect(await kindsOf(member)).toEqual([['due']]);
    expect(await kindsOf(admin)).toEqual([['due'], ['assigned']]);
    // Tickets whose new day has already come.
    await member.client.update_ticket({ ...at(later), if_match: '*', body: { due_on: day(0) } });
    await owner.client.update_ticket({ ...at(done), if_match: '*', body: { due_on: day(-2) } });
    await assign(member, later, admin);
    await admin.client.update_ticket({ ...at(mine), if_match: '*', body: { due_on: day(-1) } });
    await told();
    expect((await kindsOf(admin)).slice(2).sort()).toEqual([['assigned'], ['due']]);
    expect((await inboxOf(member)).slice(1)).toMatchObject([
      { kinds: ['due'], happened_at: `${day(-1)}T00:00:00.000000Z` },
    ]);
  });

  test('neither of a remapped ticket, which nobody moved, nor of an edit', async () => {
    const { member, owner } = team;
    const ticket = await makeTicket(team);
    await owner.client.update_ticket({ ...at(ticket), if_match: '*', body: { title: 'Better' } });
    await told();
    expect(await inboxOf(member)).toEqual([]);
  });
});

describe('a mention in a comment', () => {
  test('is `@` and a member’s id as a separate word, in any letter case', async () => {
    const { member, admin, owner, viewer } = team;
    const ticket = await makeTicket(team);
    const text = `@${admin.user.id.toUpperCase()}, (@${viewer.user.id}) x@${owner.user.id} @${owner.user.id}0`;
    const { mentions } = await comment(member, ticket, text);
    expect(mentions).toEqual([admin.user.id, viewer.user.id]);
  });

  test('is refused if it names no member or is one of too many, in a comment or a transition, and nothing is written', async () => {
    const { member, stranger } = team;
    const ticket = await makeTicket(team);
    const body = `@${stranger.user.id}`;
    const refused = (pointer: string) => ({ status: 422, body: { errors: [{ pointer }] } });
    const { raw } = member.client;
    expect(await raw.create_comment({ ...at(ticket), body: { body } })).toMatchObject(refused('/body'));
    const step = { ...at(ticket), body: { to: 'in_progress', comment: body } };
    expect(await raw.transition_ticket(step)).toMatchObject(refused('/comment'));
    const many = Array.from({ length: 51 }, (_, n) => `@00000000-0000-7000-8000-${String(n).padStart(12, '0')}`).join(
      ' ',
    );
    expect(await raw.create_comment({ ...at(ticket), body: { body: many } })).toMatchObject(refused('/body'));
    expect((await member.client.list_comments(at(ticket))).data).toEqual([]);
    expect(await member.client.get_ticket(at(ticket))).toMatchObject({ version: 1, status: 'open' });
  });

  test('notifies only the members that an edit adds, and stays when a mentioned member leaves', async () => {
    const { member, admin, viewer, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    const { id: comment_id } = await comment(member, ticket, `@${viewer.user.id}`);
    const edit = (body: string, version: number) =>
      member.client.update_comment({ ...at(ticket), comment_id, body: { body, version } });
    await edit(`@${viewer.user.id} and @${admin.user.id}`, 1);
    await told();
    expect([await kindsOf(viewer), await kindsOf(admin)]).toEqual([[['mentioned']], [['mentioned']]]);
    await owner.client.remove_member({ workspace_id, user_id: viewer.user.id });
    const { mentions } = await edit(`@${viewer.user.id} and @${admin.user.id}!`, 2);
    expect(mentions).toEqual([viewer.user.id, admin.user.id]);
    await member.client.delete_comment({ ...at(ticket), comment_id });
    await told();
    expect(await member.client.get_comment({ ...at(ticket), comment_id })).toMatchObject({ body: '', mentions: [] });
    expect(await inboxOf(admin)).toMatchObject([{ kinds: ['mentioned'], comment_id, comment_excerpt: null }]);
  });
});

describe('a notification setting', () => {
  test('that turns a kind off applies to what happens from then on', async () => {
    const { member, owner, workspace_id } = team;
    const ticket = await makeTicket(team);
    await comment(owner, ticket);
    await told();
    const { client } = member;
    const before = await client.get_notification_settings({ workspace_id });
    expect(before).toEqual({
      kinds: Object.fromEntries(kind.options.map((name) => [name, true])),
      mail: Object.fromEntries(kind.options.map((name) => [name, mailed_by_default.includes(name)])),
      quiet_hours: null,
      muted_project_ids: [],
      version: 1,
    });
    const body = { kinds: { commented: false }, version: 1 };
    const after = await client.update_notification_settings({ workspace_id, body });
    expect(after).toEqual({ ...before, kinds: { ...before.kinds, commented: false }, version: 2 });
    expect(await client.get_notification_settings({ workspace_id })).toEqual(after);
    expect(await client.raw.update_notification_settings({ workspace_id, body })).toMatchObject({ status: 409 });
    await comment(owner, ticket);
    await move(owner, ticket, 'in_progress', { comment: 'A step.' });
    await told();
    expect(await kindsOf(member)).toEqual([['commented'], ['moved']]);
    expect(await kindsOf(owner)).toEqual([]);
  });

  test('that mutes a project leaves only mentions and assignments, unless those are turned off too', async () => {
    const { member, owner, workspace_id, project_id } = team;
    const ticket = await makeTicket(team);
    const change = (body: object) => member.client.update_notification_settings({ workspace_id, if_match: '*', body });
    expect((await change({ muted_project_ids: ['ENG'] })).muted_project_ids).toEqual([project_id]);
    expect((await change({ muted_project_ids: ['eng', project_id] })).muted_project_ids).toEqual([project_id]);
    await move(owner, ticket, 'in_progress', { comment: 'Nothing of this.' });
    await comment(owner, ticket, `But of this, @${member.user.id}.`);
    await told();
    expect(await kindsOf(member)).toEqual([['mentioned']]);
    await change({ kinds: { mentioned: false } });
    await comment(owner, ticket, `@${member.user.id} And not of this.`);
    await told();
    expect(await kindsOf(member)).toEqual([['mentioned']]);
    const foreign = await member.client.raw.update_notification_settings({
      workspace_id,
      if_match: '*',
      body: { muted_project_ids: [ticket.id] },
    });
    expect(foreign).toMatchObject({ status: 422, body: { errors: [{ pointer: '/muted_project_ids' }] } });
  });
});

describe('watching', () => {
  test('follows from a member’s choice or their part in the ticket', async () => {
    const { member, admin, owner, viewer } = team;
    const ticket = await makeTicket(team);
    const choose = ({ client }: Person, choice: 'automatic' | 'watching' | 'muted') =>
      client.set_watching({ ...at(ticket), body: { choice } });
    expect(await viewer.client.get_watching(at(ticket))).toEqual({ choice: 'automatic', watches: false, reasons: [] });
    expect(await choose(viewer, 'watching')).toEqual({ choice: 'watching', watches: true, reasons: ['by_choice'] });
    expect(await choose(member, 'muted')).toEqual({ choice: 'muted', watches: false, reasons: ['reporter'] });
    await comment(admin, ticket);
    await told();
    const { data } = await owner.client.list_watchers(at(ticket));
    expect(data).toEqual(
      [
        { user_id: viewer.user.id, reasons: ['by_choice'] },
        { user_id: admin.user.id, reasons: ['commented'] },
      ].sort((a, b) => (a.user_id < b.user_id ? -1 : 1)),
    );
    expect([await kindsOf(viewer), await kindsOf(member)]).toEqual([[['commented']], []]);
    await comment(owner, ticket, `@${member.user.id}`);
    await choose(admin, 'muted');
    expect(await choose(admin, 'automatic')).toEqual({ choice: 'automatic', watches: true, reasons: ['commented'] });
    expect(await choose(viewer, 'automatic')).toEqual({ choice: 'automatic', watches: false, reasons: [] });
    await told();
    expect([await kindsOf(member), await kindsOf(admin)]).toEqual([[['mentioned']], [['commented']]]);
  });

  test('is limited to 200 members for each ticket, besides its reporter and assignee', async () => {
    const { member, workspace_id } = team;
    const ticket = await makeTicket(team);
    const people = `insert into users (id, email, name)
      select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'w' || n || '@example.com', 'W' from generate_series(1, 200) n
      on conflict do nothing;
      insert into memberships (workspace_id, user_id, role)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'viewer' from generate_series(1, 200) n;
      insert into user_workspaces (user_id, workspace_id, role)
      select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '${workspace_id}', 'viewer' from generate_series(1, 200) n;
      insert into watchers (workspace_id, ticket_id, user_id, choice)
      select '${workspace_id}', '${ticket.id}', ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'watching'
      from generate_series(1, 200) n`;
    await server.database.owner.query(people);
    const watch = { ...at(ticket), body: { choice: 'watching' } } as const;
    expect(await member.client.raw.set_watching(watch)).toMatchObject({
      status: 409,
      body: { code: 'quota_exceeded', quota: 'watchers_per_ticket', limit: 200 },
    });
    await comment(team.admin, ticket);
    await told();
    expect(await member.client.get_watching(at(ticket))).toMatchObject({ watches: true, reasons: ['reporter'] });
    expect(await team.admin.client.get_watching(at(ticket))).toMatchObject({ watches: false });
    const { rows } = await server.database.owner.query<{ n: number }>(
      'select count(*)::int as n from notifications where ticket_id = $1',
      [ticket.id],
    );
    expect(rows).toEqual([{ n: 201 }]);
  });
});

test('a bot has its own inbox, which it reads with its token', async () => {
  const { owner, member, workspace_id } = team;
  const { id: bot_id } = await owner.client.create_bot({ workspace_id, body: { name: 'Triage' } });
  const scopes = ['notifications:write' as const];
  const { token } = await owner.client.create_token({ workspace_id, body: { name: 'T', scopes, user_id: bot_id } });
  const ticket = await makeTicket(team);
  await comment(member, ticket, `@${bot_id} please`);
  await told();
  const read = async () => {
    const answer = await fetch(`${server.url}/v1/workspaces/${workspace_id}/notifications`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return ((await answer.json()) as { data: { kinds: string[] }[] }).data.map(({ kinds }) => kinds);
  };
  expect(await read()).toEqual([['mentioned']]);
  expect(await inboxOf(owner)).toEqual([]);
  expect(await brokenInvariants(server.database.owner)).toEqual({});
});
