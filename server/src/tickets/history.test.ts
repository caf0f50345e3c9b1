import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { purging } from '../../../proof/harness/purging.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { changeEmail } from '../accounts/operator.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const at = (ticket: { id: string }) => ({ workspace_id: team.workspace_id, ticket: ticket.id });

describe('the audit log', () => {
  test('has exactly one entry for each version, with before and after', async () => {
    const ticket = await makeTicket(team, { title: 'Base' });
    const { client } = team.member;
    await client.update_ticket({ ...at(ticket), body: { title: 'New', version: 1 } });
    await client.transition_ticket({ ...at(ticket), body: { to: 'in_progress' } });
    await client.delete_ticket(at(ticket));
    const { data } = await team.admin.client.list_audit({ workspace_id: team.workspace_id, subject: ticket.id });
    expect(data.map((entry) => [entry.subject_version, entry.action])).toEqual([
      [4, 'ticket.deleted'],
      [3, 'ticket.transitioned'],
      [2, 'ticket.updated'],
      [1, 'ticket.created'],
    ]);
    expect(data[2]).toMatchObject({
      before: { title: 'Base' },
      after: { title: 'New' },
      actor_id: team.member.user.id,
    });
  });
});

describe('the activity of a ticket', () => {
  test('lists what happened to this ticket alone, newest first, for anyone who may read it', async () => {
    const ticket = await makeTicket(team, { title: 'Base' });
    await makeTicket(team);
    const { member, admin, viewer, workspace_id, project_id } = team;
    const { id: comment_id } = await member.client.create_comment({ ...at(ticket), body: { body: 'A word.' } });
    await admin.client.update_ticket({ ...at(ticket), body: { title: 'New', labels_add: ['x'], version: 1 } });
    await member.client.transition_ticket({ ...at(ticket), body: { to: 'in_progress', assignee_id: member.user.id } });
    await member.client.set_assignee({ if_match: '*', ...at(ticket), body: { assignee_id: null } });
    await member.client.update_comment({ ...at(ticket), comment_id, body: { body: 'Another.', version: 1 } });
    await member.client.delete_comment({ ...at(ticket), comment_id });
    const seen: { action: string; actor_id: string; before: unknown; after: unknown; assignees: unknown }[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<typeof viewer.client.list_activity>> = await viewer.client.list_activity({
        ...{ ...at(ticket), limit: 2 },
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.data);
      cursor = page.next_cursor;
    }
    expect(seen.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['comment.deleted', member.user.id],
      ['comment.updated', member.user.id],
      ['ticket.assignee_changed', member.user.id],
      ['ticket.transitioned', member.user.id],
      ['ticket.updated', admin.user.id],
      ['comment.created', member.user.id],
      ['ticket.created', member.user.id],
    ]);
    expect(seen[4]).toMatchObject({ before: { title: 'Base', labels: [] }, after: { title: 'New', labels: ['x'] } });
    const mine = [{ user_id: member.user.id, name: member.user.name }];
    expect(seen.map(({ assignees }) => assignees)).toEqual([[], [], mine, mine, [], [], []]);
    const all = await viewer.client.list_activity(at(ticket));
    expect(all.data).toEqual(seen);
    const elsewhere = await team.stranger.client.raw.list_activity(at(ticket));
    expect(elsewhere.status).toBe(404);
    const [last] = (await viewer.client.list_project_transitions({ workspace_id, project_id, limit: 1 })).data;
    expect(last).toMatchObject({ ticket_id: ticket.id, ticket_key: ticket.key, to_status: 'in_progress', sequence: 1 });
  });
});

