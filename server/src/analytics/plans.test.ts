import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import type { Sql } from '../db/sql.ts';
import { type Db, readOnly } from '../db/transaction.ts';
import { bucketsOf, timesOf } from './queries.ts';
import { ageingOf, levelsOf } from './standing-queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');
const user = id('a1');
const large = { workspace_id, project_id: id('c1') };
const other = { workspace_id, project_id: id('c2') };
const tickets = 10_000;
/** A smaller bound than that of requests, in proportion to the number of tickets. */
const most = 1_000;

let database: TestDatabase;
let pool: pg.Pool;

/**
 * Two large projects among a thousand with a few tickets each, so that a generic plan expects a project to be small. In
 * one, most tickets are closed and a few open. In the other, nearly all are open, and the oldest are deleted.
 */
const fill = `
  insert into users (id, email, name) values ('${user}', 'a@example.com', 'A');
  insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${user}');
  insert into workspaces (id, name, created_by)
    select ('00000000-0000-7000-9000-' || lpad(n::text, 12, '0'))::uuid, 'V', '${user}' from generate_series(1, 500) n;
  insert into memberships (workspace_id, user_id, role) select id, '${user}', 'owner' from workspaces;
  insert into projects (workspace_id, id, key, name, created_by, last_number)
    select w.id, p.id::uuid, p.key, 'P', '${user}', case w.id when '${workspace_id}' then ${tickets} else 3 end
    from workspaces w cross join (values ('${large.project_id}', 'ONE'), ('${other.project_id}', 'TWO')) p (id, key);
  insert into workflows (workspace_id, project_id, version, definition, created_by)
    select workspace_id, id, 1, '{"statuses": []}', created_by from projects;
  insert into project_statuses (workspace_id, project_id, status)
    select workspace_id, id, unnest(array['closed', 'in_progress', 'open', 'resolved']) from projects;
  create temp table made as
    select p.workspace_id, p.id as project_id, gen_random_uuid() as id, n, case
        when p.key = 'TWO' and n % 50 = 0 then 'closed' when p.key = 'TWO' then 'open'
        when n % 1000 = 1 then 'open' when n % 1000 = 2 then 'in_progress' when n % 10 = 3 then 'resolved' else 'closed' end as status,
      now() - (${tickets} - n) * interval '1 minute' as created_at,
      case when p.key = 'TWO' and n <= 4000 or p.key = 'ONE' and n % 7 = 0 then now() end as deleted_at
    from projects p cross join lateral generate_series(1, p.last_number) n;
  insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, status_sequence, resolution, reporter_id,
      created_at, updated_at, deleted_at)
    select workspace_id, id, project_id, n, 'T', 'in_progress', status, case status when 'in_progress' then 0 else 1 end,
      case when status in ('closed', 'resolved') then 'fixed' end, '${user}', created_at, created_at + interval '1 hour', deleted_at
    from made;
  insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status, resolution,
      actor_id, created_at)
    select workspace_id, id, 1, gen_random_uuid(), project_id, 1, 'in_progress', status,
      case when status in ('closed', 'resolved') then 'fixed' end, '${user}', created_at + interval '1 hour'
    from made where status <> 'in_progress';`;

