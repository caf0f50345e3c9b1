import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { treesUnlikeTheirEvents } from '../../../proof/harness/trees.ts';
import { createPool } from '../db/pool.ts';
import { extended, frontierOf, type Hash, leafHash, rootOf } from '../ledger/merkle.ts';
import { numberBatch } from './sequencer.ts';
import { catchUpTrees } from './tree.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const look = async <Row>(text: string, ...values: unknown[]) =>
  (await server.database.owner.query(text, values)).rows as Row[];

function workerPool(): pg.Pool {
  const limits = { max: 2, statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: server.database.url, role: 'baton_worker', ...limits });
  onTestFinished(() => pool.end());
  return pool;
}

interface Row {
  entry: string;
  salt: Buffer | null;
  payload: string;
  payload_hash: Buffer;
}

const entriesOf = (workspace_id: string) =>
  look<Row>(
    `select event_entry(e) as entry, salt, event_payload(before, after, request_id) as payload, payload_hash
     from events e where workspace_id = $1 order by sequence`,
    workspace_id,
  );

/** Returns the root in a workspace's head, and the root computed from its entries. */
async function rootsOf(workspace_id: string): Promise<{ kept: Hash; rebuilt: Hash; size: number }> {
  const [head] = await look<{ tree_size: string; frontier: Buffer }>(
    'select tree_size, frontier from event_heads where workspace_id = $1',
    workspace_id,
  );
  const entries = (await entriesOf(workspace_id)).map(({ entry }) => leafHash(entry));
  const size = Number(head?.tree_size);
  const rebuilt = rootOf(extended({ size: 0, roots: [] }, entries));
  return { kept: rootOf(frontierOf(size, head?.frontier ?? Buffer.alloc(0))), rebuilt, size };
}

/** Fills the outbox of a new workspace with entries, as requests do. */
async function fill(entries: number): Promise<string> {
  const { workspace_id, owner } = await makeTeam(server);
  await look(
    `insert into outbox (workspace_id, created_at, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id)
     select $1, now() + n * interval '1 microsecond', gen_random_uuid(), $2, 'project.updated', 'project', gen_random_uuid(), 1,
       '{"name": "P", "archived": false}', 'seed-0001' from generate_series(1, $3::int) n`,
    workspace_id,
    owner.user.id,
    entries,
  );
  return workspace_id;
}

const pass = { goesOn: () => true, count: () => undefined };

