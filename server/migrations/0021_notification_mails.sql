-- Up Migration
-- Notifications are mailed to those who want that (docs/decisions, 45).

-- Whether it is to be in a mail, unless it is read before that.
alter table notifications add column to_mail boolean not null default false;
create index notifications_to_mail on notifications (workspace_id, user_id, created_at, id) where to_mail;

-- Who has notifications that are to be mailed, and when that begins: a row for each of them, however many there are.
create table notification_mails (
  workspace_id uuid not null,
  user_id uuid not null,
  due_at timestamptz not null,
  constraint notification_mails_pkey primary key (workspace_id, user_id)
);
create index notification_mails_due on notification_mails (due_at);
comment on table notification_mails is 'system';
grant select, delete, update (due_at) on notification_mails to baton_worker;
grant insert on mails to baton_worker;

alter table notification_settings
  -- The kinds that they want in a mail, of those that are not off.
  add column mail text[] not null default '{assigned,mentioned,due}',
  -- They get no mail of notifications from one time of day to another, in a time zone.
  add column quiet_from time,
  add column quiet_to time,
  add column quiet_zone text,
  add constraint notification_settings_mail check (mail <@ array['assigned', 'mentioned', 'moved', 'commented', 'due']),
  add constraint notification_settings_quiet check (num_nulls(quiet_from, quiet_to, quiet_zone) in (0, 3) and quiet_from <> quiet_to);
grant update (mail, quiet_from, quiet_to, quiet_zone) on notification_settings to baton_app;

-- Whether somebody wants a kind in a mail; without settings, the kinds that are said to them.
create function is_mailed(kind text, mail text[])
returns boolean language sql immutable parallel safe as $$
  select kind = any (coalesce(mail, '{assigned,mentioned,due}'))
$$;

-- When somebody's quiet hours end that it is in; null: it is in none.
create function end_of_quiet(at timestamptz, quiet_from time, quiet_to time, quiet_zone text)
returns timestamptz language sql stable as $$
  select (case when n.t < quiet_to then n.day else n.day + 1 end + quiet_to) at time zone quiet_zone
  from (select (at at time zone quiet_zone)::time as t, (at at time zone quiet_zone)::date as day) n
  where case when quiet_from < quiet_to then n.t >= quiet_from and n.t < quiet_to else n.t >= quiet_from or n.t < quiet_to end
$$;

-- When the quiet hours end that somebody of the workspace in scope is in; null: they are in none.
create function quiet_until(the_user uuid)
returns timestamptz language sql stable security definer set search_path = public, pg_temp as $$
  select end_of_quiet(now(), s.quiet_from, s.quiet_to, s.quiet_zone) from notification_settings s
  where s.workspace_id = app_workspace_id() and s.user_id = the_user
$$;
revoke execute on function quiet_until(uuid) from public;
grant execute on function quiet_until(uuid) to baton_worker;

-- Takes what is to be mailed to somebody of the workspace in scope, whose row of notification_mails is locked. Gives all of it, latest
-- first, and whether it is to be mailed still.
create function take_notifications_to_mail(the_user uuid, batch integer)
returns table (id uuid, ticket_id uuid, is_wanted boolean) language sql security definer set search_path = public, pg_temp as $$
  with due as (
    select n.id from notifications n where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.to_mail
    order by n.created_at, n.id limit batch for no key update of n),
  taken as (
    update notifications n set to_mail = false from due
    where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = due.id
    returning n.id, n.ticket_id, n.created_at, n.read_at, n.archived_at, n.snoozed_until)
  select t.id, t.ticket_id, u.id is not null and t.read_at is null and t.archived_at is null
    and (t.snoozed_until is null or t.snoozed_until <= now())
  from taken t left join users u on u.id = the_user and u.kind = 'person' and u.disabled_at is null
  order by t.created_at desc, t.id desc
