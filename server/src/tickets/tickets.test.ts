import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const at = (ticket: { id: string }) => ({ workspace_id: team.workspace_id, ticket: ticket.id });

describe('creating a ticket', () => {
  test('takes the next number and returns Location and ETag', async () => {
    const first = await makeTicket(team);
    const { workspace_id, project_id, member } = team;
    const { status, body, headers } = await member.client.raw.create_ticket({
      workspace_id,
      project_id,
      body: { title: '  Trimmed  ', labels: ['b', 'a', 'b'], priority: 'high', due_on: '2027-01-31' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      key: `ENG-${first.number + 1}`,
      title: 'Trimmed',
      status: 'open',
      status_category: 'todo',
      labels: ['a', 'b'],
      reporter_id: member.user.id,
      version: 1,
      allowed_transitions: ['in_progress'],
    });
    expect(headers.get('etag')).toMatch(/^"1-[\w-]{22}"$/);
    const read = await fetch(server.url + headers.get('location'), {
      headers: { authorization: `Bearer ${member.access_token}` },
    });
    expect(await read.json()).toEqual(body);
  });

  test('is forbidden to a viewer, and not_found for a stranger', async () => {
    const { workspace_id, project_id, viewer, stranger } = team;
    const input = { workspace_id, project_id, body: { title: 'No' } };
    expect((await viewer.client.raw.create_ticket(input)).status).toBe(403);
    expect((await stranger.client.raw.create_ticket(input)).status).toBe(404);
  });

  test('is refused if the assignee is not a member, and then takes no number', async () => {
    const before = await makeTicket(team);
    const refused = await team.member.client.raw.create_ticket({
      workspace_id: team.workspace_id,
      project_id: team.project_id,
      body: { title: 'No', assignee_id: team.stranger.user.id },
    });
    expect(refused).toMatchObject({ status: 422, body: { code: 'assignee_not_member' } });
    expect((await makeTicket(team)).number).toBe(before.number + 1);
  });

  test('makes it readable by id and by key, in its own workspace only', async () => {
    const ticket = await makeTicket(team);
    const { workspace_id, member, stranger } = team;
    expect(await member.client.get_ticket({ workspace_id, ticket: ticket.key })).toEqual(ticket);
    const elsewhere = await stranger.client.create_workspace({ body: { name: 'Elsewhere' } });
    for (const spelling of [ticket.key.toLowerCase(), ticket.id.toUpperCase()]) {
      expect(await member.client.get_ticket({ workspace_id, ticket: spelling })).toEqual(ticket);
    }
    for (const ref of [ticket.id, ticket.key, 'ENG-2147483648', 'ENG-9999999999']) {
      const answer = await stranger.client.raw.get_ticket({ workspace_id: elsewhere.id, ticket: ref });
      expect(answer.status).toBe(404);
    }
  });
});

describe('moving a ticket', () => {
  test('records each transition of the workflow, and refuses others with a list of the allowed ones', async () => {
    const ticket = await makeTicket(team);
    const { client } = team.member;
    const refused = await client.raw.transition_ticket({ ...at(ticket), body: { to: 'closed' } });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'transition_not_allowed',
        current_status: 'open',
        from: 'open',
        allowed_transitions: ['in_progress'],
      },
    });
    expect(await client.get_ticket(at(ticket))).toEqual(ticket);
    for (const to of ['in_progress', 'resolved', 'closed']) {
      const { transition, ticket: after } = await client.transition_ticket({ ...at(ticket), body: { to } });
      expect(transition).toMatchObject({ to_status: to, ticket_id: ticket.id, actor_id: team.member.user.id });
      expect(after).toEqual(await client.get_ticket(at(ticket)));
    }
    const { data } = await client.list_transitions(at(ticket));
    expect(data.map((step) => [step.sequence, step.from_status, step.to_status])).toEqual([
      [1, 'open', 'in_progress'],
      [2, 'in_progress', 'resolved'],
      [3, 'resolved', 'closed'],
    ]);
  });

  test('sets resolution, assignee and comment in the same request: all of them, or none', async () => {
    const ticket = await makeTicket(team);
    const { client, user } = team.member;
    await client.transition_ticket({ ...at(ticket), body: { to: 'in_progress', assignee_id: user.id } });
    const before = await client.get_ticket(at(ticket));
    const step = { to: 'resolved', resolution: 'fixed', comment: 'Done.', assignee_id: team.stranger.user.id };
    const refused = await client.raw.transition_ticket({ ...at(ticket), body: step });
    expect(refused).toMatchObject({ status: 422, body: { code: 'assignee_not_member' } });
    expect(await client.get_ticket(at(ticket))).toEqual(before);
    expect((await client.list_comments(at(ticket))).data).toEqual([]);

    const done = await client.transition_ticket({ ...at(ticket), body: { ...step, assignee_id: null } });
    expect(done.ticket).toMatchObject({ status: 'resolved', resolution: 'fixed', assignee_id: null, version: 3 });
    expect(done.transition).toMatchObject({ comment: 'Done.', resolution: 'fixed' });
    expect((await client.list_comments(at(ticket))).data.map(({ body }) => body)).toEqual(['Done.']);
    expect((await client.list_transitions(at(ticket))).data.at(-1)).toEqual(done.transition);
  });

  test('based on a stale version is refused with the current status, version and allowed transitions', async () => {
    const ticket = await makeTicket(team);
    const { client } = team.member;
    await client.transition_ticket({ ...at(ticket), body: { to: 'in_progress' } });
    const body = { to: 'resolved' };
    const current = { current_status: 'in_progress', current_version: 2, allowed_transitions: ['resolved'] };
    expect(await client.raw.transition_ticket({ ...at(ticket), body: { ...body, expected_version: 1 } })).toMatchObject(
      { status: 409, body: { code: 'conflict', ...current } },
    );
    expect(await client.raw.transition_ticket({ ...at(ticket), body, if_match: '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'precondition_failed', ...current },
    });
    expect(await client.raw.transition_ticket({ ...at(ticket), body: { ...body, version: 1 } })).toMatchObject({
      status: 409,
    });
    const both = await client.raw.transition_ticket({
      ...at(ticket),
      body: { ...body, version: 2, expected_version: 1 },
    });
    expect(both).toMatchObject({ status: 422, body: { errors: [{ pointer: '/version' }] } });
    await client.transition_ticket({ ...at(ticket), body, if_match: '"2"' });
  });

  test('refuses a status or resolution that the workflow does not have', async () => {
    const ticket = await makeTicket(team);
    const { client } = team.member;
    for (const [body, pointer] of [
      [{ to: 'nowhere' }, '/to'],
      [{ to: 'in_progress', resolution: 'fixed' }, '/resolution'],
    ] as const) {
      const refused = await client.raw.transition_ticket({ ...at(ticket), body });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    }
  });
});

