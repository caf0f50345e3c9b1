import { expect, test } from 'vitest';
import { createDatabase } from '../../../proof/harness/database.ts';
import { prepare, type Sql, sql } from '../db/sql.ts';
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
    for (const mode of ['custom', 'generic']) {
      await client.query(`begin; set local app.workspace = '${workspace_id}'; set local enable_sort = off;
        set local enable_incremental_sort = off; set local plan_cache_mode = force_${mode}_plan`);
      const explain = async (statement: Sql) => {
        const { text, values } = prepare(statement);
        await client.query(`prepare it as ${text}`);
        const literals = values.map((value) =>
          client.escapeLiteral(Array.isArray(value) ? `{${value.join(',')}}` : String(value)),
        );
        const { rows } = await client.query(
          `explain (analyze, buffers, format json) execute it (${literals.join(',')})`,
        );
        await client.query('deallocate it');
        return rows;
      };
      const order = { created_at: byTime(sql`m.created_at`), user_id: byId(sql`m.user_id`) };
      const some = ids.rows.slice(5000, 5003).map(({ id }) => id);
      const [plan] = await peopleOf({ rows: explain } as unknown as Db, workspace_id, some, keysetPart({ order }, 51));
      const { Plan } = (plan as unknown as { 'QUERY PLAN': { Plan: Record<string, number> }[] })['QUERY PLAN'][0] ?? {};
      expect(Plan?.['Actual Rows'], mode).toBe(3);
      expect((Plan?.['Shared Hit Blocks'] ?? 0) + (Plan?.['Shared Read Blocks'] ?? 0), mode).toBeLessThan(50); // 187 before
      await client.query('rollback');
    }
  } finally {
    client.release();
    await database.drop();
  }
});
