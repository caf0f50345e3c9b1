import type pg from 'pg';
import { recordAudit } from '../audit/record.ts';
import { transaction } from '../db/transaction.ts';
import { offsetOf } from '../audit/offset.ts';
import { operators_id } from '../lib/ids.ts';
import { queueDeliveries, waitingFor } from './queries.ts';
import { givenUpOf, lockToRetry } from './retry-queries.ts';
import { most_waiting, type WebhookKey } from './worker-queries.ts';

/** Deliveries of one transaction, in which their webhook is locked. */
const batch_size = 100;

/** What came of a batch of a webhook's deliveries. */
export interface Retried {
  state: 'active' | 'paused' | 'disabled';
  /** How many were found that had been given up. Of a disabled webhook none is queued. */
  found: number;
  queued: number;
  /** It has as many waiting as it may: these were left as they are. */
  is_full: boolean;
  /** The number of the last event; the next batch goes on behind it. */
  last: number;
}

/**
 * Queues deliveries that a webhook has given up once more, as an admin's redelivery does, and says so in the workspace's log: in the name
 * of who created the webhook, and as the operator's. The next batch behind a number, or that of one event. Nothing where the webhook is
 * gone.
 */
export function retryGivenUp(
  pool: pg.Pool,
  key: WebhookKey,
  { behind, event_id }: { behind: number; event_id?: string },
): Promise<Retried | undefined> {
  const { workspace_id, id: webhook_id } = key;
  return transaction(pool, { workspace_id }, async (tx) => {
    // The second sees what was ended before the lock was granted: what has been sent since isn't sent again.
    const [webhook, sequences, waiting] = await Promise.all([
      lockToRetry(tx, key),
      givenUpOf(tx, key, { behind, event_id, limit: batch_size }),
      waitingFor(tx, key),
    ]);
    if (webhook === undefined) return undefined;
    const [first, last] = [sequences[0] ?? behind, sequences.at(-1) ?? behind];
    const found = sequences.length;
    const is_full = waiting + found > most_waiting;
    if (found === 0 || is_full || webhook.state === 'disabled')
      return { state: webhook.state, found, queued: 0, is_full, last };
    const each = (sequence: number) =>
      queueDeliveries(tx, { workspace_id, webhook_id, first: sequence, last: sequence }, true);
    const queued = (await Promise.all(sequences.map(each))).reduce((sum, one) => sum + one, 0);
    if (queued > 0) {
      const actor = { workspace_id, user_id: webhook.created_by, request_id: operators_id, token: null };
      const after = { from: offsetOf(first), to: offsetOf(last), queued };
      recordAudit(tx, actor, { action: 'webhook.redelivered', subject_id: webhook_id, after });
    }
    return { state: webhook.state, found, queued, is_full, last };
  });
}
