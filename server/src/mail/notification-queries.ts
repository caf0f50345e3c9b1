import { type Columns, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { Later } from './mail.ts';

/** A member of a workspace. */
export interface Member {
  workspace_id: string;
  user_id: string;
}

/** Returns the members whose mail is due, the longest due first. */
export function membersToMail(db: Db, limit: number): Promise<Member[]> {
  return db.rows(sql`
    select m.workspace_id, m.user_id from notification_mails m where m.due_at <= now() order by m.due_at limit ${limit}`);
}

/** A member's turn to be mailed. */
export interface Turn {
  /** The number of notifications that were left out of a mail that was put back. */
  more: number;
  /** The creator of the workspace, whose turns its mails use. Null if the workspace is deleted. */
  created_by: string | null;
}

/** Locks a member's turn. Returns undefined if another transaction has locked it, or nothing is due any more. */
export function lockTurn(tx: Tx, { workspace_id, user_id }: Member): Promise<Turn | undefined> {
  return tx.maybeOne(sql`
    select m.more, w.created_by from notification_mails m left join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.workspace_id = ${workspace_id} and m.user_id = ${user_id} and m.due_at <= now() for update of m skip locked`);
}

/** Postpones a member's mail. */
export function deferMail(tx: Tx, { workspace_id, user_id }: Member, by_s: number): void {
  tx.send(sql`
    update notification_mails set due_at = now() + ${by_s}::float * interval '1 second'
    where workspace_id = ${workspace_id} and user_id = ${user_id}`);
}

/**
 * Postpones the rest of a member's mail. `more` is reset, because the mail that was just queued counts those left out.
 */
export function mailTheRest(tx: Tx, { workspace_id, user_id }: Member, by_s: number): void {
  tx.send(sql`
    update notification_mails set due_at = now() + ${by_s}::float * interval '1 second', more = 0
    where workspace_id = ${workspace_id} and user_id = ${user_id}`);
}

/** Ends a member's turn: nothing is left to mail. */
export function endTurn(tx: Tx, { workspace_id, user_id }: Member): void {
  tx.send(sql`delete from notification_mails where workspace_id = ${workspace_id} and user_id = ${user_id}`);
}

/** Returns in how many seconds the member's quiet hours end, in the workspace in scope; null outside quiet hours. */
export async function quietUntil(db: Db, user_id: string): Promise<number | null> {
  const { quiet_s } = await db.one<{ quiet_s: number | null }>(sql`
    select extract(epoch from quiet_until(${user_id}::uuid) - now())::float as quiet_s`);
  return quiet_s;
}

export interface TakenNotification {
  id: string;
  /** The ticket or webhook that it is about. */
  subject_id: string;
  /** Whether it still has to be mailed. */
  is_wanted: boolean;
}

/** Takes a member's notifications to be mailed, in the workspace in scope, latest first. */
export function takeNotifications(tx: Tx, user_id: string, limit: number): Promise<TakenNotification[]> {
  return tx.rows(sql`
    select n.id, n.subject_id, n.is_wanted from take_notifications_to_mail(${user_id}::uuid, ${limit}::integer) n`);
}

/** Puts a member's notifications back to be mailed once their quiet hours end, in the workspace in scope. */
export function putNotificationsBack(tx: Tx, { user_id, notification_ids, more }: Later): void {
  tx.send(sql`select put_notifications_back(${user_id}::uuid, ${notification_ids}::uuid[], ${more}::integer)`);
}

/** A notification with what a mail shows of it. */
export interface MailedNotification {
  email: string;
  name: string;
  workspace: string;
  kinds: string[];
  /** The ticket that it is about, or the webhook. */
  ticket_id: string | null;
  ticket_key: string | null;
  ticket_title: string | null;
  actor: string | null;
  from_status: string | null;
  to_status: string | null;
  comment_start: string | null;
  /** The names of the members whom the comment mentions, by their ids. */
  mentions: Record<string, string> | null;
  /** Whether the ticket was assigned to the member, rather than unassigned from them. */
  is_assigned: boolean;
  due_on: string | null;
  webhook_id: string | null;
  /** The origin of the webhook's address: the rest may be a secret. */
  webhook_origin: string | null;
  webhook_description: string | null;
  stop_reason: string | null;
  failing_since: string | null;
}

const mailed_columns = {
  email: sql`email`,
  name: sql`name`,
  workspace: sql`workspace`,
  kinds: sql`kinds`,
  ticket_id: sql`ticket_id`,
  ticket_key: sql`ticket_key`,
  ticket_title: sql`ticket_title`,
  actor: sql`actor`,
  from_status: sql`from_status`,
  to_status: sql`to_status`,
  comment_start: sql`comment_start`,
  mentions: sql`mentions`,
  is_assigned: sql`is_assigned`,
  due_on: sql`due_on`,
  webhook_id: sql`webhook_id`,
  webhook_origin: sql`webhook_origin`,
  webhook_description: sql`webhook_description`,
  stop_reason: sql`stop_reason`,
  failing_since: sql`failing_since`,
} satisfies Columns<keyof MailedNotification>;

/**
 * Returns the notifications that a member with a confirmed address may see, wants by mail and has not read, in the
 * workspace in scope, oldest first.
 */
export function notificationsToMail(db: Db, user_id: string, ids: readonly string[]): Promise<MailedNotification[]> {
  return db.rows(sql`
    select ${selected(mailed_columns, sql`n`)} from notifications_to_mail(${user_id}::uuid, ${ids}::uuid[]) n
    where exists (select from users u where u.id = ${user_id} and u.email_confirmed_at is not null)`);
}
