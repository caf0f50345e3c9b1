import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { recordAudits } from '../../../server/src/audit/record.ts';
import { numberBatch } from '../../../server/src/audit/sequencer.ts';
import { createPool } from '../../../server/src/db/pool.ts';
import { transaction } from '../../../server/src/db/transaction.ts';
import { newId } from '../../../server/src/lib/ids.ts';
import { createDatabase, type TestDatabase } from '../../harness/database.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import { type OwnCluster, startOwnCluster } from '../../harness/own-cluster.ts';
import { isSlice, type Run } from '../check.ts';
import { entriesOf, faultsOf } from './numbers.ts';

/** So many entries that every pass completes a stored hash of the tree. */
const batch = 256;
const patience_ms = 30_000;

/** What is killed: the connection, the process that uses it, or PostgreSQL. */
type Victim = 'connection' | 'process' | 'database';

/** For a control: a killed pass leaves the part that it has done. */
export const commits_as_it_goes = 'commits as it goes';

interface Scene {
  run: Run;
  database: TestDatabase;
  cluster: OwnCluster | undefined;
  workspace_id: string;
  user_id: string;
  /** The number of committed versions of each subject. */
  committed: Map<string, number>;
}

type Query = (text: string, done: () => void) => unknown;

/**
 * Creates a pool of one connection that calls `strike` right after message number `after` of its transaction; message 1 is its
 * begin.
 */
function stepping(
  { database: { url } }: Scene,
  role: 'baton_app' | 'baton_worker',
  { after, strike }: { after: number; strike: (query: Query, socket: Socket) => void },
) {
  let [sent, has_begun] = [0, false];
  const limits = { max: 1, statement_timeout_ms: 60_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url, role, ...limits });
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    const stepped = (config: string | pg.QueryConfig, ...rest: unknown[]) => {
      has_begun ||= (typeof config === 'string' ? config : config.text).startsWith('begin');
      const result = query(config, ...rest);
      if (has_begun && ++sent === after) strike((text, done) => query(text, done), stream);
      return result;
    };
    client.query = stepped as typeof client.query;
  });
  return { pool, sent: () => sent };
}

/** Prepares to kill a victim after a message. `over` waits until that is done. */
function killing({ run, database, cluster }: Scene, victim: Victim) {
  let over: Promise<unknown> = Promise.resolve();
  const nothing = () => undefined;
  const strike = (query: Query, socket: Socket) => {
    if (victim === 'connection') {
      const commit = run.mutant?.other === commits_as_it_goes ? 'commit; ' : '';
      // As the login, a superuser: another role may not end a superuser's connection, not even its own.
      query(`${commit}set role none; select pg_terminate_backend(pg_backend_pid())`, nothing);
    } else if (victim === 'process') {
      // PostgreSQL still executes what was sent, but no process receives the response.
      query('select pg_sleep(0.2)', nothing);
      setImmediate(() => socket.destroy());
    } else {
      query('select pg_sleep(60)', nothing);
      over = killDatabase(database, cluster);
    }
  };
  return { strike, over: () => over };
}

/** Kills PostgreSQL once it has reached the pause, and restarts it. */
async function killDatabase({ owner }: TestDatabase, cluster: OwnCluster | undefined): Promise<void> {
  const pausing = `select 1 from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'`;
  for (const until = Date.now() + patience_ms; Date.now() < until; await sleep(5)) {
    if ((await owner.query(pausing)).rowCount === 1) break;
  }
  await cluster?.kill();
  await cluster?.start();
  // The pool's connections were cut, so its first statements may fail.
  while ((await owner.query('select 1').catch(() => undefined)) === undefined) await sleep(20);
}

/** Creates a workspace without a server, so that no worker numbers its events. */
async function makeScene(run: Run): Promise<Scene> {
  const cluster = isSlice(run) ? undefined : await startOwnCluster();
  const database = cluster ?? (await createDatabase());
  const [workspace_id, user_id] = [newId(), newId()];
  await database.owner.query(`
    insert into users (id, email, name) values ('${user_id}', 'steps@example.com', 'S');
    insert into workspaces (id, name, created_by) values ('${workspace_id}', 'Steps', '${user_id}');
    insert into memberships (workspace_id, user_id, role) values ('${workspace_id}', '${user_id}', 'owner');
    insert into user_workspaces (workspace_id, user_id, role) values ('${workspace_id}', '${user_id}', 'owner');
    insert into event_heads (workspace_id) values ('${workspace_id}')`);
  return { run, database, cluster, workspace_id, user_id, committed: new Map() };
}

/** Writes versions of a new subject in one transaction. */
function write({ workspace_id, user_id }: Scene, pool: pg.Pool, subject_id: string, versions: number): Promise<void> {
  const actor = { workspace_id, user_id, request_id: 'seed-0001', token: null };
  const is = { name: 'P', archived: true };
  const now = new Date().toISOString();
  const entries = Array.from({ length: versions }, (_, n) => {
    const at = now.replace('Z', `${String(n + 1).padStart(3, '0')}Z`);
    return { action: 'project.archived', subject_id, subject_version: n + 1, at, before: is, after: is } as const;
  });
  return transaction(pool, { workspace_id }, (tx) => {
    recordAudits(tx, actor, entries);
    return Promise.resolve();
  });
}

