import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { long_rank, rankOfNumber } from './rank.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

/** Creates a project with this many tickets in its first status, newest first. */
async function makeColumn(count: number) {
  const { workspace_id, owner } = team;
  const key = `P${Math.random().toString(36).slice(2, 8).toUpperCase()}`;
  const project = await owner.client.create_project({ workspace_id, body: { key, name: key, workflow: 'standard' } });
  const tickets = [];
  for (let n = 0; n < count; n++) {
    tickets.push(await makeTicket({ ...team, project_id: project.id }, { title: `${n + 1}` }));
  }
  const at = (ticket: { id: string }) => ({ workspace_id, ticket: ticket.id });
  /** The titles of a status, from the top. */
  const order = async (status = 'open') => {
    const { data } = await owner.client.list_tickets({ workspace_id, project_id: key, status, limit: 100 });
    return data.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ title }) => title);
  };
  return { project_id: project.id, tickets, at, order };
}

/** Gives tickets a rank as if somebody had placed them long ago, and records it. */
async function setRank(ticket: { id: string } | { id: string }[], rank: string): Promise<void> {
  await server.database.owner.query(
    `with moved as (
       update tickets set placed_rank = $2, placed_at = now() + interval '1 hour' where id = any ($1)
       returning workspace_id, id, placed_at)
     insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, after, request_id, created_at)
     select workspace_id, gen_random_uuid(), $3, 'ticket.placed', 'ticket', id, jsonb_build_object('rank', $2::text),
       'seed-0001', placed_at from moved`,
    [[ticket].flat().map(({ id }) => id), rank, team.owner.user.id],
  );
}

/** Returns the recorded changes of a ticket's rank. */
async function places(ticket: { id: string }) {
  const { rows } = await server.database.owner.query<{ action: string; version: number | null }>(
    `select action, subject_version as version, before, after from audit_log
     where subject_id = $1 and (after ? 'rank' or action = 'ticket.placed') order by created_at`,
    [ticket.id],
  );
  return rows;
}