describe('the transitions of a project', () => {
  test('are those of its own tickets, newest first, in pages', async () => {
    const { workspace_id, owner, member, stranger } = team;
    const project = await owner.client.create_project({ workspace_id, body: { key: 'MOVES', name: 'Moves' } });
    const here = { workspace_id, project_id: project.key };
    const steps: string[] = [];
    for (const title of ['one', 'two', 'three']) {
      const ticket = await member.client.create_ticket({ ...here, body: { title } });
      for (const to of ['in_progress', 'resolved']) {
        const { transition } = await member.client.transition_ticket({ ...at(ticket), body: { to, comment: 'c' } });
        steps.unshift(transition.id);
      }
    }
    const first = await team.viewer.client.list_project_transitions({ ...here, limit: 4 });
    const rest = await team.viewer.client.list_project_transitions({ ...here, cursor: first.next_cursor ?? '' });
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(steps);
    expect((await stranger.client.raw.list_project_transitions(here)).status).toBe(404);
    // The span between two of them excludes both, and a cursor is valid only with the times of its own request.
    const all = [...first.data, ...rest.data];
    const [after, before] = [all[4]?.created_at ?? '', all[1]?.created_at ?? ''];
    const between = { ...here, created_after: after, created_before: before };
    const span = await member.client.list_project_transitions({ ...between, limit: 1 });
    const next = await member.client.list_project_transitions({ ...between, cursor: span.next_cursor ?? '' });
    expect([...span.data, ...next.data]).toEqual(all.slice(2, 4));
    const elsewhere = await member.client.raw.list_project_transitions({ ...here, cursor: span.next_cursor ?? '' });
    expect([elsewhere.status, elsewhere.body]).toMatchObject([400, { code: 'invalid_cursor' }]);
    const absent = await member.client.raw.list_project_transitions({ workspace_id, project_id: 'NONE' });
    expect(absent.status).toBe(404);
  });
});

test('transitions and activity show current titles and names, even those of former members', async () => {
  const { workspace_id, project_id, owner, viewer } = team;
  const [leaver, keeper] = [await registerPerson(server, { name: 'Ada' }), await registerPerson(server)];
  await joinWorkspace(owner, leaver, workspace_id, 'member');
  await joinWorkspace(owner, keeper, workspace_id, 'member');
  const ticket = await makeTicket(team, { title: 'As it was' });
  await leaver.client.set_assignee({ ...at(ticket), if_match: '*', body: { assignee_id: keeper.user.id } });
  await keeper.client.set_assignee({ ...at(ticket), if_match: '*', body: { assignee_id: leaver.user.id } });
  await leaver.client.transition_ticket({ ...at(ticket), body: { to: 'in_progress' } });
  await owner.client.update_ticket({ ...at(ticket), body: { title: 'As it is', version: 4 } });
  await owner.client.remove_member({ workspace_id, user_id: leaver.user.id });
  await leaver.client.update_me({ if_match: '*', body: { name: 'Ada Lovelace' } });
  const named = async () => {
    const steps = await viewer.client.list_project_transitions({ workspace_id, project_id, limit: 1 });
    const { data } = await viewer.client.list_activity(at(ticket));
    return {
      step: steps.data[0],
      moved: data.find(({ action }) => action === 'ticket.transitioned'),
      assigned: data.findLast(({ action }) => action === 'ticket.assignee_changed'),
    };
  };
  const { step, moved } = await named();
  expect(step).toMatchObject({ ticket_id: ticket.id, ticket_title: 'As it is', actor_name: 'Ada Lovelace' });
  expect(moved).toMatchObject({ actor_id: leaver.user.id, actor_name: 'Ada Lovelace' });
  // The same holds once the entries are numbered.
  await numberEvents(server.database.url);
  const { assigned, ...numbered } = await named();
  expect(numbered).toEqual({ step, moved });
  expect(assigned).toMatchObject({
    actor_name: 'Ada Lovelace',
    assignees: [{ user_id: keeper.user.id, name: keeper.user.name }],
  });
  const { data } = await viewer.client.list_activity(at(ticket));
  const handed_over = data.find(({ assignees }) => assignees.length === 2);
  expect(handed_over?.assignees.map(({ name }) => name)).toEqual([keeper.user.name, 'Ada Lovelace']);
});

