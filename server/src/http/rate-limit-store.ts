import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Sql, sql } from '../db/sql.ts';
import { autocommit, type Tx } from '../db/transaction.ts';
import type { Asker } from '../db/turns.ts';
import { type LimitName, rateLimited } from '../lib/limit.ts';
import { hasSite, networkOf, siteOf } from './networks.ts';

/** A counter, and how much fits into its window. */
export interface Bucket {
  /** The name that clients see. */
  name: LimitName;
  kind: string;
  key: string;
  limit: number;
}

// A site may count as much as this many of its networks. Each network has its own limit within that.
export const networks_a_site = 4;

/**
 * The counters of a network, and of its site if that is larger: callers without an account are distinguished by them.
 * Each kind of attempt has its own counters, so that a flood of one kind doesn't block another.
 */
export function networkBuckets(name: LimitName, { ip }: { ip: string }, limit: number, kind: string = name): Bucket[] {
  const network = { name, kind, key: networkOf(ip), limit };
  return hasSite(ip) ? [network, { name, kind, key: siteOf(ip), limit: limit * networks_a_site }] : [network];
}

/** One count, which can be taken back. */
interface Hit {
  name: string;
  resets_at: string;
}

interface Counter {
  resets_at: string;
}

/** Hashes the key, so that this table contains no IP addresses or e-mail addresses. */
function nameOf(kind: string, key: string): string {
  return createHash('sha256').update(`${kind} ${key}`).digest('base64url');
}

/**
 * Counts in PostgreSQL, so that all processes count together. By default each count is a separate statement outside the
 * request's transaction, so that the rollback of a refused request doesn't take it back.
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

  /**
   * The same counters, with statements that count as this caller's: a flood of attempts waits for its turn like
   * everything else.
   */
  of({ ip, user_id }: { ip: string; user_id?: string | undefined }): Counters {
    const asker = user_id === undefined ? { network: siteOf(ip) } : { user_id };
    return new Counters(this.#pool, this.#window_s, asker);
  }

  #run<Row>(statement: Sql): Promise<Row[]> {
    return autocommit<Row>(this.#pool, this.#asker, statement);
  }

  /** Counts one. If it doesn't fit any more, throws `rate_limited` and counts nothing. */
  take(bucket: Bucket): Promise<Hit> {
    return this.#take(bucket, (statement) => this.#run(statement));
  }

  /** Counts one in the transaction. If that doesn't commit, nothing is counted. */
  async takeIn(tx: Tx, bucket: Bucket): Promise<void> {
    await this.#take(bucket, (statement) => tx.rows(statement));
  }

  async #take(bucket: Bucket, run: <Row>(statement: Sql) => Promise<Row[]>): Promise<Hit> {
    const name = nameOf(bucket.kind, bucket.key);
    // A refusal is not counted: nobody would take it back, and the counter would stay full without any counted attempt.
    const [row] = await run<Counter>(sql`
      insert into rate_limits as r (key, hits, resets_at)
      values (${name}, 1, now() + ${this.#window_s} * interval '1 second')
      on conflict (key) do update set
        hits = case when r.resets_at <= now() then 1 else r.hits + 1 end,
        resets_at = case when r.resets_at <= now() then excluded.resets_at else r.resets_at end
      where r.resets_at <= now() or r.hits < ${bucket.limit}::bigint
      returning resets_at`);
    if (row !== undefined) return { name, resets_at: row.resets_at };
    const [full] = await run<{ resets_in_s: number }>(sql`
      select greatest(ceil(extract(epoch from r.resets_at - now())), 1)::int as resets_in_s
      from rate_limits r where r.key = ${name}`);
    const { name: limit, limit: quota } = bucket;
    throw rateLimited({ name: limit, quota, window_s: this.#window_s }, full?.resets_in_s ?? 1);
  }

  /** Takes one count back, unless its window has ended. */
  async giveBack({ name, resets_at }: Hit): Promise<void> {
    await this.#run(sql`
      update rate_limits set hits = greatest(hits - 1, 0) where key = ${name} and resets_at = ${resets_at}`);
  }

  /** Stores the key for that many days in the counters' table; `noted` finds it. */
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
