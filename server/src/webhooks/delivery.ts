import type pg from 'pg';
import { recordAudit } from '../audit/record.ts';
import { transaction, type Tx } from '../db/transaction.ts';
import { shownTo } from '../feed/routes.ts';
import { newId } from '../lib/ids.ts';
import { version as baton_version } from '../lib/project.ts';
import type { Attempt } from './contract.ts';
import type { EventRow } from '../feed/queries.ts';
import { openSecrets, signedHeaders } from './secrets.ts';
import type { Message, Reply } from './send.ts';
import * as queries from './worker-queries.ts';
import type { Claimed, Target, WebhookKey } from './worker-queries.ts';

/** The longest rest that a receiver can request with Retry-After, for this message and the webhook's others. */
const max_retry_after_s = 86_400;
/** After this many failures in a row, the webhook itself rests, and single attempts find out whether it works again. */
export const failures_until_rest = 5;
const max_rest_s = 60;

export interface Schedule {
  /** The waits after failed attempts. */
  retries_s: readonly number[];
  pause_after_s: number;
}

/** A taken delivery, with its message's id and body. */
export interface Taken extends Claimed {
  id: string;
  body: string;
}

/**
 * Builds the body of a message: the event as `GET …/events` shows it to an admin. It is
 * built again for each attempt from data that never changes, so it has the same bytes.
 * Only a purge removes something, which must not be sent any more.
 */
function bodyOf(row: EventRow): string {
  const data = shownTo('admin', row);
  return JSON.stringify({ type: row.type, timestamp: row.created_at, data });
}

/** Takes due deliveries of a webhook. */
export function takeDue(
  pool: pg.Pool,
  key: WebhookKey,
  { limit, lease_ms }: { limit: number; lease_ms: number },
): Promise<{ target: Target | undefined; taken: Taken[] }> {
  return transaction(pool, { workspace_id: key.workspace_id }, async (tx) => {
    const [target, claimed] = await Promise.all([
      queries.targetOf(tx, key),
      queries.claimDeliveries(tx, key, { limit, lease_ms }),
    ]);
    if (target === undefined || claimed.length === 0) return { target, taken: [] };
    const events = await queries.eventsToDeliver(
      tx,
      key.id,
      claimed.map(({ sequence }) => sequence),
    );
    const taken = events.flatMap((row) => {
      const claim = claimed.find(({ sequence }) => sequence === row.sequence);
      return claim === undefined ? [] : [{ ...claim, id: row.id, body: bodyOf(row) }];
    });
    return { target, taken };
  });
}

/** Renews the lease of a delivery while its attempt is in progress. */
export function renewLease(
  pool: pg.Pool,
  key: WebhookKey,
  { claim, lease_ms }: { claim: Claimed; lease_ms: number },
): Promise<void> {
  return transaction(pool, { workspace_id: key.workspace_id }, (tx) => {
    queries.renewDelivery(tx, key, claim, lease_ms);
    return Promise.resolve();
  });
}

/** Returns the message to send; undefined if the secret was sealed under another BATON_SECRET. */
export function messageOf(target: Target, { id, body }: Taken, sealing_key: Buffer): Message | undefined {
  const before = target.previous_secret === null ? [] : [target.previous_secret];
  const secrets = openSecrets(sealing_key, [target.secret, ...before]);
  if (secrets === undefined) return undefined;
  const headers = {
    'content-type': 'application/json',
    'user-agent': `Baton/${baton_version}`,
    ...signedHeaders(secrets, { id, body, now_ms: Date.now() }),
  };
  return { url: target.url, headers, body };
}

/** Lengthens a wait by up to a quarter at random, so that deliveries that failed together aren't retried together. */
const spread = (seconds: number) => seconds * (1 + Math.random() / 4);

/** Returns how long the webhook itself rests after this many failures in a row. */
const restOf = (failures: number) =>
  failures < failures_until_rest ? 0 : Math.min(max_rest_s, 2 ** (failures - failures_until_rest));

const isSuccess = (status: number | null) => status !== null && status >= 200 && status < 300;

/** Stores an attempt's outcome, and what follows for the delivery, its ticket's later deliveries and the webhook. */
export function settle(
  pool: pg.Pool,
  key: WebhookKey,
  { claim, reply, schedule }: { claim: Claimed; reply: Reply; schedule: Schedule },
): Promise<'delivered' | 'failed' | 'given_up' | 'late'> {
  const { retry_after_s = 0, ...log } = reply;
  return transaction(pool, { workspace_id: key.workspace_id }, async (tx) => {
    const webhook = await queries.lockHealth(tx, key);
    if (webhook === undefined) return 'late';
    if (isSuccess(reply.status)) {
      const done = { log, after: { outcome: 'delivered' }, failures: claim.failures } as const;
      const ended = await queries.endAttempt(tx, key, claim, done);
      if (ended === undefined) return 'late';
      queries.releaseNext(tx, key, ended.subject_id);
      // With fewer failures, a webhook rests only because its receiver requested it. A message that the receiver
      // already had doesn't end that rest.
      const goes_on_resting = webhook.failures < failures_until_rest;
      if (webhook.failures > 0) queries.noteSuccess(tx, key, { goes_on_resting });
      return 'delivered';
    }
    const asked_s = Math.min(retry_after_s, max_retry_after_s);
    const failed = await noteFailed(tx, key, { claim, log, asked_s, schedule });
    if (failed === 'late') return 'late';
    queries.noteFailure(tx, key, Math.max(restOf(webhook.failures + 1), asked_s));
    const is_gone = reply.status === 410;
    const is_long = webhook.failing_since !== null && webhook.failing_s >= schedule.pause_after_s;
    if (webhook.state === 'active' && (is_gone || is_long)) await stop(tx, key, webhook, is_gone);
    return failed;
  });
}

/** Makes a failed delivery due again later, or gives it up after the last attempt of its schedule. */
async function noteFailed(
  tx: Tx,
  key: WebhookKey,
  { claim, log, asked_s, schedule }: { claim: Claimed; log: Attempt; asked_s: number; schedule: Schedule },
): Promise<'failed' | 'given_up' | 'late'> {
  const failures = await queries.failuresOf(tx, key, claim);
  if (failures === undefined) return 'late';
  const wait_s = schedule.retries_s[failures];
  const after =
    wait_s === undefined ? ({ outcome: 'given_up' } as const) : { again_in_s: Math.max(spread(wait_s), asked_s) };
  const ended = await queries.endAttempt(tx, key, claim, { log, after, failures: failures + 1 });
  if (ended === undefined) return 'late';
  if (wait_s !== undefined) return 'failed';
  queries.releaseNext(tx, key, ended.subject_id);
  return 'given_up';
}

type Health = NonNullable<Awaited<ReturnType<typeof queries.lockHealth>>>;

/** Stops a webhook, and records it in the audit log with the webhook's creator as the actor. */
export async function stop(tx: Tx, { workspace_id, id }: WebhookKey, webhook: Health, is_gone: boolean): Promise<void> {
  const state = is_gone ? 'disabled' : 'paused';
  const reason = is_gone ? 'gone' : 'failing';
  const { at, created_by: user_id, failing_since } = webhook;
  const subject_version = await queries.stopWebhook(tx, { workspace_id, id }, { state, reason, at });
  const actor = { workspace_id, user_id, request_id: `worker-${newId()}`, token: null };
  const after = { state, reason, failing_since };
  recordAudit(tx, actor, { action: `webhook.${state}`, subject_id: id, subject_version, at, after });
}