describe('purging a ticket', () => {
  test('removes its earlier titles and descriptions from the database, and nothing else', async () => {
    const secret = 'hunter2-in-a-ticket';
    const { member, admin, owner, workspace_id, project_id } = team;
    const body = { title: `Reset ${secret}`, description: `${secret} ${'long '.repeat(1000)}`, labels: ['kept'] };
    const ticket = await member.client.create_ticket({ workspace_id, project_id, body });
    const edit = (change: { title?: string; description?: string; priority?: 'high' }, version: number) =>
      member.client.update_ticket({ ...at(ticket), body: { ...change, version } });
    await edit({ description: `also ${secret}` }, 1);
    await edit({ description: 'clean', title: 'Reset it', priority: 'high' }, 2);
    expect((await admin.client.raw.purge_ticket({ ...at(ticket), body: { fields: ['title'] } })).status).toBe(403);
    const purged = await owner.client.purge_ticket({ ...at(ticket), body: { fields: ['title', 'description'] } });
    expect(purged).toMatchObject({ title: 'Reset it', description: 'clean', labels: ['kept'], version: 4 });
    const { rows } = await server.database.owner.query<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind = 'r'`,
    );
    for (const { name } of rows) {
      const found = await server.database.owner.query(`select 1 from ${name} x where to_jsonb(x)::text like $1`, [
        `%${secret}%`,
      ]);
      expect([name, found.rows.length]).toEqual([name, 0]);
    }
    const { data } = await member.client.list_activity(at(ticket));
    expect(data.map(({ action, version, actor_id }) => [action, version, actor_id])).toEqual([
      ['ticket.purged', 4, owner.user.id],
      ['ticket.updated', 3, member.user.id],
      ['ticket.updated', 2, member.user.id],
      ['ticket.created', 1, member.user.id],
    ]);
    expect(data[1]?.before).toEqual({ title: null, description: null, priority: 'none' });
    // An edit based on a purged text is a conflict with base null.
    const stale = await member.client.raw.update_ticket({ ...at(ticket), body: { title: 'Mine', version: 1 } });
    expect(stale).toMatchObject({ status: 409, body: { fields: { title: { base: null, mine: 'Mine' } } } });
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });
});

describe('the operator', () => {
  test('can remove a label and a project’s former name from history, as decision 27 describes', async () => {
    const { workspace_id, member, owner } = team;
    const project = await owner.client.create_project({ workspace_id, body: { key: 'SEC', name: 'Secret name' } });
    const { id: subject } = project;
    await owner.client.update_project({ workspace_id, project_id: subject, body: { name: 'Plain', version: 1 } });
    const body = { title: 'T', labels: ['kept', 'secret label'] };
    const ticket = await member.client.create_ticket({ workspace_id, project_id: subject, body });
    await member.client.update_ticket({ ...at(ticket), body: { labels: ['kept'], version: 1 } });
    const entries = async () => JSON.stringify((await owner.client.list_audit({ workspace_id, limit: 100 })).data);
    expect(await entries()).toMatch(/secret label.*Secret name/);
    const values = { workspace: workspace_id, subject, label: 'secret label', request: 'operator' };
    await server.database.owner.query(purging('takes out a name and a label', values));
    const left = await entries();
    expect(left).not.toMatch(/secret label|Secret name/);
    expect(left).toContain('workspace.purged');
    expect(left).toContain('kept');
    expect((await member.client.list_activity(at(ticket))).data).toHaveLength(2);
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('can remove an invited person’s address from history, and leaves the other entries unchanged', async () => {
    const { workspace_id, owner } = team;
    const [guest, invited] = [await registerPerson(server), someAddress()];
    const invite = (email: string) => owner.client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
    const [gone, kept] = [await invite(invited), await invite(someAddress())];
    const { token } = await invite(guest.email);
    await guest.client.accept_invitation({ body: { token } });
    await numberEvents(server.database.url); // the revocation has no number yet
    await owner.client.revoke_invitation({ workspace_id, invitation_id: gone.id });
    const { owner: database } = server.database;
    const has = async (address: string) => {
      const { rows } = await database.query<{ name: string }>(
        `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind = 'r'`,
      );
      const found: string[] = [];
      for (const { name } of rows) {
        const text = `select 1 from ${name} x where to_jsonb(x)::text like $1 limit 1`;
        if ((await database.query(text, [`%${address}%`])).rowCount === 1) found.push(name);
      }
      return found.sort();
    };
    expect(await has(invited)).toEqual(['events', 'invitations', 'outbox']);
    await changeEmail(database, { from: guest.email, to: someAddress() });
    for (const address of [invited, guest.email]) {
      const values = { workspace: workspace_id, address, request: 'operator' };
      const { rows } = await database.query(purging('finds an address', values));
      expect(rows).toEqual([{ workspace_id }]);
      await database.query(purging('takes out an address', values));
      expect((await database.query(purging('finds an address', values))).rows).toEqual([]);
    }
    expect(await has(invited)).toEqual([]);
    // The account's own log keeps its former address.
    expect(await has(guest.email)).toEqual(['account_audit_log']);
    const { data } = await owner.client.list_audit({ workspace_id, subject: `${gone.id},${kept.id}` });
    expect(data.map(({ action, before, after }) => [action, (before ?? after)?.['email']])).toEqual([
      ['invitation.revoked', null],
      ['invitation.created', kept.email],
      ['invitation.created', null],
    ]);
    expect(await brokenInvariants(database)).toEqual({});
  });
});
