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

-- Tells the people of the workspace in scope of its next events: by mail, too, in so many seconds, who wants that, unless it is null. Gives how
-- many events it went on by; null while another process tells them.
create or replace function notify_of_events(batch integer, mail_after_s integer default null)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  today date := (now() at time zone 'UTC')::date;
  place notification_places%rowtype := lock_notification_place();
  last bigint;
  last_of_all bigint;
  told integer;
  to_be_mailed uuid[];
begin
  if place.workspace_id is null then return null; end if;
  -- A statement of its own: it sees everything that was numbered before the lock was granted.
  select least(h.last_sequence, place.last_sequence + batch), h.last_sequence into last, last_of_all
  from event_heads h where h.workspace_id = scope;
  if last is null or last <= place.last_sequence then return false; end if;
  -- No ticket's day has come since: so who gives one the day of today, or of before, is told of it here, and not by notify_of_due.
  if place.due_on < today and place.due_after is null and coalesce(place.next_due_on > today, true) then place.due_on := today; end if;

  insert into watchers as w (workspace_id, ticket_id, user_id, reason, since)
  select scope, n.ticket_id, n.user_id, n.reason, n.sequence
  from (
    select n.*, row_number() over (partition by n.ticket_id order by n.sequence, n.user_id) as place from (
    select distinct on (n.ticket_id, n.user_id) n.* from (
    select e.ticket_id, e.actor_id as user_id, 'commented' as reason, e.sequence, e.created_at
    from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
      and e.action = 'comment.created'
    union all
    select e.ticket_id, m.id::uuid, 'mentioned', e.sequence, e.created_at
    from events e cross join lateral jsonb_array_elements_text(e.after -> 'mentions') m (id)
    where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
      and e.action in ('comment.created', 'comment.updated')) n
    join memberships m on m.workspace_id = scope and m.user_id = n.user_id and m.removed_at is null and m.created_at <= n.created_at
    -- A bot watches what it chose to watch: hundreds of them may comment, and nobody reads what they are told.
    join users u on u.id = n.user_id and u.kind = 'person'
    where not exists (
      select 1 from watchers x where x.workspace_id = scope and x.ticket_id = n.ticket_id and x.user_id = n.user_id
        and x.reason is not null)
    order by n.ticket_id, n.user_id, n.sequence) n) n
  -- With those of this batch.
  where n.place + (select count(*) from (
    select 1 from watchers x join memberships xm on xm.workspace_id = scope and xm.user_id = x.user_id and xm.removed_at is null
    where x.workspace_id = scope and x.ticket_id = n.ticket_id and x.choice <> 'muted' limit 200) x) <= 200
  on conflict on constraint watchers_pkey do update set reason = excluded.reason, since = excluded.since where w.reason is null;

  -- Of events that are told to many, fewer: some 1,000 notifications in a transaction, or those of one event. With the watchers of the
  -- whole batch: who is added by an event is told of later ones alone.
  select coalesce(max(b.sequence), place.last_sequence + 1) into last
  from (
    select e.sequence, sum(1 + case when e.action in ('comment.created', 'ticket.transitioned') then (
        select count(*) from watchers w where w.workspace_id = scope and w.choice <> 'muted'
          and w.ticket_id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end) else 0 end
      + coalesce(jsonb_array_length(e.after -> 'mentions'), 0)) over (order by e.sequence) as told
    from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last) b
  where b.told <= 1000;

  with written as (insert into notifications as n
    (workspace_id, user_id, joined, id, kinds, ticket_id, comment_id, actor_id, sequence, happened_at, to_mail)
  select scope, r.user_id, max(m.joined), (array_agg(r.id order by r.sequence))[1], array_agg(distinct r.kind), r.ticket_id,
    (array_agg(r.comment_id order by r.sequence) filter (where r.comment_id is not null))[1], r.actor_id,
    coalesce(min(r.sequence) filter (where r.kind = 'moved'), min(r.sequence)), r.created_at,
    mail_after_s is not null and bool_or(is_mailed(r.kind, s.mail))
  from (
    -- That a day has come is no act of whoever gave the ticket that day, and is told as notify_of_due tells it.
    select case when p.kind = 'due' then gen_random_uuid() else e.id end as id, case when p.kind <> 'due' then e.sequence end as sequence,
      case when p.kind <> 'due' then e.actor_id end as actor_id,
      case when p.kind = 'due' then t.due_on::timestamp at time zone 'UTC' else e.created_at end as created_at,
      t.id as ticket_id, t.project_id, p.user_id, p.kind, case when e.subject_type = 'comment' then e.subject_id end as comment_id
    from (
      select * from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
        and e.action in ('ticket.created', 'ticket.updated', 'ticket.assignee_changed', 'ticket.transitioned', 'ticket.restored',
          'project.unarchived', 'comment.created', 'comment.updated')) e
    cross join lateral (
      -- A deleted one too: it may be restored. Nobody reads a notification of a deleted ticket.
      (select t.id, t.project_id, t.reporter_id, t.assignee_id, t.status, t.due_on, t.deleted_at from tickets t
      where t.workspace_id = scope and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end limit 1)
      union all
      -- Those whose day has come while their project was archived.
      select t.id, t.project_id, t.reporter_id, t.assignee_id, t.status, t.due_on, t.deleted_at from tickets t
      where e.action = 'project.unarchived' and t.workspace_id = scope and t.project_id = e.subject_id and t.deleted_at is null
        and t.due_on <= place.due_on and t.due_on >= (
          select (max(a.created_at) at time zone 'UTC')::date from events a
          where a.workspace_id = scope and a.subject_id = e.subject_id and a.action = 'project.archived' and a.sequence < e.sequence)) t
    cross join lateral (
      select (e.after ->> 'assignee_id')::uuid as user_id, 'assigned' as kind where e.subject_type = 'ticket'
      union all
      select (e.before ->> 'assignee_id')::uuid, 'assigned' where e.subject_type = 'ticket'
      union all
      select m.id::uuid, 'mentioned' from jsonb_array_elements_text(e.after -> 'mentions') m (id) where e.subject_type = 'comment'
      union all
      select w.user_id, case e.action when 'comment.created' then 'commented' else 'moved' end
      from (
        select t.reporter_id as user_id
        union
        select t.assignee_id
        union
        select w.user_id from watchers w where w.workspace_id = scope and w.ticket_id = t.id
          and (w.choice = 'watching' or (w.choice = 'automatic' and w.since < e.sequence))) w
      where e.action in ('comment.created', 'ticket.transitioned')
      union all
      -- A day that has come already: notify_of_due does not come by it again. It passed by what was deleted, archived or done then: of
      -- what comes back, or is reopened, this tells; whom it has told before is told nothing, since it is the same act.
      select coalesce(t.assignee_id, t.reporter_id), 'due' where e.subject_type in ('ticket', 'project')
        and (t.due_on, t.id) <= (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and case when e.action in ('ticket.restored', 'project.unarchived') then true
          when e.action = 'ticket.transitioned' then is_done(t.project_id, e.before ->> 'status')
          else t.due_on = (e.after ->> 'due_on')::date end
        and t.deleted_at is null and not is_done(t.project_id, t.status)) p
    -- Not of one's own act.
    where p.user_id <> e.actor_id) r
  -- Of nothing that was done before they came, or came back.
  join memberships m on m.workspace_id = scope and m.user_id = r.user_id and m.removed_at is null
    and (r.kind = 'due' or m.created_at <= r.created_at)
  left join notification_settings s on s.workspace_id = scope and s.user_id = r.user_id
  left join watchers w on w.workspace_id = scope and w.ticket_id = r.ticket_id and w.user_id = r.user_id
  where wants_notification(r.kind, s.off, w.choice, r.project_id = any (coalesce(s.muted_project_ids, '{}')))
  group by r.user_id, r.ticket_id, r.actor_id, r.created_at
  -- The same act, in an earlier batch.
  on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id) do update
    set kinds = array(select distinct k from unnest(n.kinds || excluded.kinds) k order by k), comment_id = coalesce(n.comment_id, excluded.comment_id),
      sequence = case when 'moved' = any (excluded.kinds) then excluded.sequence else n.sequence end,
      -- Not once more for what it told already.
      to_mail = n.to_mail or excluded.to_mail and exists (
        select from unnest(excluded.kinds) k where k <> all (n.kinds) and is_mailed(k, (
          select s.mail from notification_settings s where s.workspace_id = scope and s.user_id = n.user_id)))
    returning n.user_id, n.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);

  update notification_places set due_on = place.due_on, next_due_on = least(next_due_on, (
    select min(t.due_on) from events e join tickets t on t.workspace_id = scope and t.id = e.subject_id
    where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last and e.subject_type = 'ticket'
      and t.deleted_at is null and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))))
  where workspace_id = scope;
  update notification_places set last_sequence = last where workspace_id = scope;
  perform count_notifications(told);
  return last < last_of_all;
