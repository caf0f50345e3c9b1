import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { recordAudit } from '../../../server/src/audit/record.ts';
import { createPool } from '../../../server/src/db/pool.ts';
import { transaction } from '../../../server/src/db/transaction.ts';
import { newId } from '../../../server/src/lib/ids.ts';
import { makeTeam } from '../../harness/make.ts';
import { type OwnCluster, startOwnCluster } from '../../harness/own-cluster.ts';
import { type Served, startServing } from '../../harness/served.ts';
import { type Check, type Finding, isSlice, type Run, scaled } from '../check.ts';
import { type Stage, servingOn, setStage, setStageOn } from '../stage.ts';
import { entriesOf, faultsOf, type Row } from './numbers.ts';
import { commits_as_it_goes, stepThrough } from './steps.ts';

const writers = 12;
/** Longer than a workspace that can't be numbered is set aside, and longer than a database takes to restart. */
const patience_ms = 30_000;

/** Repeats an action until it is aborted, also while the database is down. */
async function repeatedly(over: AbortSignal, act: () => Promise<unknown>): Promise<void> {
  while (!over.aborted) {
    await act().catch(() => undefined);
    await sleep(1);
  }
}

interface Scene {
  run: Run;
  stage: Stage;
  /** One connection for each writer, as requests have. */
  pool: pg.Pool;
  workspace_id: string;
  user_id: string;
}

class RolledBack extends Error {}

/** Writes one version of a subject in a transaction that takes a while. Returns whether it was committed. */
async function change(scene: Scene, subject_id: string, subject_version: number): Promise<boolean> {
  const { run, stage, pool, workspace_id, user_id } = scene;
  const actor = { workspace_id, user_id, request_id: 'seed-0001', token: null };
  const is = { name: 'P', archived: true };
  // Each version's time must be later than the one before, if only by a microsecond.
  const at = new Date().toISOString().replace('Z', `${String(subject_version).padStart(3, '0')}Z`);
  const [pause_ms, keeps] = [run.random.below(12), run.random.below(7) > 0];
  try {
    await transaction(pool, { workspace_id }, async (tx) => {
      recordAudit(tx, actor, { action: 'project.archived', subject_id, subject_version, at, before: is, after: is });
      await sleep(pause_ms);
      if (!keeps) throw new RolledBack();
    });
    return true;
  } catch (error) {
    if (error instanceof RolledBack) return false;
  }
  // The database was killed. Once it is back, it says whether the commit came first.
  const ask = 'select 1 from audit_log where subject_id = $1 and subject_version = $2';
  for (;;) {
    const there = await stage.database.owner.query(ask, [subject_id, subject_version]).catch(() => undefined);
    if (there !== undefined) return there.rowCount === 1;
    await sleep(20);
  }
}

/** A program that remembers its place in the log and reads on from there; `place` is the column that it remembers. */
class Follower {
  readonly seen: string[] = [];
  readonly #statement: string;
  #last: string | undefined;

  constructor(table: 'events' | 'audit_log', place: string) {
    this.#statement = `select id, (${place})::text as place from ${table}
      where workspace_id = $1 and ($2::text is null or ${place} > ($2::text)::${place === 'id' ? 'uuid' : place === 'sequence' ? 'bigint' : 'timestamptz'})
      order by ${place}`;
  }

  async look({ stage, workspace_id }: Scene): Promise<void> {
    const values = [workspace_id, this.#last];
    const { rows } = await stage.database.owner.query<{ id: string; place: string }>(this.#statement, values);
    this.seen.push(...rows.map(({ id }) => id));
    this.#last = rows.at(-1)?.place ?? this.#last;
  }
}

interface Kills {
  workers: number;
  connections: number;
  databases: number;
}

/**
 * Kills sequencers, and connections of sequencers and writers, at any moment, and PostgreSQL itself if the cluster belongs to the
 * check.
 */
async function killAround(scene: Scene, cluster: OwnCluster | undefined, over: AbortSignal): Promise<Kills> {
  const { run, stage } = scene;
  const kills: Kills = { workers: 0, connections: 0, databases: 0 };
  // A new worker is up before the next is killed, so there are two most of the time.
  const start = () => startServing({ ...servingOn(stage.database, run.mutant), verb: 'work' });
  const workers: Served[] = [await start(), await start()];
  await Promise.all([
    repeatedly(over, async () => {
      await sleep(700 + run.random.below(1_000), undefined, { signal: over });
      const [victim] = workers.splice(run.random.below(workers.length), 1);
      victim?.child.kill('SIGKILL');
      kills.workers++;
      workers.push(await start());
    }),
    repeatedly(over, async () => {
      await sleep(15);
      const { rowCount } = await stage.database.owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
           and query ~ '^(commit|begin)|event_heads|number_events|outbox' and query !~ 'pg_stat' and random() < 0.05`,
      );
      kills.connections += rowCount ?? 0;
    }),
    repeatedly(over, async () => {
      if (cluster === undefined) return;
      await sleep(3_000 + run.random.below(4_000), undefined, { signal: over });
      await cluster.kill();
      await cluster.start();
      kills.databases++;
    }),
  ]);
  await Promise.all(workers.map((worker) => worker.stop()));
  return kills;
}

