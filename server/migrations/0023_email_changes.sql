-- Up Migration
-- An account gets another address by a mail to it (docs/decisions, 48).

-- The address that this token confirms; null: it is for a new password. All of an account's tokens end together.
alter table password_resets add column new_email text;

-- Whom a mail about a new address of the account in scope greets; nobody where its token has ended.
create function email_change_to_mail(hash bytea)
returns table (name text) language sql stable security definer set search_path = public, pg_temp as $$
  select u.name from password_resets r
  join users u on u.id = app_user_id() and u.disabled_at is null
  where r.user_id = app_user_id() and r.token_hash = hash and r.new_email is not null and r.ended_at is null and r.expires_at > now()
$$;
revoke execute on function email_change_to_mail(bytea) from public;
grant execute on function email_change_to_mail(bytea) to baton_worker;
