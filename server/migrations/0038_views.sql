-- Up Migration
-- Views: names for a list or a board with its filters and its order (docs/decisions, 78).

create table views (
  workspace_id uuid not null,
  id uuid not null,
  owner_id uuid not null,
  name text not null,
  layout text not null,
  -- The parameters of the list, as texts.
  query jsonb not null,
  shared boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint views_pkey primary key (workspace_id, id),
  constraint views_name_length check (length(name) between 1 and 200),
  constraint views_layout check (layout in ('board', 'list', 'list_by_status')),
  constraint views_query check (jsonb_typeof(query) = 'object' and octet_length(query::text) <= 32768)
) with (fillfactor = 85);
-- Whose a view is stays.
select app_tenant_table('views', 'update (name, layout, query, shared, version, updated_at, deleted_at)');
alter table views add constraint views_owner_fkey
  foreign key (workspace_id, owner_id) references memberships (workspace_id, user_id);
-- A person's own views, and those that are shared: both are counted, and both are in the list of one person.
create index views_owner on views (workspace_id, owner_id, created_at, id);
create index views_shared on views (workspace_id, created_at, id) where shared and deleted_at is null;
create index views_deleted on views (deleted_at);
comment on index views_deleted is 'upkeep';
select app_upkeep('views', 'workspace_id, id, deleted_at', $$deleted_at < now() - interval '1 hour'$$);