async function allNumbered({ stage, workspace_id }: Scene): Promise<Row[]> {
  const { owner } = stage.database;
  for (const until = Date.now() + patience_ms; Date.now() < until; await sleep(50)) {
    const { rowCount } = await owner.query('select 1 from outbox where workspace_id = $1 limit 1', [workspace_id]);
    if (rowCount === 0) break;
  }
  return entriesOf(owner, workspace_id);
}

async function writeAndNumber(run: Run, size: number): Promise<Finding> {
  const cluster = isSlice(run) ? undefined : await startOwnCluster();
  const stage = cluster === undefined ? await setStage(run) : await setStageOn(cluster, run.mutant);
  const { workspace_id, owner } = await makeTeam(stage);
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: stage.database.url, role: 'baton_app', max: writers, ...limits });
  const scene: Scene = { run, stage, pool, workspace_id, user_id: owner.user.id };
  const naive = { id: new Follower('audit_log', 'id'), time: new Follower('audit_log', 'created_at') };
  const follower = new Follower('events', 'sequence');
  const [writing, numbering] = [new AbortController(), new AbortController()];
  const following = [naive.id, naive.time, follower].map((one) => repeatedly(numbering.signal, () => one.look(scene)));
  const killing = killAround(scene, cluster, writing.signal);
  const versions = scaled(800, size, 20);
  const committed = new Map(Array.from({ length: writers }, () => [newId(), 0]));
  let [done, rolled_back] = [0, 0];
  await Promise.all(
    [...committed.keys()].map(async (subject_id) => {
      for (let version = 1; version <= versions; ) {
        if (await change(scene, subject_id, version)) {
          committed.set(subject_id, version++);
          run.progress(++done / (writers * versions));
        } else rolled_back++;
      }
    }),
  );
  writing.abort();
  const kills = await killing;
  const rows = await allNumbered(scene);
  numbering.abort();
  await Promise.all(following);
  await follower.look(scene);
  await pool.end();
  const violations = faultsOf(rows, committed);
  const numbered = rows.filter(({ sequence }) => sequence !== null).map(({ id }) => id);
  if (follower.seen.join() !== numbered.join())
    violations.push('a follower of the numbers has not seen every event once, in order');
  const missed = ({ seen }: Follower) => rows.filter(({ id }) => !seen.includes(id)).length;
  const lost = { behind_the_last_id: missed(naive.id), behind_the_last_time: missed(naive.time) };
  if (!isSlice(run) && Math.min(...Object.values(lost)) === 0)
    violations.push('readers without numbers lost nothing: this load proves nothing');
  violations.push(...(await stage.strike()));
  // The other controls break other things.
  const other = run.mutant !== undefined && run.mutant.other !== commits_as_it_goes;
  const stepped = other ? { kills: 0, violations: [] } : await stepThrough(run);
  return {
    load: { writers, committed: done, rolled_back, ...kills, kills_step_by_step: stepped.kills },
    figures: lost,
    violations: [...violations, ...stepped.violations],
  };
}

const source = (find: string, replace: string) => [{ file: 'audit/sequencer-queries.ts', find, replace }];
/** Rewrites number_events and turns its exceptions into notices: its own count of the moved entries would undo each of these. */
const moving = (...changes: [find: string, replace: string][]): string => {
  const all = [['raise exception', 'raise notice'], ...changes];
  const text = all.reduce(
    (body, [find, replace]) => `replace(${body}, '${find}', '${replace}')`,
    `pg_get_functiondef('number_events'::regproc)`,
  );
  return `do $$ begin execute ${text}; end $$`;
};
/** A pause between numbering and removal from the outbox, long enough for another pass to interfere. */
const long_between: [string, string] = ['delete from outbox', 'perform pg_sleep(0.2); delete from outbox'];
const in_no_order = source('order by o.created_at, o.id limit', 'order by md5(o.id::text) limit');

export const events: Check = {
  id: 'events',
  promises: ['P15', 'P2', 'P20'],
  says: 'While twelve writers commit and roll back, and sequencers, their connections and PostgreSQL are killed, each committed change gets exactly one number, and no number is missing. The numbers of each subject are in the order of its versions, and a client that follows the numbers sees each event once. A sequencer or writer that is killed after any of its messages has done all of its work or none.',
  run: writeAndNumber,
  slice: 0.02,
  control_size: 0.1,
  controls: {
    'two number one workspace at a time': {
      source: source(' for no key update skip locked`', '`'),
      ddl: [
        'alter table events drop constraint events_pkey',
        // The tree would have more leaves than there are numbers.
        'alter table event_heads drop constraint event_heads_tree',
        moving([' and last_sequence = first - 1', ''], long_between),
      ],
    },
    'what is older than the last of a batch is taken for numbered': {
      ddl: [moving([' and o.id = any (ids)', ''], long_between)],
    },
    'what is older than a moment is not looked for': {
      source: source(
        'order by o.created_at, o.id limit',
        "and o.created_at > now() - interval '60 milliseconds' order by o.created_at, o.id limit",
      ),
    },
    'a pass commits as it goes': { other: commits_as_it_goes, noticed_by: 'the tree has' },
    'entries are numbered in another order': {
      source: in_no_order,
      ddl: [moving(['o.created_at between low and high', 'low is not null'])],
    },
  },
};
