-- Up Migration
-- Faults in what follows the events: webhooks, mails, purges, figures and notifications (docs/decisions, 40 to 47).

-- Who retries deliveries leaves out those of a workspace that is deleted.
grant select (state_reason) on webhooks to baton_worker;

-- A mail that was given up and is retried waits behind those that somebody waits for, if it did so before.
alter table given_up_mails add column can_wait boolean not null default false;
update given_up_mails set can_wait = true where kind in ('invitation', 'notifications');

create or replace function give_up_mails(ids uuid[], the_kind text, why text)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  moved integer;
begin
  with gone as (
    delete from mails m where m.id = any (ids) returning m.id, m.sealed, m.can_wait, m.attempts, m.created_at, m.expires_at)
  insert into given_up_mails (id, sealed, can_wait, kind, reason, attempts, queued_at, expires_at)
  select g.id, g.sealed, g.can_wait, the_kind, why, g.attempts, g.created_at, g.expires_at from gone g;
  get diagnostics moved = row_count;
  delete from given_up_mails g using (
    select o.id from given_up_mails o order by o.given_up_at desc, o.id desc offset 10000 limit 500) o where g.id = o.id;
  return moved;
end $$;

create or replace function retry_mail(given_up uuid, fresh uuid, for_s integer)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  with gone as (
    delete from given_up_mails g where g.id = given_up
      and (g.kind is null or g.kind not in ('invitation', 'email_change') or g.expires_at > now())
    returning g.sealed, g.can_wait, g.expires_at)
  insert into mails (id, sealed, can_wait, expires_at, place)
  select fresh, g.sealed, g.can_wait, greatest(g.expires_at, now() + for_s * interval '1 second'), mail_place('', g.can_wait) from gone g;
  return found;
end $$;

-- A purge is behind what was done to the comment, reactions included, while it waited for it: the time is the door's.
drop function purge_comment(uuid, uuid, uuid, uuid, text);
create function purge_comment(the_ticket uuid, the_comment uuid, the_actor uuid, entry uuid, request text, not_before timestamptz)
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
  update comment_revisions set body = ''
  where workspace_id = scope and ticket_id = the_ticket and comment_id = the_comment;
  update comments set body = '', mentions = '{}', version = version + 1, purged_at = at, purged_by = the_actor,
    deleted_at = coalesce(deleted_at, at), deleted_by = coalesce(deleted_by, the_actor)
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id, created_at)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request, at);
  return true;
end $$;
revoke execute on function purge_comment(uuid, uuid, uuid, uuid, text, timestamptz) from public;
grant execute on function purge_comment(uuid, uuid, uuid, uuid, text, timestamptz) to baton_app;

-- When a day begins in a time zone. Where midnight occurs twice in a night, PostgreSQL takes the later; the day begins at the first.
create function start_of_day(day date, zone text)
returns timestamptz language sql stable parallel safe as $$
  select case when m.by_offset_before at time zone zone = day::timestamp then least(m.midnight, m.by_offset_before) else m.midnight end
  from (
    select l.midnight,
      (day::timestamp - ((l.midnight - interval '3 hours') at time zone zone - (l.midnight - interval '3 hours') at time zone 'UTC'))
        at time zone 'UTC' as by_offset_before
    from (select day::timestamp at time zone zone as midnight) l) m
$$;

-- An act is told to a membership: who comes back is told of a day that was told to who they were before.
drop index notifications_act;
create unique index notifications_act on notifications (workspace_id, user_id, ticket_id, happened_at, actor_id, joined)
  nulls not distinct;

-- Has what a mail was to say to somebody of the workspace in scope wait for their next turn, when their quiet hours end. The settings are
-- locked: who changes the hours asks for a turn (mail_asks_again), and finds the one that is written here.
create function put_notifications_back(the_user uuid, ids uuid[])
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from notification_settings s where s.workspace_id = app_workspace_id() and s.user_id = the_user for share;
  insert into notification_mails as m (workspace_id, user_id, due_at)
  values (app_workspace_id(), the_user, coalesce(quiet_until(the_user), now() + interval '1 minute'))
  on conflict (workspace_id, user_id) do update set due_at = least(m.due_at, excluded.due_at);
  update notifications n set to_mail = true
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and n.read_at is null and n.archived_at is null;
end $$;
revoke execute on function put_notifications_back(uuid, uuid[]) from public;
grant execute on function put_notifications_back(uuid, uuid[]) to baton_worker;
