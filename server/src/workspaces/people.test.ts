import { expect, test } from 'vitest';
import { createDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, type PlanNode } from '../../../proof/harness/plans.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { byId, byTime, keysetPart } from '../http/cursor.ts';
import { newId } from '../lib/ids.ts';
import { peopleOf } from './member-queries.ts';

const members = 20_000;

test('a few people of a large workspace are found by their ids, however the planner misjudges them', async () => {
  const database = await createDatabase();
  const client = await database.owner.connect();
  try {
    const workspace_id = newId();
    const ids = await client.query<{ id: string }>(
      `insert into users (id, email, name) select gen_random_uuid(), 'person' || n || '@example.com', 'Person ' || n
       from generate_series(1, ${members}) n returning id`,
    );
    await client.query(`begin; set local app.workspace = '${workspace_id}'`);
    await client.query('insert into workspaces (id, name, created_by) values ($1, $2, $3)', [
      workspace_id,
      'Large',
      ids.rows[0]?.id,
    ]);
    await client.query(
      `insert into memberships (workspace_id, user_id, role, created_at) select $1, id, 'member', now() - random() * interval '300 days' from users`,
      [workspace_id],
    );
    await client.query('commit; analyze memberships, users');
    const order = { created_at: byTime(sql`m.created_at`), user_id: byId(sql`m.user_id`) };
    const some = ids.rows.slice(5000, 5003).map(({ id }) => id);
    for (const mode of ['custom', 'generic'] as const) {
      const plan = await planning({ pool: database.owner, workspace_id, mode }, async (reader) => {
        const rows = async (statement: Sql) => [await explain(reader, statement)];
        const found = await peopleOf({ rows } as unknown as Db, workspace_id, some, keysetPart({ order }, 51));
        return found[0] as unknown as PlanNode;
      });
      expect(plan['Actual Rows'], mode).toBe(3);
      expect((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0), mode).toBeLessThan(50); // 187 before
    }
  } finally {
    client.release();
    await database.drop();
  }
});
