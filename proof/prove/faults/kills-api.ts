import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase, type TestDatabase } from '../../harness/database.ts';
import { childrenOf, noProcesses, signalAll, signalFamily } from '../../harness/processes.ts';
import { type Served, type ServeOptions, startServing } from '../../harness/served.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import { type Check, type Finding, isSlice, type Run, scaled } from '../check.ts';
import type { Random } from '../random.ts';
import { lasting_tokens, servingOn } from '../stage.ts';
import { kept_apart } from '../races/retries/index.ts';
import { settle } from './ledger.ts';
import { without_keys, Writers, writersFor } from './writers.ts';

/** Waits until no statement of a killed process is in progress in the database. */
export async function quiet({ owner }: TestDatabase): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const { rows } = await owner.query(
      `select 1 from pg_stat_activity where application_name = 'baton' and datname = current_database()`,
    );
    if (rows.length === 0) return;
    await sleep(20);
  }
  throw new Error('A killed process still has connections to the database.');
}

/** The broken invariants of a database, in words. */
export async function invariantFaults({ owner }: TestDatabase): Promise<string[]> {
  return Object.entries(await brokenInvariants(owner)).map(
    ([name, rows]) => `invariant ${name}: ${JSON.stringify(rows[0])}`,
  );
}

/** After this many kills, at least one must have hit a worker that was sending a message. */
const telling_kills = 20;

/** A server that is killed and restarted on its port, as one process or as two under a primary. */
class Target {
  readonly #serving: ServeOptions;
  readonly #clustered: boolean;
  #served: Served;

  static async start(serving: ServeOptions, clustered: boolean): Promise<Target> {
    const sizes = { WEB_CONCURRENCY: clustered ? '2' : '1', BATON_POOL_SIZE: '10' };
    const env = { ...serving.env, ...sizes, ...lasting_tokens };
    const served = await startServing({ ...serving, env });
    return new Target({ ...serving, env, port: Number(new URL(served.url).port) }, served, clustered);
  }

  private constructor(serving: ServeOptions, served: Served, clustered: boolean) {
    this.#serving = serving;
    this.#served = served;
    this.#clustered = clustered;
  }

  get url(): string {
    return this.#served.url;
  }

  /** Kills a process that the primary must replace, or the whole server. */
  async kill(random: Random): Promise<void> {
    const { pid = 0 } = this.#served.child;
    if (this.#clustered && random.chance(0.8)) {
      signalAll([random.pick(childrenOf(pid))], 'SIGKILL');
      while (childrenOf(pid).length < 2) await sleep(20);
      return;
    }
    signalFamily(pid, 'SIGKILL');
    await this.#served.ended;
    this.#served = await startServing(this.#serving);
  }

  stop(): Promise<number | null> {
    return this.#served.stop();
  }
}

async function kill(run: Run, size: number): Promise<Finding> {
  const database = await createDatabase();
  const serving = servingOn(database, run.mutant);
  const servers = size < 0.01 ? 1 : 4; // a single server has two processes under a primary
  const writers_count = writersFor(32, run);
  const targets = await Promise.all(Array.from({ length: servers }, (_, n) => Target.start(serving, n === 0)));
  const urls = targets.map(({ url }) => url);
  const settles = run.mutant?.other !== without_keys;
  const writers = await Writers.start(urls, run.random, { count: writers_count, settles });
  const kills = scaled(150, size, servers);
  let done = 0;
  await Promise.all(
    targets.map(async (target) => {
      while (done < kills) {
        run.progress(++done / kills);
        await sleep(200 * run.random.next());
        await target.kill(run.random);
        await writers.progress(8);
      }
    }),
  );
  await writers.stop();
  await Promise.all(targets.map((target) => target.stop()));
  await quiet(database);
  const settled = await settle(database.owner, writers.writes);
  const violations = [...writers.violations, ...settled.violations, ...(await invariantFaults(database))];
  if (!isSlice(run) && kills >= telling_kills && writers.cut_off === 0)
    violations.push('no worker was killed while it sent a message: this load proves nothing');
  await database.drop();
  return {
    load: { kills, writers: writers_count, writes: writers.writes.length, servers },
    figures: {
      ...writers.figures(),
      unknown: settled.unknown,
      settled_by_key: settled.unknown_settled,
      of_those_done: settled.unknown_done,
      messages_cut_off: writers.cut_off,
    },
    violations,
  };
}

/** Acknowledges writes that PostgreSQL has only in memory. */
export const forgets_the_disk = {
  source: [{ file: 'db/pool.ts', find: "synchronous_commit: 'on'", replace: "synchronous_commit: 'off'" }],
};

/** Acknowledges transitions and comments a moment before the commit, as a write-back cache would. */
export const acknowledges_early = {
  source: [
    {
      file: 'db/transaction.ts',
      find: "if (this.#over) throw new Error('The transaction is over.');",
      replace: 'if (/insert into (status_history|comments)/.test(query.text)) this.late = true;',
    },
    { file: 'db/transaction.ts', find: 'await tx.finish();', replace: 'if (!tx.late) await tx.finish();' },
    {
      file: 'db/transaction.ts',
      find: 'client.release(broken);',
      replace: `const release = () => client.release(broken);
        if (handle.late) setTimeout(() => client.query('commit').then(release, release), 30);
        else release();`,
    },
  ],
};

export const kills_api: Check = {
  id: 'kills-api',
  promises: ['P2', 'P15', 'P17', 'P20'],
  says: 'While API processes are killed by SIGKILL under 32 writers, every acknowledged write is stored exactly once, and no refused write is stored. A write without a response is stored whole or not at all, as its key’s outcome says at once. A client that follows the events gets each of them once and in order, a webhook gets each at least once, and watchers get one notification of each change.',
  impossible: noProcesses,
  run: kill,
  slice: 0.0066667,
  control_size: 0.2,
  controls: {
    'acknowledges before it commits': acknowledges_early,
    'events go on behind what was not sent': {
      source: [{ file: 'feed/routes.ts', find: 'sent.at(-1)?.sequence', replace: 'stop?.sequence' }],
      noticed_by: 'came as number',
    },
    'forgets what a killed worker was sending': {
      source: [
        {
          file: 'webhooks/worker-queries.ts',
          find: "set attempt = d.attempt + 1, next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'",
          replace: 'set attempt = d.attempt + 1, next_attempt_at = null',
        },
      ],
      noticed_by: 'events never came',
    },
    'keeps what was done in a transaction of its own': kept_apart,
    'takes the number in a transaction of its own': {
      source: [
        {
          file: 'tickets/create.ts',
          find: 'const is_early = place !== undefined || longTextBytes(input) > 0;',
          replace: 'const is_early = true || longTextBytes(input) > 0;',
        },
        {
          file: 'tickets/create.ts',
          find: 'if (project === undefined)',
          replace: `await tx.start('commit and chain');
            await tx.start("set local app.workspace = '" + workspace_id + "'");
            await tx.start("set local app.user_id = '" + actor.user_id + "'");
            if (project === undefined)`,
        },
      ],
    },
  },
};
