import { type Columns, inserted, insertedFrom, later, listed, selected, without } from '../db/columns.ts';
import { type Sql, sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { newId } from '../lib/ids.ts';
import type { AccountAuditEntry, User } from './contract.ts';
import type { AccountEntry, HourlyAction } from './facts.ts';

/** The columns of an account that are returned. */
const user_columns = {
  id: sql`id`,
  email: sql`email`,
  email_confirmed_at: sql`email_confirmed_at`,
  name: sql`name`,
  version: sql`version`,
  created_at: sql`created_at`,
  updated_at: sql`updated_at`,
} satisfies Columns<keyof User>;

const columns = selected(user_columns, sql`u`);
const created_columns = without(user_columns, 'email_confirmed_at', 'version', 'created_at', 'updated_at');

export function userById(db: Db, user_id: string): Promise<User> {
  return db.one(sql`select ${columns} from users u where u.id = ${user_id}`);
}

/** Returns the account with this address, and whether it is disabled. */
export function anyUserByEmail(db: Db, email: string): Promise<(User & { disabled: boolean }) | undefined> {
  return db.maybeOne(sql`
    select ${columns}, u.disabled_at is not null as disabled from users u where u.email = ${email}`);
}

/** Returns the account unless it is disabled. */
export function enabledUser(db: Db, user_id: string): Promise<User | undefined> {
  return db.maybeOne(sql`select ${columns} from users u where u.id = ${user_id} and u.disabled_at is null`);
}

/** Returns the account, locked until the commit. */
export function lockUser(tx: Tx, user_id: string): Promise<User> {
  return tx.one(sql`select ${columns} from users u where u.id = ${user_id} for no key update of u`);
}

/** Inserts an account; undefined if the address is taken, which as an error would appear in PostgreSQL's log. */
export function insertUser(
  tx: Tx,
  row: Omit<User, 'email_confirmed_at' | 'version' | 'created_at' | 'updated_at'>,
): Promise<User | undefined> {
  return tx.maybeOne(sql`
    insert into users as u ${inserted(created_columns, row)}
    on conflict (email) do nothing returning ${columns}`);
}

/** Inserts an account without an address, so that nobody can sign in to it. */
export function insertBot(tx: Tx, { id, name }: Pick<User, 'id' | 'name'>): void {
  tx.send(sql`insert into users (id, name, kind) values (${id}, ${name}, 'bot')`);
}

export function renameUser(tx: Tx, user_id: string, name: string): Promise<User> {
  return tx.one(sql`
    update users as u set name = ${name}, version = u.version + 1,
      updated_at = ${later(sql`u.updated_at`)}
    where u.id = ${user_id} returning ${columns}`);
}

/** Makes the transaction wait, after its commit, for transactions that rely on the account being enabled. */
export function settleUser(tx: Tx, user_id: string): void {
  tx.settle(sql`select 1 from users where id = ${user_id} for update`);
}

/** Disables the account, or enables it again. */
export function setDisabled(tx: Tx, user_id: string, disabled: boolean): void {
  tx.send(sql`
    update users as u set disabled_at = case when ${disabled} then now() end, version = u.version + 1,
      updated_at = ${later(sql`u.updated_at`)}
    where u.id = ${user_id}`);
}

/** Sets the address, and whether a mail has confirmed it. */
export function setEmail(
  tx: Tx,
  user_id: string,
  { email, is_confirmed }: { email: string; is_confirmed: boolean },
): Promise<User> {
  return tx.one(sql`
    update users as u set email = ${email}, email_confirmed_at = case when ${is_confirmed} then now() end, version = u.version + 1,
      updated_at = ${later(sql`u.updated_at`)}
    where u.id = ${user_id} returning ${columns}`);
}

/** A password as it is stored. The time tells it from every other one: a hash of another cost is the same password. */
export interface StoredPassword {
  hash: string;
  changed_at: string;
}

export function storedPassword(db: Db, user_id: string): Promise<StoredPassword | undefined> {
  return db.maybeOne(sql`
    select password_hash as hash, changed_at from user_credentials where user_id = ${user_id}`);
}

/**
 * Returns whether the password is still the one that was verified, and locks it until the commit: a session can't start
 * with a password that is being changed. With `rehashes`, takes the lock that `rehashPassword` needs, since two
 * transactions that share the weaker one would deadlock.
 */
export async function holdPassword(
  tx: Tx,
  user_id: string,
  verified: StoredPassword,
  { rehashes = false } = {},
): Promise<boolean> {
  const row = await tx.maybeOne<{ changed_at: string }>(sql`
    select changed_at from user_credentials where user_id = ${user_id} ${rehashes ? sql`for no key update` : sql`for share`}`);
  return row?.changed_at === verified.changed_at;
}

/** Replaces the hash of a password that the transaction has locked by another one of the same password. */
export function rehashPassword(tx: Tx, user_id: string, hash: string): void {
  tx.send(sql`update user_credentials set password_hash = ${hash} where user_id = ${user_id}`);
}

/** Sets the password if it is still the one that was verified. Returns whether it was. */
export async function replacePassword(
  tx: Tx,
  user_id: string,
  verified: StoredPassword,
  hash: string,
): Promise<boolean> {
  const row = await tx.maybeOne(sql`
    update user_credentials set password_hash = ${hash}, changed_at = ${later(sql`changed_at`)}
    where user_id = ${user_id} and changed_at = ${verified.changed_at} returning user_id`);
  return row !== undefined;
}

/** Sets the password whatever it was. Sign-ins with the old one that lock the row later see the new one. */
export function setPasswordHash(tx: Tx, user_id: string, hash: string): void {
  tx.send(sql`
    insert into user_credentials as c (user_id, password_hash) values (${user_id}, ${hash})
    on conflict (user_id) do update set password_hash = excluded.password_hash, changed_at = ${later(sql`c.changed_at`)}`);
}

/** Waits for sign-ins that have checked the password, and blocks new ones until the commit. */
export function lockCredentials(tx: Tx, user_id: string): void {
  tx.send(sql`select 1 from user_credentials where user_id = ${user_id} for update`);
}

interface NewOneTimeToken {
  user_id: string;
  id: string;
  hash: Buffer;
  ttl_s: number;
  /** The address that the token confirms. A token without one sets a new password. */
  new_email?: string;
}

const one_time_columns = {
  user_id: sql`user_id`,
  id: sql`id`,
  hash: sql`token_hash`,
  expires_at: sql`expires_at`,
  new_email: sql`new_email`,
} satisfies Columns<Exclude<keyof NewOneTimeToken, 'ttl_s'> | 'expires_at'>;

export function insertOneTimeToken(tx: Tx, { ttl_s, new_email, ...row }: NewOneTimeToken): void {
  const expires_at = sql`now() + ${ttl_s} * interval '1 second'`;
  const token = { ...row, expires_at, new_email: new_email ?? null };
  tx.send(sql`insert into password_resets ${inserted(one_time_columns, token)}`);
}

/** A one-time token, by its hash. */
interface OneTimeToken {
  user_id: string;
  id: string;
  hash: Buffer;
}

/** Whether a row is this token for a new password, and the token is open. */
const isOpenReset = ({ user_id, id, hash }: OneTimeToken): Sql => sql`
  user_id = ${user_id} and id = ${id} and token_hash = ${hash}
    and new_email is null and ended_at is null and expires_at > now()`;

/** Returns whether the token for a new password is open. */
export async function isPasswordResetOpen(db: Db, token: OneTimeToken): Promise<boolean> {
  const row = await db.maybeOne(sql`select 1 from password_resets where ${isOpenReset(token)}`);
  return row !== undefined;
}

/** Marks the token as used if it is open. Returns whether it was; of two concurrent uses, the second finds it used. */
export async function usePasswordReset(tx: Tx, token: OneTimeToken): Promise<boolean> {
  const row = await tx.maybeOne(sql`
    update password_resets set ended_at = now() where ${isOpenReset(token)} returning id`);
  return row !== undefined;
}

/** Marks the token as used if it is open. Returns the address that it confirms. */
export async function useEmailChange(tx: Tx, token: OneTimeToken): Promise<string | undefined> {
  const row = await tx.maybeOne<{ new_email: string }>(sql`
    update password_resets set ended_at = now()
    where user_id = ${token.user_id} and id = ${token.id} and token_hash = ${token.hash}
      and new_email is not null and ended_at is null and expires_at > now() returning new_email`);
  return row?.new_email;
}

/** Ends the account's open tokens for a new password or address. */
export function endOneTimeTokens(tx: Tx, user_id: string): void {
  tx.send(sql`update password_resets set ended_at = now() where user_id = ${user_id} and ended_at is null`);
}

/** Ends the account's open tokens that confirm its current address. */
export function endConfirmations(tx: Tx, user_id: string): void {
  tx.send(sql`
    update password_resets r set ended_at = now() from users u
    where u.id = ${user_id} and r.user_id = u.id and r.new_email = u.email and r.ended_at is null`);
}

export function insertCredentials(tx: Tx, user_id: string, password_hash: string): void {
  tx.send(sql`insert into user_credentials (user_id, password_hash) values (${user_id}, ${password_hash})`);
}

/** The columns of an entry of an account's audit log. */
const entry_columns = {
  id: sql`id`,
  action: sql`action`,
  detail: sql`detail`,
  request_id: sql`request_id`,
  ip: sql`ip`,
  created_at: sql`created_at`,
} satisfies Columns<keyof AccountAuditEntry>;

/** The same columns for the failed attempts `f` of an hour, in the same order, because a union reads both tables. */
const columns_of_failures = {
  ...entry_columns,
  detail: sql`jsonb_build_object(
    case f.action when 'password_reset_mailed' then 'mails' else 'failures' end, f.failures,
    'last_at', to_char(f.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))`,
};

export function accountAuditOf(db: Db, user_id: string, part: KeysetPart): Promise<AccountAuditEntry[]> {
  return db.rows(sql`
    select ${selected(entry_columns, sql`a`)}
    from (
      select l.user_id, ${selected(entry_columns, sql`l`)} from account_audit_log l
      union all
      select f.user_id, ${listed(columns_of_failures)} from failed_attempts f
    ) a
    where a.user_id = ${user_id} and ${part.after}
    ${part.order_and_limit}`);
}

/** Where a request came from, for the account's audit log. The operator's commands have no `ip`. */
export interface Origin {
  request_id: string;
  ip: string | null;
}

/** Counts the sign-ins of a disabled account that have failed since the hour in which it was disabled. */
export async function failuresWhileDisabled(db: Db, user_id: string): Promise<number> {
  const { failures } = await db.one<{ failures: number }>(sql`
    select coalesce(sum(f.failures), 0)::integer as failures
    from users u join failed_attempts f on f.user_id = u.id and f.action = 'sign_in_failed' and f.hour >= date_trunc('hour', u.disabled_at)
    where u.id = ${user_id}`);
  return failures;
}

const failure_columns = {
  user_id: sql`user_id`,
  hour: sql`hour`,
  ...without(entry_columns, 'detail', 'created_at'),
};

/** Counts a failed attempt in the entry of its hour. Does nothing if the account doesn't exist. */
export function recordFailedAttempt(
  tx: Tx,
  user_id: string,
  origin: Origin,
  action: Exclude<HourlyAction, 'password_reset_mailed'>,
): void {
  const { request_id, ip } = origin;
  const row = { user_id, hour: sql`date_trunc('hour', now())`, id: newId(), action, request_id, ip };
  tx.send(sql`
    insert into failed_attempts as f ${insertedFrom(failure_columns, row, sql`from users u where u.id = ${user_id}`)}
    on conflict (user_id, action, hour) do update set failures = f.failures + 1, last_at = excluded.last_at,
      request_id = excluded.request_id, ip = excluded.ip`);
}

const recorded_columns = { user_id: sql`user_id`, ...without(entry_columns, 'created_at') };

/** Records what happened to an account in its audit log, in the same transaction. */
export function recordAccountAudit(tx: Tx, user_id: string, origin: Origin, { action, detail }: AccountEntry): void {
  const { request_id, ip } = origin;
  const row = { user_id, id: newId(), action, detail: JSON.stringify(detail ?? {}), request_id, ip };
  tx.send(sql`insert into account_audit_log ${inserted(recorded_columns, row)}`);
}
