-- Up Migration
-- What each table is stands with the table, where tests read it (server/test/locks/catalog.ts):
--   workspace   rows of workspaces, behind their wall; every key begins with workspace_id
--   account     rows of accounts, the same by user_id
--   reference   kept by all workspaces in common
--   system      nobody's data: bookkeeping of the installation
-- "append-only" behind it: the app's role may never update or delete in it.

-- Makes a table that was just created one of workspaces, or of accounts: distributed, walled in, granted and marked.
-- Foreign keys come after it. `rights` are the app's role's beside select and insert: 'update', 'update, delete', or null
-- for a table that is append-only.
create function app_tenant_table(table_name regclass, rights text, owner_column text default 'workspace_id')
returns void language plpgsql as $$
declare
  scope text := case owner_column when 'workspace_id' then 'app_workspace_id()' when 'user_id' then 'app_user_id()' end;
  kind text := case owner_column when 'workspace_id' then 'workspace' else 'account' end;
begin
  if scope is null then raise exception 'A tenant table is keyed by workspace_id or user_id.'; end if;
  perform app_distribute(table_name, owner_column);
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format('create policy own on %s using (%I = %s)', table_name, owner_column, scope);
  execute format('grant %s on %s to baton_app', concat_ws(', ', 'select, insert', rights), table_name);
  execute format('comment on table %s is %L', table_name,
    kind || case when rights is null then ', append-only' else '' end);
end $$;

comment on table users is 'reference';
comment on table workspaces is 'reference';
comment on table rate_limits is 'system';
comment on table membership_cleanups is 'system';
comment on table user_credentials is 'account';
comment on table sessions is 'account';
comment on table refresh_tokens is 'account';
comment on table password_resets is 'account';
comment on table failed_attempts is 'account';
comment on table user_workspaces is 'account';
comment on table account_audit_log is 'account, append-only';
comment on table memberships is 'workspace';
comment on table invitations is 'workspace';
comment on table projects is 'workspace';
comment on table project_statuses is 'workspace';
comment on table workspace_usage is 'workspace';
comment on table tickets is 'workspace';
comment on table ticket_labels is 'workspace';
comment on table comments is 'workspace';
comment on table workflows is 'workspace, append-only';
comment on table ticket_texts is 'workspace, append-only';
comment on table comment_revisions is 'workspace, append-only';
comment on table status_history is 'workspace, append-only';
comment on table audit_log is 'workspace, append-only';
