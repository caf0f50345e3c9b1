import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../proof/harness/database.ts';
import { explain, planning, rowsLookedAt } from '../../../proof/harness/plans.ts';
import type { Writer } from '../access/authorize.ts';
import { createPool } from '../db/pool.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import type { Place } from './contract.ts';
import { rankSince } from './list-queries.ts';
import { besideNew, besideTicket, lockStanding, ticketsAround } from './place-queries.ts';
import { rankOfNumber } from './rank.ts';

const id = (n: string) => `00000000-0000-7000-8000-${n.padStart(12, '0')}`;
const ticketId = (n: number) => id(`${100_000 + n}`);
const workspace_id = id('1');
const project_id = id('c1');
const user = id('a1');
const tickets = 20_000;

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  // One column has all tickets but one in a hundred, and every second ticket is deleted.
  await database.owner.query(`
    insert into users (id, email, name) values ('${user}', 'a@example.com', 'A');
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'W', '${user}');
    insert into projects (workspace_id, id, key, name, created_by, last_number)
      values ('${workspace_id}', '${project_id}', 'ONE', 'P', '${user}', ${tickets});
    insert into workflows (workspace_id, project_id, version, definition, created_by)
      values ('${workspace_id}', '${project_id}', 1, '{"statuses": []}', '${user}');
    insert into project_statuses (workspace_id, project_id, status)
      select '${workspace_id}', '${project_id}', unnest(array['open', 'closed', 'empty']);
    insert into tickets (workspace_id, id, project_id, number, title, initial_status, status, reporter_id, created_at, updated_at, deleted_at)
      select '${workspace_id}', ('00000000-0000-7000-8000-' || lpad((100000 + n)::text, 12, '0'))::uuid, '${project_id}', n, 'T', 'open',
        case when n % 100 = 0 then 'open' else 'closed' end, '${user}', now(), now(), case when n % 2 = 1 then now() end
      from generate_series(1, ${tickets}) n;
    analyze`);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: database.url, role: 'baton_app', ...limits });
}, 60_000);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** How many rows the statement of a query reads. */
function looked(mode: 'custom' | 'generic', read: (tx: Tx) => Promise<unknown>): Promise<number> {
  return planning({ pool, workspace_id, mode, as: 'write' }, async (client) => {
    let rows = Infinity;
    const ask = async (statement: Sql) => {
      rows = rowsLookedAt(await explain(client, statement));
      return [];
    };
    await read({ rows: ask, maybeOne: ask, one: ask } as unknown as Tx);
    return rows;
  });
}

const writer = { workspace_id, mayAct: () => sql`true` } as Writer;
const places: Place[] = [{ at: 'top' }, { at: 'bottom' }, { after: ticketId(10_002) }, { before: ticketId(10_002) }];

describe.each(['custom', 'generic'] as const)(`among ${tickets} tickets, with a %s plan`, (mode) => {
  test.each(places)('finding the neighbours of the place %j reads few rows', async (place) => {
    for (const status of ['open', 'closed', 'empty']) {
      const beside = await looked(mode, (tx) => besideTicket(tx, writer, ticketId(10_004), { place, status }));
      expect(beside).toBeLessThan(20);
      const column = { workspace_id, project_id, status };
      expect(await looked(mode, (tx) => besideNew(tx, column, id('9'), place))).toBeLessThan(20);
    }
  });

  test('finding out whether a ticket was respaced reads only the ticket and its entries', async () => {
    const column = { workspace_id, status: 'closed' };
    for (const at of [rankOfNumber(10_002), 'V']) {
      expect(await looked(mode, (tx) => rankSince(tx, column, { at, id: ticketId(10_002) }))).toBeLessThan(10);
    }
  });

  test('making room reads the tickets that get another rank, and few others', async () => {
    const column = { workspace_id, project_id, status: 'closed' };
    const anchor = { id: ticketId(10_002), rank: rankOfNumber(10_002) };
    const around = { ...column, anchor, except: ticketId(4), count: 51 };
    expect(await looked(mode, (tx) => ticketsAround(tx, around))).toBeLessThan(150);
    const ids = Array.from({ length: 100 }, (_, n) => ticketId(2 * n));
    expect(await looked(mode, (tx) => lockStanding(tx, column, ids))).toBeLessThan(150);
  });
});