/** A value for every field that may be sent. The compiler reports a new field that is missing here. */
const created: Required<Omit<Parameters<Person['client']['create_ticket']>[0]['body'], 'place'>> = {
  title: 'Created',
  description: 'As it was created.',
  priority: 'low',
  labels: ['created'],
  assignee_id: null,
  due_on: '2027-01-31',
  status: 'open',
};
type Edited = Required<
  Omit<Parameters<Person['client']['update_ticket']>[0]['body'], 'labels_add' | 'labels_remove' | 'version'>
>;
const edited: Edited = {
  title: 'Edited',
  description: 'As it was edited.',
  priority: 'high',
  labels: ['edited'],
  due_on: null,
};

test('a create and an edit store every field as it was sent, lists show the same, and a stale edit conflicts', async () => {
  const { workspace_id, project_id, member } = team;
  const { client, user } = member;
  const first = { ...created, assignee_id: user.id };
  const ticket = await client.create_ticket({ workspace_id, project_id, body: first });
  expect(ticket).toMatchObject(first);
  expect(await client.get_ticket(at(ticket))).toEqual(ticket);
  const after = await client.update_ticket({ ...at(ticket), body: { ...edited, version: 1 } });
  expect(after).toMatchObject({ ...first, ...edited, version: 2 });
  expect(await client.get_ticket(at(ticket))).toEqual(after);
  const [{ excerpt, ...listed } = { excerpt: '' }] = (await client.list_tickets({ workspace_id, limit: 1 })).data;
  expect({ ...listed, description: excerpt }).toEqual(after);

  const both = Object.entries(edited).map(
    ([field, theirs]) => [field, created[field as keyof Edited], theirs] as const,
  );
  const body = { ...Object.fromEntries(both), version: 1 };
  const conflicts = both.filter(([field]) => field !== 'labels'); // sets are merged
  expect(await client.raw.update_ticket({ ...at(ticket), body })).toMatchObject({
    status: 409,
    body: {
      fields: Object.fromEntries(conflicts.map(([field, base, theirs]) => [field, { base, mine: base, theirs }])),
    },
  });
});

