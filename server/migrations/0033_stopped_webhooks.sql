-- Up Migration
-- Who may see a webhook is notified when Baton stops it (docs/decisions, 68).

-- Whether a role may see webhooks, as the policy has it (access/policy.ts); a test compares them.
create function may_see_webhooks(role text)
returns boolean language sql immutable parallel safe as $$
  select role in ('owner', 'admin')
$$;

-- A notification is about a ticket or about a webhook.
alter table notifications
  alter column ticket_id drop not null,
  add column webhook_id uuid,
  drop constraint notifications_kinds,
  add constraint notifications_kinds check (cardinality(kinds) > 0
    and kinds <@ array['assigned', 'mentioned', 'moved', 'commented', 'due', 'webhook_stopped']),
  add constraint notifications_subject check (num_nonnulls(ticket_id, webhook_id) = 1
    and (webhook_id is not null) = ('webhook_stopped' = any (kinds)));
-- Two webhooks may be stopped at one moment.
drop index notifications_act;
create unique index notifications_act on notifications (workspace_id, user_id, ticket_id, happened_at, actor_id, joined, webhook_id)
  nulls not distinct;

alter table notification_settings
  drop constraint notification_settings_off,
  add constraint notification_settings_off check (off <@ array['assigned', 'mentioned', 'moved', 'commented', 'due', 'webhook_stopped']),
  drop constraint notification_settings_mail,
  add constraint notification_settings_mail check (mail <@ array['assigned', 'mentioned', 'moved', 'commented', 'due', 'webhook_stopped']),
  alter column mail set default '{assigned,mentioned,due,webhook_stopped}';
-- The kind is mailed by default: to those, too, who have chosen among the others, but not to those who have ended all mail.
alter table notification_settings no force row level security;
update notification_settings set mail = mail || '{webhook_stopped}'::text[] where mail <> '{}';
alter table notification_settings force row level security;

-- Whether somebody wants a kind in a mail; without settings, the kinds that are said to them.
create or replace function is_mailed(kind text, mail text[])
returns boolean language sql immutable parallel safe as $$
  select kind = any (coalesce(mail, '{assigned,mentioned,due,webhook_stopped}'))
$$;

-- Tells who may see them of webhooks that Baton stopped by events behind one and up to another, of the workspace in scope. Nobody did it: the
-- actor of such an event is who created the webhook, and is told as well. Gives how many notifications that was.
create function notify_of_stops(behind bigint, last bigint, mail_after_s integer)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  told integer;
  to_be_mailed uuid[];
begin
  with written as (insert into notifications (workspace_id, user_id, joined, id, kinds, webhook_id, sequence, happened_at, to_mail)
  select scope, m.user_id, m.joined, e.id, array['webhook_stopped'], e.subject_id, e.sequence, e.created_at,
    mail_after_s is not null and is_mailed('webhook_stopped', s.mail)
  from events e
  join memberships m on m.workspace_id = scope and m.removed_at is null and may_see_webhooks(m.role) and m.created_at <= e.created_at
  left join notification_settings s on s.workspace_id = scope and s.user_id = m.user_id
  where e.workspace_id = scope and e.sequence > behind and e.sequence <= last and e.action in ('webhook.paused', 'webhook.disabled')
    and wants_notification('webhook_stopped', s.off, null, false)
  on conflict do nothing
    returning notifications.user_id, notifications.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);
  return told;
end $$;
revoke execute on function notify_of_stops(bigint, bigint, integer) from public;

-- Tells the people of the workspace in scope of its next events: by mail, too, in so many seconds, who wants that, unless it is null. Gives
-- whether there are more; null while another process tells them.
create or replace function notify_of_events(batch integer, mail_after_s integer default null)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  today date := (now() at time zone 'UTC')::date;
  place notification_places%rowtype := lock_notification_place();
  last bigint;
  last_of_all bigint;
  -- Until which day nothing is left that notify_of_due tells of.
  behind date;
  unarchived bigint;
  archived_on date;
  found_tickets integer;
  stop_on date;
  stop_id uuid;
  told integer;
  to_be_mailed uuid[];
