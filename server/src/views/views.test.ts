import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

type Body = Parameters<Person['client']['create_view']>[0]['body'];

const create = (person: Person, body: Partial<Body> = {}) =>
  person.client.create_view({ workspace_id: team.workspace_id, body: { name: 'Mine', ...body } });
const at = ({ id }: { id: string }) => ({ workspace_id: team.workspace_id, view_id: id });
const namesOf = async (person: Person) => {
  const { data } = await person.client.list_views({ workspace_id: team.workspace_id, limit: 100 });
  return data.map(({ name }) => name);
};
const refusal = (status: number, code: string) => ({ status, body: { code } });

describe('a view', () => {
  test('is returned as it was created, with each parameter in its canonical spelling', async () => {
    const { member } = team;
    const query = {
      project_id: 'eng',
      status: 'open,in_progress,open',
      assignee: 'none,me',
      label: String.raw`crane\, old,brake`,
      created_after: '2026-11-24',
      q: 'crane',
      deleted: 'false' as const,
      sort: 'rank' as const,
    };
    const made = await create(member, { name: ' The  crane ', layout: 'board', query });
    const kept = {
      project_id: 'ENG',
      status: 'in_progress,open',
      assignee: 'me,none',
      label: String.raw`brake,crane\, old`,
      created_after: '2026-11-24T00:00:00Z',
      q: 'crane',
      sort: 'rank',
    };
    expect(made).toMatchObject({ layout: 'board', query: kept, shared: false, owner_id: member.user.id, version: 1 });
    expect(await member.client.get_view(at(made))).toMatchObject({ ...made, gone: expect.any(Array) });
    const { sort: _, ...listed } = made.query;
    const again = await member.client.list_tickets({ workspace_id: team.workspace_id, ...(listed as object) });
    expect(again.data).toEqual([]);
  });

  test.each([
    ['a board without a project', 'board', {}, '/query/project_id'],
    ['a board of two projects', 'board', { project_id: 'ENG,OPS' }, '/query/project_id'],
    ['a list by status without a project', 'list_by_status', { status: 'open' }, '/query/project_id'],
    ['a board of deleted tickets', 'board', { project_id: 'ENG', deleted: 'true' }, '/query/deleted'],
    ['a board of ids', 'board', { project_id: 'ENG', ids: '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90' }, '/query/ids'],
    ['an order by rank over several projects', 'list', { sort: 'rank' }, '/query/sort'],
    ['deleted tickets by their due date', 'list', { deleted: 'true', sort: 'due_on' }, '/query/sort'],
    ['a malformed status', 'list', { status: 'Open!' }, '/query/status'],
    ['more than ten values', 'list', { label: 'abcdefghijk'.split('').join() }, '/query/label'],
    ['an unknown order', 'list', { sort: 'price' }, '/query/sort'],
    ['an unknown parameter', 'list', { colour: 'red' }, '/query/colour'],
    ['a cursor', 'list', { cursor: 'start' }, '/query/cursor'],
  ])('cannot have a query that the list or board would refuse: %s', async (_, layout, query, pointer) => {
    const before = await namesOf(team.member);
    const body = { name: 'Refused', layout, query } as Body;
    const { status, body: problem } = await team.member.client.raw.create_view({
      workspace_id: team.workspace_id,
      body,
    });
    expect([status, problem]).toEqual([
      422,
      expect.objectContaining({ errors: [expect.objectContaining({ pointer })] }),
    ]);
    expect(await namesOf(team.member)).toEqual(before);
  });

  test('is validated as a whole when a part of it changes', async () => {
    const { member } = team;
    const list = await create(member, { query: { status: 'open' } });
    const change = (body: object) => member.client.raw.update_view({ ...at(list), if_match: '*', body });
    expect(await change({ layout: 'board' })).toMatchObject({ status: 422 });
    expect(await change({ layout: 'board', query: { project_id: 'ENG' } })).toMatchObject({ status: 200 });
    expect(await change({ query: {} })).toMatchObject({ status: 422 });
    expect(await member.client.get_view(at(list))).toMatchObject({ version: 2, query: { project_id: 'ENG' } });
  });

  test('must have a name of one visible line', async () => {
    for (const name of ['', '   ', 'two\nlines', '\u202eright to left', 'x'.repeat(201)]) {
      const { status } = await team.member.client.raw.create_view({
        workspace_id: team.workspace_id,
        body: { name },
      });
      expect([name, status]).toEqual([name, 422]);
    }
  });

  test('opens although values in its query are gone, and lists them', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    await joinWorkspace(owner, guest, workspace_id, 'member');
    await owner.client.create_project({ workspace_id, body: { key: 'OLD', name: 'Old' } });
    await makeTicket(team, { labels: ['kept'] });
    const { id: ticket, version } = await makeTicket(team, { labels: ['lost'] });
    const query = { project_id: 'OLD', status: 'open,never', assignee: `${guest.user.id},me,none`, label: 'kept,lost' };
    const view = await create(owner, { layout: 'board', query, shared: true });
    expect((await owner.client.get_view(at(view))).gone).toEqual([{ parameter: 'status', value: 'never' }]);

    await owner.client.remove_member({ workspace_id, user_id: guest.user.id });
    await owner.client.archive_project({ workspace_id, project_id: 'OLD' });
    await owner.client.update_ticket({ workspace_id, ticket, body: { labels: [], version } });
    const { gone, query: kept } = await team.viewer.client.get_view(at(view));
    expect(kept).toEqual({ ...query, status: 'never,open', assignee: expect.stringContaining(guest.user.id) });
    expect(gone).toEqual([
      { parameter: 'project_id', value: 'OLD' },
      { parameter: 'status', value: 'never' },
      { parameter: 'assignee', value: guest.user.id },
      { parameter: 'label', value: 'lost' },
    ]);
    expect((await owner.client.list_tickets({ workspace_id, ...(kept as object) })).data).toEqual([]);
  });
});