/** Pools that nothing disturbs. */
function pools({ database: { url } }: Scene) {
  const limits = { max: 1, statement_timeout_ms: 60_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  return {
    app: createPool({ url, role: 'baton_app', ...limits }),
    worker: createPool({ url, role: 'baton_worker', ...limits }),
  };
}

type Pools = ReturnType<typeof pools>;

const ask = `select count(*)::int as entries, count(sequence)::int as numbered from audit_log where workspace_id = $1`;

async function countOf({ database, workspace_id }: Scene): Promise<{ entries: number; numbered: number }> {
  for (;;) {
    const found = await database.owner
      .query<{ entries: number; numbered: number }>(ask, [workspace_id])
      .catch(() => undefined);
    const [row] = found?.rows ?? [];
    if (row !== undefined) return row;
    await sleep(20);
  }
}

/** Numbers the remaining entries, as the next worker does; the killed one may still have the head locked for a while. */
async function numberRest(scene: Scene, { worker }: Pools): Promise<void> {
  for (const until = Date.now() + patience_ms; Date.now() < until; await sleep(10)) {
    await numberBatch(worker, scene.workspace_id, batch).catch(() => undefined);
    const { entries, numbered } = await countOf(scene);
    if (entries === numbered) return;
  }
}

/** Kills a pass that numbers a batch, right after one of its messages. */
async function killNumbering(scene: Scene, plain: Pools, { victim, after }: { victim: Victim; after: number }) {
  const subject_id = newId();
  await write(scene, plain.app, subject_id, batch);
  scene.committed.set(subject_id, batch);
  const before = await countOf(scene);
  const { strike, over } = killing(scene, victim);
  const { pool, sent } = stepping(scene, 'baton_worker', { after, strike });
  await numberBatch(pool, scene.workspace_id, batch).catch(() => undefined);
  await over();
  const faults: string[] = [];
  const { entries, numbered } = await countOf(scene);
  const where = `numbering, the ${victim} killed behind message ${after}`;
  if (entries !== before.entries) faults.push(`${where}: of ${before.entries} entries ${entries} are there`);
  if (![before.numbered, before.numbered + batch].includes(numbered))
    faults.push(`${where}: ${numbered - before.numbered} of a batch of ${batch} have numbers`);
  await numberRest(scene, plain);
  await pool.end().catch(() => undefined);
  return { faults, messages: sent() };
}

/**
 * Kills a writer right after one of its messages: an acknowledged write must be there, and any write must be there whole or not
 * at all.
 */
async function killWriting(scene: Scene, plain: Pools, { victim, after }: { victim: Victim; after: number }) {
  const subject_id = newId();
  const { strike, over } = killing(scene, victim);
  const { pool, sent } = stepping(scene, 'baton_app', { after, strike });
  const acknowledged = await write(scene, pool, subject_id, 2).then(
    () => true,
    () => false,
  );
  await over();
  // The transaction of a dead process may end a moment later.
  if (victim === 'process') await sleep(400);
  const there = (await entriesOf(scene.database.owner, scene.workspace_id)).filter(
    (row) => row.subject_id === subject_id,
  ).length;
  const where = `writing, the ${victim} killed behind message ${after}`;
  const faults = there !== 0 && there !== 2 ? [`${where}: of 2 entries ${there} are there`] : [];
  if (acknowledged && there === 0) faults.push(`${where}: acknowledged, and not there`);
  if (there > 0) scene.committed.set(subject_id, there);
  await numberRest(scene, plain);
  await pool.end().catch(() => undefined);
  return { faults, messages: sent() };
}

/** The passes must have built the whole tree: no other process adds to it here. */
async function treeFaults({ database, workspace_id }: Scene): Promise<string[]> {
  const { rows } = await database.owner.query<{ tree_size: number; last_sequence: number }>(
    'select tree_size::int, last_sequence::int from event_heads where workspace_id = $1',
    [workspace_id],
  );
  const [{ tree_size, last_sequence } = { tree_size: 0, last_sequence: 0 }] = rows;
  return tree_size === last_sequence ? [] : [`the tree has ${tree_size} of ${last_sequence} events`];
}

/**
 * Kills a pass that numbers events, and a writer, once after each of their messages to the database: their connections, their
 * processes, and PostgreSQL. In every case a batch must be numbered whole, with its part of the tree, or not at all.
 */
export async function stepThrough(run: Run): Promise<{ kills: number; violations: string[] }> {
  const scene = await makeScene(run);
  const plain = pools(scene);
  const victims: Victim[] = scene.cluster === undefined ? ['connection'] : ['connection', 'process', 'database'];
  const violations: string[] = [];
  let kills = 0;
  try {
    for (const step of [killNumbering, killWriting]) {
      // An undisturbed pass shows how many messages there are.
      const { messages } = await step(scene, plain, { victim: 'connection', after: Infinity });
      for (const victim of victims) {
        for (let after = 1; after <= messages; after++, kills++) {
          violations.push(...(await step(scene, plain, { victim, after })).faults);
        }
      }
    }
    const rows = await entriesOf(scene.database.owner, scene.workspace_id);
    violations.push(...faultsOf(rows, scene.committed), ...(await treeFaults(scene)));
    const broken = await brokenInvariants(scene.database.owner);
    violations.push(...Object.entries(broken).map(([name, found]) => `invariant ${name}: ${JSON.stringify(found[0])}`));
  } finally {
    await Promise.all([plain.app.end(), plain.worker.end()]);
    await scene.database.drop();
  }
  return { kills, violations: violations.map((violation) => `step by step: ${violation}`) };
}
