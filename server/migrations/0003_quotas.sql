-- Up Migration
-- What a workspace has written so far. One row each, and no hot one: a small write adds to it only now and then, as much
-- as all those in between (server/src/quotas/usage.ts).

create table workspace_usage (
  workspace_id uuid not null,
  bytes bigint not null,
  constraint workspace_usage_pkey primary key (workspace_id),
  constraint workspace_usage_bytes check (bytes >= 0)
);

select app_distribute('workspace_usage', 'workspace_id');

alter table workspace_usage add constraint workspace_usage_workspace_fkey
  foreign key (workspace_id) references workspaces (id);

alter table workspace_usage enable row level security;
alter table workspace_usage force row level security;
create policy workspace on workspace_usage using (workspace_id = app_workspace_id());

grant select, insert, update on workspace_usage to baton_app;
