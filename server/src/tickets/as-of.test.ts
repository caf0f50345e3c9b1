import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { type Patch, startServer, type TestServer } from '../../../proof/harness/server.ts';
import type { Ticket } from './contract.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

const long = (word: string) => `${word} `.repeat(3_000);

/** Changes a ticket in every way, and returns the ticket as it was after each change. */
async function life(of: Team, ticket: string): Promise<Ticket[]> {
  const { workspace_id, member, admin } = of;
  const at = { workspace_id, ticket };
  const assignee_id = member.user.id;
  const steps = [
    (version: number) => member.client.update_ticket({ ...at, body: { title: 'Another', priority: 'high', version } }),
    () => member.client.transition_ticket({ ...at, body: { to: 'in_progress', assignee_id } }),
    () => member.client.create_comment({ ...at, body: { body: 'A word.' } }),
    (version: number) => member.client.update_ticket({ ...at, body: { description: long('first'), version } }),
    () => member.client.update_ticket({ ...at, body: { labels_add: ['b', 'a'] } }),
    (version: number) => member.client.update_ticket({ ...at, body: { description: long('second'), version } }),
    () => member.client.transition_ticket({ ...at, body: { to: 'resolved', resolution: 'fixed' } }),
    () => admin.client.delete_ticket(at),
    () => admin.client.restore_ticket(at),
    (version: number) =>
      member.client.update_ticket({ ...at, body: { description: '', due_on: '2030-01-31', version } }),
    () => member.client.set_assignee({ ...at, if_match: '*', body: { assignee_id: null } }),
    () => member.client.transition_ticket({ ...at, body: { to: 'closed' } }),
    () => member.client.update_ticket({ ...at, body: { labels_remove: ['a'] } }),
  ];
  const seen = [await member.client.get_ticket(at)];
  for (const step of steps) {
    await sleep(2);
    await step(seen.at(-1)?.version ?? 0);
    const { status, body } = await member.client.raw.get_ticket(at);
    if (status === 200) seen.push(body as Ticket);
  }
  return seen;
}

/** Pairs each of these states with what the server returns as of its time; the last one also as of a time in the future. */
async function lookBack(of: Team, seen: readonly Ticket[]): Promise<[then: unknown, now: unknown][]> {
  const { workspace_id, member } = of;
  const looked: [unknown, unknown][] = [];
  for (const [n, then] of seen.entries()) {
    const next = seen[n + 1];
    const times = [then.last_activity_at, ...(next === undefined ? ['2999-01-01'] : [])];
    for (const as_of of times) {
      const { body } = await member.client.raw.get_ticket({ workspace_id, ticket: then.key, as_of });
      looked.push([body, { ...then, allowed_transitions: [] }]);
    }
  }
  return looked;
}

