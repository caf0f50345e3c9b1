-- Up Migration
-- A purge takes the texts of a history in parts, each in a statement of its own. One statement for a long history would exceed the
-- limit on its time, and the texts could never be purged.

-- Records the purge of a ticket, and purges what is not in the numbered history of the ticket itself.
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

-- Purges the entries of a ticket from one of its versions to another, after purge_ticket and in the same transaction.
create function purge_ticket_entries(the_ticket uuid, named text[], first integer, last integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  fields text[] := array(select unnest(named) intersect select unnest(array['title', 'description']));
begin
  update events a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f),
    salt = null
  where a.workspace_id = scope and a.subject_id = the_ticket and a.subject_type = 'ticket'
    and a.subject_version between first and last and (a.before ?| fields or a.after ?| fields);
  if 'description' = any (fields) then
    delete from ticket_texts where workspace_id = scope and ticket_id = the_ticket and version between first and last;
  end if;
end $$;
revoke execute on function purge_ticket_entries(uuid, text[], integer, integer) from public;
grant execute on function purge_ticket_entries(uuid, text[], integer, integer) to baton_app;

-- Empties a comment, and records that.
create or replace function purge_comment(the_ticket uuid, the_comment uuid, the_actor uuid, entry uuid, request text, not_before timestamptz)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  purged comments%rowtype;
  at timestamptz;
begin
  select * into purged from comments
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment for update;
  if not found then return false; end if;
  if purged.purged_at is not null then return true; end if;
  at := greatest(not_before, now(), coalesce(purged.deleted_at, purged.edited_at, purged.created_at) + interval '1 microsecond');
  insert into comment_revisions (workspace_id, ticket_id, comment_id, version, author_id, body, created_at)
  values (scope, the_ticket, the_comment, purged.version, purged.author_id, '', coalesce(purged.edited_at, purged.created_at));
  update comments set body = '', mentions = '{}', version = version + 1, purged_at = at, purged_by = the_actor,
    deleted_at = coalesce(deleted_at, at), deleted_by = coalesce(deleted_by, the_actor)
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id, created_at)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request, at);
  return true;
end $$;

-- Empties the revisions of a comment from one version to another, after purge_comment and in the same transaction.
create function purge_comment_revisions(the_ticket uuid, the_comment uuid, first integer, last integer) returns void
language sql security definer set search_path = public, pg_temp as $$
  update comment_revisions set body = ''
  where workspace_id = app_workspace_id() and ticket_id = the_ticket and comment_id = the_comment
    and version between first and last and body <> ''
    and exists (
      select 1 from comments c
      where c.workspace_id = app_workspace_id() and c.ticket_id = the_ticket and c.id = the_comment and c.purged_at is not null)
$$;
revoke execute on function purge_comment_revisions(uuid, uuid, integer, integer) from public;
grant execute on function purge_comment_revisions(uuid, uuid, integer, integer) to baton_app;

-- The part from version 1 also has the events without a version, and those of the ticket's attachments.
drop function forget_replies(uuid);
create function forget_replies(the_ticket uuid, first integer, last integer)
returns void language sql security definer set search_path = public, pg_temp as $$
  update deliveries d
  set attempts = (
    select jsonb_agg(a || '{"response_head": null, "response_body": null}' order by n)
    from jsonb_array_elements(d.attempts) with ordinality l (a, n))
  from (
    select e.id from events e
    where e.workspace_id = app_workspace_id() and e.subject_id = the_ticket
      and (e.subject_version between first and last or (first = 1 and e.subject_version is null))
    union all
    select e.id from events e
    where first = 1 and e.workspace_id = app_workspace_id() and e.ticket_id = the_ticket and e.subject_type = 'attachment') e
  cross join webhooks w
  where w.workspace_id = app_workspace_id()
    and d.workspace_id = app_workspace_id() and d.webhook_id = w.id and d.event_id = e.id and d.attempts <> '[]'
$$;
revoke execute on function forget_replies(uuid, integer, integer) from public;
grant execute on function forget_replies(uuid, integer, integer) to baton_app;