begin
  if place.workspace_id is null then return null; end if;
  -- A statement of its own: it sees everything that was numbered before the lock was granted.
  select least(h.last_sequence, place.last_sequence + batch), h.last_sequence into last, last_of_all
  from event_heads h where h.workspace_id = scope;
  if last is null or last <= place.last_sequence then return false; end if;
  -- No ticket's day has come since: so who gives one a day that has come is told of it here, and not by notify_of_due. Up to the day of the
  -- first event alone: a day that was given before it came, to a worker that was stopped, notify_of_due tells of.
  select least(today, (e.created_at at time zone 'UTC')::date) into behind
  from events e where e.workspace_id = scope and e.sequence = place.last_sequence + 1;
  if place.due_on < behind and place.due_after is null and coalesce(place.next_due_on > behind, true) then place.due_on := behind; end if;

  -- A project that is unarchived may have thousands of tickets whose day has come meanwhile: its event is a batch by itself, in steps of so
  -- many tickets of the workspace.
  select min(e.sequence) into unarchived from events e
  where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last and e.action = 'project.unarchived';
  if unarchived = place.last_sequence + 1 then
    last := unarchived;
    select (max(a.created_at) at time zone 'UTC')::date into archived_on
    from events e join events a on a.workspace_id = scope and a.subject_id = e.subject_id and a.action = 'project.archived' and a.sequence < e.sequence
    where e.workspace_id = scope and e.sequence = unarchived;
    select count(*), max(d.due_on), (array_agg(d.id order by d.due_on desc, d.id desc))[1] into found_tickets, stop_on, stop_id
    from (
      select t.due_on, t.id from tickets t
      where t.workspace_id = scope and t.due_on is not null and t.deleted_at is null and t.due_on <= place.due_on
        and (t.due_on, t.id) > (coalesce(place.again_on, archived_on - 1), coalesce(place.again_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by t.due_on, t.id limit batch) d;
  elsif unarchived is not null then
    last := unarchived - 1;
  end if;

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
      + case when e.action in ('webhook.paused', 'webhook.disabled') then (
        select count(*) from memberships m where m.workspace_id = scope and m.removed_at is null and may_see_webhooks(m.role)) else 0 end
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
        and (t.due_on, t.id) > (coalesce(place.again_on, archived_on - 1), coalesce(place.again_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and (t.due_on, t.id) <= (stop_on, stop_id)) t
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
  on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id, webhook_id) do update
    set kinds = array(select distinct k from unnest(n.kinds || excluded.kinds) k order by k), comment_id = coalesce(n.comment_id, excluded.comment_id),
      sequence = case when 'moved' = any (excluded.kinds) then excluded.sequence else n.sequence end,
      -- Not once more for what it told already.
      to_mail = n.to_mail or excluded.to_mail and exists (
        select from unnest(excluded.kinds) k where k <> all (n.kinds) and is_mailed(k, (
          select s.mail from notification_settings s where s.workspace_id = scope and s.user_id = n.user_id)))
    returning n.user_id, n.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);
  told := told + notify_of_stops(place.last_sequence, last, mail_after_s);

  if found_tickets = batch then
    update notification_places set again_on = stop_on, again_after = stop_id where workspace_id = scope;
    perform count_notifications(told);
    return true;
  end if;
  update notification_places set again_on = null, again_after = null where workspace_id = scope and again_on is not null;
  update notification_places set due_on = place.due_on, next_due_on = least(next_due_on, (
    select min(t.due_on) from events e join tickets t on t.workspace_id = scope and t.id = e.subject_id
    where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last and e.subject_type = 'ticket'
      and t.deleted_at is null and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))))
  where workspace_id = scope returning next_due_on into place.next_due_on;
  update notification_places set last_sequence = last where workspace_id = scope;
  perform count_notifications(told);
  return last < last_of_all or coalesce(place.next_due_on <= today, false);
end $$;

-- Tells who has a ticket, or who reported it where nobody has it, that its day has come. Gives whether there may be more; null while another
-- process tells them.
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
  on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id, webhook_id) do nothing
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

