-- Up Migration
-- What happened in a workspace is numbered: 1, 2, 3 and so on, without gaps. A write puts its entry into the outbox, in its
-- transaction. The worker moves what is committed into the events, each with the next number (docs/decisions, 38).

-- Row-level security is forced, so that an owner who is no superuser sees no rows. For this transaction, it is not.
alter table audit_log no force row level security;
alter table workspaces no force row level security;

alter table audit_log rename to events;
-- Without indexes, of which each would get an entry for each row that is written anew.
alter table events drop constraint audit_log_pkey, drop constraint audit_log_workspace_fkey;
drop index audit_log_action, audit_log_actor, audit_log_created, audit_log_subject, audit_log_ticket, audit_log_ticket_version,
  audit_log_type;
alter table events add column sequence bigint;
update events e set sequence = n.sequence
from (select ctid as place, row_number() over (partition by workspace_id order by created_at, id) as sequence from events) n
where e.ctid = n.place;
alter table events alter column sequence set not null, alter column created_at drop default;
alter table events add constraint events_pkey primary key (workspace_id, sequence);
create index events_action on events (workspace_id, action, created_at, id);
create index events_actor on events (workspace_id, actor_id, created_at, id);
create index events_created on events (workspace_id, created_at, id);
create index events_subject on events (workspace_id, subject_id, created_at, id);
create index events_ticket on events (workspace_id, ticket_id, created_at, id) where ticket_id is not null;
create unique index events_ticket_version on events (workspace_id, subject_id, subject_version) where subject_type = 'ticket';
create index events_type on events (workspace_id, subject_type, created_at, id) where subject_type not in ('ticket', 'comment');
-- Requests read what happened. number_events alone adds to it.
revoke insert on events from baton_app, baton_worker;
comment on table events is 'workspace, append-only, by the worker';

-- How many events a workspace has. Whoever numbers its events has locked this row.
create table event_heads (
  workspace_id uuid not null,
  last_sequence bigint not null default 0,
  updated_at timestamptz not null default now(),
  constraint event_heads_pkey primary key (workspace_id)
) with (fillfactor = 50);
select app_tenant_table('event_heads', null);
comment on table event_heads is 'workspace';
alter table event_heads add constraint event_heads_workspace_fkey foreign key (workspace_id) references workspaces (id);
-- To lock a row takes the right to update it.
grant select (workspace_id, last_sequence), update (updated_at) on event_heads to baton_worker;

alter table event_heads no force row level security;
insert into event_heads (workspace_id, last_sequence)
select w.id, coalesce(max(e.sequence), 0) from workspaces w left join events e on e.workspace_id = w.id group by w.id;
alter table event_heads force row level security;

-- What is committed and has no number yet. In the order of the key each subject's entries are in the order of its versions.
create table outbox (
  workspace_id uuid not null,
  created_at timestamptz not null default now(),
  id uuid not null,
  actor_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id uuid not null,
  subject_version integer,
  ticket_id uuid,
  before jsonb,
  after jsonb,
  request_id text not null,
  token_id uuid,
  on_behalf_of uuid,
  constraint outbox_pkey primary key (workspace_id, created_at, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
select app_tenant_table('outbox', null);
-- What is about a ticket, or a comment of it. No coalesce: row-level security lets no index be searched by it.
create index outbox_about on outbox
  (workspace_id, (case when ticket_id is null then subject_id else ticket_id end), created_at, id);
comment on table outbox is 'workspace, queue';
-- The worker finds what has no number, of whichever workspace, and reads nothing of it. It adds entries as requests do.
grant select (workspace_id, created_at, id), insert on outbox to baton_worker;
create policy worker_looks on outbox for select to baton_worker using (true);

-- Moves entries of the workspace in scope from the outbox to its events, numbered from `first` on in the order of `ids`. Called with
-- the head locked. By ids, and never by a bound of times: what was committed meanwhile with an earlier time would go, too. The
-- times only help to find them. All of it is done, or nothing.
create function number_events(ids uuid[], low timestamptz, high timestamptz, first bigint)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  inserted integer;
  removed integer;
  headed integer;
begin
  insert into events (workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, subject_version,
    ticket_id, before, after, request_id, token_id, on_behalf_of)
  select o.workspace_id, first + n.place - 1, o.created_at, o.id, o.actor_id, o.action, o.subject_type, o.subject_id,
    o.subject_version, o.ticket_id, o.before, o.after, o.request_id, o.token_id, o.on_behalf_of
  from outbox o join unnest(ids) with ordinality n (id, place) on n.id = o.id
  where o.workspace_id = scope and o.created_at between low and high;
  get diagnostics inserted = row_count;
  delete from outbox o where o.workspace_id = scope and o.created_at between low and high and o.id = any (ids);
  get diagnostics removed = row_count;
  update event_heads set last_sequence = first + cardinality(ids) - 1, updated_at = now()
  where workspace_id = scope and last_sequence = first - 1;
  get diagnostics headed = row_count;
  if inserted <> cardinality(ids) or removed <> cardinality(ids) or headed <> 1 then
    raise exception 'Of % entries % were numbered and % removed, and % heads moved.', cardinality(ids), inserted, removed, headed;
  end if;
end $$;
revoke execute on function number_events(uuid[], timestamptz, timestamptz, bigint) from public;
grant execute on function number_events(uuid[], timestamptz, timestamptz, bigint) to baton_worker;

-- All that happened, numbered or not, as the audit log shows it.
create view audit_log with (security_invoker = true) as
select workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, before,
  after, request_id, token_id, on_behalf_of from events
union all
select workspace_id, null, created_at, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, before,
  after, request_id, token_id, on_behalf_of from outbox;

alter table events force row level security;
alter table workspaces force row level security;

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
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id, created_at)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request, at);
  return true;
end $$;

create or replace function purge_ticket(the_ticket uuid, named text[], the_actor uuid, entry uuid, request text)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  fields text[] := array(select unnest(named) intersect select unnest(array['title', 'description']));
  purged tickets%rowtype;
begin
  update tickets set version = version + 1, updated_at = greatest(now(), updated_at + interval '1 microsecond')
  where workspace_id = scope and id = the_ticket returning * into purged;
  if not found then return; end if;
  -- No entry is on its way from one table to the other while the head is locked: each statement below sees it in one of them.
  perform 1 from event_heads where workspace_id = scope for no key update;
  update outbox a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f)
  where a.workspace_id = scope and (case when a.ticket_id is null then a.subject_id else a.ticket_id end) = the_ticket
    and a.subject_type = 'ticket' and (a.before ?| fields or a.after ?| fields);
  update events a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f)
  where a.workspace_id = scope and a.subject_id = the_ticket and a.subject_type = 'ticket'
    and (a.before ?| fields or a.after ?| fields);
  if 'description' = any (fields) then
    delete from ticket_texts where workspace_id = scope and ticket_id = the_ticket;
  end if;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id,
    created_at)
  values (scope, entry, the_actor, 'ticket.purged', 'ticket', the_ticket, purged.version,
    jsonb_build_object('fields', to_jsonb(fields)), request, purged.updated_at);
end $$;
