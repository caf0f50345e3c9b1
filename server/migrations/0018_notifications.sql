-- Up Migration
-- People are told what happens to their tickets (docs/decisions, 43).

-- Whom a comment names. Read out of its text when that is written.
alter table comments add column mentions uuid[] not null default '{}';
alter table comments add constraint comments_mentions
  check (cardinality(mentions) <= 50 and (deleted_at is null or mentions = '{}')) not valid;
grant update (mentions) on comments to baton_app;

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
  update comments set body = '', mentions = '{}', version = version + 1, purged_at = at, purged_by = the_actor,
    deleted_at = coalesce(deleted_at, at), deleted_by = coalesce(deleted_by, the_actor)
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id, created_at)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request, at);
  return true;
end $$;

-- Who is told what happens to a ticket, besides its reporter and its assignee, who need no row.
create table watchers (
  workspace_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  -- What somebody chose for themselves.
  choice text not null default 'automatic',
  -- Why they watch automatically, and the event by which it began: of later ones they are told.
  reason text,
  since bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint watchers_pkey primary key (workspace_id, ticket_id, user_id),
  constraint watchers_choice check (choice in ('automatic', 'watching', 'muted')),
  constraint watchers_reason check (reason in ('commented', 'mentioned')),
  constraint watchers_why check (choice <> 'automatic' or reason is not null)
);
select app_tenant_table('watchers', 'update (choice), delete');
alter table watchers add constraint watchers_ticket_fkey foreign key (workspace_id, ticket_id) references tickets (workspace_id, id);
alter table watchers add constraint watchers_user_fkey
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id);
create index watchers_user on watchers (workspace_id, user_id);

-- Who has commented so far watches.
alter table comments no force row level security;
alter table memberships no force row level security;
alter table watchers no force row level security;
insert into watchers (workspace_id, ticket_id, user_id, reason)
select distinct c.workspace_id, c.ticket_id, c.author_id, 'commented' from comments c
join memberships m on m.workspace_id = c.workspace_id and m.user_id = c.author_id and m.removed_at is null;
alter table comments force row level security;
alter table memberships force row level security;
alter table watchers force row level security;

-- One act of somebody else that one person is told of, for one reason or several. It copies no text.
create table notifications (
  workspace_id uuid not null,
  user_id uuid not null,
  -- Which of their memberships it was told in: one who comes back finds none of before.
  joined integer not null,
  id uuid not null,
  kinds text[] not null,
  ticket_id uuid not null,
  comment_id uuid,
  -- Null: nobody, a day has come.
  actor_id uuid,
  -- Its event; of several the step, which says from where to where.
  sequence bigint,
  -- The time of the act.
  happened_at timestamptz not null,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  archived_at timestamptz,
  snoozed_until timestamptz,
  constraint notifications_pkey primary key (workspace_id, user_id, id),
  constraint notifications_kinds check (cardinality(kinds) > 0
    and kinds <@ array['assigned', 'mentioned', 'moved', 'commented', 'due'])
) with (fillfactor = 80);
select app_tenant_table('notifications', 'update (read_at, archived_at, snoozed_until)');
revoke insert on notifications from baton_app;
comment on table notifications is 'workspace, by the worker';
alter table notifications add constraint notifications_user_fkey
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id);
-- What somebody does to a ticket in one transaction has one time.
create unique index notifications_act on notifications (workspace_id, user_id, ticket_id, happened_at, actor_id) nulls not distinct;
create index notifications_created on notifications (workspace_id, user_id, created_at, id);
create index notifications_inbox on notifications (workspace_id, user_id, created_at, id) where archived_at is null;
create index notifications_unread on notifications (workspace_id, user_id, created_at, id)
  where read_at is null and archived_at is null;
create index notifications_old on notifications (created_at);
comment on index notifications_old is 'upkeep';
select app_upkeep('notifications', 'workspace_id, user_id, id, created_at', $$created_at < now() - interval '1 day'$$);

-- What a member wants to be told of.
create table notification_settings (
  workspace_id uuid not null,
  user_id uuid not null,
  -- The kinds that they don't want.
  off text[] not null default '{}',
  muted_project_ids uuid[] not null default '{}',
  version integer not null default 1,
  updated_at timestamptz not null default now(),
  constraint notification_settings_pkey primary key (workspace_id, user_id),
  constraint notification_settings_off check (off <@ array['assigned', 'mentioned', 'moved', 'commented', 'due']),
  constraint notification_settings_muted check (cardinality(muted_project_ids) <= 100)
);
select app_tenant_table('notification_settings', 'update (off, muted_project_ids, version, updated_at)');
alter table notification_settings add constraint notification_settings_user_fkey
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id);

