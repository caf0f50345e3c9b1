import { type Sql, sql } from '../db/sql.ts';

// The worker's statements that remove old rows of accounts (upkeep/catalogue.ts). Each takes the
// oldest rows by their index, up to the limit, and skips rows that another worker has locked. The
// table is named in `due` and again outside it, so that the limit holds however PostgreSQL joins them.
// The row policies also restrict which rows can be removed (0008_worker.sql).

/**
 * Removes refresh tokens of sessions that ended that long ago. This runs first: the tokens refer to the sessions' rows.
 */
export function removeTokensOfEndedSessions(ended_for_s: number, limit: number): Sql {
  return sql`
    with ended as (
      select s.user_id, s.id from sessions s
      where least(s.revoked_at, s.expires_at) < now() - ${ended_for_s} * interval '1 second'
      order by least(s.revoked_at, s.expires_at) limit ${limit}),
    due as (
      select t.user_id, t.session_id, t.token_hash from ended e
      join refresh_tokens t on t.user_id = e.user_id and t.session_id = e.id
      limit ${limit} for update of t skip locked)
    delete from refresh_tokens t using due d
    where t.user_id = d.user_id and t.session_id = d.session_id and t.token_hash = d.token_hash returning 1`;
}

/** Removes sessions that ended that long ago and have no refresh token left. */
export function removeEndedSessions(ended_for_s: number, limit: number): Sql {
  return sql`
    with ended as (
      select s.user_id, s.id from sessions s
      where least(s.revoked_at, s.expires_at) < now() - ${ended_for_s} * interval '1 second'
      order by least(s.revoked_at, s.expires_at) limit ${limit}),
    due as (
      select s.user_id, s.id from ended e join sessions s on s.user_id = e.user_id and s.id = e.id
      where not exists (select 1 from refresh_tokens t where t.user_id = e.user_id and t.session_id = e.id)
      for update of s skip locked)
    delete from sessions s using due d where s.user_id = d.user_id and s.id = d.id returning 1`;
}

/** Removes one-time tokens that were used or replaced, or expired, that long ago. */
export function removeEndedPasswordResets(ended_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select r.user_id, r.id from password_resets r
      where least(r.ended_at, r.expires_at) < now() - ${ended_for_s} * interval '1 second'
      order by least(r.ended_at, r.expires_at) limit ${limit} for update of r skip locked)
    delete from password_resets r using due d where r.user_id = d.user_id and r.id = d.id returning 1`;
}

/** Removes the counts of failed attempts in hours that long ago. */
export function removeFailedAttempts(kept_for_s: number, limit: number): Sql {
  return sql`
    with due as (
      select f.user_id, f.action, f.hour from failed_attempts f
      where f.hour < now() - ${kept_for_s} * interval '1 second'
      order by f.hour limit ${limit} for update of f skip locked)
    delete from failed_attempts f using due d
    where f.user_id = d.user_id and f.action = d.action and f.hour = d.hour returning 1`;
}