describe('in a workspace', () => {
  test('a private view is visible only to its owner, not even to admins', async () => {
    const { owner, member } = team;
    const view = await create(member, { name: 'Secret' });
    for (const other of [owner, team.admin, team.viewer, team.stranger]) {
      const { client } = other;
      const calls = [
        () => client.get_view(at(view)),
        () => client.update_view({ ...at(view), if_match: '*', body: { name: 'Taken' } }),
        () => client.delete_view(at(view)),
        () => client.restore_view(at(view)),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject(refusal(404, 'not_found'));
    }
    expect(await namesOf(owner)).not.toContain('Secret');
    expect(await member.client.get_view(at(view))).toMatchObject({ name: 'Secret', version: 1 });
  });

  test('a shared view is visible to every member, and can be changed only by its owner and admins', async () => {
    const { owner, admin, member, viewer } = team;
    const view = await create(member, { name: 'Shared', shared: true });
    const other = await registerPerson(server);
    await joinWorkspace(owner, other, team.workspace_id, 'member');
    for (const person of [owner, admin, member, viewer, other]) expect(await namesOf(person)).toContain('Shared');
    for (const { client } of [viewer, other]) {
      const calls = [
        () => client.update_view({ ...at(view), if_match: '*', body: { name: 'Taken' } }),
        () => client.delete_view(at(view)),
        () => client.restore_view(at(view)),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject(refusal(403, 'forbidden'));
    }
    expect(await member.client.get_view(at(view))).toMatchObject({ name: 'Shared', version: 1 });
    const renamed = await admin.client.update_view({ ...at(view), body: { name: 'Ours', version: 1 } });
    expect(renamed).toMatchObject({ name: 'Ours', owner_id: member.user.id, version: 2 });
    await admin.client.update_view({ ...at(view), body: { shared: false, version: 2 } });
    await expect(admin.client.get_view(at(view))).rejects.toMatchObject(refusal(404, 'not_found'));
    expect(await namesOf(member)).toContain('Ours');
  });

  test('a viewer can create private views, but not shared ones', async () => {
    const { viewer } = team;
    await expect(create(viewer, { shared: true })).rejects.toMatchObject({ ...refusal(403, 'forbidden') });
    const view = await create(viewer, { name: 'A viewer’s' });
    const share = viewer.client.update_view({ ...at(view), if_match: '*', body: { shared: true } });
    await expect(share).rejects.toMatchObject(refusal(403, 'forbidden'));
    expect(await namesOf(viewer)).toContain('A viewer’s');
    expect(await namesOf(team.member)).not.toContain('A viewer’s');
  });

  test('its owner who has become a viewer can only make a shared view private, or delete it', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    await joinWorkspace(owner, guest, workspace_id, 'member');
    const [one, two] = [await create(guest, { name: 'One', shared: true }), await create(guest, { shared: true })];
    const member = { workspace_id, user_id: guest.user.id };
    await owner.client.update_member({ ...member, if_match: '*', body: { role: 'viewer' } });

    const { client } = guest;
    const rename = client.update_view({ ...at(one), body: { name: 'For all', version: 1 } });
    await expect(rename).rejects.toMatchObject(refusal(403, 'forbidden'));
    const mine = await client.update_view({ ...at(one), body: { name: 'Mine', shared: false, version: 1 } });
    expect(mine).toMatchObject({ name: 'Mine', shared: false, version: 2 });
    await client.delete_view(at(two));
    await expect(client.restore_view(at(two))).rejects.toMatchObject(refusal(403, 'forbidden'));
    expect(await owner.client.restore_view(at(two))).toMatchObject({ shared: true });
  });

  test('a former member’s shared views stay, and their private ones are there again when they return', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    await joinWorkspace(owner, guest, workspace_id, 'member');
    await create(guest, { name: 'Left behind', shared: true });
    await create(guest, { name: 'Waits' });
    await owner.client.remove_member({ workspace_id, user_id: guest.user.id });
    expect(await namesOf(owner)).toContain('Left behind');
    await joinWorkspace(owner, guest, workspace_id, 'member');
    expect(await namesOf(guest)).toEqual(expect.arrayContaining(['Left behind', 'Waits']));
  });
});

