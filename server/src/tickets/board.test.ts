import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { presets } from '../projects/workflow-definition.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

/** Creates a project with twelve tickets: four in progress, every third labelled and assigned, every fourth with a due day. */
async function fill(key: string) {
  const { workspace_id, owner, member } = team;
  const project = await owner.client.create_project({ workspace_id, body: { key, name: key, workflow: 'standard' } });
  const tickets = [];
  for (let n = 0; n < 12; n++) {
    const body = {
      title: `${n} ${n % 2 === 0 ? 'Crane drops' : 'Ship leaks'}`,
      priority: (['low', 'urgent', 'none', 'high'] as const)[n % 4] ?? 'none',
      labels: n % 3 === 0 ? ['ui', 'crane'] : [],
      assignee_id: n % 3 === 0 ? member.user.id : null,
      due_on: n % 4 === 0 ? `2027-01-${String(20 - n).padStart(2, '0')}` : null,
    };
    const ticket = await member.client.create_ticket({ workspace_id, project_id: project.id, body });
    if (n < 4) await member.client.transition_ticket({ workspace_id, ticket: ticket.id, body: { to: 'in_progress' } });
    tickets.push(ticket);
  }
  return { project_id: project.id, tickets };
}

type Query = Omit<Parameters<Team['member']['client']['get_board']>[0], 'workspace_id' | 'project_id'>;
type Filters = Omit<Parameters<Team['member']['client']['list_tickets']>[0], 'workspace_id'>;

async function board(project_id: string, query: Query = {}) {
  return team.member.client.get_board({ workspace_id: team.workspace_id, project_id, ...query });
}
const numbers = (data: readonly { title: string }[]) => data.map(({ title }) => Number(title.split(' ')[0]));
async function list(query: Filters) {
  const found: { title: string }[] = [];
  for await (const ticket of team.member.client.pages.list_tickets({ workspace_id: team.workspace_id, ...query })) {
    found.push(ticket);
  }
  return numbers(found);
}

describe('a board', () => {
  test('has a column for each status in workflow order, with its tickets by rank and their total', async () => {
    const { project_id, tickets } = await fill('ORDER');
    const { columns, ...rest } = await board('ORDER');
    expect(rest).toMatchObject({ project_id, workflow_version: 1 });
    expect(columns.map(({ status, category, total, complete }) => [status, category, total, complete])).toEqual([
      ['open', 'todo', 8, true],
      ['in_progress', 'in_progress', 4, true],
      ['waiting', 'waiting', 0, true],
      ['resolved', 'done', 0, true],
      ['closed', 'done', 0, true],
    ]);
    expect(numbers(columns[0]?.data ?? [])).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    const [last, , third] = tickets.toReversed();
    await team.member.client.place_ticket({
      workspace_id: team.workspace_id,
      ticket: last?.id ?? '',
      body: { after: third?.id ?? '' },
    });
    const [open] = (await board(project_id)).columns;
    expect(numbers(open?.data ?? [])).toEqual([10, 9, 11, 8, 7, 6, 5, 4]);
    const [shown] = open?.data ?? [];
    const { description: _, ...summary } = await team.member.client.get_ticket({
      workspace_id: team.workspace_id,
      ticket: shown?.id ?? '',
    });
    expect(shown).toEqual(summary);
  });

  test('has a cursor in each column that continues it as a list, in every order', async () => {
    const { project_id } = await fill('PAGES');
    for (const sort of ['rank', '-priority', 'due_on', '-updated_at'] as const) {
      const whole = (await board(project_id, { sort })).columns[0];
      const { data = [], next_cursor, total } = (await board(project_id, { sort, per_column: 3 })).columns[0] ?? {};
      expect([sort, data.length, total]).toEqual([sort, 3, 8]);
      const rest = await list({ project_id, status: 'open', sort, limit: 2, cursor: next_cursor ?? '' });
      expect([sort, ...numbers(data), ...rest]).toEqual([sort, ...numbers(whole?.data ?? [])]);
    }
  });

  test('shows and counts only the tickets that match its filters', async () => {
    const { project_id } = await fill('FILTER');
    const of = async (query: Query) =>
      (await board(project_id, query)).columns
        .filter(({ total }) => total > 0)
        .map(({ status, total, complete, data }) => [status, total, complete, ...numbers(data)]);
    expect(await of({ assignee: 'me' })).toEqual([
      ['open', 2, true, 9, 6],
      ['in_progress', 2, true, 3, 0],
    ]);
    expect(await of({ q: 'crane', status: 'open' })).toEqual([['open', 4, true, 10, 8, 6, 4]]);
    expect(await of({ status_category: 'in_progress', priority: 'urgent,high' })).toEqual([
      ['in_progress', 2, true, 3, 1],
    ]);
    expect(await of({ due_after: '2027-01-12', per_column: 1 })).toEqual([
      ['open', 1, true, 4],
      ['in_progress', 1, true, 0],
    ]);
    expect((await board(project_id, { status: 'waiting,open' })).columns.map(({ status }) => status)).toEqual([
      'open',
      'waiting',
    ]);
  });

  test('has columns whose bytes stay within their share, however many transitions its tickets allow', async () => {
    const { workspace_id, owner, member } = team;
    const named = (n: number) => `status_${n}_`.padEnd(40, 'x');
    const statuses = Array.from({ length: 50 }, (_, n) => {
      return { key: named(n), name: `Status ${n}`, category: n === 49 ? ('done' as const) : ('todo' as const) };
    });
    const transitions = statuses.slice(1).map(({ key: to }) => ({ from: named(0), to }));
    const workflow = { initial: [named(0)], statuses, transitions, resolutions: [] };
    const body = { key: 'WIDE', name: 'Wide', workflow };
    const { id: project_id } = await owner.client.create_project({ workspace_id, body });
    for (let n = 0; n < 12; n++) {
      await member.client.create_ticket({ workspace_id, project_id, body: { title: `${n} of them` } });
    }
    const [first] = (await board('WIDE', { per_column: 12 })).columns;
    const { data, next_cursor, total } = first ?? { data: [] };
    expect(data[0]?.allowed_transitions).toHaveLength(49);
    expect(total).toBe(12);
    expect(data.length).toBeGreaterThan(5);
    expect(data.length).toBeLessThan(12);
    expect(data.reduce((sum, ticket) => sum + JSON.stringify(ticket).length, 0)).toBeLessThanOrEqual(2 ** 20 / 50);
    const more = { project_id: 'WIDE', status: named(0), sort: 'rank' as const, cursor: next_cursor ?? '' };
    const rest = (await member.client.list_tickets({ workspace_id, ...more })).data;
    expect(numbers([...data, ...rest])).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  });

  test('is not found by strangers, and has no ticket of another project', async () => {
    await fill('OTHER');
    await makeTicket(team, { title: '99 elsewhere' });
    const { workspace_id } = team;
    const refused = await team.stranger.client.raw.get_board({ workspace_id, project_id: 'OTHER' });
    expect(refused.status).toBe(404);
    const absent = await team.member.client.raw.get_board({ workspace_id, project_id: 'NONE' });
    expect(absent.status).toBe(404);
    expect((await board('OTHER')).columns.flatMap(({ data }) => numbers(data))).not.toContain(99);
  });
});

