import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import type { Writer } from '../access/authorize.ts';
import type { Recorder } from '../audit/record.ts';
import { createPool } from '../db/pool.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { addNextTicket } from './change.ts';
import { lockTicket, type NewTicket, ticketByRef } from './queries.ts';

const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [workspace_id, user_id] = [id(1), id(2)];
const projects = 900;
const projectId = (n: number) => id(1000 + n);

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  // The oldest of many projects has nearly all tickets.
  await database.owner.query(`
    insert into users (id, email, name) values ('${user_id}', 'a@example.com', 'A');
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${user_id}');
    insert into memberships (workspace_id, user_id, role) values ('${workspace_id}', '${user_id}', 'owner');
    insert into projects (workspace_id, id, key, name, created_by, last_number)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad((1000 + n)::text, 12, '0'))::uuid, 'P' || n, 'P', '${user_id}',
        case when n = 1 then 20000 else 0 end
      from generate_series(1, ${projects}) n;
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      select workspace_id, id, 1, '{"statuses": []}', created_by from projects;
    insert into project_statuses (workspace_id, project_id, status) select workspace_id, id, 'open' from projects;
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at)
      select '${workspace_id}', gen_random_uuid(), '${projectId(1)}', n, 'T', 'open', 'open', '${user_id}', now(), now()
      from generate_series(1, 20000) n;
    analyze`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const actor: Recorder = { workspace_id, user_id, request_id: 'a-request', token: null };
const moment = '2026-11-30T12:00:00.000000Z';
const ticket: NewTicket = {
  workspace_id,
  id: id(3),
  key: '',
  project_id: projectId(projects),
  number: 0,
  title: 'Three more words',
  description: 'D',
  status: 'open',
  status_sequence: 0,
  resolution: null,
  priority: 'none',
  labels: ['a'],
  assignee_id: null,
  reporter_id: user_id,
  due_on: null,
  version: 1,
  created_at: moment,
  updated_at: moment,
  last_activity_at: moment,
  deleted_at: null,
  workflow_version: 1,
  project_archived_at: null,
  rank: '',
  placed: false,
};

/** How many rows a statement about one ticket reads. */
const looked = (mode: 'custom' | 'generic', about: (tx: Tx) => Promise<unknown>) =>
  planning({ pool, workspace_id, mode, as: 'write' }, async (client) => {
    let rows = 0;
    const read = async (statement: Sql) => {
      rows += rowsLookedAt(await explain(client, statement));
      return [];
    };
    await about({ maybeOne: read, rows: read } as unknown as Tx);
    return rows;
  });

const writer = { workspace_id, mayAct: () => sql`true` } as Writer;

test.each(['custom', 'generic'] as const)(
  'a ticket is read and locked without reading other projects (%s plans)',
  async (mode) => {
    const { rows } = await database.owner.query<{ id: string }>(
      'select id from tickets where number in (1, 20000) order by number',
    );
    for (const ref of [...rows.map(({ id: of_row }) => of_row), 'P1-1', 'P1-20000']) {
      // The ticket and its project.
      expect(await looked(mode, (tx) => ticketByRef(tx, workspace_id, ref, { description: true }))).toBe(2);
      expect(await looked(mode, (tx) => lockTicket(tx, writer, ref, { hold: 'change', deleted: false }))).toBe(2);
      expect(await looked(mode, (tx) => lockTicket(tx, writer, ref, { hold: 'comment', deleted: false }))).toBe(2);
    }
  },
);

test.each(['custom', 'generic'] as const)(
  'while a creation keeps the project locked, each statement reads one row (%s plans)',
  async (mode) => {
    await planning({ pool, workspace_id, mode, as: 'write' }, async (client) => {
      const sent: Sql[] = [];
      const keep = (statement: Sql) => {
        sent.push(statement);
        return Promise.resolve({ number: 1 });
      };
      await addNextTicket({ one: keep, send: keep } as unknown as Tx, actor, ticket, 1000);
      const looked: number[] = [];
      for (const statement of sent) looked.push(rowsLookedAt(await explain(client, statement)));
      const [number, row, labels, words, entry, ...more] = looked;
      expect({ number, row, labels, words, entry, more }).toEqual({
        number: 1,
        row: 1,
        labels: 1, // no row of a table
        words: 1,
        entry: 1,
        more: [],
      });
    });
  },
);