-- How far a workspace's people have been told. Whoever moves it has locked the row.
create table notification_places (
  workspace_id uuid not null,
  -- Of its events.
  last_sequence bigint not null default 0,
  -- Of the tickets that have become due: up to this day (in UTC), and on it up to this ticket; null: to the last.
  due_on date not null default (now() at time zone 'UTC')::date,
  due_after uuid,
  constraint notification_places_pkey primary key (workspace_id)
) with (fillfactor = 50);
select app_tenant_table('notification_places', null);
revoke insert on notification_places from baton_app;
alter table notification_places add constraint notification_places_workspace_fkey
  foreign key (workspace_id) references workspaces (id);
comment on table notification_places is 'workspace, by the worker';
create index tickets_due on tickets (workspace_id, due_on, id) where due_on is not null and deleted_at is null;

-- Nobody is told of what was before.
alter table event_heads no force row level security;
alter table notification_places no force row level security;
insert into notification_places (workspace_id, last_sequence) select h.workspace_id, h.last_sequence from event_heads h;
alter table event_heads force row level security;
alter table notification_places force row level security;

-- The worker finds the workspaces whose people are to be told something, and reads none of it.
grant select (workspace_id, last_sequence, due_on, due_after) on notification_places to baton_worker;
create policy worker_looks on notification_places for select to baton_worker using (true);

-- The place of the workspace in scope, locked; nothing while another process has it.
create function lock_notification_place()
returns notification_places language plpgsql security definer set search_path = public, pg_temp as $$
declare
  place notification_places%rowtype;
begin
  insert into notification_places (workspace_id) values (app_workspace_id()) on conflict do nothing;
  select * into place from notification_places where workspace_id = app_workspace_id() for no key update skip locked;
  return place;
end $$;
revoke execute on function lock_notification_place() from public;

-- Whether somebody is to be told, of a kind. A right is asked of the membership, a wish of the settings. What is said to somebody,
-- an assignment or a mention, reaches them through a muted ticket or project.
create function wants_notification(kind text, off text[], choice text, is_muted boolean)
returns boolean language sql immutable parallel safe as $$
  select kind <> all (coalesce(off, '{}')) and (kind in ('assigned', 'mentioned') or (choice is distinct from 'muted' and not is_muted))
$$;

-- Whether the workflow in force calls a status done.
create function is_done(the_project uuid, the_status text)
returns boolean language sql stable set search_path = public, pg_temp as $$
  select f.definition -> 'statuses' @> jsonb_build_array(jsonb_build_object('key', the_status, 'category', 'done'))
  from projects p join workflows f on f.workspace_id = app_workspace_id() and f.project_id = p.id and f.version = p.workflow_version
  where p.workspace_id = app_workspace_id() and p.id = the_project
$$;

-- What was written counts towards the workspace's quota: one comment may be told to hundreds. As the last statement, as requests do.
create function count_notifications(told integer)
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into workspace_usage as u (workspace_id, bytes) select app_workspace_id(), told * 512 where told > 0
  on conflict (workspace_id) do update set bytes = u.bytes + excluded.bytes
$$;
revoke execute on function count_notifications(integer) from public;

-- Tells the people of the workspace in scope of its next events. Gives how many events it went on by; null while another process
-- tells them.
create function notify_of_events(batch integer)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  place notification_places%rowtype := lock_notification_place();
  last bigint;
  told integer;
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

  insert into notifications as n (workspace_id, user_id, joined, id, kinds, ticket_id, comment_id, actor_id, sequence, happened_at)
  select scope, r.user_id, max(m.joined), (array_agg(r.id order by r.sequence))[1], array_agg(distinct r.kind), r.ticket_id,
    (array_agg(r.comment_id order by r.sequence) filter (where r.comment_id is not null))[1], r.actor_id,
    coalesce(min(r.sequence) filter (where r.kind = 'moved'), min(r.sequence)), r.created_at
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
      sequence = case when 'moved' = any (excluded.kinds) then excluded.sequence else n.sequence end;
  get diagnostics told = row_count;

  update notification_places set last_sequence = last where workspace_id = scope;
  perform count_notifications(told);
  return last - place.last_sequence;
end $$;
revoke execute on function notify_of_events(integer) from public;
grant execute on function notify_of_events(integer) to baton_worker;

-- Tells who has a ticket, or who reported it where nobody has it, that its day has come. Gives how many tickets it went on by; null
-- while another process tells them.
create function notify_of_due(batch integer)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  today date := (now() at time zone 'UTC')::date;
  place notification_places%rowtype := lock_notification_place();
  found_tickets integer;
  told integer;
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

  insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, happened_at)
  select scope, m.user_id, m.joined, gen_random_uuid(), array['due'], t.id, t.due_on::timestamp at time zone 'UTC'
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
  on conflict (workspace_id, user_id, ticket_id, happened_at, actor_id) do nothing;
  get diagnostics told = row_count;

  if found_tickets < batch then
    update notification_places set due_on = today, due_after = null where workspace_id = scope;
  else
    update notification_places set due_on = last_day, due_after = last_id where workspace_id = scope;
  end if;
  perform count_notifications(told);
  return found_tickets;
end $$;
revoke execute on function notify_of_due(integer) from public;
grant execute on function notify_of_due(integer) to baton_worker;
