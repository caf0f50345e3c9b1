import { type Columns, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { mail_columns } from './queries.ts';

/** A mail that only this process may send until its lease ends. */
export interface TakenMail {
  id: string;
  sealed: Buffer;
  attempts: number;
  can_wait: boolean;
  /** Whether the mail has expired. */
  is_over: boolean;
}

const taken_columns = {
  id: mail_columns.id,
  sealed: mail_columns.sealed,
  attempts: sql`attempts`,
  can_wait: mail_columns.can_wait,
} satisfies Columns<Exclude<keyof TakenMail, 'is_over'>>;

/** Which mails to take. With `can_wait`, those that can wait; without, those that somebody waits for. */
interface Taking {
  can_wait: boolean;
  /** Whether mails that were tried before come first. */
  retries_first: boolean;
  limit: number;
  lease_ms: number;
}

/**
 * Takes due mails and skips those that another process is taking. New mails come by turns of the people who caused
 * them, retried ones by the time at which they are due. Each kind has its own index, so that thousands of mails that
 * wait for a retry are not read.
 */
export function takeMails(tx: Tx, { can_wait, retries_first, limit, lease_ms }: Taking): Promise<TakenMail[]> {
  return tx.rows(sql`
    with fresh as (
      select m.id from mails m where m.can_wait = ${can_wait} and m.attempts = 0
      order by m.place, m.id limit ${limit} for update of m skip locked),
    tried as (
      select m.id from mails m where m.can_wait = ${can_wait} and m.attempts > 0 and m.next_attempt_at <= now()
      order by m.next_attempt_at limit ${limit} for update of m skip locked),
    due as (
      select d.id from (
        select f.id, ${retries_first}::boolean as later, row_number() over () as place from fresh f
        union all select t.id, not ${retries_first}::boolean, row_number() over () from tried t) d
      order by d.later, d.place limit ${limit})
    update mails m set attempts = m.attempts + 1, next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'
    from due where m.id = due.id returning ${selected(taken_columns, sql`m`)}, m.expires_at <= now() as is_over`);
}

/** Renews a lease, unless another process has taken the mail since. */
export function renewMail(tx: Tx, { id, attempts }: TakenMail, lease_ms: number): void {
  tx.send(sql`
    update mails set next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'
    where id = ${id} and attempts = ${attempts}`);
}

/** Deletes a mail that has been sent, or has nobody to be sent to. */
export function deleteMail(tx: Tx, id: string): void {
  tx.send(sql`delete from mails where id = ${id}`);
}

/** Schedules a mail's retry, unless another process has taken it since. */
export function delayMail(tx: Tx, { id, attempts }: TakenMail, again_in_s: number): void {
  tx.send(sql`
    update mails set next_attempt_at = now() + ${again_in_s}::float * interval '1 second'
    where id = ${id} and attempts = ${attempts}`);
}

/** Gives up a mail. It is kept, sealed, until somebody retries it by hand or upkeep removes it. */
export function giveUpMail(tx: Tx, id: string, { kind, reason }: { kind: string | null; reason: string }): void {
  tx.send(sql`select give_up_mails(array[${id}]::uuid[], ${kind}, ${reason})`);
}

/** Gives up mails that nobody has sent in time, for installations in which no process sends any. Returns how many. */
export async function giveUpExpiredMails(tx: Tx, limit: number): Promise<number> {
  const { given_up } = await tx.one<{ given_up: number }>(sql`
    select give_up_mails(array(
      select m.id from mails m where m.expires_at <= now() limit ${limit} for update of m skip locked), null, 'expired') as given_up`);
  return given_up;
}

/** Queues a given-up mail again, unless it can't be true any more. Returns whether it was queued. */
export async function retryMail(
  tx: Tx,
  id: string,
  { fresh, for_s }: { fresh: string; for_s: number },
): Promise<boolean> {
  const { queued } = await tx.one<{ queued: boolean }>(sql`
    select retry_mail(${id}::uuid, ${fresh}::uuid, ${for_s}::integer) as queued`);
  return queued;
}

/** Returns the enabled account with this address. */
export function accountToMail(db: Db, email: string): Promise<{ id: string; name: string } | undefined> {
  return db.maybeOne(sql`select a.id, a.name from account_to_mail(${email}) a`);
}

/**
 * Stores a token's hash for the account in scope, unless it is stored already. Returns the seconds for which the token is still valid;
 * null if it has ended or the account is no longer enabled.
 */
export async function addPasswordReset(
  tx: Tx,
  row: { id: string; hash: Buffer; ttl_s: number; request_id: string; ip: string; email: string },
): Promise<number | null> {
  const { left_s } = await tx.one<{ left_s: number | null }>(sql`
    select add_password_reset(${row.id}::uuid, ${row.hash}::bytea, ${row.ttl_s}::integer, ${newId()}::uuid, ${row.request_id},
      ${row.ip}, ${row.email}) as left_s`);
  return left_s;
}

/** Returns what a mail shows of an invitation; undefined if the invitation is no longer open. */
export function invitationToMail(
  db: Db,
  invitation_id: string,
): Promise<{ email: string; role: string; workspace: string; inviter: string } | undefined> {
  return db.maybeOne(sql`
    select i.email, i.role, i.workspace, i.inviter from invitation_to_mail(${invitation_id}::uuid) i`);
}

/**
 * Returns what a mail with a token shows of the account in scope, and the seconds for which the token is still valid; undefined if it
 * has ended.
 */
export function emailChangeToMail(
  db: Db,
  hash: Buffer,
): Promise<{ name: string; email: string; left_s: number } | undefined> {
  return db.maybeOne(sql`select c.name, c.email, c.left_s from email_change_to_mail(${hash}::bytea) c`);
}
