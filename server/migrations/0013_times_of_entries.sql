-- Up Migration
-- A comment is purged later than it was changed, whatever the clocks say: the entries of a subject are in the order of its
-- versions. The entry of every other change has its time from the server.
create or replace function purge_comment(the_ticket uuid, the_comment uuid, the_actor uuid, entry uuid, request text)
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
  at := greatest(now(), coalesce(purged.deleted_at, purged.edited_at, purged.created_at) + interval '1 microsecond');
  insert into comment_revisions (workspace_id, ticket_id, comment_id, version, author_id, body, created_at)
  values (scope, the_ticket, the_comment, purged.version, purged.author_id, '', coalesce(purged.edited_at, purged.created_at));
  update comment_revisions set body = ''
  where workspace_id = scope and ticket_id = the_ticket and comment_id = the_comment;
  update comments set body = '', version = version + 1, purged_at = at, purged_by = the_actor,
    deleted_at = coalesce(deleted_at, at), deleted_by = coalesce(deleted_by, the_actor)
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment;
  insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id, created_at)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request, at);
  return true;
end $$;
