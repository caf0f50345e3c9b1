import type { Sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { BatonError, type Quota } from '../errors.ts';
import { countUpTo } from './queries.ts';

/** Throws `quota_exceeded` if as many as the limit are taken. */
export function requireBelow(quota: Quota, limit: number, taken: number): void {
  if (taken >= limit) throw new BatonError('quota_exceeded', { quota, limit });
}

/**
 * Throws `quota_exceeded` if there are as many rows as the limit. Nothing is locked, so simultaneous requests may
 * exceed the limit, but by no more than the connections that one account may use, a quarter of each process's pool.
 */
export async function requireFewer(db: Db, quota: Quota, limit: number, rows: Sql): Promise<void> {
  requireBelow(quota, limit, await countUpTo(db, limit, rows));
}
