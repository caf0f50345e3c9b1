-- Up Migration
-- The rules behind this schema stand in docs/decisions and are checked by server/test/locks/catalog.test.ts:
-- workspace_id (or user_id, for what belongs to a user) leads every key and index; no triggers; append-only means
-- that the app's role holds no UPDATE and no DELETE.

-- Hooks for a sharded installation: they do nothing on plain PostgreSQL.
create function app_distribute(table_name regclass, column_name text) returns void language plpgsql as $$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    execute format('select create_distributed_table(%L, %L)', table_name, column_name);
  end if;
end $$;

create function app_reference(table_name regclass) returns void language plpgsql as $$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    execute format('select create_reference_table(%L)', table_name);
  end if;
end $$;

-- What row-level security compares with. An unset or reset setting reads as '', which matches nothing.
create function app_workspace_id() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.workspace_id', true), '')::uuid;
create function app_user_id() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.user_id', true), '')::uuid;

-- accounts

create table users (
  id uuid not null,
  email text not null,
  name text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  disabled_at timestamptz,
  constraint users_pkey primary key (id),
  constraint users_email_key unique (email),
  constraint users_email_lower check (email = lower(email) and length(email) <= 320),
  constraint users_name_length check (length(name) between 1 and 200)
);
select app_reference('users');

-- Apart from users, so that no join for a name can ever select a hash.
create table user_credentials (
  user_id uuid not null,
  password_hash text not null,
  changed_at timestamptz not null default now(),
  constraint user_credentials_pkey primary key (user_id)
);

-- A session is one login; its refresh tokens are one family.
create table sessions (
  user_id uuid not null,
  id uuid not null,
  user_agent text,
  ip text,
  created_at timestamptz not null default now(),
  refreshed_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint sessions_pkey primary key (user_id, id)
);

create table refresh_tokens (
  user_id uuid not null,
  session_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz not null default now(),
  spent_at timestamptz,
  constraint refresh_tokens_pkey primary key (user_id, session_id, token_hash)
);

create table account_audit_log (
  user_id uuid not null,
  id uuid not null,
  action text not null,
  detail jsonb not null,
  request_id text not null,
  ip text,
  created_at timestamptz not null default now(),
  constraint account_audit_log_pkey primary key (user_id, id)
);
create index account_audit_log_created on account_audit_log (user_id, created_at, id);

-- Shared between processes; losing it in a crash costs nothing but a fresh window, so it is not logged.
create unlogged table rate_limits (
  key text not null,
  hits integer not null,
  resets_at timestamptz not null,
  constraint rate_limits_pkey primary key (key)
);

-- workspaces

create table workspaces (
  id uuid not null,
  name text not null,
  created_by uuid not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint workspaces_pkey primary key (id),
  constraint workspaces_name_length check (length(name) between 1 and 200)
);
select app_reference('workspaces');

create table memberships (
  workspace_id uuid not null,
  user_id uuid not null,
  role text not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint memberships_pkey primary key (workspace_id, user_id),
  constraint memberships_role check (role in ('owner', 'admin', 'member', 'viewer'))
);
create index memberships_created on memberships (workspace_id, created_at, user_id);

-- The same facts by user: "my workspaces" is one shard's question.
create table user_workspaces (
  user_id uuid not null,
  workspace_id uuid not null,
  role text not null,
  created_at timestamptz not null default now(),
  constraint user_workspaces_pkey primary key (user_id, workspace_id),
  constraint user_workspaces_role check (role in ('owner', 'admin', 'member', 'viewer'))
);
create index user_workspaces_created on user_workspaces (user_id, created_at, workspace_id);

create table invitations (
  workspace_id uuid not null,
  id uuid not null,
  email text not null,
  role text not null,
  token_hash bytea not null,
  invited_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz,
  constraint invitations_pkey primary key (workspace_id, id),
  constraint invitations_role check (role in ('owner', 'admin', 'member', 'viewer')),
  constraint invitations_email_lower check (email = lower(email)),
  constraint invitations_end check (accepted_at is null or revoked_at is null),
  constraint invitations_accepted check ((accepted_at is null) = (accepted_by is null))
);
create unique index invitations_pending on invitations (workspace_id, email)
  where accepted_at is null and revoked_at is null;
