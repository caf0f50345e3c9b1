import type pg from 'pg';
import { worker_user } from '../db/connection-check.ts';
import { createPool } from '../db/pool.ts';
import { isUuid } from '../lib/ids.ts';
import { problemOf } from '../process/problem.ts';
import type { Retention } from '../upkeep/catalogue.ts';
import { printed } from './print.ts';
import { readReport } from './report.ts';
import { retryDeliveries, retryDelivery, retryMails, retryOneMail, retrySetAside, Retrying } from './retry.ts';

/** How many rows of each list are printed: as text for a person, and as JSON for a program. */
const most_listed = { text: 20, json: 1_000 };

export interface JobsOptions extends Retention {
  /** The URL of the database, with the worker's login. */
  url: string;
  statement_timeout_ms: number;
  lock_timeout_ms: number;
}

/** Where the command prints what it did, and what is wrong. */
interface Printing {
  print: (text: string) => void;
  warn: (line: string) => void;
}

type Retry = (retrying: Retrying, pool: pg.Pool, ids: readonly string[]) => Promise<void>;

/** What can be retried, by the words of the command line, and how many ids each takes. */
const retries: Record<string, { ids: number; run: Retry }> = {
  delivery: {
    ids: 2,
    run: (retrying, pool, [webhook_id = '', event_id = '']) => retryDelivery(retrying, pool, { webhook_id, event_id }),
  },
  mail: { ids: 1, run: (retrying, pool, [id = '']) => retryOneMail(retrying, pool, id) },
  'set-aside': { ids: 1, run: (retrying, pool, [subject_id = '']) => retrySetAside(retrying, pool, { subject_id }) },
  workspace: {
    ids: 1,
    run: async (retrying, pool, [workspace_id = '']) => {
      await retryDeliveries(retrying, pool, workspace_id);
      await retrySetAside(retrying, pool, { workspace_id });
    },
  },
  'all deliveries': { ids: 0, run: (retrying, pool) => retryDeliveries(retrying, pool) },
  'all mails': { ids: 0, run: (retrying, pool) => retryMails(retrying, pool) },
  'all set-aside': { ids: 0, run: (retrying, pool) => retrySetAside(retrying, pool, {}) },
};

const counted = (count: number, one: string, several: string) =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];

/** A sentence that says what was retried. */
function done({ deliveries, mails, set_aside }: Retrying): string {
  const what = [
    ...counted(deliveries, 'delivery', 'deliveries'),
    ...counted(mails, 'mail', 'mails'),
    ...counted(set_aside, 'workspace or webhook that was set aside', 'workspaces or webhooks that were set aside'),
  ];
  return what.length === 0 ? 'There was nothing to retry.' : `Retried ${what.join(', ')}.`;
}

/** The retry that the words of the command line ask for; undefined if there is no such retry. */
function retryOf(words: readonly string[]): { run: Retry; ids: readonly string[] } | undefined {
  const [first = '', second = '', ...rest] = words;
  const found = first === 'all' ? retries[`all ${second}`] : retries[first];
  const ids = first === 'all' ? rest : words.slice(1);
  return found !== undefined && ids.length === found.ids ? { run: found.run, ids } : undefined;
}

type Work = (pool: pg.Pool, options: JobsOptions, printing: Printing) => Promise<number>;

/** The work that the words of the command line ask for; undefined if there is no such command. */
export function jobsWork(words: readonly string[]): Work | undefined {
  const [first, ...rest] = words;
  if (first === undefined || (first === '--json' && rest.length === 0)) {
    const form = first === undefined ? 'text' : 'json';
    return async (pool, keep, { print }) => {
      const report = await readReport(pool, keep, most_listed[form]);
      print(form === 'json' ? JSON.stringify(report, null, 2) : printed(report));
      return 0;
    };
  }
  const retry = first === 'retry' ? retryOf(rest) : undefined;
  if (retry === undefined) return undefined;
  return async (pool, _keep, { print, warn }) => {
    const unusable = retry.ids.find((id) => !isUuid(id));
    if (unusable !== undefined) {
      warn(`${JSON.stringify(unusable)} is not an id. npm run jobs lists them.`);
      return 1;
    }
    const retrying = new Retrying();
    try {
      await retry.run(retrying, pool, retry.ids);
    } catch (error) {
      // Each batch is one transaction: the earlier ones were retried, and the rest is unchanged.
      if (retrying.count > 0) print(done(retrying));
      throw error;
    }
    if (retrying.count > 0 || retrying.not_done.length === 0) print(done(retrying));
    for (const line of retrying.warnings) warn(line);
    return retrying.not_done.length === 0 ? 0 : 1;
  };
}

/** Does the work on the database, with or without a running server. Returns the exit code. */
export async function runJobs(work: Work, options: JobsOptions, printing: Printing): Promise<number> {
  const { url, statement_timeout_ms, lock_timeout_ms } = options;
  const limits = { max: 1, statement_timeout_ms, lock_timeout_ms, on_error: () => undefined };
  const pool = createPool({ url, role: worker_user.role, user: worker_user, ...limits });
  try {
    return await work(pool, options, printing);
  } catch (error) {
    const problem = problemOf(error);
    if (problem === undefined) throw error;
    printing.warn(problem);
    return 1;
  } finally {
    await pool.end();
  }
}
