import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { createPool } from '../db/pool.ts';
import { prepare, type Sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { everything } from '../db/walk.ts';
import { type AuditFilter, auditEntries } from './queries.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const workspace_id = id('1');

let database: TestDatabase;
let pool: pg.Pool;

/**
 * Fills a log as unevenly as a real one: most entries are about tickets and by one member, and the rare ones are old.
 */
const fill = `
  insert into users (id, email, name)
  select ('00000000-0000-7000-8000-0000000000a' || n)::uuid, n || '@example.com', 'U' from generate_series(1, 3) n;
  insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${id('a1')}');
  insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, request_id, created_at)
  select '${workspace_id}', n, gen_random_uuid(),
    ('00000000-0000-7000-8000-0000000000' || case when n % 400 = 3 then 'a2' when n % 900 = 5 then 'a3' else 'a1' end)::uuid,
    kind.action, split_part(kind.action, '.', 1), ('00000000-0000-7000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid,
    'seed-0001', now() - (20000 - n) * interval '1 minute'
  from generate_series(1, 20000) n cross join lateral (
    select case when n < 10 then 'project.created' when n < 20 then 'member.removed'
      when n % 500 = 7 then 'ticket.deleted' when n % 3 = 0 then 'comment.created' else 'ticket.updated' end as action) kind;
  analyze events;`;

beforeAll(async () => {
  database = await createDatabase();
  await database.owner.query(fill);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const filters: [name: string, filter: AuditFilter, most_rows: number][] = [
  ['one rare action', { action: ['project.created'] }, 100],
  ['several rare actions', { action: ['member.removed', 'project.created', 'ticket.deleted'] }, 200],
  ['a frequent and a rare action', { action: ['project.created', 'ticket.updated'] }, 200],
  ['several members', { actor: [id('a2'), id('a3')] }, 200],
  ['several subjects', { subject: [id('4'), id('5'), id('999')] }, 200],
  ['several rare types', { subject_type: ['member', 'project'] }, 100],
  ['a rare type and a frequent one', { subject_type: ['project', 'ticket'] }, 400],
  ['members and actions', { actor: [id('a2'), id('a3')], action: ['comment.created', 'ticket.deleted'] }, 4000],
];

describe('the audit log filtered by several values', () => {
  test.each(filters)('lists all matching entries, latest first, by reading few rows: %s', async (_, filter, most) => {
    for (const mode of ['custom', 'generic'] as const) {
      await planning({ pool, workspace_id, mode }, async (client) => {
        let looked_at = 0;
        const explained = async (statement: Sql) => {
          looked_at += rowsLookedAt(await explain(client, statement));
          return (await client.query(prepare(statement))).rows as unknown[];
        };
        let last: Promise<unknown> = Promise.resolve();
        const rows = (statement: Sql) => (last = last.then(() => explained(statement))) as Promise<unknown[]>;
        const db = { rows, maybeOne: async (statement: Sql) => (await rows(statement))[0] } as Db;
        const page = await auditEntries(db, workspace_id, filter, { span: everything, limit: 50 });
        const { actor = null, action = null, subject = null, subject_type = null } = filter;
        const plainly = await database.owner.query<{ id: string }>(
          `select id from audit_log where ($1::uuid[] is null or actor_id = any ($1)) and ($2::text[] is null or action = any ($2))
             and ($3::uuid[] is null or subject_id = any ($3)) and ($4::text[] is null or subject_type = any ($4))
           order by created_at desc, id desc limit 50`,
          [actor, action, subject, subject_type],
        );
        expect(page.map((entry) => entry.id)).toEqual(plainly.rows.map((row) => row.id));
        expect(plainly.rows.length).toBeGreaterThan(8);
        expect([mode, looked_at <= most, looked_at]).toEqual([mode, true, looked_at]);
      });
    }
  });
});
