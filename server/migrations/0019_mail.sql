-- Up Migration
-- Mail to people: one-time tokens for a new password, and invitations (docs/decisions, 44).

-- What is to be sent. It is sealed: tokens, and whose address it goes to, are in no column. A row goes when it is sent, or is out of date.
create table mails (
  id uuid not null,
  sealed bytea not null,
  -- How often it was begun.
  attempts integer not null default 0,
  -- While it is being sent: when it is due again if nobody says how that ended.
  next_attempt_at timestamptz not null default now(),
  -- Later it says nothing that is true any more.
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint mails_pkey primary key (id),
  constraint mails_sealed check (octet_length(sealed) <= 4096)
);
create index mails_due on mails (next_attempt_at);
comment on table mails is 'system';
grant insert on mails to baton_app;
grant select, delete, update (attempts, next_attempt_at) on mails to baton_worker;

-- The account with this address, unless it is disabled. The worker reads no other address or name.
create function account_to_mail(address text)
returns table (id uuid, name text) language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, u.name from users u where u.email = address and u.disabled_at is null
$$;
revoke execute on function account_to_mail(text) from public;
grant execute on function account_to_mail(text) to baton_worker;

-- Keeps the hash of a token that is about to be sent to the account in scope, unless that is disabled by now. Those before stay valid:
-- whoever knows an address can ask for another, and would otherwise end the one that was just read.
create function add_password_reset(reset uuid, hash bytea, ttl_s integer, entry uuid, request text, address text, mailed_to text)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- Against a change that is being made: one that disables the account, or gives it another address, ends its tokens.
  perform 1 from users where id = app_user_id() and email = mailed_to and disabled_at is null for share;
  if not found then return false; end if;
  insert into password_resets (user_id, id, token_hash, expires_at)
  values (app_user_id(), reset, hash, now() + ttl_s * interval '1 second') on conflict (user_id, id) do nothing;
  -- The mail is tried again: its token is there.
  if not found then return true; end if;
  insert into account_audit_log (user_id, id, action, detail, request_id, ip)
  values (app_user_id(), entry, 'password_reset_mailed', '{}', request, address);
  return true;
end $$;
revoke execute on function add_password_reset(uuid, bytea, integer, uuid, text, text, text) from public;
grant execute on function add_password_reset(uuid, bytea, integer, uuid, text, text, text) to baton_worker;

-- What a mail says of an invitation of the workspace in scope that is open.
create function invitation_to_mail(invitation uuid)
returns table (email text, role text, workspace text, inviter text) language sql stable security definer set search_path = public, pg_temp as $$
  select i.email, i.role, w.name, u.name
  from invitations i
  join workspaces w on w.id = app_workspace_id() and w.deleted_at is null
  join users u on u.id = i.invited_by
  where i.workspace_id = app_workspace_id() and i.id = invitation and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
$$;
revoke execute on function invitation_to_mail(uuid) from public;
grant execute on function invitation_to_mail(uuid) to baton_worker;
