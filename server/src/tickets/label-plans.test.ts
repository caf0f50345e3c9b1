import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, type PlanNode, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { fillUnevenly, tickets, workspace_id } from '../../../proof/harness/uneven-tickets.ts';
import { createPool } from '../db/pool.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { max_walked } from '../db/walk.ts';
import { byText, keysetPart } from '../http/cursor.ts';
import { labelsOf } from './label-queries.ts';

/** More labels than one page may read, each on a single ticket. */
const topics = 3000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  await fillUnevenly(database);
  // Not analyzed: the planner knows nothing of these labels yet.
  await database.owner.query(`
    insert into ticket_labels (workspace_id, ticket_id, label, created_at)
    select workspace_id, id, 'common', created_at from tickets
    union all
    select workspace_id, id, 'topic-' || (10000 + number), created_at from tickets
    where workspace_id = '${workspace_id}' and number <= ${topics}`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 120_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

interface Asked {
  q?: string;
  limit?: number;
  from?: string;
}

/** Returns the statement of a page of labels. */
async function statementOf({ q, limit = 50, from }: Asked): Promise<Sql> {
  let found: Sql | undefined;
  const rows = (statement: Sql) => {
    found = statement;
    return Promise.resolve([]);
  };
  const position = from === undefined ? undefined : { name: from };
  const part = keysetPart({ order: { name: byText(sql`l.label`) } }, limit + 1, position);
  await labelsOf({ rows } as unknown as Db, workspace_id, { q, limit }, part);
  if (found === undefined) throw new Error('There is no statement.');
  return found;
}

const buffers = (plan: PlanNode) => (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
/** A search of the index reads a page of each of its levels and perhaps the next leaf, and one page of the table. */
const each_label = 5;

const pages: [page: string, asked: Asked, labels: number][] = [
  ['the first labels, of which some are on thousands of tickets', {}, 51],
  ['labels from the middle on', { from: 'topic-11000' }, 51],
  ['a label that matches, and none after it', { q: 'UG', limit: 1 }, max_walked],
  ['frequent labels alone', { limit: 2 }, 3],
  ['labels that match at once', { q: 'o', limit: 1 }, 3],
  ['labels of which none match', { q: 'nobody has it' }, max_walked],
  ['the end of the list', { from: 'topic-12995' }, 5],
];

describe.each(['unknown', 'known'] as const)(
  `among ${tickets} tickets, if the planner’s statistics are %s`,
  (which) => {
    beforeAll(async () => {
      if (which === 'known') await database.owner.query('analyze ticket_labels');
    });

    test.each(pages)('a page reads each label once, however many tickets have it: %s', async (_, asked, labels) => {
      const statement = await statementOf(asked);
      for (const mode of ['custom', 'generic'] as const) {
        await planning({ pool, workspace_id, mode }, async (client) => {
          const plan = await explain(client, statement);
          const read = rowsLookedAt(plan);
          expect(read, mode).toBeGreaterThanOrEqual(labels);
          expect(read, mode).toBeLessThanOrEqual(labels + 1); // before version 18, EXPLAIN rounds the rows of each loop
          expect(buffers(plan)).toBeLessThanOrEqual(each_label * (labels + 1));
        });
      }
    });
  },
);

test('control: to read the labels without jumps is to read an entry for every ticket', async () => {
  await planning({ pool, workspace_id, mode: 'generic' }, async (client) => {
    const plain = sql`
      select distinct l.label from ticket_labels l where l.workspace_id = ${workspace_id} order by l.label limit 3`;
    const plan = await explain(client, plain);
    expect(rowsLookedAt(plan)).toBeGreaterThan(tickets);
    expect(buffers(plan)).toBeGreaterThan(10 * each_label);
  });
});
