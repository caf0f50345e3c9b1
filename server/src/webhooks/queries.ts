import { assigned, type Columns, inserted, later, listed, type Locked, selected } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { usual_lease_ms } from '../work/lease.ts';
import type { Attempt, Delivery, Webhook } from './contract.ts';
import { waitingOf, type WebhookKey } from './worker-queries.ts';

/** The columns of a webhook that are shown. */
const shown = {
  id: sql`id`,
  url: sql`url`,
  description: sql`description`,
  types: sql`types`,
  project_ids: sql`project_ids`,
  state: sql`state`,
  state_reason: sql`state_reason`,
  failing_since: sql`failing_since`,
  previous_secret_until: sql`previous_secret_until`,
  version: sql`version`,
  created_by: sql`created_by`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
} satisfies Columns<keyof Webhook>;

const columns = selected(shown, sql`w`);

interface Kept {
  workspace_id: string;
  secret: Buffer;
  last_sequence: number;
  /** The person who gave it its address: for a bot, the one for whom it acts. */
  url_given_by: string;
}

const created = {
  id: shown.id,
  url: shown.url,
  description: shown.description,
  types: shown.types,
  project_ids: shown.project_ids,
  created_by: shown.created_by,
  workspace_id: sql`workspace_id`,
  secret: sql`secret`,
  last_sequence: sql`last_sequence`,
  url_given_by: sql`url_given_by`,
} satisfies Columns<keyof Kept | keyof NewWebhook>;

export type NewWebhook = Pick<Webhook, 'id' | 'url' | 'description' | 'types' | 'project_ids' | 'created_by'>;

export function insertWebhook(tx: Tx, row: NewWebhook & Kept): Promise<Webhook> {
  return tx.one(sql`insert into webhooks as w ${inserted(created, row)} returning ${columns}`);
}

export function webhooksOf(db: Db, workspace_id: string, part: KeysetPart): Promise<Webhook[]> {
  return db.rows(sql`
    select ${columns} from webhooks w
    where w.workspace_id = ${workspace_id} and w.deleted_at is null and ${part.after} ${part.order_and_limit}`);
}

export function webhookById(db: Db, workspace_id: string, id: string): Promise<Webhook | undefined> {
  return db.maybeOne(sql`
    select ${columns} from webhooks w where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null`);
}

/** The last event that was queued for a webhook, or that it was created behind. */
export async function placeOf(db: Db, workspace_id: string, id: string): Promise<number | undefined> {
  const found = await db.maybeOne<{ last_sequence: number }>(sql`
    select w.last_sequence from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null`);
  return found?.last_sequence;
}

/** A row for each webhook of a workspace. */
export function webhooksIn(workspace_id: string): Sql {
  return sql`select 1 from webhooks w where w.workspace_id = ${workspace_id} and w.deleted_at is null`;
}

/** A webhook, locked against other changes of it, and against what ends a delivery of its or queues one. */
export function lockWebhook(
  tx: Tx,
  workspace_id: string,
  id: string,
): Promise<Locked<Webhook & { secret: Buffer }> | undefined> {
  return tx.maybeOne(sql`
    select ${columns}, w.secret, ${later(sql`w.updated_at`)} as at from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null for no key update of w`);
}

const changed = {
  url: shown.url,
  url_given_by: created.url_given_by,
  description: shown.description,
  types: shown.types,
  project_ids: shown.project_ids,
  state: shown.state,
  state_reason: shown.state_reason,
  failing_since: shown.failing_since,
  failures: sql`failures`,
  rests_until: sql`rests_until`,
  secret: sql`secret`,
  previous_secret: sql`previous_secret`,
  previous_secret_until: sql`previous_secret_until`,
  deleted_at: sql`deleted_at`,
};
export type Changes = Partial<Record<keyof typeof changed, unknown>>;

/** Changes a webhook that is locked. */
export function updateWebhook(
  tx: Tx,
  { workspace_id, id, at }: { workspace_id: string; id: string; at: string },
  changes: Changes,
): Promise<Webhook> {
  return tx.one(sql`
    update webhooks as w set ${assigned(changed, changes)}, version = w.version + 1, updated_at = ${at}
    where w.workspace_id = ${workspace_id} and w.id = ${id} returning ${columns}`);
}

/**
 * Has what failed be sent at once, with the whole of its schedule before it. What is due within a lease's time is left as it is: it may be
 * on its way, and would be sent twice at the same time; if it isn't, it is due soon. No lease ends later than that.
 */
export function reviveDeliveries(tx: Tx, workspace_id: string, webhook_id: string): void {
  const failed = sql`d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.failures > 0 and d.finished_at is null`;
  // A statement before: what this one waits for, a lease that is being renewed, is older than the time of the next.
  tx.send(sql`select 1 from deliveries d where ${failed} for no key update of d`);
  tx.send(sql`
    update deliveries d set failures = 0, next_attempt_at = case
      when d.next_attempt_at > statement_timestamp() + ${usual_lease_ms} * interval '1 millisecond' then now()
      else d.next_attempt_at end
    where ${failed}`);
}

