import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  const { workspace_id, project_id, member } = team;
  for (let n = 0; n < 25; n++) {
    await member.client.create_ticket({
      workspace_id,
      project_id,
      body: {
        title: `Ticket ${n}`,
        labels: n % 2 === 0 ? ['even'] : [],
        priority: n % 5 === 0 ? 'urgent' : 'none',
        assignee_id: n % 3 === 0 ? member.user.id : null,
      },
    });
  }
});
afterAll(() => server.stop());

async function titles(filter: Omit<Parameters<Team['member']['client']['list_tickets']>[0], 'workspace_id'>) {
  const found: string[] = [];
  const input = { workspace_id: team.workspace_id, limit: 4, ...filter };
  for await (const ticket of team.member.client.pages.list_tickets(input)) found.push(ticket.title);
  return found;
}

const all = Array.from({ length: 25 }, (_, n) => n);
const named = (numbers: number[]) => numbers.map((n) => `Ticket ${n}`);

describe('the list of tickets', () => {
  test('contains every ticket exactly once, in both directions', async () => {
    expect(await titles({ sort: 'created_at' })).toEqual(named(all));
    expect(await titles({})).toEqual(named(all).reverse());
  });

  test('accepts ids in any letter case, in paths, filters and bodies, and together with a cursor', async () => {
    const { workspace_id, project_id, member } = team;
    const upper = (id: string) => id.toUpperCase();
    const first = await member.client.list_tickets({ workspace_id, assignee: member.user.id, limit: 2 });
    const second = await member.client.list_tickets({
      workspace_id: upper(workspace_id),
      assignee: upper(member.user.id),
      limit: 2,
      cursor: first.next_cursor ?? '',
    });
    const [third] = (await member.client.list_tickets({ workspace_id, assignee: member.user.id, limit: 3 })).data.slice(
      2,
    );
    expect(second.data[0]?.id).toBe(third?.id);
    const people = await member.client.list_people({
      workspace_id,
      ids: `${upper(member.user.id)},${team.owner.user.id}`,
    });
    expect(people.data).toHaveLength(2);
    const made = await member.client.create_ticket({
      workspace_id: upper(workspace_id),
      project_id: upper(project_id),
      body: { title: 'In capitals', assignee_id: upper(member.user.id) },
    });
    expect(made).toMatchObject({ assignee_id: member.user.id, project_id });
    await member.client.delete_ticket({ workspace_id, ticket: upper(made.id) });
  });

  test('can be filtered by each parameter, and by several together', async () => {
    const sort = 'created_at';
    const third = all.filter((n) => n % 3 === 0);
    expect(await titles({ sort, label: 'even' })).toEqual(named(all.filter((n) => n % 2 === 0)));
    expect(await titles({ sort, priority: 'urgent' })).toEqual(named([0, 5, 10, 15, 20]));
    expect(await titles({ sort, assignee: 'me' })).toEqual(named(third));
    expect(await titles({ sort, assignee: team.member.user.id })).toEqual(named(third));
    expect(await titles({ sort, assignee: 'none' })).toEqual(named(all.filter((n) => n % 3 !== 0)));
    expect(await titles({ sort, reporter: 'me', label: 'even', assignee: 'me' })).toEqual(
      named(third.filter((n) => n % 2 === 0)),
    );
    expect(await titles({ sort, status: 'in_progress' })).toEqual([]);
    expect(await titles({ sort, project_id: team.workspace_id })).toEqual([]);
    expect(await titles({ created_after: '2999-01-01T00:00:00Z' })).toEqual([]);
    expect(await titles({ sort, created_before: '2999-01-01T00:00:00Z' })).toEqual(named(all));
    // A day stands for its first moment in UTC.
    const today = new Date().toISOString().slice(0, 10);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    expect(await titles({ sort, created_after: today, created_before: tomorrow })).toEqual(named(all));
    expect(await titles({ sort, created_after: tomorrow })).toEqual([]);
    expect(await titles({ sort, updated_before: today })).toEqual([]);
  });

  test('never repeats or skips an unchanged ticket while others write', async () => {
    const { workspace_id, member } = team;
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await member.client.list_tickets({ workspace_id, limit: 3, ...(cursor ? { cursor } : {}) });
      seen.push(...page.data.map(({ title }) => title));
      await makeTicket(team, { title: 'Newcomer' });
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen.filter((title) => title !== 'Newcomer')).toEqual(named(all).reverse());
  });

  test('accepts a cursor only for the list that returned it', async () => {
    const { workspace_id, member, stranger } = team;
    const { next_cursor } = await member.client.list_tickets({ workspace_id, limit: 2 });
    const cursor = next_cursor ?? '';
    const elsewhere = await stranger.client.create_workspace({ body: { name: 'Elsewhere' } });
    const flipped = (cursor.startsWith('A') ? 'B' : 'A') + cursor.slice(1);
    const refused = await Promise.all([
      member.client.raw.list_tickets({ workspace_id, cursor, label: 'even' }),
      member.client.raw.list_tickets({ workspace_id, cursor, sort: 'created_at' }),
      member.client.raw.list_tickets({ workspace_id, cursor: flipped }),
      member.client.raw.list_tickets({ workspace_id, cursor: 'nonsense' }),
      stranger.client.raw.list_tickets({ workspace_id: elsewhere.id, cursor }),
    ]);
    expect(refused.map(({ status, body }) => [status, (body as { code?: string }).code])).toEqual(
      Array(5).fill([400, 'invalid_cursor']),
    );
    expect((await member.client.raw.list_tickets({ workspace_id, cursor, limit: 7 })).status).toBe(200);
  });

  test('refuses unknown and repeated parameters, and limits out of range', async () => {
    const url = `${server.url}/v1/workspaces/${team.workspace_id}/tickets`;
    for (const query of [
      'colour=red',
      'limit=0',
      'limit=101',
      'limit=1e1',
      'limit=0x10',
      'limit=',
      'limit=007',
      'limit=1&limit=2',
      'status=Open',
      'assignee=you',
    ]) {
      const answer = await fetch(`${url}?${query}`, {
        headers: { authorization: `Bearer ${team.member.access_token}` },
      });
      expect([query, answer.status]).toEqual([query, 422]);
    }
  });
});

