-- Up Migration
-- What the worker does for one person's workspaces delays another's by a step at a time, and what is deleted costs nothing (docs/decisions, 41 and 43).

-- The worker walks along the workspaces that are there, and takes turns by who created them. It reads no name.
create index workspaces_live on workspaces (id) where deleted_at is null;
grant select (id, created_by, deleted_at) on workspaces to baton_worker;
create policy worker_looks on workspaces for select to baton_worker using (deleted_at is null);
-- The policy of workspaces for everybody reads it.
grant select (user_id, workspace_id) on user_workspaces to baton_worker;

-- The first day on which somebody may have to be told that a ticket is due; null: there is no such ticket. So a new day is work in
-- the workspaces alone where a ticket is due.
alter table notification_places add column next_due_on date;
grant select (next_due_on) on notification_places to baton_worker;
alter table notification_places no force row level security;
alter table tickets no force row level security;
update notification_places p set next_due_on = (
  select min(t.due_on) from tickets t where t.workspace_id = p.workspace_id and t.due_on >= p.due_on and t.deleted_at is null);
alter table notification_places force row level security;
alter table tickets force row level security;

drop function notify_of_events(integer, integer);
drop function notify_of_due(integer, integer);

-- Tells the people of the workspace in scope of its next events: by mail, too, in so many seconds, who wants that, unless it is null. Gives
-- whether there are more; null while another process tells them.
create function notify_of_events(batch integer, mail_after_s integer default null)
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
revoke execute on function notify_of_events(integer, integer) from public;
grant execute on function notify_of_events(integer, integer) to baton_worker;

-- Tells who has a ticket, or who reported it where nobody has it, that its day has come. Gives whether there may be more; null while
-- another process tells them.
create function notify_of_due(batch integer, mail_after_s integer default null)
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
revoke execute on function notify_of_due(integer, integer) from public;
grant execute on function notify_of_due(integer, integer) to baton_worker;

-- What the worker queues counts towards the workspace's quota, too: one event may be queued for each of its webhooks.
create function count_deliveries(queued integer)
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into workspace_usage as u (workspace_id, bytes) select app_workspace_id(), queued * 512 where queued > 0
  on conflict (workspace_id) do update set bytes = u.bytes + excluded.bytes
$$;
revoke execute on function count_deliveries(integer) from public;

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
  if again then return queued; end if;
  update webhooks set last_sequence = last where workspace_id = scope and id = hook and last_sequence = first - 1;
  if not found then raise exception 'The webhook % is at %, and not at %.', hook, the.last_sequence, first - 1; end if;
  perform count_deliveries(queued);
  return queued;
end $$;

-- What a deleted webhook has not got is of no more interest to anybody.
create index deliveries_dropped on deliveries (finished_at) where outcome = 'dropped';
comment on index deliveries_dropped is 'upkeep';
