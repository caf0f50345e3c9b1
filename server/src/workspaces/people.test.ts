import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, type PlanNode, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { max_walked } from '../db/walk.ts';
import { byId, byTime, type KeysetPart, keysetPart } from '../http/cursor.ts';
import { newId } from '../lib/ids.ts';
import { tokensOf } from '../tokens/queries.ts';
import { botsOf } from './bot-queries.ts';
import { invitationsOf } from './invitation-queries.ts';
import { membersFound, peopleFound } from './lookup-queries.ts';
import { peopleOf } from './member-queries.ts';

const members = 100_000;
const workspace_id = newId();
const order = { created_at: byTime(sql`m.created_at`), user_id: byId(sql`m.user_id`) };

let database: TestDatabase;
let pool: pg.Pool;
let some: string[];

beforeAll(async () => {
  database = await createDatabase();
  const client = await database.owner.connect();
  const { rows } = await client.query<{ id: string }>(
    `insert into users (id, email, name) select gen_random_uuid(), 'person' || n || '@example.com', 'Person ' || n
     from generate_series(1, ${members}) n returning id`,
  );
  some = rows.slice(5000, 5003).map(({ id }) => id);
  await client.query(`begin; set local app.workspace = '${workspace_id}'`);
  await client.query('insert into workspaces (id, name, created_by) values ($1, $2, $3)', [
    workspace_id,
    'Large',
    some[0],
  ]);
  await client.query(
    `insert into memberships (workspace_id, user_id, role, created_at) select $1, id, 'member', now() - random() * interval '300 days' from users`,
    [workspace_id],
  );
  await client.query(
    `insert into invitations (workspace_id, id, email, role, token_hash, invited_by, created_at, expires_at, accepted_at,
       accepted_by)
     select $1, gen_random_uuid(), n || '@example.org', 'member', '', $2, now() - n * interval '1 minute',
       now() - interval '1 second', case when n % 2 = 0 then now() end, case when n % 2 = 0 then $2::uuid end
     from generate_series(1, 20000) n`,
    [workspace_id, some[0]],
  );
  await client.query(
    `insert into api_tokens (workspace_id, id, user_id, created_by, joined, name, scopes, token_hash, created_at, expires_at)
     select $1, gen_random_uuid(), $2, $2, 1, 'Old', array['tickets:read'], sha256(n::text::bytea),
       now() - interval '1 day' - n * interval '1 minute', now() - interval '1 day'
     from generate_series(1, 20000) n`,
    [workspace_id, some[0]],
  );
  await client.query('commit; analyze memberships, users, invitations, api_tokens');
  client.release();
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Runs the statement that `read` sends, and returns its plan. */
function planOf(
  mode: 'custom' | 'generic',
  read: (db: Db, part: KeysetPart) => Promise<unknown>,
  list: Parameters<typeof keysetPart>[0] = { order },
): Promise<PlanNode> {
  return planning({ pool, workspace_id, mode }, async (reader) => {
    const plans: PlanNode[] = [];
    const rows = async (statement: Sql) => {
      plans.push(await explain(reader, statement));
      return [];
    };
    await read({ rows } as unknown as Db, keysetPart(list, 51));
    if (plans[0] === undefined) throw new Error('Nothing was asked.');
    return plans[0];
  });
}

const modes = ['custom', 'generic'] as const;

test.each(modes)(
  'a few people of a large workspace are found by their ids in few blocks, with a %s plan',
  async (mode) => {
    const plan = await planOf(mode, (db, part) => peopleOf(db, workspace_id, { ids: some }, part));
    expect(plan['Actual Rows']).toBe(3);
    expect((plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)).toBeLessThan(50); // before the fix: 187 among 20,000 people
  },
);

/** Texts to look for. They match none, some, and all of the members. */
const sought = ['zoe', '99', 'person'];

test.each(modes.flatMap((mode) => sought.map((q) => ({ mode, q }))))(
  'a look-up of $q among 100,000 people reads a bounded number of rows, with a $mode plan',
  async ({ mode, q }) => {
    const finds = [membersFound, peopleFound];
    for (const found of finds) {
      const plan = await planOf(mode, (db, part) => found(db, workspace_id, q, part));
      // Memberships and their accounts, the place where it stops, and the people that were found.
      expect(rowsLookedAt(plan)).toBeLessThanOrEqual(3 * max_walked + 51);
      expect(rowsLookedAt(plan)).toBeGreaterThan(51);
    }
  },
);

const byCreation = (table: Sql) => ({ created_at: byTime(sql`${table}.created_at`), id: byId(sql`${table}.id`) });
const tokenOrder = { order: byCreation(sql`k`), descending: true };

/** Lists that show few of many rows: members that are bots, invitations that are open, tokens that have not expired. */
const lists: [name: string, read: Parameters<typeof planOf>[1], list?: Parameters<typeof planOf>[2]][] = [
  ['bots among 100,000 members', (db, part) => botsOf(db, workspace_id, part)],
  [
    'invitations, 20,000 of which are accepted or expired',
    (db, part) => invitationsOf(db, workspace_id, part),
    { order: byCreation(sql`i`) },
  ],
  [
    'tokens, 20,000 of which are expired',
    (db, part) => tokensOf(db, { workspace_id, created_by: undefined }, part),
    tokenOrder,
  ],
  [
    'tokens of a member who has 20,000 expired ones',
    (db, part) => tokensOf(db, { workspace_id, created_by: some[0] }, part),
    tokenOrder,
  ],
];

test.each(modes.flatMap((mode) => lists.map(([name, read, list]) => ({ mode, name, read, list }))))(
  'a page of $name reads a bounded number of rows, with a $mode plan',
  async ({ mode, read, list }) => {
    const plan = await planOf(mode, read, list);
    expect(rowsLookedAt(plan)).toBeLessThanOrEqual(4 * max_walked + 51);
    expect(plan['Actual Rows']).toBe(1); // the place where it stopped
  },
);
