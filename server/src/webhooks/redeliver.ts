import { requireUndeleted } from '../access/authorize.ts';
import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { offsetOf } from '../audit/offset.ts';
import type { Response } from '../http/contract.ts';
import type { Context } from '../serving/context.ts';
import { most_again, type redeliver } from './contract.ts';
import { isPending, placeOf, queueDeliveries, sequenceOf, waitingFor } from './queries.ts';
import { most_waiting } from './worker-queries.ts';

/** What one delivery counts in the workspace's quota, as in the worker's count_deliveries (0027_fair_turns.sql). */
const delivery_bytes = 512;

/** Queues events again: one delivery, or all events in a range that the webhook is for. */
export async function redeliverEvents({
  tx,
  writer,
  params,
  body,
}: Context<typeof redeliver>): Promise<Response<typeof redeliver>> {
  const actor = await writer.hold();
  const { workspace_id } = actor;
  const { webhook_id } = params;
  const [, place, waiting] = await Promise.all([
    requireUndeleted(tx, workspace_id), // so that a deletion in progress misses no new delivery
    placeOf(tx, workspace_id, webhook_id),
    waitingFor(tx, { workspace_id, id: webhook_id }),
  ]);
  if (place === undefined) throw new BatonError('not_found');
  if (waiting >= most_waiting) {
    const detail = `${most_waiting} deliveries are waiting for this webhook already. Queue more when some have ended.`;
    throw new BatonError('redelivery_refused', { reason: 'too_many_waiting', detail });
  }
  const range = { workspace_id, webhook_id, first: 0, last: 0 };
  if ('delivery_id' in body) {
    const sequence = await sequenceOf(tx, { workspace_id, webhook_id, event_id: body.delivery_id });
    if (sequence === undefined) throw new BatonError('not_found');
    Object.assign(range, { first: sequence, last: sequence });
  } else {
    // Events after the webhook's place are queued anyway. Queued now, one
    // could be sent before an earlier event of its ticket.
    Object.assign(range, { first: Number(body.from), last: Math.min(Number(body.to), place) });
    if (range.last - range.first >= most_again) {
      const detail = `At most ${most_again} events can be queued at a time.`;
      throw new BatonError('validation_failed', { errors: [{ pointer: '/to', detail }] });
    }
  }
  const queued = await queueDeliveries(tx, range, true);
  if (queued === 0 && 'delivery_id' in body) {
    await requirePending(tx, { workspace_id, webhook_id, event_id: body.delivery_id });
  }
  if (queued === 0) return { queued };
  tx.stores(queued * delivery_bytes);
  const [from, to] = [range.first, range.last].map(offsetOf) as [string, string];
  recordAudit(tx, actor, { action: 'webhook.redelivered', subject_id: webhook_id, after: { from, to, queued } });
  return { queued };
}

/** Throws an error that says why a delivery was not queued, unless it is pending already. */
async function requirePending(
  tx: Tx,
  key: { workspace_id: string; webhook_id: string; event_id: string },
): Promise<void> {
  const [place, is_pending] = await Promise.all([placeOf(tx, key.workspace_id, key.webhook_id), isPending(tx, key)]);
  if (place === undefined) throw new BatonError('not_found'); // the webhook was deleted meanwhile
  if (is_pending) return;
  const detail = 'The webhook is not for events of this type or project. Change its types and projects first.';
  throw new BatonError('redelivery_refused', { reason: 'not_wanted', detail });
}
