import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { notifyPeople, numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { createPool } from '../db/pool.ts';
import { transaction } from '../db/transaction.ts';
import { notifyOfEvents } from './worker-queries.ts';

let server: TestServer;
let team: Team;
let pool: pg.Pool;

beforeAll(async () => {
  server = await startServer();
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: server.database.url, role: 'baton_worker', max: 1, ...limits });
});
beforeEach(async () => {
  team = await makeTeam(server);
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const told = () => notifyPeople(server.database.url);
const watcherId = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Adds 200 members who watch a ticket. */
async function fill(ticket_id: string): Promise<void> {
  const { workspace_id } = team;
  const ids = `select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid as id, n from generate_series(1, 200) n`;
  await server.database.owner.query(`
    insert into users (id, email, name) select id, 'w' || n || '@example.com', 'W' from (${ids}) w on conflict do nothing;
    insert into memberships (workspace_id, user_id, role, created_at)
      select '${workspace_id}', id, 'viewer', now() - interval '1 hour' from (${ids}) w;
    insert into user_workspaces (user_id, workspace_id, role, created_at)
      select id, '${workspace_id}', 'viewer', now() - interval '1 hour' from (${ids}) w;
    insert into watchers (workspace_id, ticket_id, user_id, choice)
      select '${workspace_id}', '${ticket_id}', id, 'watching' from (${ids}) w`);
}

const count = async (table: 'notifications' | 'watchers', ticket_id: string) => {
  const { rows } = await server.database.owner.query<{ n: number }>(
    `select count(*)::int as n from ${table} where ticket_id = $1`,
    [ticket_id],
  );
  return rows[0]?.n ?? Number.NaN;
};

test('a transaction of the notifier covers fewer events if each notifies many people, and all events are notified in the end', async () => {
  const { workspace_id, member } = team;
  const { id: ticket } = await makeTicket(team);
  await told();
  await fill(ticket);
  const { client } = team.admin;
  for (let n = 0; n < 20; n++) await client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } });
  await numberEvents(server.database.url);
  const step = () =>
    transaction(pool, { workspace_id }, (tx) => notifyOfEvents(tx, { batch: 100, mail_after_s: null }));
  expect(await step()).toBe(true);
  const first = await count('notifications', ticket);
  expect(first).toBeGreaterThan(200);
  expect(first).toBeLessThanOrEqual(1_000);
  let steps = 1;
  while (await step()) steps++;
  expect(steps).toBeGreaterThanOrEqual(4);
  expect(await count('notifications', ticket)).toBe(20 * 201);
  expect((await member.client.list_notifications({ workspace_id, limit: 100 })).data).toHaveLength(20);
});

test('a bot that comments or is mentioned watches the ticket only if it has chosen to', async () => {
  const { owner, member, workspace_id } = team;
  const { id: bot_id } = await owner.client.create_bot({ workspace_id, body: { name: 'Triage' } });
  const { token } = await owner.client.create_token({
    workspace_id,
    body: { name: 'T', scopes: ['tickets:write', 'notifications:write'], user_id: bot_id },
  });
  const { id: ticket } = await makeTicket(team);
  const at = `${server.url}/v1/workspaces/${workspace_id}/tickets/${ticket}`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ body: 'Sorted.' });
  expect((await fetch(`${at}/comments`, { method: 'POST', headers, body })).status).toBe(201);
  await member.client.create_comment({ workspace_id, ticket, body: { body: `@${bot_id}` } });
  await told();
  expect(await count('watchers', ticket)).toBe(1); // the member
  const choice = JSON.stringify({ choice: 'watching' });
  expect((await fetch(`${at}/watching`, { method: 'PUT', headers, body: choice })).status).toBe(200);
  expect(await count('watchers', ticket)).toBe(2);
});

test('the limit of a ticket’s watchers does not count former members, for a choice or a comment', async () => {
  const { owner, admin, viewer, workspace_id } = team;
  const { id: ticket } = await makeTicket(team);
  await fill(ticket);
  const watch = () => viewer.client.raw.set_watching({ workspace_id, ticket, body: { choice: 'watching' } });
  const watches = async () => (await admin.client.get_watching({ workspace_id, ticket })).watches;
  const comment = () => admin.client.create_comment({ workspace_id, ticket, body: { body: 'A word.' } });
  await comment();
  await told();
  expect([(await watch()).status, await watches()]).toEqual([409, false]);
  await owner.client.remove_member({ workspace_id, user_id: watcherId(1) });
  await comment();
  await told();
  expect([(await watch()).status, await watches()]).toEqual([409, true]);
  await owner.client.remove_member({ workspace_id, user_id: watcherId(2) });
  expect((await watch()).status).toBe(200);
});