create index invitations_created on invitations (workspace_id, created_at, id);

-- projects

create table projects (
  workspace_id uuid not null,
  id uuid not null,
  key text not null,
  name text not null,
  workflow_version integer not null default 1,
  last_number integer not null default 0,
  created_by uuid not null,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  archived_at timestamptz,
  constraint projects_pkey primary key (workspace_id, id),
  constraint projects_key_key unique (workspace_id, key),
  constraint projects_key_format check (key ~ '^[A-Z][A-Z0-9]{1,9}$'),
  constraint projects_name_length check (length(name) between 1 and 200)
) with (fillfactor = 50); -- last_number moves with every ticket: room for HOT updates
create index projects_created on projects (workspace_id, created_at, id);

-- Every version a project's workflow ever had: history rows name the one that was in force.
create table workflows (
  workspace_id uuid not null,
  project_id uuid not null,
  version integer not null,
  definition jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  constraint workflows_pkey primary key (workspace_id, project_id, version)
);

-- The statuses of the workflow in force. Tickets point here, so no change can strand one in a status that is gone.
create table project_statuses (
  workspace_id uuid not null,
  project_id uuid not null,
  status text not null,
  constraint project_statuses_pkey primary key (workspace_id, project_id, status)
);

-- tickets

create table tickets (
  workspace_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  number integer not null,
  title text not null,
  description text not null default '',
  initial_status text not null,
  status text not null,
  status_sequence integer not null default 0,
  resolution text,
  priority text not null default 'none',
  labels text[] not null default '{}',
  assignee_id uuid,
  reporter_id uuid not null,
  due_on date,
  version integer not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  constraint tickets_pkey primary key (workspace_id, id),
  constraint tickets_number_key unique (workspace_id, project_id, number),
  constraint tickets_title_length check (length(title) between 1 and 512),
  constraint tickets_description_length check (length(description) <= 1048576),
  constraint tickets_priority check (priority in ('none', 'low', 'medium', 'high', 'urgent')),
  constraint tickets_version check (version >= 1 and status_sequence >= 0),
  constraint tickets_times check (updated_at >= created_at)
) with (fillfactor = 85);

-- Lists: one index for each way to narrow them, each ending in the order it is read in.
create index tickets_created on tickets (workspace_id, created_at, id) where deleted_at is null;
create index tickets_updated on tickets (workspace_id, updated_at, id) where deleted_at is null;
create index tickets_project_created on tickets (workspace_id, project_id, created_at, id) where deleted_at is null;
create index tickets_project_updated on tickets (workspace_id, project_id, updated_at, id) where deleted_at is null;
create index tickets_status_created on tickets (workspace_id, status, created_at, id) where deleted_at is null;
create index tickets_status_updated on tickets (workspace_id, status, updated_at, id) where deleted_at is null;
create index tickets_assignee_created on tickets (workspace_id, assignee_id, created_at, id) where deleted_at is null;
create index tickets_assignee_updated on tickets (workspace_id, assignee_id, updated_at, id) where deleted_at is null;
create index tickets_reporter_created on tickets (workspace_id, reporter_id, created_at, id) where deleted_at is null;
create index tickets_deleted_created on tickets (workspace_id, created_at, id) where deleted_at is not null;
create index tickets_deleted_updated on tickets (workspace_id, updated_at, id) where deleted_at is not null;
-- For the foreign keys to project_statuses and memberships, deleted tickets included.
create index tickets_project_status on tickets (workspace_id, project_id, status);
create index tickets_assignee on tickets (workspace_id, assignee_id);

