import { type Columns, later, selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { EventRow } from '../feed/queries.ts';
import { type Attempt, kept_attempts, type Webhook } from './contract.ts';

/** How many webhooks one statement looks at. */
const looked_at = 500;
/** How many deliveries of a webhook wait at a time. What is more waits in the log, and costs nothing there. */
export const most_waiting = 5_000;

export interface WebhookKey {
  workspace_id: string;
  id: string;
}

export interface FoundWebhook extends WebhookKey {
  /** Whose turns and places it takes: who gave it its address, which decides how it responds. */
  charged_to: string;
  /** Attempts that failed in a row. */
  failures: number;
  /** Events that may have to be queued. */
  is_behind: boolean;
  /** Something is to be sent now. */
  is_due: boolean;
}

/** Active webhooks behind this one, in their order, whoever they belong to: what there is to do for each. */
export function webhooksBehind(db: Db, { workspace_id, id }: WebhookKey): Promise<FoundWebhook[]> {
  // By a probe for each, as in notifications/worker-queries.ts.
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

/** How many deliveries of a webhook are unfinished, as far as it matters. */
export const waitingOf = ({ workspace_id, id }: WebhookKey): Sql => sql`
  (select count(*)::integer from (
    select 1 from deliveries d where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.finished_at is null
    limit ${most_waiting}) d)`;

/** Up to where a webhook's events are queued, and how many it may have; locked, unless somebody else works on it. */
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

/** Where messages of a webhook go, and what they are signed with. */
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

/** A delivery that this process alone sends, until its lease ends. */
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
 * Takes what is due of a webhook that is active and doesn't rest: of each ticket the earliest alone. Whoever takes it again, once the lease has ended, has the next
 * attempt's number, and nobody who has an earlier one ends it any more.
 */
export function claimDeliveries(
  tx: Tx,
  { workspace_id, id }: WebhookKey,
  { limit, lease_ms }: { limit: number; lease_ms: number },
): Promise<Claimed[]> {
  // As a CTE, which is read once: as a subquery it was read anew for each row of the update, 500 due ones in more than 20 s.
  // The earliest by a probe of its own for each: by a join, a planner without statistics compares each with each.
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

/** Moves the end of a lease, unless another process has taken the delivery since. */
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

/** The events of deliveries that were taken. */
export function eventsToDeliver(db: Db, id: string, sequences: readonly number[]): Promise<EventRow[]> {
  return db.rows(sql`
    select e.* from events_to_deliver(${id}::uuid, ${sequences}::bigint[]) e order by e.sequence`);
}

/** What an end of an attempt may change of its webhook; locked first, before the delivery. */
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
 * How many attempts of its schedule have failed of a delivery whose attempt ends; undefined where another has begun since. With the webhook
 * locked: an admin who has it go on sets them back, also of what is on its way.
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

/** What becomes of a delivery after an attempt: it has ended, or is due again in some seconds. */
export type After = { outcome: 'delivered' | 'given_up' } | { again_in_s: number };

/**
 * Notes how an attempt ended; nothing where another has begun since, or where this was noted and its response lost: what is redelivered meanwhile
 * is not ended. Gives what it was in order with.
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

/** The next of the same subject is due: the one before it has ended. With the webhook locked, so that none is queued unseen. */
export function releaseNext(tx: Tx, { workspace_id, id }: WebhookKey, subject_id: string): void {
  tx.send(sql`
    update deliveries d set next_attempt_at = now()
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${id} and d.next_attempt_at is null and d.finished_at is null
      and d.sequence = (
        select min(b.sequence) from deliveries b where b.workspace_id = ${workspace_id} and b.webhook_id = ${id}
          and b.subject_id = ${subject_id} and b.finished_at is null)`);
}

/** `goes_on_resting`: as long as it was to rest before. */
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

/** It rests for so long from now on, or for as long as it was to rest before: another attempt may have ended meanwhile. */
export function noteFailure(tx: Tx, { workspace_id, id }: WebhookKey, rest_s: number): void {
  tx.send(sql`
    update webhooks set failures = failures + 1, failing_since = coalesce(failing_since, now()),
      rests_until = greatest(rests_until, now() + ${rest_s} * interval '1 second')
    where workspace_id = ${workspace_id} and id = ${id}`);
}

/** Stops a webhook. Gives its version after that. */
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
