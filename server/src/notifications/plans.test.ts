import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import type { Sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { everything, max_walked } from '../db/walk.ts';
import { folders, type Kind } from './contract.ts';
import { countUnread, markRead, notificationsOf } from './queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');
const user_id = id('aa');
const notifications = 30_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  // One member has nearly all notifications. Few of them are of one kind,
  // all but the oldest are read, and every second is archived.
  await database.owner.query(`
    insert into users (id, email, name) values ('${user_id}', 'a@example.com', 'A'), ('${id('bb')}', 'b@example.com', 'B');
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${user_id}');
    insert into event_heads (workspace_id, last_sequence) values ('${workspace_id}', 1);
    insert into projects (workspace_id, id, key, name, created_by) values ('${workspace_id}', '${id('c1')}', 'PP', 'P', '${user_id}');
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      values ('${workspace_id}', '${id('c1')}', 1, '{"statuses": []}', '${user_id}');
    insert into project_statuses (workspace_id, project_id, status) values ('${workspace_id}', '${id('c1')}', 'open');
    insert into memberships (workspace_id, user_id, role, created_at)
      values ('${workspace_id}', '${user_id}', 'owner', now() - interval '1 day'), ('${workspace_id}', '${id('bb')}', 'member', now() - interval '1 day');
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad((1000 + n)::text, 12, '0'))::uuid, '${id('c1')}', n, 'T', 'open', 'open',
        '${user_id}', now(), now() from generate_series(1, 4000) n;
    insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, request_id, created_at)
      select '${workspace_id}', n, gen_random_uuid(), '${id('bb')}', 'ticket.transitioned', 'ticket',
        ('00000000-0000-7000-8000-' || lpad((1001 + n % 4000)::text, 12, '0'))::uuid, 'seed-0001', now() from generate_series(1, ${notifications}) n;
    insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, actor_id, sequence, happened_at, created_at, read_at, archived_at, snoozed_until)
      select '${workspace_id}', case when n % 1000 = 0 then '${id('bb')}'::uuid else '${user_id}'::uuid end, 1, gen_random_uuid(),
        array[case when n < 5 then 'assigned' else 'moved' end], ('00000000-0000-7000-8000-' || lpad((1001 + n % 4000)::text, 12, '0'))::uuid,
        '${id('cc')}', n, now() + n * interval '1 ms', now() + n * interval '1 ms', case when n > 10 then now() end,
        case when n % 2 = 0 then now() end, case when n % 3 = 0 then now() + interval '1 day' end
      from generate_series(1, ${notifications}) n;
    analyze`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Returns the statement that a read sends. */
function statementOf(read: (db: Db) => Promise<unknown>): Sql {
  let asked: Sql | undefined;
  const keep = (statement: Sql) => {
    asked = statement;
    return Promise.resolve([]);
  };
  const one = (statement: Sql) => keep(statement).then(() => ({ taken: 0 }));
  void read({ rows: keep, one } as unknown as Db);
  if (asked === undefined) throw new Error('Nothing was asked.');
  return asked;
}

const kinds: [name: string, kind: Kind[] | undefined][] = [
  ['any kind', undefined],
  ['a kind that few have', ['assigned']],
  ['a kind that none has', ['due']],
];

describe.each(['custom', 'generic'] as const)('with 30,000 notifications and a %s plan', (mode) => {
  const looked = (read: (db: Db) => Promise<unknown>) =>
    planning({ pool, workspace_id, mode }, async (client) => rowsLookedAt(await explain(client, statementOf(read))));

  test.each(folders.flatMap((folder) => kinds.map(([name, kind]) => ({ folder, name, kind }))))(
    'a page of $folder with $name reads a bounded number of rows',
    async ({ folder, kind }) => {
      for (const user of [user_id, id('bb')]) {
        const owner = { workspace_id, user_id: user };
        const page = { span: everything, limit: 101 };
        const rows = await looked((db) => notificationsOf(db, owner, { folder, kind }, page));
        // The notifications that the walk passes and the one where it
        // stops; for each its ticket, project, comment and event.
        expect(rows).toBeLessThanOrEqual(6 * (max_walked + 1) + 1);
      }
    },
  );

  test('a count of the unread notifications reads a bounded number of rows', async () => {
    const rows = await looked((db) => countUnread(db, { workspace_id, user_id }));
    expect(rows).toBeLessThanOrEqual(3 * 1000);
  });
});

test('notifying members of a batch reads about as many pages with a generic plan as with a custom one', async () => {
  await database.owner.query(`
    insert into users (id, email, name)
      select ('00000000-0000-7000-8000-' || lpad((900000 + n)::text, 12, '0'))::uuid, 'w' || n || '@example.com', 'W' from generate_series(1, 200) n;
    insert into memberships (workspace_id, user_id, role, created_at)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad((900000 + n)::text, 12, '0'))::uuid, 'member', now() - interval '1 day' from generate_series(1, 200) n;
    insert into watchers (workspace_id, ticket_id, user_id, choice)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad((1001 + t)::text, 12, '0'))::uuid,
        ('00000000-0000-7000-8000-' || lpad((900000 + n)::text, 12, '0'))::uuid, 'watching'
      from generate_series(1, 200) n cross join lateral (select case when n > 3 then 0 else t end as t from generate_series(0, case when n > 3 then 0 else 3999 end) t) t;
    insert into notification_places (workspace_id) values ('${workspace_id}');
    update event_heads set last_sequence = ${notifications} where workspace_id = '${workspace_id}';
    delete from notifications;
    analyze`);
  const client = await database.owner.connect();
  const pages: number[] = [];
  try {
    for (let call = 0; call < 8; call++) {
      await client.query(`begin; set local app.workspace = '${workspace_id}'`);
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        'explain (analyze, buffers, timing off, format json) select notify_of_events(100)',
      );
      await client.query('commit');
      const { Plan: plan = {} } = rows[0]?.['QUERY PLAN'][0] ?? {};
      pages.push((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0));
    }
  } finally {
    client.release();
  }
  const { rows } = await database.owner.query<{ n: number }>('select count(*)::int as n from notifications');
  // The reporter and three others are notified of each of 800 events.
  expect(rows[0]?.n).toBeGreaterThanOrEqual(3200);
  expect(Math.max(...pages)).toBeLessThan(3 * Math.min(...pages));
  // Some 25 pages for each of 400 notifications: its row and index entries, and the rows that it depends on.
  expect(Math.max(...pages)).toBeLessThan(400 * 60);
});