create table comments (
  workspace_id uuid not null,
  ticket_id uuid not null,
  id uuid not null,
  author_id uuid not null,
  body text not null,
  created_at timestamptz not null default now(),
  constraint comments_pkey primary key (workspace_id, ticket_id, id),
  constraint comments_body_length check (length(body) between 1 and 1048576)
);
create index comments_created on comments (workspace_id, ticket_id, created_at, id);

create table status_history (
  workspace_id uuid not null,
  ticket_id uuid not null,
  sequence integer not null,
  id uuid not null,
  project_id uuid not null,
  workflow_version integer not null,
  from_status text not null,
  to_status text not null,
  resolution text,
  comment_id uuid,
  actor_id uuid not null,
  created_at timestamptz not null,
  constraint status_history_pkey primary key (workspace_id, ticket_id, sequence),
  constraint status_history_moves check (from_status <> to_status),
  constraint status_history_sequence check (sequence >= 1)
);
create index status_history_created on status_history (workspace_id, ticket_id, created_at, id);
create index status_history_workflow on status_history (workspace_id, project_id, workflow_version);
create index status_history_comment on status_history (workspace_id, ticket_id, comment_id);

-- audit

create table audit_log (
  workspace_id uuid not null,
  id uuid not null,
  actor_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id uuid not null,
  subject_version integer,
  before jsonb,
  after jsonb,
  request_id text not null,
  created_at timestamptz not null default now(),
  constraint audit_log_pkey primary key (workspace_id, id)
);
create index audit_log_created on audit_log (workspace_id, created_at, id);
create index audit_log_subject on audit_log (workspace_id, subject_id, created_at, id);
create index audit_log_actor on audit_log (workspace_id, actor_id, created_at, id);
create index audit_log_action on audit_log (workspace_id, action, created_at, id);
-- Exactly one entry for each version of a ticket: a lost or doubled entry can't be committed unseen.
create unique index audit_log_ticket_version on audit_log (workspace_id, subject_id, subject_version)
  where subject_type = 'ticket';

-- distribution

select app_distribute('user_credentials', 'user_id');
select app_distribute('sessions', 'user_id');
select app_distribute('refresh_tokens', 'user_id');
select app_distribute('account_audit_log', 'user_id');
select app_distribute('user_workspaces', 'user_id');
select app_distribute('rate_limits', 'key');
select app_distribute('memberships', 'workspace_id');
select app_distribute('invitations', 'workspace_id');
select app_distribute('projects', 'workspace_id');
select app_distribute('workflows', 'workspace_id');
select app_distribute('project_statuses', 'workspace_id');
select app_distribute('tickets', 'workspace_id');
select app_distribute('comments', 'workspace_id');
select app_distribute('status_history', 'workspace_id');
select app_distribute('audit_log', 'workspace_id');

alter table user_credentials add constraint user_credentials_user_fkey foreign key (user_id) references users (id);
alter table sessions add constraint sessions_user_fkey foreign key (user_id) references users (id);
alter table refresh_tokens add constraint refresh_tokens_session_fkey
  foreign key (user_id, session_id) references sessions (user_id, id);
alter table account_audit_log add constraint account_audit_log_user_fkey foreign key (user_id) references users (id);
alter table user_workspaces add constraint user_workspaces_user_fkey foreign key (user_id) references users (id);
alter table memberships add constraint memberships_workspace_fkey
  foreign key (workspace_id) references workspaces (id);
alter table invitations add constraint invitations_workspace_fkey
  foreign key (workspace_id) references workspaces (id);
alter table projects add constraint projects_workspace_fkey foreign key (workspace_id) references workspaces (id);
alter table workflows add constraint workflows_project_fkey
  foreign key (workspace_id, project_id) references projects (workspace_id, id);
alter table project_statuses add constraint project_statuses_project_fkey
  foreign key (workspace_id, project_id) references projects (workspace_id, id);
alter table tickets add constraint tickets_status_fkey
  foreign key (workspace_id, project_id, status) references project_statuses (workspace_id, project_id, status);