/** Ends what a deleted webhook has not got. There are no more of it than wait at a time. */
export function dropDeliveries(tx: Tx, workspace_id: string, webhook_id: string): void {
  tx.send(sql`
    update deliveries d set next_attempt_at = null, finished_at = now(), outcome = 'dropped'
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.finished_at is null`);
}

/**
 * Has a workspace's webhooks stop, and drops what they have not got: it is deleted. With the workspace locked, so that none becomes active
 * unseen. The first statement waits for whoever queues deliveries, and the others see those: one for each webhook, since each may have
 * thousands, and none may last too long.
 */
export async function disableWebhooks(tx: Tx, workspace_id: string): Promise<void> {
  tx.send(sql`
    update webhooks w set state = 'disabled', state_reason = 'workspace_deleted'
    where w.workspace_id = ${workspace_id} and w.state <> 'disabled' and w.deleted_at is null`);
  const all = await tx.rows<{ id: string }>(sql`
    select w.id from webhooks w where w.workspace_id = ${workspace_id} and w.deleted_at is null order by w.id`);
  for (const { id } of all) dropDeliveries(tx, workspace_id, id);
}

/** A delivery as a list reads it. */
export type DeliveryRow = Omit<Delivery, 'offset'> & { sequence: number };

/** What is shown of a delivery `d` of an event `e`. */
export const columns_of_deliveries = {
  id: sql`d.event_id as id`,
  sequence: sql`d.sequence`,
  type: sql`e.action as type`,
  state: sql`coalesce(d.outcome, 'pending') as state`,
  attempts: sql`d.attempt as attempts`,
  next_attempt_at: sql`d.next_attempt_at`,
  last_status: sql`(d.attempts -> -1 ->> 'status')::integer as last_status`,
  last_error: sql`d.attempts -> -1 ->> 'error' as last_error`,
  created_at: sql`d.created_at`,
  finished_at: sql`d.finished_at`,
} satisfies Columns<keyof DeliveryRow>;

const delivery_columns = listed(columns_of_deliveries);

const ofDeliveries = (workspace_id: string, webhook_id: string): Sql => sql`
  from deliveries d join events e on e.workspace_id = ${workspace_id} and e.sequence = d.sequence
  where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id}`;

const in_state = {
  any: sql`true`,
  pending: sql`d.finished_at is null`,
  given_up: sql`d.outcome = 'given_up'`,
};

export function deliveriesOf(
  db: Db,
  { workspace_id, webhook_id, state }: { workspace_id: string; webhook_id: string; state: keyof typeof in_state },
  part: KeysetPart,
): Promise<DeliveryRow[]> {
  return db.rows(sql`
    select ${delivery_columns} ${ofDeliveries(workspace_id, webhook_id)} and ${in_state[state]} and ${part.after}
    ${part.order_and_limit}`);
}

interface DeliveryKey {
  workspace_id: string;
  webhook_id: string;
  event_id: string;
}

export function deliveryById(
  db: Db,
  { workspace_id, webhook_id, event_id }: DeliveryKey,
): Promise<(DeliveryRow & { log: Attempt[] }) | undefined> {
  return db.maybeOne(sql`
    select ${delivery_columns}, d.attempts as log ${ofDeliveries(workspace_id, webhook_id)} and d.event_id = ${event_id}`);
}

/** The number of a delivery's event. */
export async function sequenceOf(
  db: Db,
  { workspace_id, webhook_id, event_id }: DeliveryKey,
): Promise<number | undefined> {
  const found = await db.maybeOne<{ sequence: number }>(sql`
    select d.sequence from deliveries d
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.event_id = ${event_id}`);
  return found?.sequence;
}

/** Whether a delivery waits to be sent, or for how an attempt ends. */
export async function isPending(db: Db, { workspace_id, webhook_id, event_id }: DeliveryKey): Promise<boolean> {
  const found = await db.maybeOne(sql`
    select 1 from deliveries d
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.event_id = ${event_id}
      and d.finished_at is null`);
  return found !== undefined;
}

/** How many deliveries of a webhook wait. */
export async function waitingFor(db: Db, key: WebhookKey): Promise<number> {
  const { waiting } = await db.one<{ waiting: number }>(sql`select ${waitingOf(key)} as waiting`);
  return waiting;
}

/** Takes what receivers have responded to messages about a ticket out of the log: it may repeat a text that is purged. */
export function forgetReplies(tx: Tx, ticket_id: string): void {
  tx.send(sql`select forget_replies(${ticket_id})`);
}

interface Range {
  workspace_id: string;
  webhook_id: string;
  first: number;
  last: number;
}

/** Queues events that a webhook wants, with `again` those too that it has got. Gives how many. */
export async function queueDeliveries(tx: Tx, { webhook_id, first, last }: Range, again: boolean): Promise<number> {
  const { queued } = await tx.one<{ queued: number }>(sql`
    select queue_deliveries(${webhook_id}::uuid, ${first}::bigint, ${last}::bigint, ${again}) as queued`);
  return queued;
}
