import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TicketChange } from '../../../sdk/index.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

const nowhere = '018f0000-0000-7000-8000-000000000000';

function bulk(changes: TicketChange[], all_or_nothing = false) {
  const { workspace_id, member } = team;
  return member.client.change_tickets({ workspace_id, body: { changes, all_or_nothing } });
}

function rawBulk(changes: unknown[], all_or_nothing = false) {
  const { workspace_id, member } = team;
  return member.client.raw.change_tickets({
    workspace_id,
    body: { changes: changes as TicketChange[], all_or_nothing },
  });
}

const read = (ticket: string) => team.member.client.get_ticket({ workspace_id: team.workspace_id, ticket });

/** The entries of a ticket in the audit log, oldest first, without the fields that always differ. */
async function entriesOf(id: string) {
  const { rows } = await server.database.owner.query<object>(
    `select actor_id, action, subject_version, before, after - 'comment_id' as after from audit_log
     where subject_id = $1 and action <> 'ticket.created' order by id`,
    [id],
  );
  return rows;
}

describe('changing several tickets', () => {
  test('has the same effect, history and audit entries as the operations for one ticket', async () => {
    const { workspace_id, member, viewer } = team;
    const { client } = member;
    const make = () => Promise.all([1, 2, 3, 4, 5].map(() => makeTicket(team, { labels: ['old'] })));
    const [edited, assigned, moved, deleted, restored] = (await make()).map(({ id }) => id) as [string, ...string[]];
    const [edited_alone, assigned_alone, moved_alone, deleted_alone, restored_alone] = (await make()).map(
      ({ id }) => id,
    ) as [string, ...string[]];
    const at = (ticket = '') => ({ workspace_id, ticket });
    for (const ticket of [restored, restored_alone]) await client.delete_ticket(at(ticket));

    const edit = { title: 'Another', priority: 'high', version: 1 } as const;
    const assignment = { assignee_id: viewer.user.id, version: 1 };
    const step = { to: 'resolved', resolution: 'fixed', assignee_id: member.user.id, comment: 'Done.' };
    const { results, refused } = await bulk([
      { ticket: edited, update: edit },
      { ticket: assigned ?? '', assign: assignment },
      { ticket: moved ?? '', transition: step },
      { ticket: deleted ?? '', delete: {} },
      { ticket: restored ?? '', restore: {} },
    ]);
    expect(refused).toBe(0);
    await client.update_ticket({ ...at(edited_alone), body: edit });
    await client.set_assignee({ ...at(assigned_alone), body: assignment });
    await client.transition_ticket({ ...at(moved_alone), body: step });
    await client.delete_ticket(at(deleted_alone));
    await client.restore_ticket(at(restored_alone));

    expect(results.map(({ ref, done, ticket }) => [ref, done, ticket?.id])).toEqual(
      [edited, assigned, moved, deleted, restored].map((id) => [id, true, id]),
    );
    expect(results[3]?.ticket?.deleted_at).not.toBeNull();
    const pairs = [
      [edited, edited_alone],
      [assigned, assigned_alone],
      [moved, moved_alone],
      [deleted, deleted_alone],
      [restored, restored_alone],
    ];
    for (const [together = '', alone = ''] of pairs) {
      const [of_bulk, of_one] = [await entriesOf(together), await entriesOf(alone)];
      const untimed = (entries: object[]) =>
        JSON.stringify(entries).replaceAll(/"deleted_at":"[^"]+"/g, '"deleted_at":"…"');
      expect(untimed(of_bulk)).toBe(untimed(of_one));
      expect(of_bulk.length).toBeGreaterThan(0);
    }
    const { data: steps } = await client.list_transitions(at(moved));
    expect(steps).toMatchObject([{ sequence: 1, to_status: 'resolved', resolution: 'fixed', comment: 'Done.' }]);
    for (const { ticket } of results.filter(({ ticket }) => ticket?.deleted_at === null)) {
      const { description: _, ...now } = await read(ticket?.id ?? '');
      expect({ ...ticket, last_activity_at: '' }).toEqual({ ...now, last_activity_at: '' });
    }
  });

  test('returns the result of each change in the order of the request, and does those that are not refused', async () => {
    const [fine, stale, far] = await Promise.all([makeTicket(team), makeTicket(team), makeTicket(team)]);
    const { workspace_id, admin, stranger } = team;
    await admin.client.update_ticket({ workspace_id, ticket: stale.id, body: { title: 'Theirs', version: 1 } });
    const other = await makeTicket(team);
    const { results, refused } = await bulk([
      { ticket: nowhere, delete: {} },
      { ticket: stale.key, update: { title: 'Mine', version: 1 } },
      { ticket: far.id, transition: { to: 'nowhere' } },
      { ticket: fine.key.toLowerCase(), update: { labels_add: ['late', 'mine'] } },
      { ticket: other.id, assign: { assignee_id: stranger.user.id, version: 1 } },
    ]);
    expect(results.map(({ ref, done, problem }) => [ref, done, problem?.code])).toEqual([
      [nowhere, false, 'not_found'],
      [stale.key, false, 'edit_conflict'],
      [far.id, false, 'validation_failed'],
      [fine.key, true, undefined],
      [other.id, false, 'assignee_not_member'],
    ]);
    expect(refused).toBe(4);
    expect(results[1]?.problem).toMatchObject({
      current_version: 2,
      fields: { title: { base: 'A ticket', mine: 'Mine', theirs: 'Theirs', by: admin.user.id } },
    });
    expect(await read(fine.id)).toMatchObject({ labels: ['late', 'mine'], version: 2 });
    for (const { id } of [far, other]) expect(await read(id)).toMatchObject({ version: 1, assignee_id: null });
  });

  test('requires a version for the changes whose own operations require one', async () => {
    const [titled, assigned, labelled] = await Promise.all([makeTicket(team), makeTicket(team), makeTicket(team)]);
    const { results } = await bulk([
      { ticket: titled.id, update: { title: 'New' } },
      { ticket: assigned.id, assign: { assignee_id: null } },
      { ticket: labelled.id, update: { labels_remove: ['none'] } },
    ]);
    expect(results.map(({ problem }) => problem?.code)).toEqual([
      'precondition_required',
      'precondition_required',
      undefined,
    ]);
  });

  test('refuses a change of any kind that is based on another version', async () => {
    const tickets = await Promise.all([1, 2, 3, 4].map(() => makeTicket(team)));
    const ids = tickets.map(({ id }) => id);
    const [a = '', b = '', c = '', d = ''] = ids;
    await team.member.client.delete_ticket({ workspace_id: team.workspace_id, ticket: d });
    const response = await rawBulk([
      { ticket: a, assign: { assignee_id: null, version: 9 } },
      { ticket: b, transition: { to: 'in_progress', version: 9 } },
      { ticket: c, delete: { version: 9 } },
      { ticket: d, restore: { version: 1 } },
    ]);
    const { refused } = response.body as { refused: { problem: { code: string; current_version: number } }[] };
    expect([response.status, refused.map(({ problem }) => [problem.code, problem.current_version])]).toEqual([
      409,
      [
        ['conflict', 1],
        ['conflict', 1],
        ['conflict', 1],
        ['conflict', 2],
      ],
    ]);
  });

  test('refuses a transition whose comment mentions a stranger, and leaves its ticket unchanged', async () => {
    const [one, two] = await Promise.all([makeTicket(team), makeTicket(team)]);
    const { results } = await bulk([
      { ticket: one.id, transition: { to: 'in_progress', comment: `@${team.stranger.user.id}` } },
      { ticket: two.id, transition: { to: 'in_progress', comment: `@${team.viewer.user.id}` } },
    ]);
    expect(results.map(({ problem }) => problem?.code)).toEqual(['validation_failed', undefined]);
    expect(await read(one.id)).toMatchObject({ status: 'open', version: 1 });
    expect(await entriesOf(one.id)).toEqual([]);
    expect(await read(two.id)).toMatchObject({ status: 'in_progress', version: 2 });
  });
});

