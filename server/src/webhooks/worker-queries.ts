import { type Columns, later, selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { EventRow } from '../feed/queries.ts';
import { type Attempt, kept_attempts, type Webhook } from './contract.ts';

/** How many webhooks one statement reads. */
const looked_at = 500;
/** How many deliveries of a webhook can wait at a time. Further events wait in the log, where they cost nothing. */
export const most_waiting = 5_000;

export interface WebhookKey {
  workspace_id: string;
  id: string;
}

export interface FoundWebhook extends WebhookKey {
  /** The person whose turns and places it takes: who gave it its address, and so chose the receiver. */
  charged_to: string;
  /** How many attempts failed in a row. */
  failures: number;
  /** Whether there are events that may have to be queued. */
  is_behind: boolean;
  /** Whether a delivery is due. */
  is_due: boolean;
}

/** Returns the next active webhooks after this one, in any workspace, with what there is to do for each. */
export function webhooksBehind(db: Db, { workspace_id, id }: WebhookKey): Promise<FoundWebhook[]> {
  // One index lookup for each, as in notifications/worker-queries.ts.
  return db.rows(sql`
    select w.workspace_id, w.id, w.charged_to, w.failures, h.last_sequence > w.last_sequence as is_behind,
      coalesce(w.rests_until <= now(), true) and exists (
        select 1 from deliveries d where d.workspace_id = w.workspace_id and d.webhook_id = w.id
          and d.next_attempt_at <= now()) as is_due
    from (
      select w.workspace_id, w.id, coalesce(w.url_given_by, w.created_by) as charged_to, w.failures, w.last_sequence, w.rests_until
      from webhooks w
      where (w.workspace_id, w.id) > (${workspace_id}::uuid, ${id}::uuid) and w.state = 'active' and w.deleted_at is null
      order by w.workspace_id, w.id limit ${looked_at}) w
    cross join lateral (select h.last_sequence from event_heads h where h.workspace_id = w.workspace_id limit 1) h
    order by w.workspace_id, w.id`);
}

/** Counts the unfinished deliveries of a webhook, up to `most_waiting`. */
export const waitingOf = ({ workspace_id, id }: WebhookKey): Sql => sql`
  (select count(*)::integer from (
    select 1 from deliveries d where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.finished_at is null
    limit ${most_waiting}) d)`;

/** Locks a webhook; returns up to where its events are queued and how many wait. Undefined if it is locked already. */
export function lockPlace(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
): Promise<{ last_sequence: number; last: number; waiting: number } | undefined> {
  return tx.maybeOne(sql`
    select w.last_sequence,
      (select h.last_sequence from event_heads h where h.workspace_id = ${workspace_id}) as last,
      ${waitingOf({ workspace_id, id })} as waiting
    from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id} and w.state = 'active' and w.deleted_at is null
    for no key update of w skip locked`);
}

/** The address of a webhook, and the secrets that its messages are signed with. */
export interface Target {
  url: string;
  secret: Buffer;
  previous_secret: Buffer | null;
}

export function targetOf(db: Db, { workspace_id, id }: WebhookKey): Promise<Target | undefined> {
  return db.maybeOne(sql`
    select w.url, w.secret, case when w.previous_secret_until > now() then w.previous_secret end as previous_secret
    from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id}`);
}

/** A delivery that only this process may send until its lease ends. */
export interface Claimed {
  sequence: number;
  attempt: number;
  failures: number;
}

const claimed_columns = {
  sequence: sql`sequence`,
  attempt: sql`attempt`,
  failures: sql`failures`,
} satisfies Columns<keyof Claimed>;

/**
 * Takes due deliveries of a webhook that is active and doesn't rest, only the earliest one of each ticket. After the
 * lease has ended, another process can take a delivery with the next attempt number; then an earlier attempt can't end
 * it any more.
 */
export function claimDeliveries(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { limit, lease_ms }: { limit: number; lease_ms: number },
): Promise<Claimed[]> {
  // A CTE is read once. As a subquery it was read again for each row of the update: more than 20 s for 500 due
  // deliveries. Each row's earliest delivery has its own index lookup. For a join, a planner without statistics
  // compares each with each.
  return tx.rows(sql`
    with due as (
      select d.sequence from deliveries d
      where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.next_attempt_at <= now()
        and d.sequence = (
          select min(b.sequence) from deliveries b where b.workspace_id = ${workspace_id} and b.webhook_id = ${id}
            and b.subject_id = d.subject_id and b.finished_at is null)
        and exists (
          select 1 from webhooks w where w.workspace_id = ${workspace_id} and w.id = ${id} and w.state = 'active'
            and w.deleted_at is null and coalesce(w.rests_until <= now(), true))
      order by d.next_attempt_at limit ${limit} for no key update of d skip locked)
    update deliveries d set attempt = d.attempt + 1, next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'
    from due where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.sequence = due.sequence
    returning ${selected(claimed_columns, sql`d`)}`);
}

/** Renews a lease, unless another process has taken the delivery since. */
export function renewDelivery(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { sequence, attempt }: Claimed,
  lease_ms: number,
): void {
  tx.send(sql`
    update deliveries d set next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.sequence = ${sequence} and d.attempt = ${attempt}
      and d.finished_at is null`);
}

/** Returns the events of taken deliveries. */
export function eventsToDeliver(db: Db, id: string, sequences: readonly number[]): Promise<EventRow[]> {
  return db.rows(sql`
    select e.* from events_to_deliver(${id}::uuid, ${sequences}::bigint[]) e order by e.sequence`);
}

/** Locks an ended attempt's webhook, before its delivery; returns the fields that the outcome may change. */
export function lockHealth(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
): Promise<
  | (Pick<Webhook, 'url' | 'state' | 'failing_since' | 'created_by'> & {
      failures: number;
      failing_s: number;
      at: string;
    })
  | undefined
> {
  return tx.maybeOne(sql`
    select w.url, w.state, w.failures, w.failing_since, coalesce(extract(epoch from now() - w.failing_since), 0)::float as failing_s,
      w.created_by, ${later(sql`w.updated_at`)} as at
    from webhooks w where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null for no key update of w`);
}

/**
 * Returns how many attempts of its schedule have failed for a delivery whose attempt has
 * ended; undefined if another attempt has begun since. The webhook must be locked:
 * activating it resets the count, even while an attempt is in progress.
 */
export async function failuresOf(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { sequence, attempt }: Claimed,
): Promise<number | undefined> {
  const found = await tx.maybeOne<{ failures: number }>(sql`
    select d.failures from deliveries d
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.sequence = ${sequence} and d.attempt = ${attempt}
      and d.finished_at is null`);
  return found?.failures;
}

/** The state of a delivery after an attempt: it has ended, or is due again in some seconds. */
export type After = { outcome: 'delivered' | 'given_up' } | { again_in_s: number };

/**
 * Stores the outcome of an attempt and returns its subject. Returns undefined if another
 * attempt has begun since, or if this outcome was stored before and only its
 * acknowledgement was lost; a redelivery queued meanwhile must not be ended by it.
 */
export function endAttempt(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { sequence, attempt }: Claimed,
  { log, after, failures }: { log: Attempt; after: After; failures: number },
): Promise<{ subject_id: string } | undefined> {
  const outcome = 'outcome' in after ? after.outcome : null;
  const again_in_s = 'again_in_s' in after ? after.again_in_s : null;
  return tx.maybeOne(sql`
    update deliveries d set outcome = ${outcome}, finished_at = case when ${outcome}::text is not null then now() end,
      next_attempt_at = now() + ${again_in_s}::float * interval '1 second', failures = ${failures},
      attempts = case when jsonb_array_length(d.attempts) < ${kept_attempts} then d.attempts else d.attempts - 0 end
        || ${JSON.stringify([log])}::jsonb
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.sequence = ${sequence} and d.attempt = ${attempt}
      and d.finished_at is null and d.attempts -> -1 is distinct from ${JSON.stringify(log)}::jsonb
    returning d.subject_id`);
}

/** Makes the subject's next delivery due. The webhook must be locked, so that none is queued unseen. */
export function releaseNext(tx: Tx, { workspace_id, id }: WebhookKey, subject_id: string): void {
  tx.send(sql`
    update deliveries d set next_attempt_at = now()
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.next_attempt_at is null and d.finished_at is null
      and d.sequence = (
        select min(b.sequence) from deliveries b where b.workspace_id = ${workspace_id} and b.webhook_id = ${id}
          and b.subject_id = ${subject_id} and b.finished_at is null)`);
}

/** Resets a webhook's failures. With `goes_on_resting`, its rest keeps its end. */
export function noteSuccess(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { goes_on_resting }: { goes_on_resting: boolean },
): void {
  const rests_until = goes_on_resting ? sql`rests_until` : sql`null`;
  tx.send(sql`
    update webhooks set failures = 0, failing_since = null, rests_until = ${rests_until}
    where workspace_id = ${workspace_id} and id = ${id} and failures > 0`);
}

/**
 * Counts a failure, and makes the webhook rest for `rest_s`, or longer if another attempt has already set a later end.
 */
export function noteFailure(tx: Tx, { workspace_id, id }: WebhookKey, rest_s: number): void {
  tx.send(sql`
    update webhooks set failures = failures + 1, failing_since = coalesce(failing_since, now()),
      rests_until = greatest(rests_until, now() + ${rest_s} * interval '1 second')
    where workspace_id = ${workspace_id} and id = ${id}`);
}

/** Stops a webhook, and returns its new version. */
export async function stopWebhook(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { state, reason, at }: { state: 'paused' | 'disabled'; reason: 'failing' | 'gone'; at: string },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update webhooks set state = ${state}, state_reason = ${reason}, version = version + 1, updated_at = ${at}
    where workspace_id = ${workspace_id} and id = ${id} returning version`);
  return version;
}
