import { type Columns, listed } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db } from '../db/transaction.ts';
import { columns_of_deliveries } from '../webhooks/queries.ts';
import { isThere } from '../webhooks/retry-queries.ts';

/** What there is of something, and how long the oldest of it has waited; null where there is nothing. */
export interface Waiting {
  count: number;
  oldest_s: number | null;
}

const age = (oldest: Sql): Sql => sql`extract(epoch from now() - ${oldest})::float`;

/** Entries that have no number yet. */
export function unnumberedEvents(db: Db): Promise<Waiting> {
  return db.one(sql`select count(*)::integer as count, ${age(sql`min(o.created_at)`)} as oldest_s from outbox o`);
}

/** Workspaces whose trees lack events. */
export function unhashedWorkspaces(db: Db): Promise<{ count: number }> {
  return db.one(sql`select count(*)::integer as count from event_heads h where h.tree_size < h.last_sequence`);
}

/** An event that is the next of a workspace for something. */
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

/** The first event without notifications of each workspace, for the workspaces that have most of them. */
export function nextToTell(db: Db, limit: number): Promise<Next[]> {
  return db.rows(sql`
    select h.workspace_id, coalesce(p.last_sequence, 0) + 1 as sequence
    from workspaces w join event_heads h on h.workspace_id = w.id left join notification_places p on p.workspace_id = w.id
    where w.deleted_at is null and h.last_sequence > coalesce(p.last_sequence, 0)
    order by h.last_sequence - coalesce(p.last_sequence, 0) desc limit ${limit}`);
}

/** Events that active webhooks have not been asked about, and of how many webhooks. */
export function unqueuedEvents(db: Db): Promise<{ count: number; webhooks: number }> {
  return db.one(sql`
    select coalesce(sum(h.last_sequence - w.last_sequence), 0)::bigint as count, count(*)::integer as webhooks
    from webhooks w join event_heads h on h.workspace_id = w.workspace_id
    where w.state = 'active' and w.deleted_at is null and h.last_sequence > w.last_sequence`);
}

/** The first events that are to be queued, of so many webhooks: those with most of them. */
export function nextToQueue(db: Db, limit: number): Promise<Next[]> {
  return db.rows(sql`
    select w.workspace_id, w.last_sequence + 1 as sequence
    from webhooks w join event_heads h on h.workspace_id = w.workspace_id
    where w.state = 'active' and w.deleted_at is null and h.last_sequence > w.last_sequence
    order by h.last_sequence - w.last_sequence desc limit ${limit}`);
}

/** How long ago an event of the workspace in scope happened. */
export async function ageOfEvent(db: Db, sequence: number): Promise<number | null> {
  const { age_s } = await db.one<{ age_s: number | null }>(sql`
    select ${age(sql`event_time(${sequence}::bigint)`)} as age_s`);
  return age_s;
}

/**
 * Unfinished deliveries by what they wait for: `due` now; `later`, being sent or after a failure; `behind` an earlier one of their
 * subject; or `stopped`, until an admin has their webhook go on.
 */
export function unfinishedDeliveries(db: Db): Promise<(Waiting & { waits: 'due' | 'later' | 'behind' | 'stopped' })[]> {
  return db.rows(sql`
    select case when w.state <> 'active' then 'stopped' when d.next_attempt_at is null then 'behind'
      when d.next_attempt_at <= now() then 'due' else 'later' end as waits,
      count(*)::integer as count, ${age(sql`min(d.created_at)`)} as oldest_s
    from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.finished_at is null group by 1`);
}

/** Mails in the queue: `due` now, or `later`, being sent or after a failure. */
export function queuedMails(db: Db): Promise<(Waiting & { waits: 'due' | 'later' })[]> {
  return db.rows(sql`
    select case when m.next_attempt_at <= now() then 'due' else 'later' end as waits, count(*)::integer as count,
      ${age(sql`min(m.created_at)`)} as oldest_s
    from mails m group by 1`);
}

/** What the removal of members has left to do. */
export function membershipCleanups(db: Db): Promise<Waiting> {
  return db.one(sql`
    select count(*)::integer as count, ${age(sql`min(c.created_at)`)} as oldest_s from membership_cleanups c`);
}

/** A delivery that was given up, with its last status or error, and nothing else of what was sent and received. */
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

/** Deliveries that were given up, webhook by webhook. */
export function givenUpDeliveries(db: Db, limit: number): Promise<GivenUpDelivery[]> {
  return db.rows(sql`
    select ${listed(delivery_columns)}
    ${ofGivenUp} order by d.workspace_id, d.webhook_id, d.sequence limit ${limit}`);
}

/** What could not be worked on, and is left alone. */
export interface SetAsideRow {
  task: string;
  workspace_id: string;
  /** The workspace itself, or a webhook of it. */
  subject_id: string;
  failures: number;
  failing_since: string;
  failing_s: number;
  /** How long ago it was last tried. */
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

/** The ids of mails that were given up, behind this one. */
export async function mailsBehind(db: Db, behind: string, limit: number): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select g.id from given_up_mails g where g.id > ${behind} order by g.id limit ${limit}`);
  return rows.map(({ id }) => id);
}

/** What is set aside, of subjects behind this one: those with as many tasks as there are, or more by a few than the limit. */
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