-- Takes what is to be mailed to somebody of the workspace in scope, whose row of notification_mails is locked. Gives all of it, latest
-- first, with the ticket or webhook that each is about, and whether it is to be mailed still.
drop function take_notifications_to_mail(uuid, integer);
create function take_notifications_to_mail(the_user uuid, batch integer)
returns table (id uuid, subject_id uuid, is_wanted boolean) language sql security definer set search_path = public, pg_temp as $$
  with taken as (
    update notifications n set to_mail = false
    where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (array(
      select d.id from notifications d where d.workspace_id = app_workspace_id() and d.user_id = the_user and d.to_mail
      order by d.created_at, d.id limit batch for no key update of d))
    returning n.id, coalesce(n.ticket_id, n.webhook_id) as subject_id, n.created_at, n.read_at, n.archived_at, n.snoozed_until)
  select t.id, t.subject_id, u.id is not null and t.read_at is null and t.archived_at is null
    and (t.snoozed_until is null or t.snoozed_until <= now())
  from taken t left join users u on u.id = the_user and u.kind = 'person' and u.disabled_at is null
  order by t.created_at desc, t.id desc
$$;
revoke execute on function take_notifications_to_mail(uuid, integer) from public;
grant execute on function take_notifications_to_mail(uuid, integer) to baton_worker;

-- What a mail says at this moment of notifications of somebody of the workspace in scope: of those that they may see, want, and have
-- not read yet; of a webhook as long as it is stopped, and of its address only where it leads.
drop function notifications_to_mail(uuid, uuid[]);
create function notifications_to_mail(the_user uuid, ids uuid[])
returns table (email text, name text, workspace text, ticket_id uuid, ticket_key text, ticket_title text, kinds text[], actor text,
  from_status text, to_status text, comment_start text, mentions json, is_assigned boolean, due_on text, webhook_id uuid, webhook_origin text,
  webhook_description text, stop_reason text, failing_since text)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.email, u.name, w.name, n.ticket_id, p.key || '-' || t.number, t.title, n.kinds, a.name,
    case e.action when 'ticket.transitioned' then e.before ->> 'status' end, case e.action when 'ticket.transitioned' then e.after ->> 'status' end,
    left(c.body, 400), (select json_object_agg(x.id, x.name) from users x where x.id = any (c.mentions)),
    coalesce((e.after ->> 'assignee_id')::uuid = the_user, (e.before ->> 'assignee_id')::uuid is distinct from the_user and t.assignee_id = the_user, false),
    t.due_on::text, h.id, substring(h.url from '^[a-z]+://[^/?#]+'), h.description,
    case when h.id is not null then e.after ->> 'reason' end, case when h.id is not null then e.after ->> 'failing_since' end
  from notifications n
  join memberships m on m.workspace_id = app_workspace_id() and m.user_id = the_user and m.removed_at is null and m.joined = n.joined
  join users u on u.id = the_user and u.disabled_at is null
  join workspaces w on w.id = app_workspace_id() and w.deleted_at is null
  left join tickets t on t.workspace_id = app_workspace_id() and t.id = n.ticket_id and t.deleted_at is null
  left join projects p on p.workspace_id = app_workspace_id() and p.id = t.project_id
  left join webhooks h on h.workspace_id = app_workspace_id() and h.id = n.webhook_id and h.deleted_at is null and may_see_webhooks(m.role)
  left join notification_settings s on s.workspace_id = app_workspace_id() and s.user_id = the_user
  left join users a on a.id = n.actor_id
  left join comments c on c.workspace_id = app_workspace_id() and c.ticket_id = n.ticket_id and c.id = n.comment_id and c.deleted_at is null
  left join events e on e.workspace_id = app_workspace_id() and e.sequence = n.sequence
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and (t.id is not null or h.state_reason in ('failing', 'gone'))
    and n.read_at is null and n.archived_at is null and (n.snoozed_until is null or n.snoozed_until <= now())
    and exists (select 1 from unnest(n.kinds) k where is_mailed(k, s.mail) and k <> all (coalesce(s.off, '{}')))
    and ('due' <> all (n.kinds)
      or (t.due_on <= (n.happened_at at time zone 'UTC')::date and not is_done(t.project_id, t.status)))
  order by n.created_at, n.id
$$;
revoke execute on function notifications_to_mail(uuid, uuid[]) from public;
grant execute on function notifications_to_mail(uuid, uuid[]) to baton_worker;