describe('polling by updated_after', () => {
  test('misses a change that commits late, unless it overlaps by a minute as documented', async () => {
    const { workspace_id, member } = team;
    const [late, early] = [await makeTicket(team), await makeTicket(team)];
    const holder = await server.database.owner.connect();
    await holder.query('begin');
    await holder.query('select 1 from tickets where id = $1 for update', [late.id]);
    // The transaction of this change begins, and waits for the ticket.
    const changing = member.client.update_ticket({
      workspace_id,
      ticket: late.id,
      body: { title: 'Late', version: 1 },
    });
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    while ((await server.database.owner.query(waiting)).rowCount === 0)
      await new Promise((soon) => setTimeout(soon, 5));
    await member.client.update_ticket({ workspace_id, ticket: early.id, body: { title: 'Early', version: 1 } });
    const sort = '-updated_at' as const;
    const [newest] = (await member.client.list_tickets({ workspace_id, sort, limit: 1 })).data;
    expect(newest?.id).toBe(early.id);
    await holder.query('commit');
    holder.release();
    expect(await changing).toMatchObject({ version: 2 });
    const since = async (updated_after: string) => {
      const found = await member.client.list_tickets({ workspace_id, sort: 'updated_at', updated_after, limit: 100 });
      return found.data.map(({ id, version }) => `${id} ${version}`);
    };
    const seen = newest?.updated_at ?? '';
    expect(await since(seen)).toEqual([]);
    expect(await since(new Date(Date.parse(seen) - 60_000).toISOString())).toContain(`${late.id} 2`);
  });
});

describe('a list with all of its filters', () => {
  test('and a hundred ids can be read to its end by following its Link headers', async () => {
    const { workspace_id, project_id, member } = await makeTeam(server);
    const ids = await Promise.all(
      [1, 2, 3].map(async (n) => {
        const fields = { title: `Crane ${n}`, labels: ['crane'], priority: 'high' as const, due_on: '2026-11-24' };
        const body = { ...fields, assignee_id: member.user.id };
        return (await member.client.create_ticket({ workspace_id, project_id, body })).id;
      }),
    );
    const others = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());
    const letters = 'abcdefghi'.split('');
    const far = (kind: string) => [
      [`${kind}_after`, '2000-01-01T00:00:00.000000Z'],
      [`${kind}_before`, '2999-01-01T00:00:00.000000Z'],
    ];
    const query = [
      ['limit', '1'],
      ['ids', [...ids, ...others(97)].join()],
      ['project_id', [project_id, ...others(9)].join()],
      ['status', ['open', ...letters].map((key) => key.padEnd(key === 'open' ? 4 : 40, 'x')).join()],
      ['status_category', 'todo,in_progress,waiting,done'],
      ['assignee', ['me', ...others(9)].join()],
      ['reporter', ['me', ...others(9)].join()],
      ['priority', 'none,low,medium,high,urgent'],
      ['label', ['crane', ...letters].map((label) => label.padEnd(label === 'crane' ? 5 : 64, 'x')).join()],
      ['q', 'crane '.repeat(33)],
      ...['created', 'updated', 'active'].flatMap(far),
      ['due_after', '2000-01-01'],
      ['due_before', '2999-01-01'],
      ['deleted', 'false'],
      ['archived', 'any'],
      [
        'fields',
        'id,key,title,status,priority,labels,assignee_id,reporter_id,due_on,rank,version,created_at,updated_at',
      ],
      ['sort', '-last_activity_at'],
    ] as [string, string][];
    const found: string[] = [];
    let next: string | undefined =
      `/v1/workspaces/${workspace_id}/tickets?${new URLSearchParams(query).toString().replaceAll('%2C', ',')}`;
    while (next !== undefined) {
      const response: Response = await fetch(`${server.url}${next}`, {
        headers: { authorization: `Bearer ${member.client.access_token}` },
      });
      expect(response.status).toBe(200);
      const { data } = (await response.json()) as { data: { id: string }[] };
      found.push(...data.map(({ id }) => id));
      const link = response.headers.get('link');
      expect(link ?? '').not.toContain('%2C');
      next = /^<([^<>]+)>; rel="next"$/.exec(link ?? '')?.[1];
    }
    expect(found.toSorted()).toEqual(ids.toSorted());
  });
});
