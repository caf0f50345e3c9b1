-- Up Migration
-- Mails with a one-time token say how long it is still valid. A mail that is retried has a token from its first attempt.

drop function add_password_reset(uuid, bytea, integer, uuid, text, text, text);
create function add_password_reset(reset uuid, hash bytea, ttl_s integer, entry uuid, request text, address text, mailed_to text)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Against a change that is being made: one that disables the account, or gives it another address, ends its tokens.
  perform 1 from users where id = app_user_id() and email = mailed_to and disabled_at is null for share;
  if not found then return null; end if;
  insert into password_resets (user_id, id, token_hash, expires_at)
  values (app_user_id(), reset, hash, now() + ttl_s * interval '1 second') on conflict (user_id, id) do nothing;
  if found then
    insert into failed_attempts as f (user_id, action, hour, id, request_id, ip)
    values (app_user_id(), 'password_reset_mailed', date_trunc('hour', now()), entry, request, address)
    on conflict (user_id, action, hour) do update set failures = f.failures + 1, last_at = excluded.last_at,
      request_id = excluded.request_id, ip = excluded.ip;
  end if;
  return (
    select ceil(extract(epoch from r.expires_at - now()))::integer from password_resets r
    where r.user_id = app_user_id() and r.id = reset and r.ended_at is null and r.expires_at > now());
end $$;
revoke execute on function add_password_reset(uuid, bytea, integer, uuid, text, text, text) from public;
grant execute on function add_password_reset(uuid, bytea, integer, uuid, text, text, text) to baton_worker;

drop function email_change_to_mail(bytea);
create function email_change_to_mail(hash bytea)
returns table (name text, email text, left_s integer) language sql stable security definer set search_path = public, pg_temp as $$
  select u.name, u.email, ceil(extract(epoch from r.expires_at - now()))::integer from password_resets r
  join users u on u.id = app_user_id() and u.disabled_at is null
  where r.user_id = app_user_id() and r.token_hash = hash and r.new_email is not null and r.ended_at is null and r.expires_at > now()
$$;
revoke execute on function email_change_to_mail(bytea) from public;
grant execute on function email_change_to_mail(bytea) to baton_worker;
