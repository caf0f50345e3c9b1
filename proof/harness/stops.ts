import type pg from 'pg';
import { createPool } from '../../server/src/db/pool.ts';
import { queueNext } from '../../server/src/webhooks/deliverer.ts';
import { settle, takeDue } from '../../server/src/webhooks/delivery.ts';
import type { WebhookKey } from '../../server/src/webhooks/worker-queries.ts';
import { numberEvents } from './events.ts';
import type { Person } from './people.ts';

/** A failure is tried again at once, and after the second one the webhook is paused. */
const schedule = { retries_s: [0, 0], pause_after_s: 0 };

/** Takes what is due of a webhook, and notes that its receiver responded with this status. */
async function fail(pool: pg.Pool, key: WebhookKey, status: number): Promise<void> {
  const { taken } = await takeDue(pool, key, { limit: 1, lease_ms: 1_000 });
  const log = { at: new Date().toISOString(), duration_ms: 1, status, error: null };
  const heads = { request_head: null, response_head: null, response_body: null };
  for (const claim of taken) {
    await settle(pool, key, { claim, reply: { ...log, ...heads, retry_after_s: undefined }, schedule });
  }
}

/** Has Baton stop an active webhook, as the worker does when its receiver responds to a ping with 410, or fails. */
export async function stopWebhook(
  database: { url: string },
  { client }: Person,
  at: { workspace_id: string; webhook_id: string },
  reason: 'failing' | 'gone' = 'gone',
): Promise<void> {
  const key = { workspace_id: at.workspace_id, id: at.webhook_id };
  await client.ping_webhook(at);
  await numberEvents(database.url);
  const limits = { max: 1, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  const pool = createPool({ url: database.url, role: 'baton_worker', ...limits });
  try {
    await queueNext(pool, key);
    for (const status of reason === 'gone' ? [410] : [500, 500]) await fail(pool, key, status);
  } finally {
    await pool.end();
  }
  const { state_reason } = await client.get_webhook(at);
  if (state_reason !== reason) throw new Error(`The webhook was not stopped: ${state_reason}`);
}