describe('a ticket', () => {
  test('that nobody has placed is sorted by its number, newest first', async () => {
    const { tickets, order } = await makeColumn(3);
    expect(tickets.map(({ rank }) => rank)).toEqual([1, 2, 3].map(rankOfNumber));
    expect(await order()).toEqual(['3', '2', '1']);
  });

  test('can be placed right below or above another ticket, at the top and at the bottom', async () => {
    const { tickets, at, order } = await makeColumn(4);
    const [one, two, three, four] = tickets as [Ticket, Ticket, Ticket, Ticket];
    const { client } = team.member;
    await client.place_ticket({ ...at(one), body: { after: four.id } });
    expect(await order()).toEqual(['4', '1', '3', '2']);
    await client.place_ticket({ ...at(two), body: { before: three.id } });
    expect(await order()).toEqual(['4', '1', '2', '3']);
    await client.place_ticket({ ...at(three), body: { at: 'top' } });
    expect(await order()).toEqual(['3', '4', '1', '2']);
    await client.place_ticket({ ...at(four), body: { at: 'bottom' } });
    expect(await order()).toEqual(['3', '1', '2', '4']);
    await client.place_ticket({ ...at(one), body: { before: three.id } });
    await client.place_ticket({ ...at(two), body: { after: four.id } });
    expect(await order()).toEqual(['1', '3', '4', '2']);
  });

  test('that is created later stands above all tickets that were placed at the top', async () => {
    const column = await makeColumn(2);
    const [one] = column.tickets as [Ticket];
    for (let n = 0; n < 3; n++) {
      for (const ticket of column.tickets) {
        await team.member.client.place_ticket({ ...column.at(ticket), body: { at: 'top' } });
      }
    }
    await makeTicket({ ...team, project_id: column.project_id }, { title: 'new' });
    expect(await column.order()).toEqual(['new', '2', '1']);
    expect(one.rank).toBe(rankOfNumber(1));
  });

  test('that is placed keeps its version and time, and the entry records both ranks', async () => {
    const { tickets, at } = await makeColumn(2);
    const [one] = tickets as [Ticket];
    const placed = await team.member.client.place_ticket({ ...at(one), body: { at: 'top' } });
    expect(placed).toEqual({ ...one, rank: placed.rank });
    expect(placed.rank < one.rank).toBe(true);
    expect(await team.member.client.get_ticket(at(one))).toEqual(placed);
    expect(await places(one)).toEqual([
      { action: 'ticket.placed', version: null, before: { rank: one.rank }, after: { rank: placed.rank } },
    ]);
  });

  test('that is placed where it already stands does not change, and nothing is recorded', async () => {
    const { tickets, at } = await makeColumn(3);
    const [one, two, three] = tickets as [Ticket, Ticket, Ticket];
    for (const place of [{ after: three.id }, { before: one.id }, { after: two.id }]) {
      expect(await team.member.client.place_ticket({ ...at(two), body: place })).toEqual(two);
    }
    expect(await team.member.client.place_ticket({ ...at(three), body: { at: 'top' } })).toEqual(three);
    expect(await team.member.client.place_ticket({ ...at(one), body: { at: 'bottom' } })).toEqual(one);
    expect(await places(two)).toEqual([]);
  });

  test('is placed at the top if the named ticket is deleted, in another status or in another project', async () => {
    const { tickets, at, order } = await makeColumn(6);
    const [one, two, three, four, moved, gone] = tickets as [Ticket, Ticket, Ticket, Ticket, Ticket, Ticket];
    const { client } = team.member;
    const elsewhere = await makeTicket(team);
    await client.transition_ticket({ ...at(moved), body: { to: 'in_progress' } });
    await client.delete_ticket(at(gone));
    await client.place_ticket({ ...at(one), body: { after: gone.id } });
    await client.place_ticket({ ...at(two), body: { before: moved.id } });
    await client.place_ticket({ ...at(three), body: { after: elsewhere.id } });
    expect(await order()).toEqual(['3', '2', '1', '4']);
    expect(four.rank).toBe(rankOfNumber(4));
  });

  test('can be placed by the transition to its new status, and otherwise keeps its rank', async () => {
    const { tickets, at, order } = await makeColumn(4);
    const [one, two, three, four] = tickets as [Ticket, Ticket, Ticket, Ticket];
    const { client } = team.member;
    for (const ticket of [one, four]) await client.transition_ticket({ ...at(ticket), body: { to: 'in_progress' } });
    expect(await order('in_progress')).toEqual(['4', '1']);
    const step = { to: 'in_progress', place: { after: one.id } };
    const { ticket } = await client.transition_ticket({ ...at(two), body: step });
    expect(ticket.version).toBe(2);
    await client.transition_ticket({ ...at(three), body: { to: 'in_progress', place: { before: four.id } } });
    expect(await order('in_progress')).toEqual(['3', '4', '1', '2']);
    expect(await places(two)).toMatchObject([
      { action: 'ticket.transitioned', version: 2, before: { rank: two.rank }, after: { rank: ticket.rank } },
    ]);
  });

  test('can be placed when it is created', async () => {
    const { project_id, tickets, order } = await makeColumn(2);
    const [one, two] = tickets as [Ticket, Ticket];
    const create = (title: string, place: object) =>
      team.member.client.create_ticket({ workspace_id: team.workspace_id, project_id, body: { title, place } });
    await create('below two', { after: two.id });
    await create('last', { at: 'bottom' });
    const top = await create('first', { at: 'top' });
    await create('above one', { before: one.id });
    expect(await order()).toEqual(['first', '2', 'below two', 'above one', '1', 'last']);
    expect(await places(top)).toEqual([]);
  });

  test('has its earlier rank when it is read as of an earlier time', async () => {
    const { tickets, at } = await makeColumn(2);
    const [one] = tickets as [Ticket];
    const as_of = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { client } = team.member;
    for (const place of ['top', 'bottom'] as const) await client.place_ticket({ ...at(one), body: { at: place } });
    expect(await client.get_ticket({ ...at(one), as_of })).toMatchObject({ rank: one.rank, version: 1 });
  });
});

type Ticket = Awaited<ReturnType<typeof makeTicket>>;

