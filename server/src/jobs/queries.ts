import { type Columns, listed } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { columns_of_deliveries } from '../webhooks/queries.ts';
import { isThere } from '../webhooks/retry-queries.ts';

/** How many things wait, and for how many seconds the oldest has waited; null if there are none. */
export interface Waiting {
  count: number;
  oldest_s: number | null;
}

const age = (oldest: Sql): Sql => sql`extract(epoch from now() - ${oldest})::float`;

/** Outbox entries that have no number yet. */
export function unnumberedEvents(db: Db): Promise<Waiting> {
  return db.one(sql`select count(*)::integer as count, ${age(sql`min(o.created_at)`)} as oldest_s from outbox o`);
}

/** Workspaces whose trees don't contain all their events yet. */
export function unhashedWorkspaces(db: Db): Promise<{ count: number }> {
  return db.one(sql`select count(*)::integer as count from event_heads h where h.tree_size < h.last_sequence`);
}

/** The next event of a workspace that a task has to work on. */
export interface Next {
  workspace_id: string;
  sequence: number;
}

/** Events for which no notifications have been created yet, and in how many workspaces. Deleted workspaces get none. */
export function untoldEvents(db: Db): Promise<{ count: number; workspaces: number }> {
  return db.one(sql`
    select coalesce(sum(h.last_sequence - coalesce(p.last_sequence, 0)), 0)::bigint as count, count(*)::integer as workspaces
    from workspaces w join event_heads h on h.workspace_id = w.id left join notification_places p on p.workspace_id = w.id
    where w.deleted_at is null and h.last_sequence > coalesce(p.last_sequence, 0)`);
}

/** The first event without notifications of each of the workspaces that have most such events. */
export function nextToTell(db: Db, limit: number): Promise<Next[]> {
  return db.rows(sql`
    select h.workspace_id, coalesce(p.last_sequence, 0) + 1 as sequence
    from workspaces w join event_heads h on h.workspace_id = w.id left join notification_places p on p.workspace_id = w.id
    where w.deleted_at is null and h.last_sequence > coalesce(p.last_sequence, 0)
    order by h.last_sequence - coalesce(p.last_sequence, 0) desc limit ${limit}`);
}

/** How many events are still to be queued for active webhooks, and for how many webhooks. */
export function unqueuedEvents(db: Db): Promise<{ count: number; webhooks: number }> {
  return db.one(sql`
    select coalesce(sum(h.last_sequence - w.last_sequence), 0)::bigint as count, count(*)::integer as webhooks
    from webhooks w join event_heads h on h.workspace_id = w.workspace_id
    where w.state = 'active' and w.deleted_at is null and h.last_sequence > w.last_sequence`);
}

/** The first event to be queued of each of the webhooks that have most such events. */
export function nextToQueue(db: Db, limit: number): Promise<Next[]> {
  return db.rows(sql`
    select w.workspace_id, w.last_sequence + 1 as sequence
    from webhooks w join event_heads h on h.workspace_id = w.workspace_id
    where w.state = 'active' and w.deleted_at is null and h.last_sequence > w.last_sequence
    order by h.last_sequence - w.last_sequence desc limit ${limit}`);
}

/** How many seconds ago an event of the workspace in scope happened. */
export async function ageOfEvent(db: Db, sequence: number): Promise<number | null> {
  const { age_s } = await db.one<{ age_s: number | null }>(sql`
    select ${age(sql`event_time(${sequence}::bigint)`)} as age_s`);
  return age_s;
}

/**
 * Unfinished deliveries by what they wait for. `due` can be sent now. `later` are being sent, or wait after a failure.
 * `behind` wait for an earlier one of their subject. `stopped` wait until an admin activates their webhook.
 */
export function unfinishedDeliveries(db: Db): Promise<(Waiting & { waits: 'due' | 'later' | 'behind' | 'stopped' })[]> {
  return db.rows(sql`
    select case when w.state <> 'active' then 'stopped' when d.next_attempt_at is null then 'behind'
      when d.next_attempt_at <= now() then 'due' else 'later' end as waits,
      count(*)::integer as count, ${age(sql`min(d.created_at)`)} as oldest_s
    from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.finished_at is null group by 1`);
}

/** Mails in the queue. `due` can be sent now; `later` are being sent, or wait after a failure. */
export function queuedMails(db: Db): Promise<(Waiting & { waits: 'due' | 'later' })[]> {
  return db.rows(sql`
    select case when m.next_attempt_at <= now() then 'due' else 'later' end as waits, count(*)::integer as count,
      ${age(sql`min(m.created_at)`)} as oldest_s
    from mails m group by 1`);
}

