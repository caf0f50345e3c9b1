import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, type PlanNode, rowsLookedAt } from '../../../proof/harness/plans.ts';
import {
  ancient,
  fillUnevenly,
  id,
  isOrdered,
  listOf,
  narrowings,
  orders,
  tickets,
  workspace_id,
} from '../../../proof/harness/uneven-tickets.ts';
import { createPool } from '../db/pool.ts';
import { prepare, type Sql } from '../db/sql.ts';
import { type Db, readOnly } from '../db/transaction.ts';
import { bestOf, everything, max_walked, type Source } from '../db/walk.ts';
import { Cursors, cursorPage, daysBetween, spanAfter, spanBetween } from '../http/cursor.ts';
import type { Order, TicketFilter, TicketList } from './list-filter.ts';
import { ticketPage, type Walked } from './list-queries.ts';
import { sourcesOf } from './source-queries.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  await fillUnevenly(database);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 120_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const planned = <T>(mode: 'custom' | 'generic', body: (client: pg.PoolClient) => Promise<T>) =>
  planning({ pool, workspace_id, mode }, body);

/** A database handle that uses the test's connection. */
const handle = (client: pg.PoolClient) =>
  ({ maybeOne: async (statement: Sql) => (await client.query(prepare(statement))).rows[0] }) as Pick<
    Db,
    'maybeOne'
  > as Db;

const options = { limit: 51, excerpt: true, description: false };

/** Returns every statement of a list: one per source that finds where it stops, and the page by the best source. */
async function statementsOf(client: pg.PoolClient, list: TicketList): Promise<Sql[]> {
  const sources = sourcesOf(list);
  const best = await bestOf(handle(client), sources, list.descending);
  return [...(sources.length > 1 ? sources.map(({ stop }) => stop) : []), ticketPage(list, best, options)];
}

const names = Object.keys(narrowings);
// Pairs combine only filters with one value each, to limit their number.
const single = names.filter((name) =>
  Object.values(narrowings[name] ?? {}).every((value) => !(Array.isArray(value) && value.length > 1)),
);
const pairs = single.flatMap((one, index) => single.slice(index + 1).map((other) => [one, other]));
const filters: [name: string, filter: Partial<TicketFilter>][] = [
  ['nothing', {}],
  ['deleted', { deleted: true }],
  ...[...names.map((name) => [name]), ...pairs].map(
    (both) =>
      [both.join(' and '), Object.assign({}, ...both.map((name) => narrowings[name]))] as [string, TicketFilter],
  ),
];

/** The number of filters that are not pairs. They come first. */
const alone = names.length + 2;

// A walk by activity reads tickets and comments, and for each row its ticket, its last comment and its project.
const most_rows = 7 * max_walked;

