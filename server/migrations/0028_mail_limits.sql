-- Up Migration
-- Mails take turns by who caused them, and those with a token for a new password are entries of an hour (docs/decisions, 52).

-- Who caused it, as a hash that nobody can guess, and its place: mails of lower places are sent first.
alter table mails
  add column caused_by text not null default '',
  add column place bigint not null default 0,
  add constraint mails_caused_by check (length(caused_by) <= 43);
drop index mails_due;
create index mails_due on mails (can_wait, place, next_attempt_at);
create index mails_caused_by on mails (caused_by, can_wait, place);

-- The place of another mail: behind all that the same one caused and that waits, and beside the first of the others. So each has one sent
-- by turns, and who has many waiting keeps nobody else waiting. Two queued at once may share a place.
create function mail_place(causer text, waits boolean)
returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select greatest(
    (select max(m.place) + 1 from mails m where m.caused_by = causer and m.can_wait = waits),
    (select min(m.place) from mails m where m.can_wait = waits), 0)
$$;
revoke execute on function mail_place(text, boolean) from public;
grant execute on function mail_place(text, boolean) to baton_app, baton_worker;

-- As before, but what strangers can have sent is counted by the hour, as their failed sign-ins are: each was an entry that stayed.
create or replace function add_password_reset(reset uuid, hash bytea, ttl_s integer, entry uuid, request text, address text, mailed_to text)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Against a change that is being made: one that disables the account, or gives it another address, ends its tokens.
  perform 1 from users where id = app_user_id() and email = mailed_to and disabled_at is null for share;
  if not found then return false; end if;
  insert into password_resets (user_id, id, token_hash, expires_at)
  values (app_user_id(), reset, hash, now() + ttl_s * interval '1 second') on conflict (user_id, id) do nothing;
  -- The mail is tried again: its token is there.
  if not found then return true; end if;
  insert into failed_attempts as f (user_id, action, hour, id, request_id, ip)
  values (app_user_id(), 'password_reset_mailed', date_trunc('hour', now()), entry, request, address)
  on conflict (user_id, action, hour) do update set failures = f.failures + 1, last_at = excluded.last_at,
    request_id = excluded.request_id, ip = excluded.ip;
  return true;
end $$;