/** Clean-ups that are left to do after members were removed. */
export function membershipCleanups(db: Db): Promise<Waiting> {
  return db.one(sql`
    select count(*)::integer as count, ${age(sql`min(c.created_at)`)} as oldest_s from membership_cleanups c`);
}

/** A delivery that was given up, with its last status or error, but nothing else that was sent or received. */
export interface GivenUpDelivery {
  workspace_id: string;
  webhook_id: string;
  event_id: string;
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  given_up_at: string;
  age_s: number;
}

const delivery_columns = {
  workspace_id: sql`d.workspace_id`,
  webhook_id: sql`d.webhook_id`,
  event_id: sql`d.event_id`,
  attempts: columns_of_deliveries.attempts,
  last_status: columns_of_deliveries.last_status,
  last_error: columns_of_deliveries.last_error,
  given_up_at: sql`d.finished_at as given_up_at`,
  age_s: sql`${age(sql`d.finished_at`)} as age_s`,
} satisfies Columns<keyof GivenUpDelivery>;

const ofGivenUp = sql`
  from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
  where d.outcome = 'given_up' and ${isThere}`;

export async function countGivenUpDeliveries(db: Db): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`select count(*)::integer as count ${ofGivenUp}`);
  return count;
}

/** Deliveries that were given up, in the order of their webhooks. */
export function givenUpDeliveries(db: Db, limit: number): Promise<GivenUpDelivery[]> {
  return db.rows(sql`
    select ${listed(delivery_columns)}
    ${ofGivenUp} order by d.workspace_id, d.webhook_id, d.sequence limit ${limit}`);
}

/** A workspace or webhook that a task could not work on, and skips for now. */
export interface SetAsideRow {
  task: string;
  workspace_id: string;
  /** The workspace itself, or a webhook of it. */
  subject_id: string;
  failures: number;
  failing_since: string;
  failing_s: number;
  /** How many seconds ago it was last tried. */
  tried_s: number;
  error: string;
}

const columns_of_set_aside = {
  task: sql`s.task`,
  workspace_id: sql`s.workspace_id`,
  subject_id: sql`s.subject_id`,
  failures: sql`s.failures`,
  failing_since: sql`s.failing_since`,
  failing_s: sql`${age(sql`s.failing_since`)} as failing_s`,
  tried_s: sql`${age(sql`s.failed_at`)} as tried_s`,
  error: sql`s.error`,
} satisfies Columns<keyof SetAsideRow>;

export async function countSetAside(db: Db): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`select count(*)::integer as count from set_aside s`);
  return count;
}

export function setAsideRows(db: Db, limit: number): Promise<SetAsideRow[]> {
  return db.rows(sql`
    select ${listed(columns_of_set_aside)}
    from set_aside s order by s.failing_since, s.task, s.subject_id limit ${limit}`);
}

/** A mail that was given up. */
export interface GivenUpMail {
  id: string;
  kind: string | null;
  reason: 'refused' | 'expired';
  attempts: number;
  given_up_at: string;
  age_s: number;
}

const mail_columns = {
  id: sql`g.id`,
  kind: sql`g.kind`,
  reason: sql`g.reason`,
  attempts: sql`g.attempts`,
  given_up_at: sql`g.given_up_at`,
  age_s: sql`${age(sql`g.given_up_at`)} as age_s`,
} satisfies Columns<keyof GivenUpMail>;

export async function countGivenUpMails(db: Db): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`select count(*)::integer as count from given_up_mails g`);
  return count;
}

export function givenUpMails(db: Db, limit: number): Promise<GivenUpMail[]> {
  return db.rows(sql`
    select ${listed(mail_columns)}
    from given_up_mails g order by g.given_up_at desc, g.id limit ${limit}`);
}

/** The ids of mails that were given up, after this id. */
export async function mailsBehind(db: Db, behind: string, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select g.id from given_up_mails g where g.id > ${behind} order by g.id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** What is set aside of subjects after this one. The last subject comes with all its tasks, which may exceed the limit. */
export function setAsideBehind(
  db: Db,
  behind: string,
  { subject_id, workspace_id, limit }: { subject_id?: string; workspace_id?: string; limit: number },
): Promise<Pick<SetAsideRow, 'task' | 'workspace_id' | 'subject_id'>[]> {
  const one: Sql = subject_id === undefined ? sql`true` : sql`s.subject_id = ${subject_id}`;
  const within: Sql = workspace_id === undefined ? sql`true` : sql`s.workspace_id = ${workspace_id}`;
  return db.rows(sql`
    select s.task, s.workspace_id, s.subject_id from set_aside s
    where s.subject_id > ${behind} and ${one} and ${within} order by s.subject_id fetch first ${limit} rows with ties`);
}
