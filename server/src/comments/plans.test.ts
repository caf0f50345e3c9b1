import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, type PlanNode, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { byId, byTime, type KeysetPart, keysetPart } from '../http/cursor.ts';
import { max_emoji } from './contract.ts';
import { commentsOf } from './queries.ts';
import { reactionList } from './reaction-queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');
const ticket_id = id('2');
/** The SQL for the id of the row with number `n`, counted from `from`. */
const numbered = (from: number, n = 'n') =>
  `('00000000-0000-7000-8000-' || lpad((${from} + ${n})::text, 12, '0'))::uuid`;
const members = 200;
const comments = 400;
const liked = 100;
const of_each = 200;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  // The first hundred comments of a ticket each have every emoji, given by ten members.
  await database.owner.query(`
    insert into users (id, email, name) select ${numbered(1000)}, n || '@example.com', 'N' from generate_series(1, ${members}) n;
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', ${numbered(1000, '1')});
    insert into memberships (workspace_id, user_id, role) select '${workspace_id}', ${numbered(1000)}, 'member' from generate_series(1, ${members}) n;
    insert into projects (workspace_id, id, key, name, created_by) values ('${workspace_id}', '${id('3')}', 'PP', 'P', ${numbered(1000, '1')});
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      values ('${workspace_id}', '${id('3')}', 1, '{"statuses": []}', ${numbered(1000, '1')});
    insert into project_statuses (workspace_id, project_id, status) values ('${workspace_id}', '${id('3')}', 'open');
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at)
      values ('${workspace_id}', '${ticket_id}', '${id('3')}', 1, 'T', 'open', 'open', ${numbered(1000, '1')}, now(), now());
    insert into comments (workspace_id, ticket_id, id, author_id, body, created_at)
      select '${workspace_id}', '${ticket_id}', ${numbered(50_000)}, ${numbered(1000, '1')}, 'A word.', now() + n * interval '1 s'
      from generate_series(1, ${comments}) n;
    insert into comment_reactions (workspace_id, ticket_id, comment_id, emoji, user_id, created_at, first_at)
      select '${workspace_id}', '${ticket_id}', ${numbered(50_000)}, 'emoji ' || e, ${numbered(1000, 'm')},
        now() + (e * 1000 + m) * interval '1 ms', now() + e * interval '1 s'
      from generate_series(1, ${liked}) n, generate_series(1, ${max_emoji}) e, generate_series(1, ${of_each / max_emoji}) m;
    analyze`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** How many rows the statements of a list read. */
async function looked(
  mode: 'custom' | 'generic',
  read: (db: Db, part: (order: Parameters<typeof keysetPart>[0]['order']) => KeysetPart) => Promise<unknown>,
): Promise<number> {
  return planning({ pool, workspace_id, mode }, async (client) => {
    const plans: PlanNode[] = [];
    const rows = async (statement: Sql) => {
      plans.push(await explain(client, statement));
      return [];
    };
    await read({ rows } as unknown as Db, (order) => keysetPart({ order }, liked + 1));
    return plans.reduce((sum, plan) => sum + rowsLookedAt(plan), 0);
  });
}

describe.each(['custom', 'generic'] as const)('with a %s plan', (mode) => {
  test('a page of comments reads only its own comments and their reactions', async () => {
    const rows = await looked(mode, (db, part) => {
      const order = { created_at: byTime(sql`c.created_at`), id: byId(sql`c.id`) };
      return commentsOf(db, { workspace_id, user_id: id('1001') }, ticket_id, part(order));
    });
    const { rows: servers } = await pool.query<{ version: number }>(
      `select current_setting('server_version_num')::integer as version`,
    );
    // PostgreSQL before 18 rounds a node's average number of rows.
    const rounded = (servers[0]?.version ?? 0) < 180_000 ? 0.99 : 1;
    expect(rows).toBeGreaterThan(liked * of_each * rounded);
    // Counting the bytes reads the found rows once more.
    expect(rows).toBeLessThan(liked * of_each + 4 * comments);
  });

  test('a page of reactions reads no more rows than it shows', async () => {
    const rows = await looked(mode, (db, part) => {
      const place = { ticket_id, id: id('50001') };
      return reactionList(db, workspace_id, place, part({ created_at: byTime(sql`r.created_at`) }));
    });
    expect(rows).toBe(liked + 1);
  });
});
