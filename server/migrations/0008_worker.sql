-- Up Migration
-- The worker's role. It looks after rows of every workspace and account, so it may do little with each of them: what it
-- is not granted here, and what no policy names, it can't see or touch (docs/decisions, "A place to work").

-- Roles belong to the whole cluster, so it may exist already. With two logins, a superuser has created it.
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'baton_worker') then
    begin
      create role baton_worker nologin;
    exception when insufficient_privilege then
      raise exception 'The role baton_worker is missing, and % may not create roles', current_user
        using hint = 'As a superuser run: create role baton_worker login password ''...''; and then: grant connect on '
          'database ' || current_database() || ' to baton_worker; docs/operating.md says more under "Upgrading".';
    end;
  end if;
  -- So that one login may migrate, serve and work. Refused where the role is somebody else's: then it has a login of its own.
  begin
    execute format('grant baton_worker to %I', current_user);
  exception when insufficient_privilege then null;
  end;
end $$;

grant usage on schema public to baton_worker;
grant execute on function app_workspace_id(), app_user_id() to baton_worker;

-- upkeep

-- Lets the worker remove what is spent from a table, of every workspace and account: rows for which `spent` holds. It sees
-- these `columns` of theirs and no others. Whatever it asks for, it deletes no other row. It may lock a row, which takes the
-- right to update, and can update none.
create function app_upkeep(table_name regclass, columns text, spent text) returns void language plpgsql as $$
begin
  execute format('grant select (%s), update (%s), delete on %s to baton_worker', columns, split_part(columns, ',', 1), table_name);
  execute format('create policy worker on %s to baton_worker using (%s) with check (false)', table_name, spent);
  execute format('create policy worker_deletes on %s as restrictive for delete to baton_worker using (%s)', table_name, spent);
end $$;

-- What upkeep looks for, oldest first, whoever it belongs to. Tests take such an index by its comment
-- (server/test/locks/catalog.ts): every other one begins with the workspace or the account.
create index sessions_ended on sessions (least(revoked_at, expires_at));
create index password_resets_ended on password_resets (least(ended_at, expires_at));
create index failed_attempts_hour on failed_attempts (hour);
create index invitations_lapsed on invitations (least(revoked_at, expires_at)) where accepted_at is null;
create index rate_limits_resets on rate_limits (resets_at);
comment on index sessions_ended is 'upkeep';
comment on index password_resets_ended is 'upkeep';
comment on index failed_attempts_hour is 'upkeep';
comment on index invitations_lapsed is 'upkeep';
comment on index rate_limits_resets is 'upkeep';

-- The limit on sign-ins counts the sessions of the last 15 minutes, ended ones too.
select app_upkeep('sessions', 'user_id, id, revoked_at, expires_at',
  $$least(revoked_at, expires_at) < now() - interval '15 minutes'$$);
-- Of a live session each spent token stays: whoever uses it again ends the session.
select app_upkeep('refresh_tokens', 'user_id, session_id, token_hash', $$exists (
  select 1 from sessions s where s.user_id = refresh_tokens.user_id and s.id = refresh_tokens.session_id
    and least(s.revoked_at, s.expires_at) < now() - interval '15 minutes')$$);
select app_upkeep('password_resets', 'user_id, id, ended_at, expires_at', 'least(ended_at, expires_at) < now()');
select app_upkeep('failed_attempts', 'user_id, action, hour', $$hour < now() - interval '1 day'$$);
-- An accepted one stays: it tells how its member came.
select app_upkeep('invitations', 'workspace_id, id, accepted_at, revoked_at, expires_at',
  'accepted_at is null and least(revoked_at, expires_at) < now()');

-- Counters are nobody's data, and have had no policies. A statement that began within a window may still count on it.
alter table rate_limits enable row level security;
alter table rate_limits force row level security;
create policy app on rate_limits to baton_app using (true);
select app_upkeep('rate_limits', 'key, resets_at', $$resets_at < now() - interval '1 minute'$$);

-- what a lost right leaves to do (0005_membership.sql)

-- One workspace at a time, by the policies that are there: its invitations and tickets, and no text of theirs.
grant select, delete, update (request_id) on membership_cleanups to baton_worker;
grant select (workspace_id, user_id, role, removed_at), update (updated_at) on memberships to baton_worker;
grant select (id, disabled_at) on users to baton_worker;
grant select (email, role, invited_by), update (revoked_at) on invitations to baton_worker;
grant select (workspace_id, id, assignee_id, version, updated_at), update (assignee_id, version, updated_at) on tickets
  to baton_worker;
grant insert on audit_log to baton_worker;
