-- Up Migration
-- Refreshes of a session in its present window: each session has a limit of its own, so that no neighbour on the same
-- network can use it up. The row is locked and written by a refresh anyway.
alter table sessions
  add column refreshes integer not null default 0,
  add column refreshes_reset_at timestamptz not null default now();

-- One-time tokens by which an account gets a new password. The operator creates them.
create table password_resets (
  user_id uuid not null,
  id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  constraint password_resets_pkey primary key (user_id, id)
);

-- Failed attempts, counted by the hour: a trace for the account's owner that no attacker can make grow. Read together
-- with account_audit_log, which nobody may update.
create table failed_attempts (
  user_id uuid not null,
  action text not null,
  hour timestamptz not null,
  id uuid not null,
  failures integer not null default 1,
  request_id text not null,
  ip text,
  created_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  constraint failed_attempts_pkey primary key (user_id, action, hour)
);
create index failed_attempts_created on failed_attempts (user_id, created_at, id);

select app_distribute('password_resets', 'user_id');
select app_distribute('failed_attempts', 'user_id');

alter table password_resets add constraint password_resets_user_fkey foreign key (user_id) references users (id);
alter table failed_attempts add constraint failed_attempts_user_fkey foreign key (user_id) references users (id);

alter table password_resets enable row level security;
alter table password_resets force row level security;
create policy own on password_resets using (user_id = app_user_id());
alter table failed_attempts enable row level security;
alter table failed_attempts force row level security;
create policy own on failed_attempts using (user_id = app_user_id());

grant select, insert, update on password_resets to baton_app;
grant select, insert, update, delete on failed_attempts to baton_app;