alter table tickets add constraint tickets_assignee_fkey
  foreign key (workspace_id, assignee_id) references memberships (workspace_id, user_id);
alter table comments add constraint comments_ticket_fkey
  foreign key (workspace_id, ticket_id) references tickets (workspace_id, id);
alter table status_history add constraint status_history_ticket_fkey
  foreign key (workspace_id, ticket_id) references tickets (workspace_id, id);
alter table status_history add constraint status_history_workflow_fkey
  foreign key (workspace_id, project_id, workflow_version) references workflows (workspace_id, project_id, version);
alter table status_history add constraint status_history_comment_fkey
  foreign key (workspace_id, ticket_id, comment_id) references comments (workspace_id, ticket_id, id);
alter table audit_log add constraint audit_log_workspace_fkey
  foreign key (workspace_id) references workspaces (id);

-- the second wall

alter table user_credentials enable row level security;
alter table user_credentials force row level security;
create policy own on user_credentials using (user_id = app_user_id());
alter table sessions enable row level security;
alter table sessions force row level security;
create policy own on sessions using (user_id = app_user_id());
alter table refresh_tokens enable row level security;
alter table refresh_tokens force row level security;
create policy own on refresh_tokens using (user_id = app_user_id());
alter table account_audit_log enable row level security;
alter table account_audit_log force row level security;
create policy own on account_audit_log using (user_id = app_user_id());
alter table user_workspaces enable row level security;
alter table user_workspaces force row level security;
-- By workspace too: whoever manages a workspace's members writes both copies.
create policy own_or_workspace on user_workspaces
  using (user_id = app_user_id() or workspace_id = app_workspace_id());
alter table workspaces enable row level security;
alter table workspaces force row level security;
create policy own_or_workspace on workspaces
  using (id = app_workspace_id() or id in (select w.workspace_id from user_workspaces w where w.user_id = app_user_id()));
alter table memberships enable row level security;
alter table memberships force row level security;
create policy workspace on memberships using (workspace_id = app_workspace_id());
alter table invitations enable row level security;
alter table invitations force row level security;
create policy workspace on invitations using (workspace_id = app_workspace_id());
alter table projects enable row level security;
alter table projects force row level security;
create policy workspace on projects using (workspace_id = app_workspace_id());
alter table workflows enable row level security;
alter table workflows force row level security;
create policy workspace on workflows using (workspace_id = app_workspace_id());
alter table project_statuses enable row level security;
alter table project_statuses force row level security;
create policy workspace on project_statuses using (workspace_id = app_workspace_id());
alter table tickets enable row level security;
alter table tickets force row level security;
create policy workspace on tickets using (workspace_id = app_workspace_id());
alter table comments enable row level security;
alter table comments force row level security;
create policy workspace on comments using (workspace_id = app_workspace_id());
alter table status_history enable row level security;
alter table status_history force row level security;
create policy workspace on status_history using (workspace_id = app_workspace_id());
alter table audit_log enable row level security;
alter table audit_log force row level security;
create policy workspace on audit_log using (workspace_id = app_workspace_id());

-- the app's role

-- It owns nothing and has no BYPASSRLS. Roles belong to the whole cluster, so it may exist already.
do $$
begin
  if not exists (select 1 from pg_roles where rolname = 'baton_app') then
    create role baton_app nologin;
  end if;
  -- So that one login may both migrate and serve. Refused where the role is somebody else's: then two logins do.
  begin
    execute format('grant baton_app to %I', current_user);
  exception when insufficient_privilege then null;
  end;
end $$;

grant usage on schema public to baton_app;
grant execute on function app_workspace_id(), app_user_id() to baton_app;
grant select, insert, update on users, user_credentials, sessions, workspaces, invitations, projects, tickets
  to baton_app;
grant select, insert, update, delete on refresh_tokens, rate_limits, memberships, user_workspaces, project_statuses
  to baton_app;
grant select, insert on account_audit_log, workflows, comments, status_history, audit_log to baton_app;