test.each(['custom', 'generic'] as const)(
  'counting and marking with many unread notifications that nobody can see reads a bounded number of rows, with a %s plan',
  async (mode) => {
    await database.owner.query(`
      insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, actor_id, happened_at)
        select workspace_id, user_id, 99, gen_random_uuid(), kinds, ticket_id, gen_random_uuid(), happened_at
        from notifications cross join generate_series(1, 5) where user_id = '${user_id}';
      analyze notifications`);
    const owner = { workspace_id, user_id };
    const { rows } = await database.owner.query<{ id: string }>(
      `select id from notifications where user_id = '${user_id}' order by created_at desc, id desc limit 1`,
    );
    const up_to = rows[0]?.id ?? '';
    for (const [as, run] of [
      ['list', (db: Db) => countUnread(db, owner)],
      ['write', (db: Db) => markRead(db as Tx, owner, { up_to, ticket_id: null })],
      ['write', (db: Db) => markRead(db as Tx, owner, { up_to, ticket_id: id('1') })],
    ] as const) {
      const statement = statementOf(run);
      if (statement.unnamed && mode === 'generic') continue; // an unnamed statement has no generic plan
      const looked = await planning({ pool, workspace_id, mode, as }, async (client) =>
        rowsLookedAt(await explain(client, statement)),
      );
      expect(looked).toBeLessThanOrEqual(5 * max_walked);
    }
  },
);
