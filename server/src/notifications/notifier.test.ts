import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { notifyPeople, numberEvents } from '../../../proof/harness/events.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { createPool } from '../db/pool.ts';
import { readOnly } from '../db/transaction.ts';
import { first_id } from '../db/walk.ts';
import { untoldEvents } from '../jobs/queries.ts';
import { Notifier } from './notifier.ts';
import { workspacesBehind } from './worker-queries.ts';

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
const run = (text: string, ...values: unknown[]) => server.database.owner.query(text, values);
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const found = () => readOnly(pool, {}, (db) => workspacesBehind(db, first_id));
const behind = async () => (await found()).filter(({ is_behind }) => is_behind).map(({ workspace_id }) => workspace_id);

test('the notifier makes progress even if reading all workspaces takes longer than a pass', async () => {
  await told();
  const { member, admin, workspace_id } = team;
  await makeTicket(team, { assignee_id: admin.user.id });
  // Enough workspaces for several statements, with ids before and after the team's.
  await run(
    `with made as (insert into workspaces (id, name, created_by) select gen_random_uuid(), 'W', $1 from generate_series(1, 1500) returning id)
     insert into event_heads (workspace_id, last_sequence) select id, 0 from made`,
    member.user.id,
  );
  onTestFinished(async () => {
    await run('delete from event_heads where last_sequence = 0');
    await run('delete from workspaces w where not exists (select 1 from memberships m where m.workspace_id = w.id)');
  });
  await numberEvents(server.database.url);
  const notifier = new Notifier(pool, pino({ level: 'silent' }));
  // Each pass's time is over after its first read.
  const pass = () => notifier.pass({ goesOn: () => false, count: () => undefined });
  for (let n = 0; n < 20 && (await pass()) === 'more'; n++);
  const { data } = await admin.client.list_notifications({ workspace_id });
  expect(data).toMatchObject([{ kinds: ['assigned'] }]);
});

test('the notifier ignores a deleted workspace and notifies nobody in it', async () => {
  const { owner, workspace_id } = team;
  await told();
  await owner.client.delete_workspace({ workspace_id });
  await numberEvents(server.database.url);
  expect((await found()).map((one) => one.workspace_id)).not.toContain(workspace_id);
  const notifier = new Notifier(pool, pino({ level: 'silent' }));
  notifier.hint(workspace_id);
  await notifier.pass({ goesOn: () => true, count: () => undefined });
  expect(await readOnly(pool, {}, untoldEvents)).toMatchObject({ count: 0 });
  const { rows } = await run(
    `select h.last_sequence > p.last_sequence as is_behind from event_heads h join notification_places p using (workspace_id)
     where workspace_id = $1`,
    workspace_id,
  );
  expect(rows).toEqual([{ is_behind: true }]);
});

describe('a new day', () => {
  /** Moves the tickets' dates and the worker's progress back, as if so many days had passed. */
  const shift = async (days: number, tickets: string[]) => {
    await run('update tickets set due_on = due_on - $2::integer where id = any ($1)', tickets, days);
    await run(
      `update notification_places set due_on = due_on - $2::integer, next_due_on = next_due_on - $2::integer where workspace_id = $1`,
      team.workspace_id,
      days,
    );
  };
  const later = async (days: number) => {
    const { rows } = await run('select id from tickets where workspace_id = $1', team.workspace_id);
    const ids = (rows as { id: string }[]).map(({ id }) => id);
    await shift(days, ids);
    onTestFinished(() => shift(-days, ids));
  };
  const create = (due_on?: string) => {
    const { workspace_id, project_id } = team;
    return team.member.client.create_ticket({
      workspace_id,
      project_id,
      body: { title: 'T', ...(due_on && { due_on }) },
    });
  };
  const kinds = async () =>
    (await team.member.client.list_notifications({ workspace_id: team.workspace_id })).data.map((one) => one.kinds);

  test('makes the notifier work on a workspace only if a ticket there is due', async () => {
    await create();
    await create(day(3));
    await told();
    await later(1);
    expect(await behind()).not.toContain(team.workspace_id);
    await later(2);
    expect(await behind()).toContain(team.workspace_id);
    await told();
    expect(await kinds()).toEqual([['due']]);
    expect(await behind()).not.toContain(team.workspace_id);
  });

  test('brings notifications for the earliest due ticket, for one whose day was moved earlier, and for a restored one', async () => {
    const { member, owner, workspace_id } = team;
    const [first, second, third] = [await create(day(2)), await create(day(4)), await create(day(1))];
    const at = ({ id: ticket }: { id: string }) => ({ workspace_id, ticket });
    await member.client.delete_ticket(at(third));
    await told();
    await member.client.update_ticket({ ...at(second), if_match: '*', body: { due_on: day(3) } });
    await owner.client.restore_ticket(at(third));
    await told();
    for (const n of [1, 2, 3]) {
      await later(1);
      await told();
      expect(await kinds()).toHaveLength(n);
    }
    expect(first.due_on).toBe(day(2));
  });

  test('does not notify a member who has just created a ticket that is already due', async () => {
    await create(day(9));
    await told();
    await later(3);
    await create(day(0));
    await create(day(-1));
    await told();
    expect(await kinds()).toEqual([]);
    expect(Object.keys(await brokenInvariants(server.database.owner))).not.toContain('no_due_ticket_is_forgotten');
  });
});
