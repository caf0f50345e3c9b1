import type { Mutant, Run } from './check.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { to_receivers } from '../harness/hook-follower.ts';
import { brokenInvariants } from '../harness/invariants.ts';
import { type Served, type ServeOptions, startServing } from '../harness/served.ts';

/** A database with a server in front of it, built as the mutant if there is one. */
export interface Stage extends Served {
  database: TestDatabase;
  /** Stops the server, checks the invariants and drops the database. Returns the broken invariants. */
  strike: () => Promise<string[]>;
}

/** For a load that takes longer than the fifteen minutes that a token is valid. */
export const lasting_tokens = { BATON_ACCESS_TOKEN_TTL_S: '86400' };

/** Settings of a server for races: two processes, with enough connections for 64 clients. */
export const two_processes = { WEB_CONCURRENCY: '2', BATON_POOL_SIZE: '20', ...lasting_tokens };

/** Settings for a small run that needs slow hashes: the same for all checks, so that they share a server. */
export const slow_hashes = { BATON_BCRYPT_COST: '9' };

/** How the server is started over a database, as the mutant if there is one. */
export function servingOn(database: TestDatabase, mutant: Mutant | undefined, env: Record<string, string> = {}) {
  return {
    database_url: database.url,
    env: { LOG_LEVEL: 'silent', ...to_receivers, ...env, ...mutant?.env },
    replace: mutant?.replace,
    source: mutant?.source,
  } satisfies ServeOptions;
}

/** Stages that several runs of the unbroken build share, by their settings. */
export class SharedStages {
  readonly #stages = new Map<string, Promise<Stage>>();

  /** Returns the stage with these settings; it is taken down only with all others. */
  async borrow(env: Record<string, string>): Promise<Stage> {
    const key = JSON.stringify(env);
    const stage = this.#stages.get(key) ?? setUp(undefined, env);
    this.#stages.set(key, stage);
    return { ...(await stage), strike: () => Promise.resolve([]) };
  }

  async strike(): Promise<string[]> {
    const stages = await Promise.all(this.#stages.values());
    return (await Promise.all(stages.map((stage) => stage.strike()))).flat();
  }
}

/** Sets up a database and a server in its own processes, as the mutant if the run has one; or borrows a shared stage. */
export function setStage(run: Pick<Run, 'mutant' | 'shared'>, env: Record<string, string> = {}): Promise<Stage> {
  return run.shared === undefined || run.mutant !== undefined ? setUp(run.mutant, env) : run.shared.borrow(env);
}

/** Sets up a stage over an existing database, which `strike` drops too. */
export function setStageOn(
  database: TestDatabase,
  mutant: Mutant | undefined,
  env: Record<string, string> = {},
): Promise<Stage> {
  return setUp(mutant, env, database);
}

async function setUp(mutant: Mutant | undefined, env: Record<string, string>, given?: TestDatabase): Promise<Stage> {
  const database = given ?? (await createDatabase());
  for (const statement of mutant?.ddl ?? []) await database.owner.query(statement);
  const served = await startServing(servingOn(database, mutant, env));
  return {
    ...served,
    database,
    strike: async () => {
      await served.stop();
      const broken = await brokenInvariants(database.owner);
      await database.drop();
      return Object.entries(broken).map(([name, rows]) => `invariant ${name}: ${JSON.stringify(rows[0])}`);
    },
  };
}

/** A response within this time feels instant to people. A p99 may be twice the idle one, or this long (decision 26). */
export const at_once_ms = 100;

/** The value below which `fraction` of the values lie: 0.99 is the p99. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0;
}

/** Runs `count` jobs, `at_once` of them at a time. */
export async function inParallel(count: number, at_once: number, job: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await job(next++);
  };
  await Promise.all(Array.from({ length: at_once }, worker));
}