describe('a bulk request', () => {
  test('with all_or_nothing changes no ticket if one change is refused, and names that change', async () => {
    const [one, two] = await Promise.all([makeTicket(team), makeTicket(team)]);
    const response = await rawBulk(
      [
        { ticket: one.id, update: { labels_add: ['x'] } },
        { ticket: two.id, transition: { to: 'closed', version: 7 } },
      ],
      true,
    );
    expect(response).toMatchObject({
      status: 409,
      body: {
        code: 'changes_refused',
        refused: [{ index: 1, ticket: two.id, problem: { code: 'conflict', current_version: 1 } }],
      },
    });
    for (const { id } of [one, two]) expect(await read(id)).toMatchObject({ version: 1, labels: [] });
  });

  test('with all_or_nothing changes every ticket if no change is refused', async () => {
    const tickets = await Promise.all([1, 2, 3].map(() => makeTicket(team)));
    const { results } = await bulk(
      tickets.map(({ key }) => ({ ticket: key, update: { labels_add: ['x'] } })),
      true,
    );
    expect(results.every(({ done, ticket }) => done && ticket?.labels.includes('x'))).toBe(true);
  });

  test('without all_or_nothing is an error too if every change is refused', async () => {
    const response = await rawBulk([{ ticket: nowhere, delete: {} }]);
    expect(response).toMatchObject({ status: 409, body: { refused: [{ index: 0, problem: { code: 'not_found' } }] } });
  });
});

