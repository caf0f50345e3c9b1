import { createHash } from 'node:crypto';
import type { ClientRateLimitInfo, Store } from 'express-rate-limit';
import type pg from 'pg';
import { fromDatabase } from '../db/errors.ts';
import { prepare, type Sql, sql } from '../db/sql.ts';

/**
 * Counts hits in PostgreSQL, so that all processes count together. Each hit is one statement of its own, outside of
 * any request's transaction: a refused request's rollback doesn't take it back.
 */
export class PostgresStore implements Store {
  readonly localKeys = false;
  readonly prefix: string;
  readonly #pool: pg.Pool;
  readonly #window_ms: number;

  constructor(pool: pg.Pool, prefix: string, window_ms: number) {
    this.#pool = pool;
    this.prefix = prefix;
    this.#window_ms = window_ms;
  }

  // Addresses and e-mail addresses are nobody's business here.
  #key(key: string): string {
    return createHash('sha256').update(`${this.prefix} ${key}`).digest('base64url');
  }

  async #run<Row extends pg.QueryResultRow>(statement: Sql): Promise<Row[]> {
    try {
      return (await this.#pool.query<Row>(prepare(statement))).rows;
    } catch (error) {
      throw fromDatabase(error);
    }
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    const [row] = await this.#run<{ hits: number; resets_at: string }>(sql`
      insert into rate_limits as r (key, hits, resets_at)
      values (${this.#key(key)}, 1, now() + ${this.#window_ms} * interval '1 millisecond')
      on conflict (key) do update set
        hits = case when r.resets_at <= now() then 1 else r.hits + 1 end,
        resets_at = case when r.resets_at <= now() then excluded.resets_at else r.resets_at end
      returning hits, resets_at`);
    if (row === undefined) throw new Error('The counter answered nothing.');
    if (Math.random() < 0.01) await this.#forget();
    return { totalHits: row.hits, resetTime: new Date(row.resets_at) };
  }

  async decrement(key: string): Promise<void> {
    await this.#run(sql`update rate_limits set hits = greatest(hits - 1, 0) where key = ${this.#key(key)}`);
  }

  async resetKey(key: string): Promise<void> {
    await this.#run(sql`delete from rate_limits where key = ${this.#key(key)}`);
  }

  /** Notes the key for so long, beside the counters; `noted` finds it. */
  async note(key: string, { days }: { days: number }): Promise<void> {
    await this.#run(sql`
      insert into rate_limits (key, hits, resets_at)
      values (${this.#key(key)}, 0, now() + ${days} * interval '1 day')
      on conflict (key) do update set resets_at = excluded.resets_at`);
  }

  async noted(key: string): Promise<boolean> {
    const rows = await this.#run(sql`
      select from rate_limits where key = ${this.#key(key)} and resets_at > now()`);
    return rows.length > 0;
  }

  /** Clears away a few windows that are over. */
  async #forget(): Promise<void> {
    await this.#run(sql`
      delete from rate_limits where key in (select key from rate_limits where resets_at < now() limit 1000)`);
  }
}
