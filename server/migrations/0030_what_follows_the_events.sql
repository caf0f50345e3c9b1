-- Up Migration
-- What follows the events: days that come while nobody looks, projects that come back, mails in turns, and what is counted for as long as it is kept
-- (docs/decisions, 41, 43 and 52).

-- Whether the workflow in force calls a status done. It reads the statuses: the transitions, up to half a megabyte, stay unread.
create or replace function is_done(the_project uuid, the_status text)
returns boolean language sql stable set search_path = public, pg_temp as $$
  select f.statuses @> jsonb_build_array(jsonb_build_object('key', the_status, 'category', 'done'))
  from projects p join workflows f on f.workspace_id = app_workspace_id() and f.project_id = p.id and f.version = p.workflow_version
  where p.workspace_id = app_workspace_id() and p.id = the_project
$$;

-- How far the people of a project that was unarchived have been told of what came due meanwhile; null: all have, or there is none.
alter table notification_places add column again_on date, add column again_after uuid,
  add constraint notification_places_again check ((again_on is null) = (again_after is null));

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

-- Queues the workspace's events from `first` to `last` for a webhook, as far as it wants them. Gives how many. With `again`, those too
-- that are finished; otherwise the webhook's place moves along: in the same transaction, so that nothing is lost or doubled. A request counts what
-- it queues by itself (server/src/quotas/usage.ts).
create or replace function queue_deliveries(hook uuid, first bigint, last bigint, again boolean)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  the webhooks%rowtype;
  queued integer;
begin
  -- Whoever ends a delivery locks it too: no later one of its subject is queued behind it unseen.
  select * into the from webhooks w where w.workspace_id = scope and w.id = hook and w.deleted_at is null for no key update;
  if not found then return 0; end if;
  insert into deliveries as d (workspace_id, webhook_id, sequence, event_id, subject_id)
  select scope, hook, e.sequence, e.id, case when e.ticket_id is null then e.subject_id else e.ticket_id end
  from events e
  where e.workspace_id = scope and e.sequence between first and last and case when e.action = 'webhook.pinged' then e.subject_id = hook
    else (the.types is null or e.action = any (the.types)) and (the.project_ids is null or case
      when e.subject_type in ('project', 'workflow') then e.subject_id
      else (select t.project_id from tickets t where t.workspace_id = scope
        and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end) end = any (the.project_ids)) end
  on conflict (workspace_id, webhook_id, sequence) do update set finished_at = null, outcome = null, failures = 0
    where again and d.finished_at is not null;
  get diagnostics queued = row_count;
  update deliveries d set next_attempt_at = now()
  where d.workspace_id = scope and d.webhook_id = hook and d.sequence between first and last and d.finished_at is null
    and d.next_attempt_at is null and d.sequence = (
      select min(b.sequence) from deliveries b where b.workspace_id = scope and b.webhook_id = hook and b.subject_id = d.subject_id
        and b.finished_at is null);
  if again then
    -- What comes after it of its subject waits for it again, unless it may be on its way: within a lease (server/src/work/lease.ts).
    update deliveries d set next_attempt_at = null
    where d.workspace_id = scope and d.webhook_id = hook and d.sequence > first and d.finished_at is null
      and (d.next_attempt_at <= now() or d.next_attempt_at > now() + interval '20 seconds') and d.sequence <> (
        select min(b.sequence) from deliveries b where b.workspace_id = scope and b.webhook_id = hook and b.subject_id = d.subject_id
          and b.finished_at is null);
    return queued;
  end if;
  update webhooks set last_sequence = last where workspace_id = scope and id = hook and last_sequence = first - 1;
  if not found then raise exception 'The webhook % is at %, and not at %.', hook, the.last_sequence, first - 1; end if;
  perform count_deliveries(queued);
  return queued;
end $$;

-- Mails that have not been tried wait by their places, and those that failed by their times. A place among those that wait: nobody comes
-- first or last because one mail can't be sent.
drop index mails_due;
drop index mails_caused_by;
create index mails_fresh on mails (can_wait, place, id) where attempts = 0;
create index mails_tried on mails (can_wait, next_attempt_at) where attempts > 0;
create index mails_caused_by on mails (caused_by, can_wait, place) where attempts = 0;
create or replace function mail_place(causer text, waits boolean)
returns bigint language sql stable security definer set search_path = public, pg_temp as $$
  select greatest(
    (select max(m.place) + 1 from mails m where m.caused_by = causer and m.can_wait = waits and m.attempts = 0),
    (select min(m.place) from mails m where m.can_wait = waits and m.attempts = 0), 0)
$$;

-- How many notifications were left out of a mail that was put back: the next one says that there are more.
alter table notification_mails add column more integer not null default 0,
  add constraint notification_mails_more check (more >= 0);
grant update (more) on notification_mails to baton_worker;
drop function put_notifications_back(uuid, uuid[]);
create function put_notifications_back(the_user uuid, ids uuid[], left_out integer)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from notification_settings s where s.workspace_id = app_workspace_id() and s.user_id = the_user for share;
  insert into notification_mails as m (workspace_id, user_id, due_at, more)
  values (app_workspace_id(), the_user, coalesce(quiet_until(the_user), now() + interval '1 minute'), left_out)
  on conflict (workspace_id, user_id) do update set due_at = least(m.due_at, excluded.due_at), more = m.more + excluded.more;
  update notifications n set to_mail = true
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and n.read_at is null and n.archived_at is null;
end $$;
revoke execute on function put_notifications_back(uuid, uuid[], integer) from public;
grant execute on function put_notifications_back(uuid, uuid[], integer) to baton_worker;

-- Deliveries and notifications count towards their workspace's quota for as long as they are kept: upkeep, which removes them, takes them back.
-- One workspace after the other, always in the same order.
create function uncount_rows(removed uuid[])
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  one record;
begin
  for one in select r.id, count(*) as n from unnest(removed) r (id) group by r.id order by r.id loop
    perform set_config('app.workspace', one.id::text, true);
    update workspace_usage set bytes = greatest(0, bytes - one.n * 512) where workspace_id = one.id;
  end loop;
end $$;
revoke execute on function uncount_rows(uuid[]) from public;
grant execute on function uncount_rows(uuid[]) to baton_worker;

-- Webhooks of workspaces that were deleted before they were stopped with them.
alter table webhooks no force row level security;
alter table deliveries no force row level security;
alter table workspaces no force row level security;
update webhooks w set state = 'disabled', state_reason = 'workspace_deleted' from workspaces d
where d.id = w.workspace_id and d.deleted_at is not null and w.state <> 'disabled' and w.deleted_at is null;
update deliveries w set next_attempt_at = null, finished_at = now(), outcome = 'dropped' from workspaces d
where d.id = w.workspace_id and d.deleted_at is not null and w.finished_at is null;
alter table webhooks force row level security;
alter table deliveries force row level security;
alter table workspaces force row level security;
