import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { everything, last_id } from '../db/walk.ts';
import { byId, byTime, keysetPart } from '../http/cursor.ts';
import { activityOf, projectTransitions } from './history-queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');
const user = id('a1');
const busy = { workspace_id, project_id: id('c1') };
const idle = { workspace_id, project_id: id('c2') };
const ticket_id = id('10001');
const tickets = 2_000;
const accounts = 5_000;
const limit = 101;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  // One project has nearly all transitions, and one ticket all entries, among many small workspaces and many accounts.
  await database.owner.query(`
    insert into users (id, email, name) values ('${user}', 'a@example.com', 'A');
    insert into users (id, email, name) select gen_random_uuid(), n || '@example.com', 'N' from generate_series(1, ${accounts}) n;
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${user}');
    insert into workspaces (id, name, created_by) select gen_random_uuid(), 'V', '${user}' from generate_series(1, 300);
    insert into projects (workspace_id, id, key, name, created_by)
      select w.id, p.id::uuid, p.key, 'P', '${user}' from workspaces w
      cross join (values ('${busy.project_id}', 'ONE'), ('${idle.project_id}', 'TWO')) p (id, key);
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      select workspace_id, id, 1, '{"statuses": []}', created_by from projects;
    insert into project_statuses (workspace_id, project_id, status) select workspace_id, id, unnest(array['open', 'done']) from projects;
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at)
      select p.workspace_id, ('00000000-0000-7000-8000-' || lpad((case p.key when 'ONE' then 10000 else 20000 end + n)::text, 12, '0'))::uuid,
        p.id, n, 'T', 'open', 'open', '${user}', now(), now()
      from projects p
      cross join lateral generate_series(1, case when p.workspace_id = '${workspace_id}' and p.key = 'ONE' then ${tickets} else 1 end) n;
    insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status, to_status, actor_id,
        created_at)
      select t.workspace_id, t.id, n, gen_random_uuid(), t.project_id, 1, 'open', 'done', '${user}',
        now() + (t.number * 10 + n) * interval '1 s'
      from tickets t cross join generate_series(1, 3) n;
    insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, after, request_id, created_at)
      select '${workspace_id}', n, gen_random_uuid(), '${user}', 'ticket.assignee_changed', 'ticket', '${ticket_id}',
        jsonb_build_object('assignee_id', '${user}'), 'seed-0001', now() + n * interval '1 s' from generate_series(1, 5000) n;
    analyze`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe.each(['custom', 'generic'] as const)('with a %s plan', (mode) => {
  /** How many rows the statements of a list read. */
  const looked = (read: (db: Db) => Promise<unknown>) =>
    planning({ pool, workspace_id, mode }, async (client) => {
      const plans: number[] = [];
      const rows = async (statement: Sql) => {
        plans.push(rowsLookedAt(await explain(client, statement)));
        return [];
      };
      await read({ rows } as unknown as Db);
      return plans.reduce((sum, one) => sum + one, 0);
    });

  const middle = { at: new Date(Date.now() + tickets * 5_000).toISOString(), id: last_id };

  test.each([
    ['from the latest on', everything],
    ['from the middle on', { ...everything, before: middle }],
    ['since the middle', { ...everything, after: middle }],
  ])('a page of a project’s transitions reads only those that it shows, %s', async (_, span) => {
    for (const place of [busy, idle]) {
      const rows = await looked((db) => projectTransitions(db, place, { span, limit }));
      // For each transition, its ticket, its project and its actor are read as well.
      expect(rows).toBeLessThanOrEqual(4 * limit + 1);
    }
  });

  test('a page of a ticket’s activity reads only the entries that it shows, and the names in them', async () => {
    const order = { created_at: byTime(sql`a.created_at`), id: byId(sql`a.id`) };
    const part = keysetPart({ order, descending: true }, limit);
    const rows = await looked((db) => activityOf(db, workspace_id, ticket_id, part));
    // For each entry, its actor, the ids of two assignees and their names; and the first entry of each source that is not shown.
    expect(rows).toBeLessThanOrEqual(6 * limit + 3);
  });
});