describe('editing a ticket', () => {
  test('requires a base version', async () => {
    const ticket = await makeTicket(team);
    const refused = await team.member.client.raw.update_ticket({ ...at(ticket), body: { title: 'New' } });
    expect(refused).toMatchObject({ status: 428, body: { code: 'precondition_required' } });
  });

  test('merges edits of different fields, and refuses edits of the same field with base, mine and theirs', async () => {
    const ticket = await makeTicket(team, { title: 'Base' });
    const [mine, theirs] = [team.member.client, team.admin.client];
    await theirs.update_ticket({ ...at(ticket), body: { title: 'Theirs', version: 1 } });
    await theirs.transition_ticket({ ...at(ticket), body: { to: 'in_progress' } });
    const merged = await mine.update_ticket({ ...at(ticket), body: { labels: ['x'], priority: 'low', version: 1 } });
    expect(merged).toMatchObject({ title: 'Theirs', labels: ['x'], priority: 'low', version: 4 });
    const refused = await mine.raw.update_ticket({
      ...at(ticket),
      body: { title: 'Mine', description: 'Kept back', version: 1 },
    });
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'edit_conflict',
        current_version: 4,
        fields: {
          title: {
            base: 'Base',
            mine: 'Mine',
            theirs: 'Theirs',
            by: team.admin.user.id,
            at: expect.any(String) as string,
          },
        },
      },
    });
    expect(await mine.get_ticket(at(ticket))).toEqual(merged);
  });

  test('with If-Match is refused after any change, with base, mine and theirs of each field', async () => {
    const ticket = await makeTicket(team, { title: 'Base' });
    const { client } = team.member;
    await client.update_ticket({ ...at(ticket), body: { title: 'Theirs' }, if_match: '"1"' });
    const refused = await client.raw.update_ticket({ ...at(ticket), body: { title: 'Mine' }, if_match: '"1"' });
    expect(refused).toMatchObject({
      status: 412,
      body: { current_version: 2, fields: { title: { base: 'Base', mine: 'Mine', theirs: 'Theirs' } } },
    });
    // An If-Match that does not name one past version has no base.
    for (const if_match of ['W/"2"', '"other"', '"3"', '"9999999999"', '"1", "9"']) {
      const none = await client.raw.update_ticket({ ...at(ticket), body: { title: 'M' }, if_match });
      expect(none).toMatchObject({ status: 412, body: { current_version: 2 } });
      expect(none.body).not.toHaveProperty('fields');
    }
    expect((await client.raw.update_ticket({ ...at(ticket), body: {}, if_match: 'nonsense' })).status).toBe(400);
  });

  test('that conflicts is refused with who changed the field last, and when', async () => {
    const ticket = await makeTicket(team, { title: 'Base' });
    const { admin, member, owner } = team;
    await admin.client.update_ticket({ ...at(ticket), body: { title: 'First', version: 1 } });
    const last = await owner.client.update_ticket({ ...at(ticket), body: { title: 'Last', version: 2 } });
    await admin.client.update_ticket({ ...at(ticket), body: { priority: 'low', version: 3 } });
    const title = { base: 'Base', mine: 'Mine', theirs: 'Last', by: owner.user.id, at: last.updated_at };
    const edit = { ...at(ticket), body: { title: 'Mine', version: 1 } };
    expect(await member.client.raw.update_ticket(edit)).toMatchObject({ status: 409, body: { fields: { title } } });
    const { version: _, ...without } = edit.body;
    const exact = { ...at(ticket), body: without, if_match: '"1"' };
    expect(await member.client.raw.update_ticket(exact)).toMatchObject({ status: 412, body: { fields: { title } } });
  });

  test('merges the labels that different people have added and removed', async () => {
    const ticket = await makeTicket(team);
    const [mine, theirs] = [team.member.client, team.admin.client];
    await mine.update_ticket({ ...at(ticket), body: { labels: ['a', 'b'], version: 1 } });
    await theirs.update_ticket({ ...at(ticket), body: { labels: ['a', 'b', 'c'], version: 2 } });
    const merged = await mine.update_ticket({ ...at(ticket), body: { labels: ['b', 'd'], version: 2 } });
    expect(merged).toMatchObject({ labels: ['b', 'c', 'd'], version: 4 });
    const added = await Promise.all(
      [mine, theirs, mine, theirs].map((client, n) =>
        client.raw.update_ticket({ ...at(ticket), body: { labels_add: [`n${n}`], labels_remove: ['c'] } }),
      ),
    );
    expect(added.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { labels, version } = await mine.get_ticket(at(ticket));
    expect([labels, version]).toEqual([['b', 'd', 'n0', 'n1', 'n2', 'n3'], 8]);
    const same = await mine.update_ticket({ ...at(ticket), body: { labels_add: ['b'], labels_remove: ['c'] } });
    expect(same.version).toBe(8);
    const many = Array.from({ length: 45 }, (_, n) => `many${n}`);
    for (const [body, pointer] of [
      [{ labels_add: many }, '/labels_add'],
      [{ labels: [], labels_add: ['x'], version: 8 }, '/labels'],
      [{ labels_add: ['x'], labels_remove: ['x'] }, '/labels_remove'],
    ] as const) {
      const refused = await mine.raw.update_ticket({ ...at(ticket), body: body as object });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
    }
  });

  test('names the endpoint for a field that another endpoint changes', async () => {
    const ticket = await makeTicket(team);
    const body = { status: 'closed', assignee_id: null, resolution: 'fixed', nonsense: 1, version: 1 };
    const refused = await team.member.client.raw.update_ticket({ ...at(ticket), body });
    const { errors } = refused.body as { errors: { pointer: string; detail: string }[] };
    const details = Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]));
    expect(details['/status']).toContain('/transitions');
    expect(details['/resolution']).toContain('/transitions');
    expect(details['/assignee_id']).toContain('/assignee');
    expect(details['/nonsense']).toBe('Unknown field.');
  });

  test('without changing anything creates no version', async () => {
    const ticket = await makeTicket(team);
    const body = { title: ticket.title, labels: [], version: 1 };
    expect(await team.member.client.update_ticket({ ...at(ticket), body })).toEqual(ticket);
  });

  test('is refused if it is based on a version that never existed', async () => {
    const ticket = await makeTicket(team);
    const refused = await team.member.client.raw.update_ticket({ ...at(ticket), body: { title: 'X', version: 9 } });
    expect(refused.status).toBe(409);
  });
});

