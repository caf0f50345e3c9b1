import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { createPool } from '../db/pool.ts';
import { newId } from '../lib/ids.ts';
import { numberBatch, Sequencer } from './sequencer.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const look = async <Row>(text: string, ...values: unknown[]) =>
  (await server.database.owner.query(text, values)).rows as Row[];

/** Connections of a worker; losing one is not an error. */
function workerPool(max = 2): pg.Pool {
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: server.database.url, role: 'baton_worker', max, ...limits });
  onTestFinished(() => pool.end());
  return pool;
}

test('readers see the same entries before, during and after their numbering', async () => {
  const { workspace_id, member, owner } = team;
  const { id: ticket } = await makeTicket(team);
  const at = { workspace_id, ticket };
  for (let version = 1; version < 9; version++) {
    await member.client.update_ticket({ ...at, body: { title: `Title ${version}`, version } });
  }
  const { id: comment_id } = await member.client.create_comment({ ...at, body: { body: 'A word.' } });
  await member.client.update_comment({ ...at, comment_id, body: { body: 'Another.', version: 1 } });
  const filters = [{}, { subject: ticket }, { action: 'ticket.updated' }, { actor: member.user.id }];
  const seen = async () => ({
    activity: (await member.client.list_activity(at)).data,
    pages: await Promise.all(
      filters.map(async (filter) => {
        const found: unknown[] = [];
        for await (const entry of owner.client.pages.list_audit({ workspace_id, limit: 3, ...filter }))
          found.push({ ...entry, sequence: undefined });
        return found;
      }),
    ),
    // An edit from version 2 conflicts with what came after it.
    conflict: (await member.client.raw.update_ticket({ ...at, body: { title: 'Stale', version: 2 } })).body,
  });
  const before = await seen();
  expect(before.activity.length).toBe(11);
  expect(before.conflict).toMatchObject({ code: 'edit_conflict' });
  const pool = workerPool();
  expect(await numberBatch(pool, workspace_id, 7)).toBe(7);
  expect(await seen()).toEqual(before);
  await numberEvents(server.database.url);
  expect(await seen()).toEqual(before);
  expect(await look('select 1 from outbox')).toEqual([]);
  expect(await brokenInvariants(server.database.owner)).toEqual({});
});

test('a workspace whose entries cannot be numbered does not delay the others', async () => {
  const [broken, sound] = [await makeTeam(server), await makeTeam(server)];
  const { id: ticket } = await makeTicket(broken);
  await numberEvents(server.database.url);
  // A second entry for a version that has one. No write of the server leaves such an entry.
  await look(
    `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, request_id)
     values ($1, gen_random_uuid(), $2, 'ticket.updated', 'ticket', $3, 1, 'seed-0001')`,
    broken.workspace_id,
    broken.owner.user.id,
    ticket,
  );
  await makeTicket(sound);
  const lines: { workspace_id: string; failures: number; msg: string }[] = [];
  const log = pino({ level: 'error' }, { write: (line) => lines.push(JSON.parse(line) as (typeof lines)[number]) });
  const sequencer = new Sequencer(workerPool(), log);
  const pass = { goesOn: () => true, count: () => undefined };
  expect([await sequencer.pass(pass), await sequencer.pass(pass)]).toEqual(['done', 'done']);
  expect(await look('select workspace_id from outbox')).toEqual([{ workspace_id: broken.workspace_id }]);
  // Logged once, not with every pass.
  expect(lines).toMatchObject([{ workspace_id: broken.workspace_id, failures: 1, msg: 'worker: events not numbered' }]);
  await look('delete from outbox');
});

test('a purge waits for numbering in progress, and removes the text from both tables', async () => {
  const { workspace_id, member, owner } = team;
  const { id: ticket } = await makeTicket(team, { title: 'A secret' });
  await numberEvents(server.database.url);
  await member.client.update_ticket({ workspace_id, ticket, body: { title: 'Another secret', version: 1 } });
  await member.client.update_ticket({ workspace_id, ticket, body: { title: 'Public', version: 2 } });
  const holder = await server.database.owner.connect();
  await holder.query('begin');
  await holder.query('select 1 from event_heads where workspace_id = $1 for no key update', [workspace_id]);
  let purged = false;
  const purge = owner.client
    .purge_ticket({ workspace_id, ticket, body: { fields: ['title'] } })
    .then(() => (purged = true));
  await expect
    .poll(() => look(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`))
    .not.toEqual([]);
  expect(purged).toBe(false);
  await holder.query('commit');
  holder.release();
  await purge;
  expect(await look(`select 1 from audit_log a where a::text like '%secret%'`)).toEqual([]);
  await numberEvents(server.database.url);
  expect(await brokenInvariants(server.database.owner)).toEqual({});
});

test('the worker’s role can number entries of its scope’s workspace only, all or none, and cannot read their contents', async () => {
  const { id: ticket } = await makeTicket(team);
  const [entry] = await look<{ id: string; last: string }>(
    `select o.id, h.last_sequence as last from outbox o join event_heads h using (workspace_id) where o.subject_id = $1`,
    ticket,
  );
  const client = await server.database.owner.connect();
  const number = async (scope: string, ids: string[], first: number) => {
    try {
      await client.query(`begin; set local role baton_worker; ${scope}`);
      await client.query(`select number_events($1, '-infinity', 'infinity', $2)`, [ids, first]);
      return (await client.query('select id from outbox')).rowCount;
    } finally {
      await client.query('rollback');
    }
  };
  const [id, next] = [entry?.id ?? '', Number(entry?.last) + 1];
  const here = `set local app.workspace = '${team.workspace_id}'`;
  try {
    expect(await number(here, [id], next)).toBe(0);
    await expect(number('select', [id], next)).rejects.toThrow('Of 1 entries 0 were numbered');
    await expect(number(`set local app.workspace = '${newId()}'`, [id], next)).rejects.toThrow('0 were numbered');
    await expect(number(here, [id], next + 1)).rejects.toThrow('0 heads moved');
    await expect(number(here, [id, newId()], next)).rejects.toThrow('Of 2 entries 1 were numbered');
    for (const text of [
      'select after from outbox',
      'select 1 from events',
      'delete from outbox',
      'delete from events',
    ]) {
      await expect(client.query(`begin; set local role baton_worker; ${here}; ${text}`)).rejects.toMatchObject({
        code: '42501',
      });
      await client.query('rollback');
    }
  } finally {
    client.release();
  }
});