describe('a ticket as of a time', () => {
  test('has every field as it was then, before and after its events are numbered', async () => {
    const { key } = await makeTicket(team, { title: 'First', description: 'Short.' });
    const seen = await life(team, key);
    expect(seen.length).toBeGreaterThan(12);
    for (const [now, then] of await lookBack(team, seen)) expect(now).toEqual(then);
    await numberEvents(server.database.url);
    for (const [now, then] of await lookBack(team, seen)) expect(now).toEqual(then);
  });

  test('control: values from before the last change are noticed', async () => {
    const patch: Patch = (text) => text.replaceAll('a.subject_version > ', 'a.subject_version >= ');
    const broken = await startServer({ LOG_LEVEL: 'silent' }, { patch });
    try {
      const other = await makeTeam(broken, 'standard');
      const { key } = await makeTicket(other);
      const looked = await lookBack(other, await life(other, key));
      expect(looked.some(([now, then]) => JSON.stringify(now) !== JSON.stringify(then))).toBe(true);
    } finally {
      await broken.stop();
    }
  });

  test('is a state that existed, even while the ticket changes', async () => {
    const { workspace_id, member } = team;
    const { id: ticket } = await makeTicket(team, { title: 'v1' });
    const at = { workspace_id, ticket };
    const state = { writing: true };
    const writer = async () => {
      for (let version = 1; version <= 60; version++) {
        await member.client.update_ticket({ ...at, body: { title: `v${version + 1}`, version } });
      }
      state.writing = false;
    };
    const seen: string[] = [];
    const reader = async () => {
      while (state.writing) {
        const { title, version } = await team.viewer.client.get_ticket({ ...at, as_of: '2999-01-01' });
        if (title !== `v${version}`) seen.push(`${title} in version ${version}`);
      }
    };
    await Promise.all([writer(), reader(), reader(), reader()]);
    expect(seen).toEqual([]);
  });

  test('has the category of its former status, even if the workflow no longer has that status', async () => {
    const { workspace_id, owner, member } = team;
    const { id: project_id } = await owner.client.create_project({ workspace_id, body: { key: 'OPS', name: 'Ops' } });
    const before = await member.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
    const { statuses, initial, transitions, resolutions } = await owner.client.get_workflow({
      workspace_id,
      project_id,
    });
    const definition = { statuses, initial, transitions, resolutions };
    const renamed = JSON.parse(JSON.stringify(definition).replaceAll('"open"', '"new"')) as typeof definition;
    const body = { ...renamed, mapping: { statuses: { open: 'new' } } };
    await owner.client.replace_workflow({ workspace_id, project_id, if_match: '*', body } as never);
    const at = { workspace_id, ticket: before.key };
    expect(await member.client.get_ticket(at)).toMatchObject({ status: 'new' });
    expect(await member.client.get_ticket({ ...at, as_of: before.updated_at })).toEqual({
      ...before,
      allowed_transitions: [],
    });
  });

  test('is not found before its creation, by a caller who may not read it now, or after its deletion', async () => {
    const { workspace_id, member, admin, stranger } = team;
    const ticket = await makeTicket(team);
    const at = { workspace_id, ticket: ticket.id };
    const before = await member.client.raw.get_ticket({ ...at, as_of: '2020-01-01' });
    expect(before).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await stranger.client.raw.get_ticket({ ...at, as_of: ticket.created_at })).status).toBe(404);
    expect((await member.client.raw.get_ticket({ ...at, as_of: 'yesterday' })).status).toBe(422);
    await admin.client.delete_ticket(at);
    expect((await admin.client.raw.get_ticket({ ...at, as_of: ticket.created_at })).status).toBe(404);
  });

  test('does not contain a text that was purged', async () => {
    const { workspace_id, owner, member } = team;
    const ticket = await makeTicket(team, { title: 'A secret', description: long('secret') });
    const at = { workspace_id, ticket: ticket.id };
    await member.client.update_ticket({
      ...at,
      body: { title: 'Safe', description: 'Safe.', version: ticket.version },
    });
    await owner.client.purge_ticket({ ...at, body: { fields: ['title', 'description'] } });
    expect(await member.client.get_ticket({ ...at, as_of: ticket.created_at })).toMatchObject({
      title: '',
      description: '',
    });
  });

  test('is refused if more versions have followed than the server reads', async () => {
    const { workspace_id, member } = team;
    const ticket = await makeTicket(team);
    await numberEvents(server.database.url);
    await server.database.owner.query(
      `with head as (update event_heads set last_sequence = last_sequence + 10002 where workspace_id = $1
         returning last_sequence - 10002 as before),
       changed as (update tickets set version = version + 10002, updated_at = updated_at + interval '10002 microseconds'
         where id = $2 returning reporter_id, updated_at - interval '10002 microseconds' as since)
       insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, subject_version, before, after,
         request_id, created_at)
       select $1, before + n, gen_random_uuid(), reporter_id, 'ticket.updated', 'ticket', $2, n + 1,
         jsonb_build_object('priority', case when n % 2 = 1 then 'none' else 'low' end),
         jsonb_build_object('priority', case when n % 2 = 1 then 'low' else 'none' end),
         'seed-0001', since + n * interval '1 microsecond'
       from head, changed, generate_series(1, 10002) n`,
      [workspace_id, ticket.id],
    );
    await member.client.transition_ticket({ workspace_id, ticket: ticket.id, body: { to: 'in_progress' } });
    const at = { workspace_id, ticket: ticket.id };
    const refused = await member.client.raw.get_ticket({ ...at, as_of: ticket.created_at });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ parameter: 'as_of' }] } });
    const later = await member.client.get_ticket({
      ...at,
      as_of: new Date(Date.parse(ticket.created_at) + 5).toISOString(),
    });
    expect(later).toMatchObject({ status: 'open', title: ticket.title });
  });
});
