import { createPool } from '../../server/src/db/pool.ts';
import { transaction } from '../../server/src/db/transaction.ts';
import { stop } from '../../server/src/webhooks/delivery.ts';
import { lockHealth, noteFailure } from '../../server/src/webhooks/worker-queries.ts';

/**
 * Stops a webhook as the worker does when its receiver has failed for long or responds with 410. A worker that runs meanwhile
 * sends the webhook nothing, provided it is subscribed to an event that doesn't happen.
 */
export async function stopWebhook(
  database: { url: string },
  { workspace_id, webhook_id }: { workspace_id: string; webhook_id: string },
  reason: 'failing' | 'gone' = 'gone',
): Promise<void> {
  const key = { workspace_id, id: webhook_id };
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  const pool = createPool({ url: database.url, role: 'baton_worker', ...limits });
  try {
    await transaction(pool, { workspace_id }, async (tx) => {
      noteFailure(tx, key, 0);
      const health = await lockHealth(tx, key);
      if (health?.state !== 'active') throw new Error('There is no active webhook to stop.');
      await stop(tx, key, health, reason === 'gone');
    });
  } finally {
    await pool.end();
  }
}