describe('placing', () => {
  test('is refused without exactly one place, to viewers and strangers, and with If-Match', async () => {
    const { tickets, at, order } = await makeColumn(2);
    const [one, two] = tickets as [Ticket, Ticket];
    const { member, viewer, stranger } = team;
    for (const body of [{}, { at: 'top' as const, after: two.id }]) {
      const refused = await member.client.raw.place_ticket({ ...at(one), body });
      expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
    }
    const body = { at: 'top' as const };
    expect(await viewer.client.raw.place_ticket({ ...at(one), body })).toMatchObject({ status: 403 });
    expect(await stranger.client.raw.place_ticket({ ...at(one), body })).toMatchObject({ status: 404 });
    const versioned = await fetch(`${server.url}/v1/workspaces/${team.workspace_id}/tickets/${one.id}/place`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${member.client.access_token}`,
        'content-type': 'application/json',
        'if-match': '"1"',
      },
      body: JSON.stringify(body),
    });
    const detail = 'This request takes no version: leave out If-Match, or send If-Match: *.';
    expect(await versioned.json()).toMatchObject({ status: 412, code: 'precondition_failed', detail });
    expect(await order()).toEqual(['2', '1']);
  });

  test('makes room where two ranks are too close or equal, and keeps the order of the tickets', async () => {
    const { tickets, at, order, project_id } = await makeColumn(8);
    const [one, , three, four, five] = tickets as [Ticket, Ticket, Ticket, Ticket, Ticket];
    // These ranks arise when somebody keeps placing tickets between the same two.
    const ranks = [`${four.rank}${'0'.repeat(60)}1`, `${four.rank}${'0'.repeat(60)}2`];
    await setRank(five, ranks[0] ?? '');
    await setRank(three, ranks[1] ?? '');
    expect(await order()).toEqual(['8', '7', '6', '4', '5', '3', '2', '1']);
    const placed = await team.member.client.place_ticket({ ...at(one), body: { after: five.id } });
    expect(await order()).toEqual(['8', '7', '6', '4', '5', '1', '3', '2']);
    const { data } = await team.member.client.list_tickets({ workspace_id: team.workspace_id, project_id });
    expect(Math.max(...data.map(({ rank }) => rank.length))).toBeLessThan(long_rank);
    expect((await places(five)).at(-1)).toMatchObject({ action: 'ticket.respaced', version: null });
    expect(await team.member.client.get_ticket(at(one))).toEqual(placed);

    // A ticket can be moved into a column where another has the same rank.
    await setRank(three, placed.rank);
    await team.member.client.place_ticket({ ...at(four), body: { after: one.id < three.id ? one.id : three.id } });
    const equals = one.id < three.id ? ['1', '4', '3'] : ['3', '4', '1'];
    expect(await order()).toEqual(['8', '7', '6', '5', ...equals, '2']);
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('gives every ticket a different rank, even if each is placed in a column that is empty again', async () => {
    const { tickets, at } = await makeColumn(3);
    const { client } = team.member;
    for (const [index, ticket] of tickets.entries()) {
      const place = { at: index === 1 ? ('bottom' as const) : ('top' as const) };
      await client.transition_ticket({ ...at(ticket), body: { to: 'in_progress', place } });
      await client.transition_ticket({ ...at(ticket), body: { to: 'resolved', resolution: 'fixed' } });
    }
    const ranks = await Promise.all(tickets.map(async (ticket) => (await client.get_ticket(at(ticket))).rank));
    expect(new Set(ranks).size).toBe(3);
  });

  test('respaces each ticket of the wider window once if the first window has only equal ranks', async () => {
    const { tickets, at, project_id } = await makeColumn(112);
    const [one, ...equal] = tickets as [Ticket, ...Ticket[]];
    await setRank(equal, '7ffgM');
    const ids = equal.map(({ id }) => id).sort();
    await team.member.client.place_ticket({ ...at(one), body: { after: ids[55] ?? '' } });
    const of_project = `select count(*)::int as count from audit_log a join tickets t on t.id = a.subject_id
      where a.action = 'ticket.respaced' and t.project_id = $1`;
    const { rows } = await server.database.owner.query<{ count: number }>(of_project, [project_id]);
    expect(rows).toEqual([{ count: 111 }]);
    const sorted = { workspace_id: team.workspace_id, project_id, status: 'open', sort: 'rank' as const };
    const { data } = await team.member.client.list_tickets({ ...sorted, limit: 500, fields: 'id,rank' });
    expect(data.map(({ id }) => id)).toEqual(ids.toSpliced(56, 0, one.id));
    expect(new Set(data.map(({ rank }) => rank)).size).toBe(112);
  });
});

describe('a walk by rank', () => {
  /** Creates a column in which placing a ticket right below the third makes room, and reads its first page. */
  async function makeTight() {
    const { tickets, at, project_id } = await makeColumn(12);
    const sorted = tickets.toReversed();
    for (const [index, ticket] of sorted.slice(2, 9).entries()) {
      await setRank(ticket, `${sorted[1]?.rank ?? ''}${'0'.repeat(90)}${index + 1}`);
    }
    const pages = {
      workspace_id: team.workspace_id,
      project_id,
      status: 'open',
      sort: 'rank' as const,
      limit: 4,
    };
    const first = await team.member.client.list_tickets(pages);
    const rest = async () => {
      const found: string[] = [];
      for (let cursor = first.next_cursor; cursor !== null; ) {
        const page: typeof first = await team.member.client.list_tickets({ ...pages, cursor });
        found.push(...page.data.map(({ title }) => title));
        cursor = page.next_cursor;
      }
      return found;
    };
    return { tickets, at, first, rest };
  }

  test('neither misses nor repeats a ticket while others make room', async () => {
    const { tickets, at, first, rest } = await makeTight();
    expect(first.data.map(({ title }) => title)).toEqual(['12', '11', '10', '9']);
    const [one, ten] = [tickets[0], tickets[9]] as [Ticket, Ticket];
    await team.member.client.place_ticket({ ...at(one), body: { after: ten.id } });
    expect((await places(ten)).at(-1)).toMatchObject({ action: 'ticket.respaced' });
    expect(await rest()).toEqual(['8', '7', '6', '5', '4', '3', '2']);
  });

  test('continues after the former place of its last ticket if somebody has placed that ticket elsewhere', async () => {
    const { tickets, at, rest } = await makeTight();
    await team.member.client.place_ticket({ ...at(tickets[8] as Ticket), body: { at: 'bottom' } });
    expect(await rest()).toEqual(['8', '7', '6', '5', '4', '3', '2', '1', '9']);
  });
});
