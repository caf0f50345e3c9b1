import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import { prepare, type Sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { assignedTickets, takeTickets } from './unassign-queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');
const [busy, idle, former] = [id('a1'), id('a2'), id('a3')];
const tickets = 20_000;

let database: TestDatabase;
const pools: Record<string, pg.Pool> = {};

beforeAll(async () => {
  database = await createDatabase();
  // One member has nearly all tickets, one a few, and one none. A generic plan doesn't know these shares.
  await database.owner.query(`
    insert into users (id, email, name) values ('${busy}', 'a@example.com', 'A'), ('${idle}', 'b@example.com', 'B'), ('${former}', 'c@example.com', 'C');
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${busy}');
    insert into memberships (workspace_id, user_id, role) select '${workspace_id}', id, 'member' from users;
    insert into projects (workspace_id, id, key, name, created_by) values ('${workspace_id}', '${id('c1')}', 'PP', 'P', '${busy}');
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      values ('${workspace_id}', '${id('c1')}', 1, '{"statuses": []}', '${busy}');
    insert into project_statuses (workspace_id, project_id, status) values ('${workspace_id}', '${id('c1')}', 'open');
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, assignee_id, reporter_id, created_at, updated_at)
      select '${workspace_id}', gen_random_uuid(), '${id('c1')}', n, 'T', 'open', 'open',
        case when n % 1000 = 0 then '${idle}' else '${busy}' end::uuid, '${busy}', now(), now() from generate_series(1, ${tickets}) n`);
  await database.owner.query('vacuum analyze tickets');
  for (const role of ['baton_app', 'baton_worker'] as const) {
    const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
    pools[role] = createPool({ url: database.url, role, ...limits });
  }
});
afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await database.drop();
});

/** Returns the statements that `work` sends. Each returns one ticket. */
async function statementsOf(work: (tx: Tx) => Promise<unknown>, found: string): Promise<Sql[]> {
  const sent: Sql[] = [];
  const rows = (statement: Sql) => {
    sent.push(statement);
    return Promise.resolve([{ id: found }]);
  };
  await work({ rows } as unknown as Tx & Db);
  return sent;
}

describe.each(['baton_app', 'baton_worker'])('as %s', (role) => {
  test.each(['custom', 'generic'] as const)(
    'unassigning tickets from any user reads a bounded number of rows, with a %s plan',
    async (mode) => {
      const { rows } = await database.owner.query<{ id: string }>('select id from tickets limit 100');
      const ids = rows.map((row) => row.id);
      const pool = pools[role] as pg.Pool;
      for (const user_id of [busy, idle, former]) {
        const whose = { workspace_id, user_id };
        const sent = [
          ...(await statementsOf((tx) => assignedTickets(tx, whose, ids.length), ids[0] ?? '')),
          ...(await statementsOf((tx) => takeTickets(tx, whose, ids), ids[0] ?? '')),
        ];
        expect(sent).toHaveLength(3);
        await planning({ pool, workspace_id, mode }, async (client) => {
          for (const statement of sent) {
            // A statement that isn't prepared is planned with its values each time.
            if (mode === 'generic' && prepare(statement).name === undefined) continue;
            expect(rowsLookedAt(await explain(client, statement))).toBeLessThanOrEqual(ids.length);
          }
        });
      }
    },
  );
});
