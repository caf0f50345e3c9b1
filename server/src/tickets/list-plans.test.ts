import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../test/harness/database.ts';
import { createPool } from '../db/pool.ts';
import { prepare } from '../db/sql.ts';
import { keysetPart } from '../http/cursor.ts';
import { orders, tie_break } from './list.ts';
import { type TicketFilter, ticketList } from './queries.ts';

const workspace_id = '00000000-0000-7000-8000-000000000001';
const project_id = '00000000-0000-7000-8000-000000000002';
const user_id = '00000000-0000-7000-8000-0000000000a1';
const tickets = 100_000;

let database: TestDatabase;

/** A workspace of 100,000 tickets among two others, spread over projects, statuses and people unevenly, as in life. */
const fill = `
  insert into users (id, email, name)
  select ('00000000-0000-7000-8000-0000000000a' || n)::uuid, n || '@example.com', 'U' from generate_series(1, 9) n;
  insert into workspaces (id, name, created_by)
  select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'W', '${user_id}' from unnest(array[1, 3, 5]) n;
  insert into memberships (workspace_id, user_id, role) select w.id, u.id, 'owner' from workspaces w, users u;
  insert into projects (workspace_id, id, key, name, created_by)
  select w.id, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'P' || n, 'P', '${user_id}'
  from workspaces w, unnest(array[2, 4, 6]) n;
  insert into workflows (workspace_id, project_id, version, definition, created_by)
  select workspace_id, id, 1, '{}', created_by from projects;
  insert into project_statuses (workspace_id, project_id, status)
  select workspace_id, id, unnest(array['open', 'in_progress', 'resolved', 'closed']) from projects;
  insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, priority, labels,
    assignee_id, reporter_id, created_at, updated_at, deleted_at)
  select p.workspace_id, gen_random_uuid(), p.id, row_number() over (partition by p.workspace_id, p.id), 'T', 'open',
    (array['open', 'in_progress', 'resolved', 'closed', 'closed', 'closed', 'closed'])[1 + n % 7],
    (array['none', 'none', 'low', 'high', 'urgent'])[1 + n % 5],
    case when n % 50 = 0 then array['rare'] else '{}' end,
    case when n % 3 = 0 then null else ('00000000-0000-7000-8000-0000000000a' || 1 + (n / 3) % 9)::uuid end,
    ('00000000-0000-7000-8000-0000000000a' || 1 + n % 7)::uuid,
    now() - n * interval '1 minute', now() - (n * 7919 % ${tickets}) * interval '1 second' + interval '2 days',
    case when n % 20 = 0 then now() + interval '3 days' end
  from generate_series(1, ${tickets}) n
  join projects p on p.workspace_id = '${workspace_id}' and p.key = 'P' || (2 + 2 * (n % 3));
  analyze;`;

beforeAll(async () => {
  database = await createDatabase();
  await database.owner.query(fill);
}, 120_000);
afterAll(() => database.drop());

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

/** What in a plan makes a list cost more the longer it is: a sort, or reading tickets other than by an index's order. */
function slowNodes(node: PlanNode): string[] {
  const type = node['Node Type'];
  const relation = node['Relation Name'];
  const slow = /Sort/.test(type) || (relation === 'tickets' && !/^Index/.test(type));
  return [...(slow ? [`${type} ${relation ?? ''}`.trim()] : []), ...(node.Plans ?? []).flatMap(slowNodes)];
}

const narrowings: Partial<TicketFilter>[] = [
  { project_id },
  { status: 'open' },
  { assignee_id: user_id },
  { assignee_id: null },
  { reporter_id: user_id },
  { priority: 'urgent' },
  { label: 'rare' },
  { created_after: '2020-01-01T00:00:00Z' },
  { updated_before: '2030-01-01T00:00:00Z' },
];
/** None, each, and every two together. */
const filters: TicketFilter[] = [
  { deleted: false },
  { deleted: true },
  ...narrowings.map((one) => ({ ...one, deleted: false })),
  ...narrowings.flatMap((one, index) =>
    narrowings.slice(index + 1).map((other) => ({ ...one, ...other, deleted: false })),
  ),
];
const lists = Object.keys(orders).flatMap((order) =>
  [true, false].flatMap((descending) => filters.map((filter) => ({ order, descending, filter }))),
);

/** Explains a list as the app's role runs it: by its values, and, where PostgreSQL can, whatever the values. */
async function plansOf(client: pg.PoolClient, list: (typeof lists)[number]): Promise<PlanNode[]> {
  const at = orders[list.order as keyof typeof orders];
  const position = { at: new Date(Date.now() - 86_400_000).toISOString(), id: project_id };
  const plans: PlanNode[] = [];
  for (const page of [undefined, position]) {
    const part = keysetPart({ at, id: tie_break, descending: list.descending }, 51, page);
    const { text, values } = prepare(ticketList(workspace_id, list.filter, part));
    const custom = await client.query(`explain (format json) ${text}`, values);
    plans.push(custom.rows[0]['QUERY PLAN'][0].Plan as PlanNode);
  }
  return plans;
}

describe('every list of tickets', () => {
  test(`walks an index in order among ${tickets} tickets: no sort, no scan of tickets`, async () => {
    // The server's own connections: as they plan, so does this.
    const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1000, on_error: () => undefined };
    const pool = createPool({ url: database.url, role: 'baton_app', ...limits });
    const client = await pool.connect();
    try {
      await client.query(`begin; set local app.workspace_id = '${workspace_id}'`);
      const slow: string[] = [];
      for (const list of lists) {
        for (const plan of await plansOf(client, list)) {
          const nodes = slowNodes(plan);
          if (nodes.length > 0) slow.push(`${JSON.stringify(list)}: ${nodes.join(', ')}`);
        }
      }
      expect(slow).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
      await pool.end();
    }
  }, 120_000);

  test('would be caught sorting, were its index missing', async () => {
    const client = await database.owner.connect();
    try {
      await client.query('begin; drop index tickets_created; drop index tickets_status_created');
      await client.query(`set local role baton_app; set local app.workspace_id = '${workspace_id}'`);
      const [plan] = await plansOf(client, {
        order: 'created_at',
        descending: true,
        filter: { deleted: false, status: 'open' },
      });
      expect(plan && slowNodes(plan)).not.toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
