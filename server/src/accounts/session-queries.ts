import { type Columns, inserted, selected, without } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Db, Tx } from '../db/transaction.ts';
import type { KeysetPart } from '../http/cursor.ts';
import { leastIdOf } from '../lib/ids.ts';
import type { Session } from './contract.ts';
import type { KeptToken } from './refresh-token.ts';

/** The columns of a session that are returned. `current` is not one of them: it depends on the request. */
const session_columns = {
  id: sql`id`,
  user_agent: sql`user_agent`,
  ip: sql`ip`,
  created_at: sql`created_at`,
  refreshed_at: sql`refreshed_at`,
  expires_at: sql`expires_at`,
} satisfies Columns<Exclude<keyof Session, 'current'>>;

const created_columns = {
  user_id: sql`user_id`,
  ...without(session_columns, 'created_at', 'refreshed_at'),
};

export interface NewSession {
  user_id: string;
  id: string;
  user_agent: string | undefined;
  ip: string;
  ttl_s: number;
}

export function insertSession(tx: Tx, { ttl_s, user_agent, ...row }: NewSession): void {
  const expires_at = sql`now() + ${ttl_s} * interval '1 second'`;
  tx.send(
    sql`insert into sessions ${inserted(created_columns, { ...row, user_agent: user_agent ?? null, expires_at })}`,
  );
}

/** Counts the sessions that began since `since_ms`, up to `limit`, and returns the age of the oldest of them. */
export function sessionsSince(db: Db, user_id: string, since_ms: number, limit: number) {
  return db.one<{ count: number; oldest_s: number | null }>(sql`
    select count(*)::int as count, extract(epoch from now() - min(s.created_at))::int as oldest_s
    from (select created_at from sessions where user_id = ${user_id} and id > ${leastIdOf(since_ms)} limit ${limit}) s`);
}

/** A refresh token of a session, by its hash. */
interface TokenKey {
  user_id: string;
  session_id: string;
  hash: Buffer;
}

const token_columns = {
  user_id: sql`user_id`,
  session_id: sql`session_id`,
  hash: sql`token_hash`,
} satisfies Columns<keyof TokenKey>;

export function insertRefreshToken(tx: Tx, row: TokenKey): void {
  tx.send(sql`insert into refresh_tokens ${inserted(token_columns, row)}`);
}

/** A session as a refresh finds it. */
export interface LockedSession {
  live: boolean;
  /** Refreshes in its current window, and the seconds until that window ends. */
  refreshes: number;
  resets_in_s: number;
}

/** Locks the session until the commit, so that of two uses of one token the second sees what the first did. */
export function lockSession(tx: Tx, user_id: string, session_id: string): Promise<LockedSession | undefined> {
  return tx.maybeOne(sql`
    select revoked_at is null and expires_at > now() as live,
      case when refreshes_reset_at > now() then refreshes else 0 end as refreshes,
      greatest(ceil(extract(epoch from refreshes_reset_at - now())), 1)::int as resets_in_s
    from sessions
    where user_id = ${user_id} and id = ${session_id} for no key update`);
}

/** Counts a refresh of a locked session in a window of `window_s` seconds. `prolong_s` also prolongs the session. */
export function countRefresh(
  tx: Tx,
  { user_id, session_id }: { user_id: string; session_id: string },
  { window_s, prolong_s }: { window_s: number; prolong_s?: number },
): void {
  const prolonged =
    prolong_s === undefined
      ? sql``
      : sql`, refreshed_at = now(), expires_at = now() + ${prolong_s} * interval '1 second'`;
  tx.send(sql`
    update sessions set
      refreshes = case when refreshes_reset_at > now() then refreshes else 0 end + 1,
      refreshes_reset_at = case when refreshes_reset_at > now() then refreshes_reset_at
        else now() + ${window_s} * interval '1 second' end ${prolonged}
    where user_id = ${user_id} and id = ${session_id}`);
}

/** Returns whether a known token was spent, and whether that was within the last `within_s` seconds. */
export function refreshToken(db: Db, token: TokenKey, { within_s }: { within_s: number }) {
  return db.maybeOne<{ spent: boolean; just_spent: boolean }>(sql`
    select spent_at is not null as spent,
      coalesce(spent_at > now() - ${within_s} * interval '1 second', false) as just_spent
    from refresh_tokens
    where user_id = ${token.user_id} and session_id = ${token.session_id} and token_hash = ${token.hash}`);
}

const max_just_spent = 1000;

/** Returns the session's live token and those that were spent within the last `within_s` seconds. */
export function recentRefreshTokens(
  db: Db,
  token: { user_id: string; session_id: string },
  { within_s }: { within_s: number },
): Promise<KeptToken[]> {
  return db.rows(sql`
    select token_hash, spent_at is not null as spent from refresh_tokens
    where user_id = ${token.user_id} and session_id = ${token.session_id}
      and (spent_at is null or spent_at > now() - ${within_s} * interval '1 second')
    limit ${max_just_spent}`);
}

export function spendRefreshToken(tx: Tx, token: TokenKey): void {
  tx.send(sql`
    update refresh_tokens set spent_at = now()
    where user_id = ${token.user_id} and session_id = ${token.session_id} and token_hash = ${token.hash}`);
}

/**
 * Deletes the session's refresh tokens, including spent ones. Using one of them is then refused and ends no session.
 */
export function deleteRefreshTokens(tx: Tx, owner: { user_id: string; session_id: string }): void {
  tx.send(sql`delete from refresh_tokens where user_id = ${owner.user_id} and session_id = ${owner.session_id}`);
}

/**
 * Ends sessions: one, all but one, or all. After the commit it waits for every write that still relies on one of them.
 * Returns the ids of those that were live.
 */
export async function revokeSessions(
  tx: Tx,
  user_id: string,
  which: { only: string } | { except: string } | 'all',
): Promise<string[]> {
  const chosen = which === 'all' ? sql`true` : 'only' in which ? sql`id = ${which.only}` : sql`id <> ${which.except}`;
  const rows = await tx.rows<{ id: string }>(sql`
    update sessions set revoked_at = now()
    where user_id = ${user_id} and ${chosen} and revoked_at is null and expires_at > now() returning id`);
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) {
    tx.settle(sql`
      select 1 from sessions where user_id = ${user_id} and id = any (${ids}::uuid[]) order by id for update`);
  }
  return ids;
}

const shownSession = (current: string) => sql`${selected(session_columns, sql`s`)}, s.id = ${current} as current`;

export function sessionsOf(db: Db, user_id: string, current: string, part: KeysetPart): Promise<Session[]> {
  return db.rows(sql`
    select ${shownSession(current)} from sessions s
    where s.user_id = ${user_id} and s.revoked_at is null and s.expires_at > now() and ${part.after}
    ${part.order_and_limit}`);
}

/** Returns a live session of the user. */
export function liveSession(db: Db, user_id: string, id: string, current: string): Promise<Session | undefined> {
  return db.maybeOne(sql`
    select ${shownSession(current)} from sessions s
    where s.user_id = ${user_id} and s.id = ${id} and s.revoked_at is null and s.expires_at > now()`);
}
