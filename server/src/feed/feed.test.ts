import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

type Event = Awaited<ReturnType<Person['client']['read_events']>>['data'][number];

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  await numberEvents(server.database.url);
});
afterAll(() => server.stop());

/** Reads all events after an offset, and returns them with the offset where they ended. */
async function follow(
  person: Person,
  query: Record<string, unknown> = {},
): Promise<{ events: Event[]; after: string }> {
  const events: Event[] = [];
  let after = (query['after'] as string | undefined) ?? '-1';
  for (let pages = 0; pages < 100; pages++) {
    const page = await person.client.read_events({ workspace_id: team.workspace_id, ...query, after });
    events.push(...page.data);
    after = page.next_offset;
    if (page.up_to_date) return { events, after };
  }
  throw new Error('The events did not end.');
}

const typesOf = (events: readonly Event[]) => events.map(({ type }) => type);

describe('events', () => {
  test('come once each and in one order, with any page size, and not before they are numbered', async () => {
    const { after } = await follow(team.member, { after: 'now' });
    const { id: ticket, project_id } = await makeTicket(team);
    const at = { workspace_id: team.workspace_id, ticket };
    await team.member.client.transition_ticket({ ...at, body: { to: 'in_progress' } });
    const { id: comment_id } = await team.member.client.create_comment({ ...at, body: { body: 'A word.' } });
    expect(await follow(team.member, { after })).toEqual({ events: [], after });
    await numberEvents(server.database.url);
    const { events, after: next } = await follow(team.member, { after });
    expect(events).toMatchObject([
      { type: 'ticket.created', subject_id: ticket, subject_version: 1, ticket_id: ticket, project_id },
      { type: 'ticket.transitioned', subject_version: 2, before: { status: 'open' }, after: { status: 'in_progress' } },
      { type: 'comment.created', subject_id: comment_id, ticket_id: ticket, project_id, actor_id: team.member.user.id },
    ]);
    expect(next).toBe(events.at(-1)?.offset);
    expect(await follow(team.viewer, { after, limit: 1 })).toEqual({ events, after: next });
    // Reading can start after any event.
    expect((await follow(team.viewer, { after: events[0]?.offset })).events).toEqual(events.slice(1));
    const whole = await follow(team.member);
    expect(whole.events.slice(-3)).toEqual(events);
    expect(whole.events.map(({ offset }) => offset)).toEqual(whole.events.map(({ offset }) => offset).toSorted());
  });

  test('can be filtered by type, project and ticket, by id and by key', async () => {
    const { workspace_id, owner, member } = team;
    const other = await owner.client.create_project({ workspace_id, body: { key: 'OPS', name: 'Ops' } });
    const body = { title: 'Elsewhere' };
    const elsewhere = await member.client.create_ticket({ workspace_id, project_id: other.id, body });
    const here = await makeTicket(team);
    await member.client.create_comment({ workspace_id, ticket: elsewhere.id, body: { body: 'A word.' } });
    await numberEvents(server.database.url);
    const of = async (query: Record<string, string>) => typesOf((await follow(member, query)).events);
    const whole = ['project.created', 'ticket.created', 'comment.created'];
    expect(await of({ project_id: 'OPS' })).toEqual(whole);
    expect(await of({ project_id: other.id })).toEqual(whole);
    expect(await of({ ticket: elsewhere.key.toLowerCase() })).toEqual(whole.slice(1));
    expect(await of({ ticket: `${elsewhere.id},${here.key}` })).toEqual([
      'ticket.created',
      'ticket.created',
      'comment.created',
    ]);
    expect(await of({ types: 'comment.created', ticket: elsewhere.id })).toEqual(['comment.created']);
    expect(await of({ ticket: 'OPS-99' })).toEqual([]);
  });

  test('of invitations and tokens, fields of deleted tickets, and former values are shown only to owners and admins', async () => {
    const { workspace_id, owner, admin, member, viewer } = team;
    const { after } = await follow(member, { after: 'now' });
    await owner.client.create_invitation({ workspace_id, body: { email: 'new@example.com', role: 'viewer' } });
    await viewer.client.create_token({ workspace_id, body: { name: 'T', scopes: ['events:read'] } });
    const guest = await registerPerson(server);
    await joinWorkspace(owner, guest, workspace_id, 'viewer');
    await owner.client.update_workspace({ if_match: '*', workspace_id, body: { name: 'Renamed' } });
    const { id: ticket } = await makeTicket(team, { title: 'A secret' });
    await member.client.delete_ticket({ workspace_id, ticket });
    await numberEvents(server.database.url);
    const of_admins = ['invitation.created', 'token.created', 'invitation.created'];
    const of_all = ['invitation.accepted', 'workspace.updated', 'ticket.created', 'ticket.deleted'];
    for (const person of [owner, admin]) {
      const { events } = await follow(person, { after });
      expect(typesOf(events)).toEqual([...of_admins, ...of_all]);
      expect(events.find(({ type }) => type === 'workspace.updated')).toMatchObject({ before: { name: 'Team' } });
      expect(JSON.stringify(events)).toContain('A secret');
    }
    for (const person of [member, viewer]) {
      const { events, after: next } = await follow(person, { after, limit: 1 });
      expect(typesOf(events)).toEqual(of_all);
      expect(events).toMatchObject([
        { before: null, after: { user_id: guest.user.id, role: 'viewer' } },
        { before: null, after: { name: 'Renamed' } },
        { before: null, after: null },
        { before: { deleted_at: null }, after: { deleted_at: expect.any(String) } },
      ]);
      expect(next).toBe((await follow(owner, { after })).after);
    }
    await member.client.restore_ticket({ workspace_id, ticket });
    expect((await follow(viewer, { after })).events[2]).toMatchObject({ after: { title: 'A secret' } });
  });

  test('of types for owners and admins do not exist for anyone else, in a page, a poll or a stream', async () => {
    const { workspace_id, owner, viewer } = team;
    await numberEvents(server.database.url);
    const { after } = await follow(viewer, { after: 'now' });
    const narrowed = { workspace_id, after, limit: 1, types: 'token.created' };
    const path = `/v1/workspaces/${workspace_id}/events?after=${after}&limit=1&types=token.created`;
    const stream = await fetch(server.url + path, {
      headers: { authorization: `Bearer ${viewer.access_token}`, accept: 'text/event-stream' },
    });
    const polled = viewer.client.read_events({ ...narrowed, wait: 2 });
    await viewer.client.create_token({ workspace_id, body: { name: 'T', scopes: ['events:read'] } });
    await makeTicket(team);
    await numberEvents(server.database.url);
    const [token, head] = [1, 2].map((n) => String(Number(after) + n).padStart(16, '0'));
    const nothing = { data: [], next_offset: head, up_to_date: true };
    expect(await viewer.client.read_events(narrowed)).toEqual(nothing);
    expect(await polled).toEqual(nothing);
    // Next to a type that they may know of, such a type is ignored.
    const ticket = await viewer.client.read_events({ ...narrowed, types: 'ticket.created' });
    expect(await viewer.client.read_events({ ...narrowed, types: 'ticket.created,token.created' })).toEqual(ticket);
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of stream.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.includes(`id: ${head}\n`)) break;
    }
    expect(text).not.toContain(`id: ${token}`);
    // Control: an owner gets the event and its offset.
    const seen = await owner.client.read_events(narrowed);
    expect(seen).toMatchObject({ data: [{ type: 'token.created', offset: token }], next_offset: token });
  });

  test('cannot be read from an offset beyond the end', async () => {
    const { member, workspace_id } = team;
    const { next_offset } = await member.client.read_events({ workspace_id, after: 'now' });
    const beyond = String(Number(next_offset) + 1).padStart(16, '0');
    expect(await member.client.raw.read_events({ workspace_id, after: beyond })).toMatchObject({
      status: 400,
      body: { code: 'invalid_offset' },
    });
    for (const after of ['-2', '1', 'NOW', '00000000000000001', '000000000000000x']) {
      expect((await member.client.raw.read_events({ workspace_id, after })).status).toBe(422);
    }
  });
});

