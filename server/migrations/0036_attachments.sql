-- Up Migration
-- Files of tickets (docs/decisions, 75). Their bytes are in a store; what is known of them is here.

-- What is in the store, or may be. Its row is there before the first byte comes, so nothing is in the store that no row tells of.
create table attachment_files (
  workspace_id uuid not null,
  id uuid not null,
  -- When its bytes are to be removed; null for as long as a ticket has the file. An upload in progress has a day.
  due_at timestamptz,
  constraint attachment_files_pkey primary key (workspace_id, id)
);
select app_tenant_table('attachment_files', 'update');
create index attachment_files_due on attachment_files (due_at) where due_at is not null;
comment on index attachment_files_due is 'upkeep';
-- The worker removes the bytes, and then the row. No file of a ticket is ever due.
select app_upkeep('attachment_files', 'workspace_id, id, due_at', 'due_at < now()');

create table attachments (
  workspace_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  name text not null,
  media_type text not null,
  size_bytes integer not null,
  checksum text not null,
  added_by uuid not null,
  created_at timestamptz not null,
  constraint attachments_pkey primary key (workspace_id, id),
  constraint attachments_name check (length(name) between 1 and 255),
  constraint attachments_media_type check (length(media_type) between 1 and 100),
  constraint attachments_size check (size_bytes >= 0),
  constraint attachments_checksum check (checksum ~ '^[0-9a-f]{64}$')
);
-- To lock a row takes the right to update it; nothing of one ever changes.
select app_tenant_table('attachments', 'update, delete');
-- While a ticket has the file, its row stays, and with it the bytes.
alter table attachments add constraint attachments_file_fkey
  foreign key (workspace_id, id) references attachment_files (workspace_id, id);
alter table attachments add constraint attachments_ticket_fkey
  foreign key (workspace_id, ticket_id) references tickets (workspace_id, id);
-- A former member's row stays, and with it their name.
alter table attachments add constraint attachments_added_by_fkey
  foreign key (workspace_id, added_by) references memberships (workspace_id, user_id);
create index attachments_ticket on attachments (workspace_id, ticket_id, created_at, id);
create index attachments_added_by on attachments (workspace_id, added_by);

-- The bytes of each workspace's attachments. Read without a lock, and written as the last thing of a transaction.
create table attachment_usage (
  workspace_id uuid not null,
  bytes bigint not null,
  constraint attachment_usage_pkey primary key (workspace_id),
  constraint attachment_usage_bytes check (bytes >= 0)
);
select app_tenant_table('attachment_usage', 'update');

-- A purge may take a ticket's attachments, too: their rows and bytes, and their names from the audit log.
create or replace function purge_ticket(the_ticket uuid, named text[], the_actor uuid, entry uuid, request text) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  fields text[] := array(select unnest(named) intersect select unnest(array['title', 'description', 'attachments']));
  purged tickets%rowtype;
  freed bigint;
begin
  update tickets set version = version + 1, updated_at = greatest(now(), updated_at + interval '1 microsecond')
  where workspace_id = scope and id = the_ticket returning * into purged;
  if not found then return; end if;
  -- No entry is on its way from one table to the other while the head is locked: each statement below sees it in one of them.
  perform 1 from event_heads where workspace_id = scope for no key update;
  update outbox a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f)
  where a.workspace_id = scope and (case when a.ticket_id is null then a.subject_id else a.ticket_id end) = the_ticket
    and a.subject_type = 'ticket' and (a.before ?| fields or a.after ?| fields);
  update events a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f),
    salt = null
  where a.workspace_id = scope and a.subject_id = the_ticket and a.subject_type = 'ticket'
    and (a.before ?| fields or a.after ?| fields);
  if 'description' = any (fields) then
    delete from ticket_texts where workspace_id = scope and ticket_id = the_ticket;
  end if;
  if 'attachments' = any (fields) then
    update outbox a
    set before = a.before || case when a.before ? 'name' then '{"name": null}' else '{}' end::jsonb,
      after = a.after || case when a.after ? 'name' then '{"name": null}' else '{}' end::jsonb
    where a.workspace_id = scope and a.ticket_id = the_ticket and a.subject_type = 'attachment';
    update events a
    set before = a.before || case when a.before ? 'name' then '{"name": null}' else '{}' end::jsonb,
      after = a.after || case when a.after ? 'name' then '{"name": null}' else '{}' end::jsonb,
      salt = null
    where a.workspace_id = scope and a.ticket_id = the_ticket and a.subject_type = 'attachment';
    with gone as (
      delete from attachments where workspace_id = scope and ticket_id = the_ticket returning *),
    due as (
      update attachment_files f set due_at = now() from gone where f.workspace_id = scope and f.id = gone.id),
    told as (
      insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, ticket_id, before, request_id, created_at)
      select scope, gen_random_uuid(), the_actor, 'attachment.removed', 'attachment', g.id, the_ticket,
        jsonb_build_object('ticket_id', the_ticket, 'name', null, 'media_type', g.media_type, 'size_bytes', g.size_bytes, 'checksum', g.checksum),
        request, greatest(now(), g.created_at + interval '1 microsecond')
      from gone g)
    select sum(size_bytes) into freed from gone;
  end if;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id,
    created_at)
  values (scope, entry, the_actor, 'ticket.purged', 'ticket', the_ticket, purged.version,
    jsonb_build_object('fields', to_jsonb(fields)), request, purged.updated_at);
  if freed is not null then
    update attachment_usage set bytes = bytes - freed where workspace_id = scope;
  end if;
end $$;