test('the list of views has pages, with the caller’s and the shared ones in one order', async () => {
  const fresh = await makeTeam(server);
  const { workspace_id, member, admin } = fresh;
  const add = ({ client }: Person, name: string, shared = false) =>
    client.create_view({ workspace_id, body: { name, shared } });
  await add(member, 'a');
  await add(admin, 'b', true);
  await add(admin, 'not mine');
  await add(member, 'c', true);
  await add(member, 'd');
  const names: string[] = [];
  for (let cursor: string | undefined = 'start'; cursor !== undefined; ) {
    const page: { data: { name: string }[]; next_cursor: string | null } = await member.client.list_views({
      workspace_id,
      limit: 1,
      cursor,
    });
    names.push(...page.data.map(({ name }) => name));
    cursor = page.next_cursor ?? undefined;
  }
  expect(names).toEqual(['a', 'b', 'c', 'd']);
});

test('a deleted view is not found, and can be restored as it was', async () => {
  const { member } = team;
  const view = await create(member, { name: 'Deleted', shared: true, query: { label: 'crane' } });
  await member.client.delete_view({ ...at(view), if_match: '"1"' });
  await expect(member.client.get_view(at(view))).rejects.toMatchObject(refusal(404, 'not_found'));
  await expect(member.client.delete_view(at(view))).rejects.toMatchObject(refusal(404, 'not_found'));
  const change = member.client.update_view({ ...at(view), if_match: '*', body: { name: 'N' } });
  await expect(change).rejects.toMatchObject(refusal(404, 'not_found'));
  expect(await namesOf(team.owner)).not.toContain('Deleted');
  const { updated_at: _, version, ...restored } = await team.admin.client.restore_view(at(view));
  expect({ ...view, version, updated_at: view.updated_at }).toMatchObject(restored);
  expect(version).toBe(3);
});

describe('the audit log', () => {
  const entriesOf = async (subject: string) => {
    await numberEvents(server.database.url);
    const { data } = await team.owner.client.list_audit({ workspace_id: team.workspace_id, subject });
    return data.map(({ action, before, after }) => [action, before, after]).toReversed();
  };

  test('contains nothing about a private view', async () => {
    const view = await create(team.member, { name: 'People to fire' });
    await team.member.client.update_view({ ...at(view), if_match: '*', body: { query: { label: 'x' } } });
    await team.member.client.delete_view(at(view));
    expect(await entriesOf(view.id)).toEqual([]);
    const { rows } = await server.database.owner.query(`select 1 from audit_log where after::text like '%to fire%'`);
    expect(rows).toEqual([]);
  });

  test('records every change of a shared view, but of a view that becomes private only that fact', async () => {
    const view = await create(team.member, { name: 'V', query: { label: 'crane' } });
    const change = (body: object) => team.member.client.update_view({ ...at(view), if_match: '*', body });
    await change({ shared: true });
    await change({ name: 'W' });
    await team.member.client.delete_view(at(view));
    await team.member.client.restore_view(at(view));
    await change({ shared: false });
    await change({ name: 'X' });
    const whole = (name: string) => ({ shared: true, name, layout: 'list', query: { label: 'crane' } });
    expect(await entriesOf(view.id)).toEqual([
      ['view.updated', { shared: false }, whole('V')],
      ['view.updated', whole('V'), whole('W')],
      ['view.deleted', whole('W'), null],
      ['view.restored', null, whole('W')],
      ['view.updated', whole('W'), { shared: false }],
    ]);
  });

  test('creates an event about a shared view that every member can read', async () => {
    const { workspace_id, viewer } = team;
    const view = await create(team.member, { name: 'News', shared: true });
    await numberEvents(server.database.url);
    const { data } = await viewer.client.read_events({ workspace_id, types: 'view.created', limit: 100 });
    expect(data.find(({ subject_id }) => subject_id === view.id)).toMatchObject({ after: { name: 'News' } });
  });
});
