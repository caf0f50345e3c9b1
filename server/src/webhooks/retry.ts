import type pg from 'pg';
import { recordAudit } from '../audit/record.ts';
import { transaction } from '../db/transaction.ts';
import { offsetOf } from '../audit/offset.ts';
import { operators_id } from '../lib/ids.ts';
import { queueDeliveries, waitingFor } from './queries.ts';
import { givenUpOf, lockToRetry } from './retry-queries.ts';
import { most_waiting, type WebhookKey } from './worker-queries.ts';

/** The number of deliveries in one transaction, which locks their webhook. */
const batch_size = 100;

/** The outcome for a batch of a webhook's deliveries. */
export interface Retried {
  state: 'active' | 'paused' | 'disabled';
  /** How many given-up deliveries were found. For a disabled webhook, none of them is queued. */
  found: number;
  queued: number;
  /** Whether the webhook already has its maximum of waiting deliveries, so that these were not queued. */
  is_full: boolean;
  /** The number of the last event. The next batch continues after it. */
  last: number;
}

/**
 * Queues a webhook's given-up deliveries again, as an admin's redelivery does: the next batch after the number
 * `behind`, or only the one of an event. The audit log records it with the webhook's creator as the actor and the
 * operator's request id. Returns undefined if the webhook doesn't exist any more.
 */
export function retryGivenUp(
  pool: pg.Pool,
  key: WebhookKey,
  { behind, event_id }: { behind: number; event_id?: string },
): Promise<Retried | undefined> {
  const { workspace_id, id: webhook_id } = key;
  return transaction(pool, { workspace_id }, async (tx) => {
    // The second statement sees deliveries that ended before the lock was granted, so that they aren't sent again.
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
