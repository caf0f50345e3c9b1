import type { Limits } from '../config/limits.ts';
import type { Tx } from '../db/transaction.ts';
import { requireBelow } from '../quotas/quotas.ts';
import { countOwned } from './queries.ts';

/**
 * Throws `quota_exceeded` if somebody owns as many workspaces as an account may. Appointing them counts, too: otherwise an account that
 * hands over each workspace that it creates could create any number.
 */
export async function requireMayOwn(
  tx: Tx,
  user_id: string,
  { max_workspaces_per_account: limit }: Pick<Limits, 'max_workspaces_per_account'>,
): Promise<void> {
  requireBelow('workspaces_per_account', limit, await countOwned(tx, user_id, limit));
}
