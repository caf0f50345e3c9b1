import type { Sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { BatonError, type Quota } from '../errors.ts';
import { countUpTo } from './queries.ts';

/** Throws `quota_exceeded` when so many are there already. */
export function requireBelow(quota: Quota, limit: number, taken: number): void {
  if (taken >= limit) throw new BatonError('quota_exceeded', { quota, limit });
}

/**
 * The same for rows: counts no further than the limit. Nothing is locked, so that requests at the same moment may pass
 * together: by no more than an account has connections, a quarter of each process's pool.
 */
export async function requireFewer(db: Db, quota: Quota, limit: number, rows: Sql): Promise<void> {
  requireBelow(quota, limit, await countUpTo(db, limit, rows));
}
