-- Up Migration
-- A purge of a ticket's attachments takes their rows first. So it waits for a removal in progress, and then finds the entry of that
-- removal in the log, with the file's name.

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
  if 'attachments' = any (fields) then
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
  end if;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id,
    created_at)
  values (scope, entry, the_actor, 'ticket.purged', 'ticket', the_ticket, purged.version,
    jsonb_build_object('fields', to_jsonb(fields)), request, purged.updated_at);
  if freed is not null then
    update attachment_usage set bytes = bytes - freed where workspace_id = scope;
  end if;
end $$;