describe('assigning a ticket', () => {
  test('is possible to a member or to nobody, and changes nothing if they have it already', async () => {
    const ticket = await makeTicket(team);
    const { client, user } = team.member;
    const assigned = await client.set_assignee({ if_match: '*', ...at(ticket), body: { assignee_id: user.id } });
    expect(assigned).toMatchObject({ assignee_id: user.id, version: 2 });
    expect(await client.set_assignee({ if_match: '*', ...at(ticket), body: { assignee_id: user.id } })).toEqual(
      assigned,
    );
    expect(await client.set_assignee({ if_match: '*', ...at(ticket), body: { assignee_id: null } })).toMatchObject({
      assignee_id: null,
    });
    const refused = await client.raw.set_assignee({
      if_match: '*',
      ...at(ticket),
      body: { assignee_id: team.stranger.user.id },
    });
    expect(refused.status).toBe(422);
  });

  test('accepts the former names user_id and expected_version, unless old and new names differ', async () => {
    const ticket = await makeTicket(team);
    const { client, user } = team.member;
    const assigned = await client.set_assignee({ ...at(ticket), body: { user_id: user.id, expected_version: 1 } });
    expect(assigned).toMatchObject({ assignee_id: user.id, version: 2 });
    expect(await client.raw.set_assignee({ ...at(ticket), body: { assignee_id: null, version: 1 } })).toMatchObject({
      status: 409,
      body: { code: 'conflict', current_version: 2, assignee_id: user.id },
    });
    for (const body of [{ assignee_id: null, user_id: user.id }, { version: 2 }]) {
      const refused = await client.raw.set_assignee({ if_match: '*', ...at(ticket), body });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: '/assignee_id' }] } });
    }
    expect(await client.get_ticket(at(ticket))).toEqual(assigned);
  });
});

describe('deleting a ticket', () => {
  test('hides it everywhere except in the list of deleted tickets, and restoring brings it back', async () => {
    const ticket = await makeTicket(team);
    const { client } = team.member;
    const { workspace_id } = team;
    await client.delete_ticket(at(ticket));
    const gone = await Promise.all([
      client.raw.get_ticket(at(ticket)),
      client.raw.update_ticket({ ...at(ticket), body: { title: 'X', version: 2 } }),
      client.raw.transition_ticket({ ...at(ticket), body: { to: 'in_progress' } }),
      client.raw.set_assignee({ if_match: '*', ...at(ticket), body: { assignee_id: null } }),
      client.raw.create_comment({ ...at(ticket), body: { body: 'x' } }),
      client.raw.list_transitions(at(ticket)),
      client.raw.list_comments(at(ticket)),
      client.raw.delete_ticket(at(ticket)),
    ]);
    expect(gone.map(({ status }) => status)).toEqual(Array(8).fill(404));
    const ids = async (deleted: 'true' | 'false') =>
      (await client.list_tickets({ workspace_id, deleted })).data.map(({ id }) => id);
    expect(await ids('true')).toContain(ticket.id);
    expect(await ids('false')).not.toContain(ticket.id);
    const restored = await client.restore_ticket(at(ticket));
    expect(restored).toMatchObject({ id: ticket.id, deleted_at: null, version: 3 });
    expect((await client.raw.restore_ticket(at(ticket))).status).toBe(409);
  });
});