describe(`each statement of a list among ${tickets} unevenly distributed tickets`, () => {
  test.each(['custom', 'generic'] as const)(
    'reads a bounded number of rows, with a %s plan',
    async (mode) => {
      const over: string[] = [];
      await planned(mode, async (client) => {
        for (const [index, [name, filter]] of (mode === 'generic' ? filters : filters.slice(0, alone)).entries()) {
          const possible = orders.filter((one) => isOrdered(filter, one));
          // Each filter is tried in every order; each of the many pairs in only one.
          const some = index < alone ? possible : possible.slice(index % possible.length).slice(0, 1);
          for (const order of some) {
            for (const statement of await statementsOf(client, listOf(filter, order, true))) {
              const plan = await explain(client, statement);
              const rows = rowsLookedAt(plan);
              if (rows > most_rows) over.push(`${name} by ${order}: ${rows} rows`);
            }
          }
        }
      });
      expect(over).toEqual([]);
    },
    180_000,
  );

  test('reads few rows for rare and absent values, and for values that are frequent in the order of the list', async () => {
    const of = (name: string) => narrowings[name] ?? {};
    const lists: [Partial<TicketFilter>, Order, most: number][] = [
      [{}, 'created_at', 400],
      [of('a frequent status'), 'created_at', 400],
      [of('a frequent label'), 'created_at', 600],
      [{}, 'last_activity_at', 6 * max_walked],
      [of('a frequent assignee'), 'updated_at', 400],
      [of('a frequent and a rare status'), 'created_at', 400],
      [of('two statuses of a project'), 'created_at', 400],
      [of('several projects, one of them twice'), 'updated_at', 500],
      [of('several assignees, and nobody'), 'updated_at', 500],
      [of('several labels'), 'created_at', 700],
      [of('an unknown label'), 'created_at', 5],
      [of('an unknown label'), 'last_activity_at', 5],
      [of('nobody, where all are assigned'), 'created_at', 5],
      [of('a rare label'), 'updated_at', 100],
      [{ ...of('a rare status'), ...of('a frequent assignee') }, 'created_at', 250],
      [{ ...of('a small project'), ...of('a frequent assignee') }, 'updated_at', 500],
      [of('a rare word'), 'updated_at', 100],
      [of('an unknown word'), 'last_activity_at', 5],
      [of('a word of all titles'), 'created_at', 400],
      [{}, 'due_on', 400],
      [of('due long ago'), 'created_at', 100],
      [{ project_id: [id('2')], status: ['closed'] }, 'rank', 400],
      [of('two statuses of a project'), 'rank', 400],
      [of('a few by their ids'), 'created_at', 10],
    ];
    for (const mode of ['custom', 'generic'] as const) {
      await planned(mode, async (client) => {
        for (const [filter, order, most] of lists) {
          const list = listOf(filter, order, true);
          const page = (await statementsOf(client, list)).at(-1) as Sql;
          const plan = await explain(client, page);
          expect([filter, order, rowsLookedAt(plan) <= most]).toEqual([filter, order, true]);
        }
      });
    }
  }, 60_000);

  test('costs no more than twice as much for a page deep in the list as for the first page', async () => {
    const middle = { at: new Date(Date.now() - (tickets / 2) * 60_000).toISOString(), id: id('0') };
    const blocks = (plan: PlanNode) => (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
    await planned('generic', async (client) => {
      for (const filter of [{}, { status: ['open'] }, { label: ['bug'] }, { project_id: [id('2')] }]) {
        const first = listOf(filter, 'created_at', true);
        const deep = { ...first, span: spanAfter(first.span, middle, true) };
        const [of_first, of_deep] = await Promise.all([first, deep].map((list) => statementsOf(client, list)));
        const costs = [
          blocks(await explain(client, of_first?.at(-1) as Sql)),
          blocks(await explain(client, of_deep?.at(-1) as Sql)),
        ];
        expect(costs[1]).toBeLessThan(2 * (costs[0] ?? 0));
      }
    });
  });

  test('exceeds the bound, as a control, if the planner may sort or if the source is not the narrowest', async () => {
    await planned('generic', async (client) => {
      const list = listOf({ status: ['rare'], assignee_id: [id('a1')] }, 'created_at', true);
      const widest = sourcesOf(listOf({}, 'created_at', true))[0] as Source;
      expect(rowsLookedAt(await explain(client, ticketPage(list, widest, options)))).toBeGreaterThan(max_walked);
      await client.query('set local enable_sort = on');
      const free: Sql = ticketPage(list, { ...widest, rows: walking(widest.rows) }, options);
      expect(rowsLookedAt(await explain(client, free))).toBeGreaterThan(most_rows);
    });
  });
});

/** Returns the statement with another limit on the rows that it reads, or without a limit. */
function walking(statement: Sql, bound?: number): Sql {
  const strings = statement.shape.strings.map((text) =>
    text
      .replaceAll('limit 2000', bound === undefined ? '' : `limit ${bound}`)
      .replaceAll('offset 1999', `offset ${(bound ?? max_walked) - 1}`),
  );
  return { ...statement, shape: { strings, next: new Map() } };
}

describe('the pages of a list', () => {
  /** Returns the ids of a list by a plain statement that isn't optimized. */
  async function plainly(list: TicketList): Promise<string[]> {
    const { filter, order, descending } = list;
    const values: unknown[] = [];
    const value = (given: unknown) => `$${values.push(given)}`;
    const where = [`t.workspace_id = ${value(list.workspace_id)}`, 't.deleted_at is null'];
    const { project_id, status, assignee_id, reporter_id, priority, label, archived, words, is_due } = filter;
    if (project_id !== undefined) where.push(`array[p.key, p.id::text] && ${value(project_id)}::text[]`);
    if (status !== undefined) where.push(`t.status = any (${value(status)}::text[])`);
    if (assignee_id !== undefined)
      where.push(`coalesce(t.assignee_id::text, '') = any (${value(assignee_id.map((one) => one ?? ''))}::text[])`);
    if (reporter_id !== undefined) where.push(`t.reporter_id = any (${value(reporter_id)}::uuid[])`);
    if (priority !== undefined) where.push(`t.priority = any (${value(priority)}::text[])`);
    if (words !== undefined) where.push(`t.title ~* ${value(words.join(' '))}`);
    if (is_due === true) where.push('t.due_on is not null');
    if (filter.due !== everything) {
      where.push(`t.due_on > ${value(filter.due.after.at)}::date and t.due_on < ${value(filter.due.before.at)}::date`);
    }
    if (label !== undefined) where.push(`t.labels && ${value(label)}::text[]`);
    for (const [at, span] of [
      ['t.created_at', filter.created],
      ['t.updated_at', filter.updated],
      ['t.last_activity_at', filter.active],
    ] as const) {
      where.push(`${at} > ${value(span.after.at)}::timestamptz`, `${at} < ${value(span.before.at)}::timestamptz`);
    }
    where.push(archived === 'true' ? 'p.archived_at is not null' : 'p.archived_at is null');
    const direction = descending ? 'desc' : 'asc';
    const { rows } = await database.owner.query<{ id: string }>(
      `select t.id from (select t.*, greatest(t.updated_at, (select max(c.created_at) from comments c
         where c.workspace_id = t.workspace_id and c.ticket_id = t.id)) as last_activity_at from tickets t) t
       join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
       where ${where.join(' and ')} order by t.${order} ${direction}, t.id ${direction} limit 3000`,
      values,
    );
    return rows.map((row) => row.id);
  }

  const cursors = new Cursors(randomBytes(32));
  const by_text = { at: 'text', id: 'uuid' } as const;

  async function byPages(list: TicketList, most: number, bound = max_walked): Promise<string[]> {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
      const page = await readOnly(pool, { workspace_id: list.workspace_id, list: true }, (db) =>
        cursorPage<typeof by_text, Walked>({
          cursors,
          operation: 'list_tickets',
          filter: {},
          query,
          order: by_text,
          rows: async (position, limit) => {
            const rest = { ...list, span: spanAfter(list.span, position, list.descending) };
            const source = await bestOf(db, sourcesOf(rest), list.descending);
            return db.rows(walking(ticketPage(rest, source, { limit, excerpt: true, description: false }), bound));
          },
        }),
      );
      seen.push(...page.data.map((row) => row.id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined && seen.length < most);
    return seen;
  }

  const walked: [string, Partial<TicketFilter>][] = [
    ['a rare label', { label: ['rare'] }],
    ['several labels', { label: ['nobody has it', 'old', 'rare'] }],
    ['several projects, one of them twice', { project_id: [id('4'), 'P4', id('6')], status: ['open'] }],
    ['two statuses of a project', { project_id: ['P4'], status: ['open', 'rare'] }],
    ['several assignees, and nobody', { assignee_id: [id('a2'), id('a3'), null], priority: ['urgent', 'none'] }],
    ['a small project by a frequent assignee', { project_id: [id('6')], assignee_id: [id('a2')] }],
    [
      'what two frequent filters seldom have in common',
      { label: ['old'], reporter_id: [id('a1')], project_id: ['P4'] },
    ],
    ['two frequent filters that never meet', { assignee_id: [id('a1')], project_id: [id('4')] }],
    ['a reporter of long ago', { reporter_id: [id('a4')], status: ['open'] }],
    ['archived projects', { archived: 'true' }],
    ['active lately, of a status', { ...narrowings['active lately'], status: ['open'] }],
    ['updated lately', { ...narrowings['updated lately'] }],
    ['a rare priority, created long ago', { priority: ['urgent'], created: spanBetween(undefined, ancient) }],
    ['a rare word', { words: ['seldom'] }],
    ['a word of long ago, of a frequent assignee', { words: ['formerly'], assignee_id: [id('a1')] }],
    ['due long ago', { due: daysBetween(undefined, '2021-01-01') }],
    [
      'a status of a project, due on most days',
      { project_id: ['P2'], status: ['open'], due: daysBetween('2026-01-01', undefined) },
    ],
  ];
  test.each(walked)(
    'together contain the whole list in order: %s',
    async (_, filter) => {
      for (const order of orders.filter((one) => isOrdered(filter, one))) {
        for (const descending of [true, false]) {
          const list = listOf(filter, order, descending);
          const expected = await plainly(list);
          const seen = await byPages(list, 1500);
          expect([order, descending, seen.slice(0, 1500)]).toEqual([order, descending, expected.slice(0, 1500)]);
        }
      }
    },
    60_000,
  );

  test('by activity together contain the whole list, even if a walk stops between a ticket’s entries of one time', async () => {
    // A change with a comment at the same time, several comments at one time, two tickets at one time, and no comment.
    await database.owner.query(`
      insert into workspaces (id, name, created_by) values ('${id('5')}', 'X', '${id('a1')}');
      insert into memberships (workspace_id, user_id, role) values ('${id('5')}', '${id('a1')}', 'owner');
      insert into projects (workspace_id, id, key, name, created_by) values ('${id('5')}', '${id('2')}', 'P2', 'P', '${id('a1')}');
      insert into workflows (workspace_id, project_id, version, definition, created_by)
      values ('${id('5')}', '${id('2')}', 1, '{}', '${id('a1')}');
      insert into project_statuses (workspace_id, project_id, status) values ('${id('5')}', '${id('2')}', 'open');
      insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at)
      select '${id('5')}', gen_random_uuid(), '${id('2')}', n, 'T', 'open', 'open', '${id('a1')}', now(),
        now() + (n / 2) * interval '1 second' from generate_series(0, 29) n;
      insert into comments (workspace_id, ticket_id, id, author_id, body, created_at)
      select t.workspace_id, t.id, gen_random_uuid(), '${id('a1')}', 'c', t.updated_at + shift * interval '1 second'
      from tickets t, lateral (values (0, 0, 1), (1, 0, 3), (2, 3, 3), (3, 7, 2), (3, -2, 2)) c (kind, shift, times),
        generate_series(1, c.times) where t.workspace_id = '${id('5')}' and t.number % 5 = c.kind`);
    for (const descending of [true, false]) {
      const list = { ...listOf({}, 'last_activity_at', descending), workspace_id: id('5') };
      const expected = await plainly(list);
      expect(expected).toHaveLength(30);
      for (let bound = 4; bound <= 12; bound++) {
        expect([descending, bound, await byPages(list, 60, bound)]).toEqual([descending, bound, expected]);
      }
    }
  }, 60_000);
});
