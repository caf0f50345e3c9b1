import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import { fillUnevenly, id, listOf, narrowings, tickets, workspace_id } from '../../../proof/harness/uneven-tickets.ts';
import { createPool } from '../db/pool.ts';
import { prepare, type Sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { bestOf } from '../db/walk.ts';
import { countColumn, countFound, countGroups, endsWithin } from './count-queries.ts';
import { sourcesOf } from './source-queries.ts';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  await fillUnevenly(database);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 120_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** A database handle that uses the test's connection. */
const handle = (client: pg.PoolClient) =>
  ({ maybeOne: async (statement: Sql) => (await client.query(prepare(statement))).rows[0] }) as Pick<
    Db,
    'maybeOne'
  > as Db;

describe(`a count among ${tickets} unevenly distributed tickets`, () => {
  test.each(['custom', 'generic'] as const)(
    'reads a bounded number of rows, with a %s plan',
    async (mode) => {
      const over: string[] = [];
      const most = 20_000;
      await planning({ pool, workspace_id, mode }, async (client) => {
        const looked = async (name: string, count: (db: Db) => Promise<unknown>, bound: number) => {
          const statements: Sql[] = [];
          const note = (statement: Sql) => {
            statements.push(statement);
            return Promise.resolve([]);
          };
          const db = { rows: note, one: note } as unknown as Db;
          await count(db).catch(() => undefined); // fails, because no rows are returned
          for (const statement of statements) {
            const rows = rowsLookedAt(await explain(client, statement));
            if (rows > bound) over.push(`${name}: ${rows} rows`);
          }
          expect(statements.length).toBeGreaterThan(0);
        };
        for (const [name, narrow] of Object.entries({ nothing: {}, deleted: { deleted: true }, ...narrowings })) {
          const list = listOf(narrow, 'created_at', true);
          const source = await bestOf(handle(client), sourcesOf(list, endsWithin(most)), true);
          // For each ticket, its project and the category of its status are read as well.
          await looked(name, (db) => countFound(db, list, source), 5 * most);
          await looked(name, (db) => countGroups(db, list, { source, group_by: 'label', most: 200 }), 6 * most);
        }
        for (const status of ['closed', 'open', 'rare']) {
          const column = { workspace_id, project_id: id('2'), status };
          await looked(status, (db) => countColumn(db, column, { all: 100, each: 5000 }), 5001 + 5);
        }
      });
      expect(over).toEqual([]);
    },
    180_000,
  );
});
