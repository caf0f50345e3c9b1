import { type Columns, selected } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { mail_columns } from './queries.ts';

/** A mail that this process alone sends, until its lease ends. */
export interface TakenMail {
  id: string;
  sealed: Buffer;
  attempts: number;
  can_wait: boolean;
  /** It says nothing any more that is true. */
  is_over: boolean;
}

const taken_columns = {
  id: mail_columns.id,
  sealed: mail_columns.sealed,
  attempts: sql`attempts`,
  can_wait: mail_columns.can_wait,
} satisfies Columns<Exclude<keyof TakenMail, 'is_over'>>;

/** Which mails to take: `can_wait` those that nobody sits and waits for, or the others. */
interface Taking {
  can_wait: boolean;
  /** Whether those come first that have been tried before. */
  retries_first: boolean;
  limit: number;
  lease_ms: number;
}

/**
 * Takes what is due, and passes over what another process takes: what has not been tried by turns of who caused it, what has by its time.
 * Each kind has an index of its own: thousands that wait to be tried again are not looked at.
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

/** Moves the end of a lease, unless another process has taken the mail since. */
export function renewMail(tx: Tx, { id, attempts }: TakenMail, lease_ms: number): void {
  tx.send(sql`
    update mails set next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'
    where id = ${id} and attempts = ${attempts}`);
}

/** A mail has been sent, or there is nobody to send it to. */
export function deleteMail(tx: Tx, id: string): void {
  tx.send(sql`delete from mails where id = ${id}`);
}

/** Tries a mail again, unless another process has taken it since. */
export function delayMail(tx: Tx, { id, attempts }: TakenMail, again_in_s: number): void {
  tx.send(sql`
    update mails set next_attempt_at = now() + ${again_in_s}::float * interval '1 second'
    where id = ${id} and attempts = ${attempts}`);
}

/** A mail never will be sent by itself: it is kept, sealed, for whoever has it tried once more. */
export function giveUpMail(tx: Tx, id: string, { kind, reason }: { kind: string | null; reason: string }): void {
  tx.send(sql`select give_up_mails(array[${id}]::uuid[], ${kind}, ${reason})`);
}

/** Gives up mails that nobody has sent in time, where no process sends any. Gives how many. */
export async function giveUpExpiredMails(tx: Tx, limit: number): Promise<number> {
  const { given_up } = await tx.one<{ given_up: number }>(sql`
    select give_up_mails(array(
      select m.id from mails m where m.expires_at <= now() limit ${limit} for update of m skip locked), null, 'expired') as given_up`);
  return given_up;
}

/** Queues a mail that was given up once more, unless what it says can't be true any more. Tells whether it was queued. */
export async function retryMail(
  tx: Tx,
  id: string,
  { fresh, for_s }: { fresh: string; for_s: number },
): Promise<boolean> {
  const { queued } = await tx.one<{ queued: boolean }>(sql`
    select retry_mail(${id}::uuid, ${fresh}::uuid, ${for_s}::integer) as queued`);
  return queued;
}

/** The enabled account with this address. */
export function accountToMail(db: Db, email: string): Promise<{ id: string; name: string } | undefined> {
  return db.maybeOne(sql`select a.id, a.name from account_to_mail(${email}) a`);
}

/** Keeps a token's hash for the account in scope; tells whether that is still enabled. */
export async function addPasswordReset(
  tx: Tx,
  row: { id: string; hash: Buffer; ttl_s: number; request_id: string; ip: string; email: string },
): Promise<boolean> {
  const { added } = await tx.one<{ added: boolean }>(sql`
    select add_password_reset(${row.id}::uuid, ${row.hash}::bytea, ${row.ttl_s}::integer, ${newId()}::uuid, ${row.request_id},
      ${row.ip}, ${row.email}) as added`);
  return added;
}

/** What a mail says of an invitation that is open; nothing if it isn't. */
export function invitationToMail(
  db: Db,
  invitation_id: string,
): Promise<{ email: string; role: string; workspace: string; inviter: string } | undefined> {
  return db.maybeOne(sql`
    select i.email, i.role, i.workspace, i.inviter from invitation_to_mail(${invitation_id}::uuid) i`);
}

/** Whom a mail about a new address of the account in scope greets; nothing where its token has ended. */
export function emailChangeToMail(db: Db, hash: Buffer): Promise<{ name: string; email: string } | undefined> {
  return db.maybeOne(sql`select c.name, c.email from email_change_to_mail(${hash}::bytea) c`);
}
