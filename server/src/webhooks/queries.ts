import { assigned, type Columns, inserted, later, listed, type Locked, selected } from '../db/columns.ts';
import { inParts } from '../db/parts.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { usual_lease_ms } from '../work/lease.ts';
import type { Attempt, Delivery, Webhook } from './contract.ts';
import { waitingOf, type WebhookKey } from './worker-queries.ts';

/** The columns of a webhook that are returned. */
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
  /** The person who set its address; if a bot did, the person for whom it acts. */
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

/** Returns the number of the last event that was queued for a webhook, or that came before its creation. */
export async function placeOf(db: Db, workspace_id: string, id: string): Promise<number | undefined> {
  const found = await db.maybeOne<{ last_sequence: number }>(sql`
    select w.last_sequence from webhooks w
    where w.workspace_id = ${workspace_id} and w.id = ${id} and w.deleted_at is null`);
  return found?.last_sequence;
}

/** Selects a row for each webhook of a workspace. */
export function webhooksIn(workspace_id: string): Sql {
  return sql`select 1 from webhooks w where w.workspace_id = ${workspace_id} and w.deleted_at is null`;
}

/** Returns a webhook, locked against other changes of it, and against storing outcomes or queueing deliveries. */
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

/** Changes a locked webhook. */
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
 * Makes failed deliveries due at once, with their schedule starting anew. The time of one that is due within a lease's
 * length stays the same: an attempt may be in progress, and the message would be sent twice at the same time. If none
 * is, it is due soon anyway. No lease ends later than that.
 */
export function reviveDeliveries(tx: Tx, workspace_id: string, webhook_id: string): void {
  const failed = sql`d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.failures > 0 and d.finished_at is null`;
  // Locks the rows in a statement of its own: it waits for leases being
  // renewed, so that the next statement's time is later.
  tx.send(sql`select 1 from deliveries d where ${failed} for no key update of d`);
  tx.send(sql`
    update deliveries d set failures = 0, next_attempt_at = case
      when d.next_attempt_at > statement_timestamp() + ${usual_lease_ms} * interval '1 millisecond' then now()
      else d.next_attempt_at end
    where ${failed}`);
}

/** Ends the undelivered deliveries of a deleted webhook. There are at most as many as can wait at a time. */
export function dropDeliveries(tx: Tx, workspace_id: string, webhook_id: string): void {
  tx.send(sql`
    update deliveries d set next_attempt_at = null, finished_at = now(), outcome = 'dropped'
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.finished_at is null`);
}

/**
 * Stops the webhooks of a workspace that is being deleted, and drops their undelivered deliveries. The workspace must
 * be locked, so that no webhook becomes active unseen. The first statement waits for transactions that are queueing
 * deliveries, so that the later ones see those. There is one statement for each webhook, because each may have
 * thousands of deliveries and no statement may take too long.
 */
export async function disableWebhooks(tx: Tx, workspace_id: string): Promise<void> {
  tx.send(sql`
    update webhooks w set state = 'disabled', state_reason = 'workspace_deleted'
    where w.workspace_id = ${workspace_id} and w.state <> 'disabled' and w.deleted_at is null`);
  const all = await tx.rows<{ id: string }>(sql`
    select w.id from webhooks w where w.workspace_id = ${workspace_id} and w.deleted_at is null order by w.id`);
  for (const { id } of all) dropDeliveries(tx, workspace_id, id);
}

/** A delivery as it is read from the database. */
export type DeliveryRow = Omit<Delivery, 'offset'> & { sequence: number };

/** The columns that are returned of a delivery `d` of an event `e`. */
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

/** Returns the number of a delivery's event. */
export async function sequenceOf(
  db: Db,
  { workspace_id, webhook_id, event_id }: DeliveryKey,
): Promise<number | undefined> {
  const found = await db.maybeOne<{ sequence: number }>(sql`
    select d.sequence from deliveries d
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.event_id = ${event_id}`);
  return found?.sequence;
}

/** Returns whether a delivery waits to be sent, or for the outcome of an attempt. */
export async function isPending(db: Db, { workspace_id, webhook_id, event_id }: DeliveryKey): Promise<boolean> {
  const found = await db.maybeOne(sql`
    select 1 from deliveries d
    where d.workspace_id = ${workspace_id} and d.webhook_id = ${webhook_id} and d.event_id = ${event_id}
      and d.finished_at is null`);
  return found !== undefined;
}

/** Returns how many deliveries of a webhook are waiting. */
export async function waitingFor(db: Db, key: WebhookKey): Promise<number> {
  const { waiting } = await db.one<{ waiting: number }>(sql`select ${waitingOf(key)} as waiting`);
  return waiting;
}

/** Deletes what receivers have responded to messages about a ticket, because it may repeat a purged text. */
export function forgetReplies(tx: Tx, { id, version }: { id: string; version: number }): Promise<void> {
  return inParts(version, (first, last) => tx.rows(sql`select forget_replies(${id}, ${first}, ${last})`));
}

interface Range {
  workspace_id: string;
  webhook_id: string;
  first: number;
  last: number;
}

/** Queues events that a webhook is for; with `again`, also those that it has received. Returns how many. */
export async function queueDeliveries(tx: Tx, { webhook_id, first, last }: Range, again: boolean): Promise<number> {
  const { queued } = await tx.one<{ queued: number }>(sql`
    select queue_deliveries(${webhook_id}::uuid, ${first}::bigint, ${last}::bigint, ${again}) as queued`);
  return queued;
}
