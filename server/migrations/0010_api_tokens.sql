-- Up Migration
-- Tokens for programs, and bots.

-- How often they have become a member: a token belongs to the membership in which it was created, and to no later one.
alter table memberships add column joined integer not null default 1;

-- A bot is a member without an address: nobody signs in as it, and nobody invites it.
alter table users alter column email drop not null, add column kind text not null default 'person',
  add constraint users_kind check (case kind when 'person' then email is not null when 'bot' then email is null else false end);

create table api_tokens (
  workspace_id uuid not null,
  id uuid not null,
  -- Who acts: the person who created it, or a bot.
  user_id uuid not null,
  -- Who has it: a bot acts for them.
  created_by uuid not null,
  -- In which of their memberships.
  joined integer not null,
  name text not null,
  scopes text[] not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_tokens_pkey primary key (workspace_id, id),
  constraint api_tokens_name_length check (length(name) between 1 and 200),
  constraint api_tokens_scopes check (cardinality(scopes) between 1 and 50),
  constraint api_tokens_hash check (octet_length(token_hash) = 32),
  constraint api_tokens_life check (expires_at > created_at)
) with (fillfactor = 85);
-- What a token is can't be changed: not whose it is, nor what it may do.
select app_tenant_table('api_tokens', 'update (last_used_at, revoked_at)');
alter table api_tokens add constraint api_tokens_user_fkey
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id);
alter table api_tokens add constraint api_tokens_creator_fkey
  foreign key (workspace_id, created_by) references memberships (workspace_id, user_id);
create index api_tokens_user on api_tokens (workspace_id, user_id);
create index api_tokens_creator on api_tokens (workspace_id, created_by, created_at, id);
create index api_tokens_created on api_tokens (workspace_id, created_at, id) where revoked_at is null;
create index api_tokens_ended on api_tokens (least(revoked_at, expires_at));
comment on index api_tokens_ended is 'upkeep';
select app_upkeep('api_tokens', 'workspace_id, id, revoked_at, expires_at', 'least(revoked_at, expires_at) < now()');

-- By which token something was done, and for whom a bot did it.
alter table audit_log add column token_id uuid, add column on_behalf_of uuid;
alter table membership_cleanups add column token_id uuid;