beforeAll(async () => {
  database = await createDatabase();
  const client = await database.owner.connect();
  await client.query(fill);
  client.release();
  await database.owner.query('vacuum analyze tickets, status_history, projects, project_statuses');
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 120_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** The statement that a figure sends. */
function statementOf(read: (db: Db) => Promise<unknown>): Sql {
  let asked: Sql | undefined;
  const keep = (statement: Sql) => {
    asked = statement;
    return Promise.resolve([]);
  };
  void read({ rows: keep, one: keep } as unknown as Db);
  if (asked === undefined) throw new Error('No statement was sent.');
  return asked;
}

const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
const period = (from: string) => ({ from, to: day(0), time_zone: 'UTC' });
const recent = new Date(Date.now() - 5 * 3_600_000).toISOString().slice(0, 10);
const done = ['closed', 'resolved'];
const active = ['in_progress'];

type Read = (db: Db, place: typeof large) => Promise<unknown>;
const figures: [name: string, read: Read, rows: number][] = [
  // The index entries of each status, and those of its deleted tickets.
  ['the levels of its statuses', (db, place) => levelsOf(db, place, most), 2 * most],
  // Open tickets, and the last transition of each.
  [
    'its open tickets',
    (db, place) => ageingOf(db, place, { open: ['in_progress', 'open'], shown: 20, most }),
    2 * most,
  ],
  // Transitions and new tickets. There are too many of both, so nothing else is read.
  [
    'the flow of a time long ago',
    (db, place) => bucketsOf(db, place, { period: period('2020-01-01'), starts: ['2020-01-01'], done, most }),
    2 * most,
  ],
  // Transitions, their tickets, and new tickets.
  [
    'the flow of today',
    (db, place) => bucketsOf(db, place, { period: period(recent), starts: [recent], done, most: 3 * most }),
    9 * most,
  ],
  [
    'the times of a period long ago',
    (db, place) => timesOf(db, place, { period: period('2020-01-01'), done, active, most }),
    2 * most,
  ],
  // Transitions, their tickets, the completed tickets, and all transitions of those.
  [
    'the times of today',
    (db, place) => timesOf(db, place, { period: period(recent), done, active, most: 3 * most }),
    12 * most,
  ],
];
/** Further rows: the project, its statuses, and one more for each limit that is reached. */
const few = 100;

describe.each(['custom', 'generic'] as const)(
  `in a project of ${tickets} tickets among small ones, by a %s plan`,
  (mode) => {
    const looked = (read: (db: Db) => Promise<unknown>) =>
      planning({ pool, workspace_id, mode, as: 'figures' }, async (client) =>
        rowsLookedAt(await explain(client, statementOf(read))),
      );

    test.each(figures)('a query for %s reads a bounded number of rows', async (_, read, rows) => {
      for (const place of [large, other]) {
        expect(await looked((db) => read(db, place))).toBeLessThanOrEqual(rows + few);
      }
    });

    test('control: a count without its bound reads more', async () => {
      expect(await looked((db) => levelsOf(db, large, tickets))).toBeGreaterThan(2 * most + few);
    });
  },
);

describe('the number of tickets in each status', () => {
  const levels = (place: typeof large, bound: number) =>
    readOnly(pool, { workspace_id, asker: { workspace_id, figures: true } }, (db) => levelsOf(db, place, bound));

  async function counted({ project_id }: typeof large): Promise<Map<string, number>> {
    const { rows } = await database.owner.query<{ status: string; n: number }>(
      `select s.status, count(t.id)::int as n from project_statuses s
       left join tickets t on t.workspace_id = s.workspace_id and t.project_id = s.project_id and t.status = s.status
         and t.deleted_at is null
       where s.workspace_id = $1 and s.project_id = $2 group by 1 order by 1`,
      [workspace_id, project_id],
    );
    return new Map(rows.map(({ status, n }) => [status, n]));
  }

  test('equals a count of all tickets if no status has more than its share of the bound', async () => {
    for (const place of [large, other]) {
      expect(await levels(place, tickets)).toEqual({ levels: await counted(place), not_counted: new Set() });
    }
  });

  test('is also exact if one status has more, because that is the total less the others', async () => {
    // Up to 2,000 of each are read: all resolved tickets, but not all closed ones.
    expect(await levels(large, 4 * 2_000)).toEqual({ levels: await counted(large), not_counted: new Set() });
  });

  test('is unknown if two statuses have more, or if too many tickets of a status are deleted', async () => {
    const all = await counted(large);
    expect(await levels(large, 4 * 100)).toEqual({
      levels: new Map(['in_progress', 'open'].map((status) => [status, all.get(status)])),
      not_counted: new Set(['closed', 'resolved']),
    });
    // In the other project, 4,000 tickets are deleted, nearly all of which were open.
    const closed = (await counted(other)).get('closed');
    expect(await levels(other, 4 * 1_000)).toEqual({
      levels: new Map([
        ['closed', closed],
        ['in_progress', 0],
        ['resolved', 0],
      ]),
      not_counted: new Set(['open']),
    });
  });
});

test('beyond the bound, the newest open tickets of each status are left out, and the result says so', async () => {
  const ageing = (place: typeof large, bound: number) =>
    readOnly(pool, { workspace_id, asker: { workspace_id, figures: true } }, (db) =>
      ageingOf(db, place, { open: ['in_progress', 'open'], shown: 20, most: bound }),
    );
  const { complete, statuses } = await ageing(large, most);
  expect([complete, statuses.map(({ status }) => status)]).toEqual([true, ['in_progress', 'open']]);
  const [whole, part] = [await ageing(other, tickets), await ageing(other, 2 * 4_500)];
  expect([whole.complete, part.complete]).toEqual([true, false]);
  // The deleted ones are among the oldest, and are read, too.
  expect(part.statuses[0]?.age.count).toBe(4_500 - 4_000 * 0.98);
  expect(part.oldest[0]?.id).toBe(whole.oldest[0]?.id);
});