describe('a list of tickets', () => {
  test('is complete and in order when it is sorted by priority, by due day or by rank', async () => {
    const { project_id } = await fill('SORTED');
    expect(await list({ project_id, sort: '-priority', limit: 5 })).toEqual([9, 5, 1, 11, 7, 3, 8, 4, 0, 10, 6, 2]);
    expect(await list({ project_id, sort: 'priority', limit: 5 })).toEqual([10, 6, 2, 8, 4, 0, 11, 7, 3, 9, 5, 1]);
    expect(await list({ project_id, sort: '-priority', priority: 'low,high', limit: 2 })).toEqual([11, 7, 3, 8, 4, 0]);
    expect(await list({ project_id, sort: 'due_on', limit: 2 })).toEqual([8, 4, 0, 11, 10, 9, 7, 6, 5, 3, 2, 1]);
    expect(await list({ project_id, sort: '-due_on', limit: 2 })).toEqual([0, 4, 8, 11, 10, 9, 7, 6, 5, 3, 2, 1]);
    expect(await list({ project_id, sort: 'due_on', due_before: '2027-01-20' })).toEqual([8, 4]);
    expect(await list({ project_id, status: 'open,in_progress', sort: 'rank', limit: 5 })).toEqual(
      Array.from({ length: 12 }, (_, n) => 11 - n),
    );
  });

  test('can be sorted by rank only within statuses of one project, and, if deleted, by neither rank nor due day', async () => {
    const { workspace_id, member } = team;
    for (const query of [
      { sort: 'rank' },
      { sort: 'rank', status: 'open' },
      { sort: 'rank', project_id: 'ENG' },
      { sort: 'rank', project_id: 'ENG,OPS', status: 'open' },
      { sort: 'rank', project_id: 'ENG', status: 'open', deleted: 'true' },
      { sort: 'due_on', deleted: 'true' },
    ] as Filters[]) {
      const refused = await member.client.raw.list_tickets({ workspace_id, ...query });
      expect([query, refused]).toMatchObject([
        query,
        { status: 422, body: { code: 'validation_failed', errors: [{ parameter: 'sort' }] } },
      ]);
    }
  });

  test('finds tickets by the beginnings of words in their current titles, and by their keys', async () => {
    const { project_id, tickets } = await fill('WORDS');
    const of = (q: string) => list({ project_id, q, sort: 'created_at' });
    expect(await of('CRA')).toEqual([0, 2, 4, 6, 8, 10]);
    expect(await of('drop crane')).toEqual([0, 2, 4, 6, 8, 10]);
    expect(await of('rane')).toEqual([]);
    expect(await of('11 ship')).toEqual([11]);
    expect(await of('words-3')).toEqual([2]);
    expect([await of('words-3 CRANE'), await of('crane words-3'), await of('words-3 words-3')]).toEqual([
      [2],
      [2],
      [2],
    ]);
    expect([await of('words-3 ship'), await of('words-30 crane'), await of('words-3 words-5')]).toEqual([[], [], []]);
    expect(await of('.*')).toEqual([]);
    const [first] = tickets;
    const at = { workspace_id: team.workspace_id, ticket: first?.id ?? '' };
    const title = '0 Übermäßig groß: see WORDS-3';
    await team.member.client.update_ticket({ ...at, if_match: '*', body: { title } });
    expect([await of('crane'), await of('über'), await of('ÜBERMÄSSIG'), await of('words-3')]).toEqual([
      [2, 4, 6, 8, 10],
      [0],
      [],
      [0, 2],
    ]);
  });

  test('has an ETag that changes with every event, unless only the columns of a board are requested', async () => {
    const { project_id } = await fill('TAGS');
    const { workspace_id, owner } = team;
    const read = async (fields?: 'columns') => {
      const { headers } = await owner.client.raw.get_board({ workspace_id, project_id, ...(fields ? { fields } : {}) });
      return headers.get('etag');
    };
    const [whole, columns] = [await read(), await read('columns')];
    await owner.client.create_project({ workspace_id, body: { key: 'TAGGED', name: 'Elsewhere' } });
    await numberEvents(server.database.url);
    expect(await read()).not.toBe(whole);
    expect(await read('columns')).toBe(columns);
  });

  test('can be limited to ids, and can have 500 tickets per page without their texts', async () => {
    const { workspace_id, member } = team;
    const { tickets } = await fill('IDS');
    const ids = [tickets[3], tickets[1]].map((ticket) => ticket?.id).join();
    expect(await list({ ids })).toEqual([3, 1]);
    expect(await list({ ids, assignee: 'me' })).toEqual([3]);
    const most = await member.client.list_tickets({ workspace_id, fields: 'title', limit: 500 });
    expect(most.data.length).toBeGreaterThan(60);
    for (const query of [{ limit: 101 }, { limit: 101, fields: 'title,excerpt' }, { limit: 501, fields: 'title' }]) {
      const refused = await member.client.raw.list_tickets({ workspace_id, ...query });
      expect(refused).toMatchObject({ status: 422, body: { errors: [{ parameter: 'limit' }] } });
    }
  });

  test('can be filtered by status category, as the project’s current workflow defines it', async () => {
    const { workspace_id, owner } = team;
    const { project_id } = await fill('MEANS');
    expect(await list({ project_id, status_category: 'in_progress' })).toEqual([3, 2, 1, 0]);
    const statuses = presets.standard.statuses.map((one) =>
      one.key === 'in_progress' ? { ...one, category: 'waiting' as const } : one,
    );
    await owner.client.replace_workflow({
      workspace_id,
      project_id,
      if_match: '*',
      body: { ...presets.standard, statuses },
    });
    expect(await list({ project_id, status_category: 'in_progress' })).toEqual([]);
    expect(await list({ project_id, status_category: 'waiting,done' })).toEqual([3, 2, 1, 0]);
  });
});

describe('counting', () => {
  test('groups the matching tickets by status, assignee, priority or label, largest group first', async () => {
    const { workspace_id, member } = team;
    const { project_id } = await fill('COUNTS');
    const of = async (group_by: 'status' | 'assignee' | 'priority' | 'label', query: Filters = {}) => {
      const { groups, complete } = await member.client.count_tickets({ workspace_id, project_id, group_by, ...query });
      expect(complete).toBe(true);
      return groups.map(({ value, tickets }) => [value, tickets]);
    };
    expect(await of('status')).toEqual([
      ['open', 8],
      ['in_progress', 4],
    ]);
    expect(await of('assignee')).toEqual([
      [null, 8],
      [member.user.id, 4],
    ]);
    expect(await of('priority', { status: 'open' })).toEqual(
      ['high', 'low', 'none', 'urgent'].map((value) => [value, 2]),
    );
    expect(await of('label')).toEqual([
      ['crane', 4],
      ['ui', 4],
    ]);
    expect(await of('status', { q: 'nothing has it' })).toEqual([]);
  });
});