describe('a page of events', () => {
  test('looks at a bounded number of rows, and the next page continues where it stopped', async () => {
    const { workspace_id, owner, member } = team;
    await numberEvents(server.database.url);
    const { next_offset: after } = await member.client.read_events({ workspace_id, after: 'now' });
    await server.database.owner.query(
      `with head as (update event_heads set last_sequence = last_sequence + 4500 where workspace_id = $1
         returning last_sequence - 4500 as before)
       insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, request_id, created_at)
       select $1, before + n, gen_random_uuid(), $2, case when n = 4400 then 'workspace.updated' else 'project.updated' end,
         case when n = 4400 then 'workspace' else 'project' end, $1, 'seed-0001', now()
       from head, generate_series(1, 4500) n`,
      [workspace_id, owner.user.id],
    );
    const pages: [events: number, up_to_date: boolean][] = [];
    let next = after;
    for (let up_to_date = false; !up_to_date; ) {
      const page = await member.client.read_events({ workspace_id, after: next, types: 'workspace.updated' });
      pages.push([page.data.length, page.up_to_date]);
      ({ next_offset: next, up_to_date } = page);
    }
    expect(pages).toEqual([
      [0, false],
      [0, false],
      [1, true],
    ]);
    expect(Number(next)).toBe(Number(after) + 4500);
    const full = await member.client.read_events({ workspace_id, after, limit: 100 });
    expect([full.data.length, full.next_offset]).toEqual([100, full.data.at(-1)?.offset]);
  });

  test('is bounded in bytes, and the pages together leave no event out', async () => {
    const { workspace_id, owner, member } = team;
    const { next_offset: after } = await member.client.read_events({ workspace_id, after: 'now' });
    await server.database.owner.query(
      `with head as (update event_heads set last_sequence = last_sequence + 60 where workspace_id = $1
         returning last_sequence - 60 as before)
       insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, after, request_id, created_at)
       select $1, before + n, gen_random_uuid(), $2, 'project.updated', 'project', $1,
         jsonb_build_object('name', repeat(chr(1), 9000), 'archived', false), 'seed-0001', now()
       from head, generate_series(1, 60) n`,
      [workspace_id, owner.user.id],
    );
    const first = await member.client.raw.read_events({ workspace_id, after, limit: 100 });
    expect(JSON.stringify(first.body).length).toBeLessThan(1.1 * 2 ** 20);
    expect((first.body as { data: unknown[] }).data.length).toBeLessThan(60);
    const { events } = await follow(member, { after, limit: 100 });
    expect(events.map(({ offset }) => Number(offset) - Number(after))).toEqual(
      Array.from({ length: 60 }, (_, n) => n + 1),
    );
  });
});