describe('the tree of a workspace’s events', () => {
  test('grows with the numbering, whatever the size of the batches', async () => {
    const workspace_id = await fill(700);
    const pool = workerPool();
    for (const batch of [1, 254, 3, 400]) await numberBatch(pool, workspace_id, batch);
    await numberEvents(server.database.url);
    const { kept, rebuilt, size } = await rootsOf(workspace_id);
    expect(size).toBeGreaterThan(700);
    expect(kept).toEqual(rebuilt);
    expect(
      await look('select level, position::int from event_nodes where workspace_id = $1 order by 2', workspace_id),
    ).toEqual([
      { level: 1, position: 0 },
      { level: 1, position: 1 },
    ]);
  });

  test('commits to each payload with a salt that no other payload has', async () => {
    const { id: ticket } = await makeTicket(team, { title: 'A "quoted" \\ caf\u00e9 \u{1f3d7}' });
    await team.member.client.create_comment({ workspace_id: team.workspace_id, ticket, body: { body: 'A word.' } });
    await numberEvents(server.database.url);
    const entries = await entriesOf(team.workspace_id);
    for (const { entry, salt, payload, payload_hash } of entries) {
      const hash = createHash('sha256')
        .update(salt ?? Buffer.alloc(0))
        .update(payload)
        .digest();
      expect(hash).toEqual(payload_hash);
      const parsed = JSON.parse(entry) as Record<string, unknown>;
      expect(parsed['payload']).toBe(hash.toString('base64'));
      // The entry is in the canonical form of RFC 8785.
      expect(JSON.stringify(Object.fromEntries(Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1))))).toBe(
        entry,
      );
      JSON.parse(payload);
    }
    expect(new Set(entries.map(({ salt }) => salt?.toString('hex'))).size).toBe(entries.length);
    expect(entries.length).toBeGreaterThan(4);
  });

  test('has in each entry the actor, action, subject, time and token, and on whose behalf a bot acted', async () => {
    const { workspace_id, owner } = team;
    const bot = await owner.client.create_bot({ workspace_id, body: { name: 'Helper', role: 'member' } });
    const body = { name: 'T', scopes: ['tickets:write' as const], user_id: bot.id };
    const { token, id: token_id } = await owner.client.create_token({ workspace_id, body });
    const { id: ticket } = await makeTicket(team);
    const answer = await fetch(`${server.url}/v1/workspaces/${workspace_id}/tickets/${ticket}/comments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"body":"Beep."}',
    });
    const { id: comment_id, created_at } = (await answer.json()) as { id: string; created_at: string };
    await numberEvents(server.database.url);
    const entry = JSON.parse((await entriesOf(workspace_id)).at(-1)?.entry ?? '') as object;
    expect(entry).toMatchObject({
      ...{ action: 'comment.created', actor_id: bot.id, created_at, on_behalf_of: owner.user.id, workspace_id, v: 1 },
      ...{ subject_type: 'comment', subject_id: comment_id, subject_version: null, ticket_id: ticket, token_id },
    });
  });

  const columns = `select column_name as name from information_schema.columns where table_name = 'events'`;
  const of_payload = ['before', 'after', 'request_id'];
  const of_hashing = ['salt', 'payload_hash'];
  const uncommitted = async (names: { name: string }[]) => {
    const [first] = await entriesOf(team.workspace_id);
    const committed = [...Object.keys(JSON.parse(first?.entry ?? '{}') as object), ...of_payload, ...of_hashing];
    return names.map(({ name }) => name).filter((name) => !committed.includes(name));
  };

  test('commits to every column of an event, in its entry or in its payload', async () => {
    const [first] = await entriesOf(team.workspace_id);
    expect(Object.keys(JSON.parse(first?.payload ?? '{}') as object).sort()).toEqual(of_payload.toSorted());
    expect(await uncommitted(await look(columns))).toEqual([]);
  });

  test('control: is found incomplete if a column is neither in the entry nor in the payload', async () => {
    const client = await server.database.owner.connect();
    await client.query('begin; alter table events add column remark text');
    const { rows } = await client.query<{ name: string }>(columns);
    await client.query('rollback'); // before others read the table
    client.release();
    expect(await uncommitted(rows)).toEqual(['remark']);
  });

  test('catches up with events numbered before it existed, while more are being numbered', async () => {
    const workspace_id = await fill(3_000);
    const pool = workerPool();
    await numberBatch(pool, workspace_id, 2_500);
    // This is the state after the migration.
    await look('delete from event_nodes where workspace_id = $1', workspace_id);
    await look(`update event_heads set tree_size = 0, frontier = '' where workspace_id = $1`, workspace_id);
    expect(await catchUpTrees(pool, pass)).toBe('more');
    expect(await rootsOf(workspace_id)).toMatchObject({ size: 1_000 });
    await numberBatch(pool, workspace_id, 100);
    expect(await rootsOf(workspace_id)).toMatchObject({ size: 1_000 });
    while ((await catchUpTrees(pool, pass)) === 'more');
    await numberEvents(server.database.url);
    const { kept, rebuilt, size } = await rootsOf(workspace_id);
    expect([size > 3_000, kept]).toEqual([true, rebuilt]);
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });

  test('is extended by a worker that can read the hashes of events, but not their text', async () => {
    const client = await server.database.owner.connect();
    try {
      await client.query(`begin; set local role baton_worker; set local app.workspace = '${team.workspace_id}'`);
      const { rows } = await client.query<{ leaves: Buffer[] }>('select event_leaves(1, 3) as leaves');
      expect(rows[0]?.leaves.map((leaf) => leaf.length)).toEqual([32, 32, 32]);
      await client.query('rollback');
      for (const text of [
        'select event_entry(e) from events e',
        'select * from event_nodes',
        'select * from event_checkpoints',
        `update event_heads set last_sequence = 9`,
      ]) {
        await client.query(`begin; set local role baton_worker; set local app.workspace = '${team.workspace_id}'`);
        await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
        await client.query('rollback');
      }
    } finally {
      client.release();
    }
  });

  test('stays the same when texts are purged, and their salts are erased so that nobody can guess them', async () => {
    const { workspace_id, owner } = team;
    const title = `Secret ${randomBytes(4).toString('hex')}`;
    const { id: ticket } = await makeTicket(team, { title });
    await numberEvents(server.database.url);
    const before = await rootsOf(workspace_id);
    await owner.client.update_ticket({ workspace_id, ticket, body: { title: 'Public', version: 1 } });
    await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['title'] } });
    expect((await rootsOf(workspace_id)).kept).toEqual(before.kept);
    await numberEvents(server.database.url);
    const after = await rootsOf(workspace_id);
    expect([after.size, after.kept]).toEqual([before.size + 2, after.rebuilt]);
    const salts = await look(
      'select action, salt is null as erased from events where subject_id = $1 order by sequence',
      ticket,
    );
    expect(salts).toEqual([
      { action: 'ticket.created', erased: true },
      { action: 'ticket.updated', erased: false },
      { action: 'ticket.purged', erased: false },
    ]);
    expect(await brokenInvariants(server.database.owner)).toEqual({});
  });
});

test('the check of trees finds every difference from the events, even if all counts are right', async () => {
  const workspace_id = await fill(300);
  await numberEvents(server.database.url);
  expect(await treesUnlikeTheirEvents(server.database.owner)).toEqual([]);
  const other = (column: string) => `${column} = set_byte(${column}, 0, get_byte(${column}, 0) # 1)`;
  const of_it = `workspace_id = '${workspace_id}'`;
  const note = (root: string) => `E'origin\\n' || tree_size || E'\\n' || encode(${root}, 'base64') || E'\\n'`;
  const checkpoint = (root: string) =>
    `insert into event_checkpoints select workspace_id, tree_size, 'x', ${note(root)} from event_heads where ${of_it}`;
  const controls: [statement: string, says: string][] = [
    [`update event_heads set ${other('frontier')} where ${of_it}`, 'another frontier'],
    [`update event_nodes set ${other('hash')} where ${of_it}`, 'another hash 0 at level 1'],
    [`update events set actor_id = gen_random_uuid() where ${of_it} and sequence = 7`, 'another hash 0 at level 1'],
    [`update events set ${other('payload_hash')} where ${of_it} and sequence = 300`, 'another frontier'],
    [`delete from events where ${of_it} and sequence = 8`, 'leaves, and there are'],
    [checkpoint(`sha256('x')`), 'another root than its checkpoint'],
  ];
  const client = await server.database.owner.connect();
  try {
    for (const [statement, says] of controls) {
      await client.query(`begin; ${statement}`);
      expect([statement, await treesUnlikeTheirEvents(client)]).toEqual([
        statement,
        expect.arrayContaining([expect.stringContaining(says)]),
      ]);
      await client.query('rollback');
    }
  } finally {
    client.release();
  }
});