describe('a request for several changes', () => {
  test('accepts 1 to 100 changes, and each ticket once', async () => {
    const ticket = await makeTicket(team);
    const one = { ticket: ticket.id, update: { labels_add: ['x'] } };
    const many = Array.from({ length: 101 }, () => ({ ...one, ticket: randomUUID() }));
    const pointers = async (changes: unknown[]) => {
      const { status, body } = await rawBulk(changes);
      const { errors = [] } = body as { errors?: { pointer: string }[] };
      return [status, ...errors.map(({ pointer }) => pointer)];
    };
    expect(await pointers([])).toEqual([422, '/changes']);
    expect(await pointers(many)).toEqual([422, '/changes']);
    expect(await pointers([one, one])).toEqual([422, '/changes/1/ticket']);
    expect(await pointers([one, { ...one, ticket: ticket.key }])).toEqual([422, '/changes/1/ticket']);
    expect(await pointers([{ ticket: ticket.id }])).toEqual([422, '/changes/0']);
    expect(await pointers([{ ...one, delete: {} }])).toEqual([422, '/changes/0']);
    expect(await read(ticket.id)).toMatchObject({ version: 1 });
  });

  test('names the operation for each field that it does not accept', async () => {
    const { key } = await makeTicket(team);
    const response = await rawBulk([
      { ticket: key, update: { description: 'd' } },
      { ticket: key.toLowerCase(), comment: 'c' },
    ]);
    const { errors } = response.body as { errors: { pointer: string; detail: string }[] };
    const details = Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]));
    expect(details['/changes/0/update/description']).toMatch(/PATCH/);
    expect(details['/changes/1/comment']).toMatch(/POST/);
  });

  test('is done once per idempotency key, and can be corrected and sent again under it if it was refused as a whole', async () => {
    const { workspace_id, member, admin } = team;
    const ticket = await makeTicket(team);
    const key = randomUUID();
    const send = (idempotency_key: string, version: number) =>
      member.client.raw.change_tickets({
        workspace_id,
        idempotency_key,
        body: { changes: [{ ticket: ticket.id, update: { title: `T ${version}`, version } }] },
      });
    const [first, again] = [await send(key, 1), await send(key, 1)];
    expect(again.body).toEqual(first.body);
    expect(await read(ticket.id)).toMatchObject({ version: 2 });
    const other = randomUUID();
    await admin.client.update_ticket({ workspace_id, ticket: ticket.id, body: { priority: 'low', version: 2 } });
    expect((await send(other, 9)).status).toBe(409);
    expect((await send(other, 3)).status).toBe(200);
  });

  test('from a viewer, a stranger or a read-only token changes nothing', async () => {
    const { workspace_id, viewer, stranger, member } = team;
    const ticket = await makeTicket(team);
    const body = { changes: [{ ticket: ticket.id, update: { labels_add: ['x'] } }] };
    expect(await viewer.client.raw.change_tickets({ workspace_id, body })).toMatchObject({ status: 403 });
    expect(await stranger.client.raw.change_tickets({ workspace_id, body })).toMatchObject({ status: 404 });
    const scopes = ['tickets:read' as const];
    const { token } = await member.client.create_token({ workspace_id, body: { name: 'Reads', scopes } });
    const response = await fetch(`${server.url}/v1/workspaces/${workspace_id}/tickets/bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(403);
    expect(await read(ticket.id)).toMatchObject({ version: 1 });
  });
});

test('each change of a bulk request counts as a request towards the rate limit', async () => {
  const limited = await startServer({ BATON_RATE_LIMIT_PER_MINUTE: '120' });
  try {
    const few = await makeTeam(limited, 'standard');
    const { workspace_id, member } = few;
    const changes = Array.from({ length: 50 }, () => ({ ticket: randomUUID(), delete: {} }));
    const left = ({ headers }: { headers: Headers }) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
    const one = await member.client.raw.get_workspace({ workspace_id });
    const many = await member.client.raw.change_tickets({ workspace_id, body: { changes } });
    expect(many.status).toBe(409);
    expect(left(one) - left(many)).toBeGreaterThanOrEqual(49);
    expect(await member.client.raw.change_tickets({ workspace_id, body: { changes } })).toMatchObject({
      status: 429,
      body: { code: 'rate_limited' },
    });
  } finally {
    await limited.stop();
  }
});

test('a full workspace accepts bulk deletions and restorations, but no other change', async () => {
  const full = await startServer({ BATON_MAX_MIB_PER_WORKSPACE: '1' });
  try {
    const team_of_it = await makeTeam(full, 'standard');
    const { workspace_id, member } = team_of_it;
    const ticket = await makeTicket(team_of_it);
    let status = 0;
    for (let tries = 0; status !== 409 && tries < 30; tries++) {
      const body = { body: 'x'.repeat(100_000) };
      ({ status } = await member.client.raw.create_comment({ workspace_id, ticket: ticket.id, body }));
    }
    const send = (change: Omit<TicketChange, 'ticket'>) =>
      member.client.raw.change_tickets({ workspace_id, body: { changes: [{ ticket: ticket.id, ...change }] } });
    expect(await send({ update: { labels_add: ['x'] } })).toMatchObject({ body: { code: 'quota_exceeded' } });
    expect((await send({ delete: {} })).status).toBe(200);
    expect((await send({ restore: {} })).status).toBe(200);
  } finally {
    await full.stop();
  }
});
