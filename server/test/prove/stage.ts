import type { Mutant } from './check.ts';
import { createDatabase, type TestDatabase } from '../harness/database.ts';
import { brokenInvariants } from '../invariants.ts';
import { type Served, startServing } from '../harness/served.ts';

/** A database with a server before it, the mutant's if there is one. */
export interface Stage extends Served {
  database: TestDatabase;
  /** What the data's invariants say; the server is stopped and the database dropped. */
  strike: () => Promise<string[]>;
}

/** Sets up a database and a server in processes of its own. */
export async function setStage(mutant: Mutant | undefined, env: Record<string, string> = {}): Promise<Stage> {
  const database = await createDatabase();
  for (const statement of mutant?.ddl ?? []) await database.owner.query(statement);
  const served = await startServing({
    database_url: database.url,
    env: { LOG_LEVEL: 'silent', ...env, ...mutant?.env },
    replace: mutant?.replace,
    source: mutant?.source,
  });
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

/** Where `fraction` of the values lie below: 0.99 is the p99. */
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
