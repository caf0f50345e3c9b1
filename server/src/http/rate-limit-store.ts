import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Sql, sql } from '../db/sql.ts';
import { autocommit } from '../db/transaction.ts';
import type { Asker } from '../db/turns.ts';
import { type LimitName, rateLimited } from '../lib/limit.ts';
import { siteOf } from './networks.ts';

/** What is counted together, and how much of it fits into a window. */
export interface Bucket {
  /** What clients are told of it. */
  name: LimitName;
  kind: string;
  key: string;
  limit: number;
}

/** One count, to be given back. */
interface Hit {
  name: string;
  resets_at: string;
}

interface Counter {
  hits: number;
  resets_at: string;
  resets_in_s: number;
}

/** Addresses and e-mail addresses are nobody's business in the database. */
function nameOf(kind: string, key: string): string {
  return createHash('sha256').update(`${kind} ${key}`).digest('base64url');
}

/**
 * Counts in PostgreSQL, so that all processes count together. Each count is one statement of its own, outside of
 * any request's transaction: a refused request's rollback doesn't take it back.
 */
export class Counters {
  readonly #pool: pg.Pool;
  readonly #window_s: number;
  readonly #asker: Asker;

  constructor(pool: pg.Pool, window_s: number, asker: Asker = {}) {
    this.#pool = pool;
    this.#window_s = window_s;
    this.#asker = asker;
  }

  /** The same counters, in whose name the database is asked: a flood of attempts takes turns like everything else. */
  of({ ip, user_id }: { ip: string; user_id?: string | undefined }): Counters {
    const asker = user_id === undefined ? { network: siteOf(ip) } : { user_id };
    return new Counters(this.#pool, this.#window_s, asker);
  }

  #run<Row>(statement: Sql): Promise<Row[]> {
    return autocommit<Row>(this.#pool, this.#asker, statement);
  }

  /** Counts one. Throws `rate_limited` when it doesn't fit any more. */
  async take(bucket: Bucket): Promise<Hit> {
    const name = nameOf(bucket.kind, bucket.key);
    const [row] = await this.#run<Counter>(sql`
      insert into rate_limits as r (key, hits, resets_at)
      values (${name}, 1, now() + ${this.#window_s} * interval '1 second')
      on conflict (key) do update set
        hits = case when r.resets_at <= now() then 1 else r.hits + 1 end,
        resets_at = case when r.resets_at <= now() then excluded.resets_at else r.resets_at end
      returning hits, resets_at, greatest(ceil(extract(epoch from r.resets_at - now())), 1)::int as resets_in_s`);
    if (row === undefined) throw new Error('The counter returned no row.');
    if (row.hits > bucket.limit) {
      throw rateLimited({ name: bucket.name, quota: bucket.limit, window_s: this.#window_s }, row.resets_in_s);
    }
    return { name, resets_at: row.resets_at };
  }

  /** Takes one count back; in the next window there is nothing to take back. */
  async giveBack({ name, resets_at }: Hit): Promise<void> {
    await this.#run(sql`
      update rate_limits set hits = greatest(hits - 1, 0) where key = ${name} and resets_at = ${resets_at}`);
  }

  /** Notes the key for so long, beside the counters; `noted` finds it. */
  async note(key: string, { days }: { days: number }): Promise<void> {
    await this.#run(sql`
      insert into rate_limits (key, hits, resets_at)
      values (${nameOf('network', key)}, 0, now() + ${days} * interval '1 day')
      on conflict (key) do update set resets_at = excluded.resets_at`);
  }

  async noted(key: string): Promise<boolean> {
    const rows = await this.#run(sql`
      select from rate_limits where key = ${nameOf('network', key)} and resets_at > now()`);
    return rows.length > 0;
  }
}