end $$;

-- Tells who has a ticket, or who reported it where nobody has it, that its day has come. Gives how many tickets it went on by; null
-- while another process tells them.
create or replace function notify_of_due(batch integer, mail_after_s integer default null)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  today date := (now() at time zone 'UTC')::date;
  place notification_places%rowtype := lock_notification_place();
  found_tickets integer;
  told integer;
  to_be_mailed uuid[];
  last_day date;
  last_id uuid;
begin
  if place.workspace_id is null then return null; end if;
  if place.due_after is null and coalesce(place.next_due_on > today, true) then return false; end if;

  select count(*), max(d.due_on), (array_agg(d.id order by d.due_on desc, d.id desc))[1] into found_tickets, last_day, last_id
  from (
    select t.due_on, t.id from tickets t
    where t.workspace_id = scope and t.due_on is not null and t.deleted_at is null
      and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) and t.due_on <= today
    order by t.due_on, t.id limit batch) d;

  with written as (insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, happened_at, to_mail)
  select scope, m.user_id, m.joined, gen_random_uuid(), array['due'], t.id, t.due_on::timestamp at time zone 'UTC',
    mail_after_s is not null and is_mailed('due', s.mail)
  from tickets t
  join projects p on p.workspace_id = scope and p.id = t.project_id and p.archived_at is null
  join memberships m on m.workspace_id = scope and m.user_id = coalesce(t.assignee_id, t.reporter_id) and m.removed_at is null
  left join notification_settings s on s.workspace_id = scope and s.user_id = m.user_id
  left join watchers w on w.workspace_id = scope and w.ticket_id = t.id and w.user_id = m.user_id
  where t.workspace_id = scope and t.due_on is not null and t.deleted_at is null
    and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    and (t.due_on, t.id) <= (last_day, last_id)
    and not is_done(t.project_id, t.status)
    and wants_notification('due', s.off, w.choice, t.project_id = any (coalesce(s.muted_project_ids, '{}')))
  on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id) do nothing
    returning notifications.user_id, notifications.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);

  if found_tickets < batch then
    update notification_places set due_on = today, due_after = null, next_due_on = (
      select min(t.due_on) from tickets t where t.workspace_id = scope and t.due_on > today and t.deleted_at is null)
    where workspace_id = scope;
  else
    update notification_places set due_on = last_day, due_after = last_id where workspace_id = scope;
  end if;
  perform count_notifications(told);
  return found_tickets = batch;
end $$;

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
