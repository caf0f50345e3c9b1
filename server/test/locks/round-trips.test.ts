import { afterAll, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../src/db/transaction.ts';
import { createPool } from '../../src/db/pool.ts';
import { sql } from '../../src/db/sql.ts';
import { makeTeam, makeTicket, type Team } from '../harness/make.ts';
import { type Proxy, startProxy } from '../harness/proxy.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { startServer, type TestServer } from '../harness/server.ts';

let database: TestDatabase;
let proxy: Proxy;
let server: TestServer;
let team: Team;

beforeAll(async () => {
  database = await createDatabase();
  proxy = await startProxy(database.url);
  // One connection, so that round trips don't overlap.
  server = await startServer({ BATON_POOL_SIZE: '1' }, { database: { ...database, url: proxy.url } });
  team = await makeTeam(server, 'standard');
});
afterAll(async () => {
  await server.stop();
  await proxy.close();
  await database.drop();
});

async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  await work(); // connects, and remembers the workflow
  const before = proxy.bursts();
  await work();
  return proxy.bursts() - before;
}

/** A call that can be made twice, and how many round trips to the database it may take. */
const calls: Record<string, [trips: number, call: (at: { workspace_id: string; ticket: string }) => Promise<unknown>]> =
  {
    get_ticket: [1, (at) => team.member.client.get_ticket(at)],
    list_tickets: [
      1,
      ({ workspace_id }) => team.member.client.list_tickets({ workspace_id, status: 'open', limit: 50 }),
    ],
    list_projects: [1, ({ workspace_id }) => team.member.client.list_projects({ workspace_id })],
    create_ticket: [2, () => makeTicket(team, { assignee_id: team.member.user.id })],
    update_ticket: [
      2,
      (at) => team.member.client.update_ticket({ ...at, if_match: '*', body: { title: `${Math.random()}` } }),
    ],
    create_comment: [2, (at) => team.member.client.create_comment({ ...at, body: { body: 'c' } })],
    set_assignee: [2, (at) => reassign(at)],
    transition_ticket: [2, (at) => move(at)],
  };

let assigned = false;
function reassign(at: { workspace_id: string; ticket: string }) {
  assigned = !assigned;
  return team.member.client.set_assignee({ ...at, body: { assignee_id: assigned ? team.viewer.user.id : null } });
}

let moved = false;
function move(at: { workspace_id: string; ticket: string }) {
  moved = !moved;
  return team.member.client.transition_ticket({ ...at, body: { to: moved ? 'in_progress' : 'open', comment: 'c' } });
}

test.each(Object.keys(calls))('%s takes no more round trips to the database than it is said to', async (name) => {
  const { id: ticket } = await makeTicket(team);
  const [trips, call] = calls[name] ?? [0, () => Promise.resolve()];
  expect(await roundTrips(() => call({ workspace_id: team.workspace_id, ticket }))).toBe(trips);
});

test('control: statements awaited one by one are counted one by one', async () => {
  const pool = createPool({
    url: proxy.url,
    max: 1,
    role: 'baton_app',
    statement_timeout_ms: 1000,
    lock_timeout_ms: 1000,
    on_error: () => undefined,
  });
  const three = () =>
    transaction(pool, {}, async (tx) => {
      await tx.rows(sql`select 1`);
      await tx.rows(sql`select 2`);
    });
  expect(await roundTrips(three)).toBe(3);
  await pool.end();
});