describe('a read of events that waits', () => {
  const number = () => numberEvents(server.database.url);
  const since = (began: number) => performance.now() - began;
  const latest = async () => {
    await number();
    return (await team.member.client.read_events({ workspace_id: team.workspace_id, after: 'now' })).next_offset;
  };

  test('returns the first event that it asks for, soon after that is numbered, and no other event ends the wait', async () => {
    const { workspace_id, member } = team;
    const after = await latest();
    const query = { workspace_id, after, wait: 20 };
    const began = performance.now();
    const [all, some] = [
      member.client.read_events(query),
      member.client.read_events({ ...query, types: 'comment.created' }),
    ];
    let ended = false;
    void some.then(() => (ended = true));
    const { id: ticket } = await makeTicket(team);
    await number();
    expect((await all).data).toMatchObject([{ type: 'ticket.created', subject_id: ticket }]);
    expect(since(began)).toBeLessThan(10_000);
    expect(ended).toBe(false);
    await member.client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } });
    await number();
    expect((await some).data).toMatchObject([{ type: 'comment.created', ticket_id: ticket }]);
    expect(since(began)).toBeLessThan(15_000);
  });

  test('after `now` returns what happens after it began', async () => {
    await latest();
    const { workspace_id, member } = team;
    const read = member.client.read_events({ workspace_id, after: 'now', wait: 20 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { id } = await makeTicket(team);
    await number();
    expect((await read).data).toMatchObject([{ subject_id: id }]);
  });

  test('returns an empty page with the next offset when its time is over', async () => {
    const { workspace_id, member } = team;
    const after = await latest();
    const began = performance.now();
    const response = await member.client.read_events({ workspace_id, after, wait: 1 });
    expect(response).toEqual({ data: [], next_offset: after, up_to_date: true });
    expect(since(began)).toBeGreaterThan(900);
    for (const wait of [-1, 26, 0.5]) {
      expect((await member.client.raw.read_events({ workspace_id, after, wait })).status).toBe(422);
    }
  });

  test('returns nothing that happens after the caller has lost access', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    await joinWorkspace(owner, guest, workspace_id, 'viewer');
    const after = await latest();
    const read = guest.client.raw.read_events({ workspace_id, after, wait: 20 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await owner.client.remove_member({ workspace_id, user_id: guest.user.id });
    await number();
    expect(await read).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('occupies no database connection, and no more than fifty of one account wait', async () => {
    const one = await startServer({ BATON_POOL_SIZE: '1' }, { database: server.database });
    try {
      const { workspace_id, member, viewer } = team;
      const after = await latest();
      const url = `${one.url}/v1/workspaces/${workspace_id}/events?after=${after}&wait=8`;
      const ask = async ({ access_token }: Person) => {
        const began = performance.now();
        const { status } = await fetch(url, { headers: { authorization: `Bearer ${access_token}` } });
        return { status, waited_ms: since(began) };
      };
      const reads = Array.from({ length: 60 }, () => ask(member));
      await new Promise((resolve) => setTimeout(resolve, 500));
      const ticket = await fetch(`${one.url}/v1/workspaces/${workspace_id}`, {
        headers: { authorization: `Bearer ${viewer.access_token}` },
      });
      expect(ticket.status).toBe(200);
      expect((await ask(viewer)).waited_ms).toBeGreaterThan(7_900);
      const seen = await Promise.all(reads);
      expect(seen.filter(({ status }) => status === 200).length).toBe(60);
      expect(seen.filter(({ waited_ms }) => waited_ms > 7_900).length).toBe(50);
      expect(Math.min(...seen.map(({ waited_ms }) => waited_ms))).toBeGreaterThan(900);
    } finally {
      await one.stop();
    }
  });

  test('is refused at its end if its session has ended, even if nothing happened', async () => {
    const guest = await registerPerson(server);
    await joinWorkspace(team.owner, guest, team.workspace_id, 'viewer');
    const after = await latest();
    const read = guest.client.raw.read_events({ workspace_id: team.workspace_id, after, wait: 1 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.database.owner.query('update sessions set revoked_at = now() where user_id = $1', [guest.user.id]);
    expect((await read).status).toBe(401);
  });

  test('wakes along with more than a hundred others, and requests of another workspace are served meanwhile', async () => {
    const { workspace_id } = team;
    const after = await latest();
    const url = `${server.url}/v1/workspaces/${workspace_id}/events?after=${after}&wait=20&types=ticket.created`;
    const of = [team.owner, team.admin, team.member, team.viewer];
    const reads = Array.from({ length: 120 }, async (_, n) => {
      const { access_token = '' } = of[n % of.length] ?? {};
      const response = await fetch(url, { headers: { authorization: `Bearer ${access_token}` } });
      return { status: response.status, body: (await response.json()) as { data: unknown[] } };
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const neighbour = await makeTeam(server);
    await makeTicket(team);
    await number();
    const began = performance.now();
    let served = 0;
    while (since(began) < 1_000) {
      await neighbour.member.client.get_workspace({ workspace_id: neighbour.workspace_id });
      served++;
    }
    expect(served).toBeGreaterThan(5);
    for (const { status, body } of await Promise.all(reads)) expect([status, body.data.length]).toEqual([200, 1]);
  });

  test('returns at once when the process stops', async () => {
    const { workspace_id, member } = team;
    const lifecycle = { stopping: false };
    const stopping = await startServer({}, { database: server.database, lifecycle });
    try {
      const after = await latest();
      const began = performance.now();
      const read = fetch(`${stopping.url}/v1/workspaces/${workspace_id}/events?after=${after}&wait=20`, {
        headers: { authorization: `Bearer ${member.access_token}` },
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      lifecycle.stopping = true;
      expect((await read).status).toBe(200);
      expect(since(began)).toBeLessThan(10_000);
    } finally {
      await stopping.stop();
    }
  });
});
