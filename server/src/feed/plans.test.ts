import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import type { Sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { max_walked } from '../db/walk.ts';
import { type EventFilter, eventsBehind, lastSequence, stopBehind } from './queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');
const events = 40_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  // Nearly all events are of one project, and a tenth of them of one of its tickets. Beside it is a small workspace.
  await database.owner.query(`
    insert into users (id, email, name) values ('${id('aa')}', 'a@example.com', 'A');
    insert into workspaces (id, name, created_by) select ('00000000-0000-7000-8000-00000000000' || w)::uuid, 'W', '${id('aa')}' from generate_series(1, 2) w;
    insert into event_heads (workspace_id, last_sequence) values ('${workspace_id}', ${events}), ('${id('2')}', 10);
    insert into projects (workspace_id, id, key, name, created_by)
      select '${workspace_id}', ('00000000-0000-7000-8000-0000000000c' || p)::uuid, 'P' || p, 'P', '${id('aa')}' from generate_series(1, 3) p;
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      select workspace_id, id, 1, '{"statuses": []}', created_by from projects;
    insert into project_statuses (workspace_id, project_id, status) select workspace_id, id, 'open' from projects;
    insert into memberships (workspace_id, user_id, role) values ('${workspace_id}', '${id('aa')}', 'owner');
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad((1000 + n)::text, 12, '0'))::uuid,
        ('00000000-0000-7000-8000-0000000000c' || case when n = 3 then 2 else 1 end)::uuid, n, 'T', 'open', 'open', '${id('aa')}', now(), now()
      from generate_series(1, 4000) n;
    insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, after, request_id, created_at)
      select '${workspace_id}', n, gen_random_uuid(), '${id('aa')}', case when n % 10000 = 0 then 'ticket.deleted' else 'ticket.updated' end, 'ticket',
        ('00000000-0000-7000-8000-' || lpad((1000 + case when n % 10 = 0 then 1 else 2 + n % 3999 end)::text, 12, '0'))::uuid,
        '{"priority": "low"}', 'seed-0001', now() + n * interval '1 ms'
      from generate_series(1, ${events}) n;
    insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, request_id, created_at)
      select '${id('2')}', n, gen_random_uuid(), '${id('aa')}', 'workspace.updated', 'workspace', '${id('2')}', 'seed-0001', now()
      from generate_series(1, 10) n;
    analyze`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** The statements that read a page. */
function statementsOf(sequence: number, filter: EventFilter): Sql[] {
  const asked: Sql[] = [];
  const db = {
    rows: (statement: Sql) => (asked.push(statement), Promise.resolve([])),
    maybeOne: (statement: Sql) => (asked.push(statement), Promise.resolve(undefined)),
  } as unknown as Db;
  void lastSequence(db, workspace_id);
  void stopBehind(db, { workspace_id, sequence });
  void eventsBehind(db, { workspace_id, sequence }, filter, 100);
  return asked;
}

const filters: [name: string, filter: EventFilter][] = [
  ['nothing', {}],
  ['a type that nearly all events have', { types: ['ticket.updated'] }],
  ['a type that few events have', { types: ['ticket.deleted'] }],
  ['a type that no event has', { types: ['bot.created'] }],
  ['a ticket with many events', { ticket: [id('1001')] }],
  ['a ticket with few events, by its key', { ticket: ['P1-2000'] }],
  ['a project with few events', { project_id: ['P2'] }],
  ['a project without events', { project_id: [id('c3')], types: ['ticket.updated'] }],
];

describe.each(['custom', 'generic'] as const)(`a page of ${events} unevenly spread events, by a %s plan`, (mode) => {
  test.each(filters)('filtered by %s looks at a bounded number of rows', async (_, filter) => {
    for (const sequence of [0, events / 2, events]) {
      const rows = await planning({ pool, workspace_id, mode }, async (client) => {
        let looked_at = 0;
        for (const statement of statementsOf(sequence, filter))
          looked_at += rowsLookedAt(await explain(client, statement));
        return looked_at;
      });
      // Each event of the walk with its ticket and its project, and the row where the walk stops.
      expect(rows).toBeLessThanOrEqual(4 * (max_walked + 1) + 1);
    }
  });
});