$$;
revoke execute on function take_notifications_to_mail(uuid, integer) from public;
grant execute on function take_notifications_to_mail(uuid, integer) to baton_worker;

-- What a mail says at this moment of notifications of somebody of the workspace in scope: of those that they may see, want, and have
-- not read yet.
create function notifications_to_mail(the_user uuid, ids uuid[])
returns table (email text, name text, workspace text, ticket_id uuid, ticket_key text, ticket_title text, kinds text[], actor text,
  from_status text, to_status text, comment_start text, mentions json, is_assigned boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.email, u.name, w.name, n.ticket_id, p.key || '-' || t.number, t.title, n.kinds, a.name,
    case e.action when 'ticket.transitioned' then e.before ->> 'status' end, case e.action when 'ticket.transitioned' then e.after ->> 'status' end,
    left(c.body, 400), (select json_object_agg(x.id, x.name) from users x where x.id = any (c.mentions)),
    coalesce((e.after ->> 'assignee_id')::uuid = the_user, (e.before ->> 'assignee_id')::uuid is distinct from the_user and t.assignee_id = the_user, false)
  from notifications n
  join memberships m on m.workspace_id = app_workspace_id() and m.user_id = the_user and m.removed_at is null and m.joined = n.joined
  join users u on u.id = the_user and u.disabled_at is null
  join workspaces w on w.id = app_workspace_id() and w.deleted_at is null
  join tickets t on t.workspace_id = app_workspace_id() and t.id = n.ticket_id and t.deleted_at is null
  join projects p on p.workspace_id = app_workspace_id() and p.id = t.project_id
  left join notification_settings s on s.workspace_id = app_workspace_id() and s.user_id = the_user
  left join users a on a.id = n.actor_id
  left join comments c on c.workspace_id = app_workspace_id() and c.ticket_id = n.ticket_id and c.id = n.comment_id and c.deleted_at is null
  left join events e on e.workspace_id = app_workspace_id() and e.sequence = n.sequence
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and n.read_at is null and n.archived_at is null
    and exists (select 1 from unnest(n.kinds) k where is_mailed(k, s.mail) and k <> all (coalesce(s.off, '{}')))
  order by n.happened_at, n.id
$$;
revoke execute on function notifications_to_mail(uuid, uuid[]) from public;
grant execute on function notifications_to_mail(uuid, uuid[]) to baton_worker;

-- Has people of the workspace in scope mailed in so many seconds, or when they were to be mailed already. Locks their rows, so that nobody who
-- is just taking what they are to be mailed passes over what is written beside it.
create function mail_later(people uuid[], mail_after_s integer)
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into notification_mails as m (workspace_id, user_id, due_at)
  select app_workspace_id(), p.user_id, now() + mail_after_s * interval '1 second' from unnest(people) p (user_id)
  where mail_after_s is not null order by p.user_id
  on conflict (workspace_id, user_id) do update set due_at = m.due_at
$$;
revoke execute on function mail_later(uuid[], integer) from public;

drop function notify_of_events(integer);
drop function notify_of_due(integer);

-- Tells the people of the workspace in scope of its next events: by mail, too, in so many seconds, who wants that, unless it is null. Gives how
-- many events it went on by; null while another process tells them.
create function notify_of_events(batch integer, mail_after_s integer default null)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  place notification_places%rowtype := lock_notification_place();
  last bigint;
  told integer;
  to_be_mailed uuid[];
begin
  if place.workspace_id is null then return null; end if;
  -- A statement of its own: it sees everything that was numbered before the lock was granted.
  select least(h.last_sequence, place.last_sequence + batch) into last from event_heads h where h.workspace_id = scope;
  if last is null or last <= place.last_sequence then return 0; end if;

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
    where not exists (
      select 1 from watchers x where x.workspace_id = scope and x.ticket_id = n.ticket_id and x.user_id = n.user_id
        and x.reason is not null)
    order by n.ticket_id, n.user_id, n.sequence) n) n
  -- With those of this batch.
  where n.place + (select count(*) from (
    select 1 from watchers x where x.workspace_id = scope and x.ticket_id = n.ticket_id and x.choice <> 'muted' limit 200) x) <= 200
  on conflict on constraint watchers_pkey do update set reason = excluded.reason, since = excluded.since where w.reason is null;

  with written as (insert into notifications as n
    (workspace_id, user_id, joined, id, kinds, ticket_id, comment_id, actor_id, sequence, happened_at, to_mail)
  select scope, r.user_id, max(m.joined), (array_agg(r.id order by r.sequence))[1], array_agg(distinct r.kind), r.ticket_id,
    (array_agg(r.comment_id order by r.sequence) filter (where r.comment_id is not null))[1], r.actor_id,
    coalesce(min(r.sequence) filter (where r.kind = 'moved'), min(r.sequence)), r.created_at,
    mail_after_s is not null and bool_or(is_mailed(r.kind, s.mail))
  from (
    -- That a day has come is no act of whoever gave the ticket that day, and is told as notify_of_due tells it.
    select case when p.kind = 'due' then gen_random_uuid() else e.id end as id, e.sequence,
      case when p.kind <> 'due' then e.actor_id end as actor_id,
      case when p.kind = 'due' then (e.after ->> 'due_on')::timestamp at time zone 'UTC' else e.created_at end as created_at,
      t.id as ticket_id, t.project_id, p.user_id, p.kind, case when e.subject_type = 'comment' then e.subject_id end as comment_id
    from (
      select * from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
        and e.action in ('ticket.created', 'ticket.updated', 'ticket.assignee_changed', 'ticket.transitioned', 'comment.created',
          'comment.updated')) e
    cross join lateral (
      -- A deleted one too: it may be restored. Nobody reads a notification of a deleted ticket.
      select t.id, t.project_id, t.reporter_id, t.assignee_id, t.status, t.due_on, t.deleted_at from tickets t
      where t.workspace_id = scope and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end limit 1) t
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
      -- A day that has come already: notify_of_due does not come by it again.
      select coalesce(t.assignee_id, t.reporter_id), 'due' where e.subject_type = 'ticket'
        and ((e.after ->> 'due_on')::date, t.id)
          <= (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and t.due_on = (e.after ->> 'due_on')::date and t.deleted_at is null and not is_done(t.project_id, t.status)) p
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
  on conflict (workspace_id, user_id, ticket_id, happened_at, actor_id) do update
    set kinds = array(select distinct k from unnest(n.kinds || excluded.kinds) k order by k), comment_id = coalesce(n.comment_id, excluded.comment_id),
      sequence = case when 'moved' = any (excluded.kinds) then excluded.sequence else n.sequence end,
      to_mail = n.to_mail or excluded.to_mail
    returning n.user_id, n.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);

  update notification_places set last_sequence = last where workspace_id = scope;
  perform count_notifications(told);
  return last - place.last_sequence;
end $$;
revoke execute on function notify_of_events(integer, integer) from public;
grant execute on function notify_of_events(integer, integer) to baton_worker;

-- Tells who has a ticket, or who reported it where nobody has it, that its day has come. Gives how many tickets it went on by; null
-- while another process tells them.
create function notify_of_due(batch integer, mail_after_s integer default null)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
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
  if place.due_on >= today and place.due_after is null then return 0; end if;

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
  on conflict (workspace_id, user_id, ticket_id, happened_at, actor_id) do nothing
    returning notifications.user_id, notifications.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);

  if found_tickets < batch then
    update notification_places set due_on = today, due_after = null where workspace_id = scope;
  else
    update notification_places set due_on = last_day, due_after = last_id where workspace_id = scope;
  end if;
  perform count_notifications(told);
  return found_tickets;
end $$;
revoke execute on function notify_of_due(integer, integer) from public;
grant execute on function notify_of_due(integer, integer) to baton_worker;
