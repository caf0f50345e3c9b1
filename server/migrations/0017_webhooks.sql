-- Up Migration
-- Webhooks: what happens in a workspace is sent to addresses that its admins name (docs/decisions, 41).

create table webhooks (
  workspace_id uuid not null,
  id uuid not null,
  url text not null,
  description text not null,
  -- Which events it gets; null: all.
  types text[],
  project_ids uuid[],
  state text not null default 'active',
  state_reason text,
  -- Sealed by a key that is derived from BATON_SECRET. Empty once the webhook is deleted.
  secret bytea not null,
  -- The one before, which signs too until then.
  previous_secret bytea,
  previous_secret_until timestamptz,
  -- Up to which event deliveries were queued. Whoever moves it has locked this row.
  last_sequence bigint not null,
  -- Attempts that failed in a row, since when, and how long nothing is sent because of them.
  failures integer not null default 0,
  failing_since timestamptz,
  rests_until timestamptz,
  version integer not null default 1,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  deleted_at timestamptz,
  constraint webhooks_pkey primary key (workspace_id, id),
  constraint webhooks_url_length check (length(url) between 1 and 2000),
  constraint webhooks_description_length check (length(description) between 0 and 200),
  constraint webhooks_types check (cardinality(types) between 1 and 50),
  constraint webhooks_project_ids check (cardinality(project_ids) between 1 and 50),
  constraint webhooks_state check (state in ('active', 'paused', 'disabled')),
  constraint webhooks_state_reason check (state <> 'active' or state_reason is null),
  constraint webhooks_previous_secret check ((previous_secret is null) = (previous_secret_until is null)),
  constraint webhooks_failing check ((failures = 0) = (failing_since is null))
) with (fillfactor = 70);
-- Requests don't move what was queued.
select app_tenant_table('webhooks', 'update (url, description, types, project_ids, state, state_reason, secret, previous_secret,
  previous_secret_until, failures, failing_since, rests_until, version, updated_at, deleted_at)');
alter table webhooks add constraint webhooks_workspace_fkey foreign key (workspace_id) references workspaces (id);
alter table webhooks add constraint webhooks_creator_fkey
  foreign key (workspace_id, created_by) references memberships (workspace_id, user_id);
create index webhooks_creator on webhooks (workspace_id, created_by);
create index webhooks_created on webhooks (workspace_id, created_at, id) where deleted_at is null;
-- The worker walks along it.
create index webhooks_active on webhooks (workspace_id, id) where state = 'active' and deleted_at is null;

-- One event for one webhook, from the moment that it was queued.
create table deliveries (
  workspace_id uuid not null,
  webhook_id uuid not null,
  sequence bigint not null,
  event_id uuid not null,
  -- What its events are kept in order for: a ticket, or what else they are about.
  subject_id uuid not null,
  -- How often it was begun: who has begun it last may say how it ended.
  attempt integer not null default 0,
  -- How many attempts of its schedule have failed.
  failures integer not null default 0,
  -- When it is due. While it is being sent: when it is due again if nobody says how that ended. Null while an earlier one of
  -- its subject is unfinished, and once it is finished.
  next_attempt_at timestamptz,
  finished_at timestamptz,
  outcome text,
  -- The last attempts, with what was received.
  attempts jsonb not null default '[]',
  created_at timestamptz not null default now(),
  constraint deliveries_pkey primary key (workspace_id, webhook_id, sequence),
  constraint deliveries_outcome check (outcome in ('delivered', 'given_up', 'dropped')),
  constraint deliveries_end check ((finished_at is null) = (outcome is null) and (finished_at is null or next_attempt_at is null))
) with (fillfactor = 70);
select app_tenant_table('deliveries', 'update (next_attempt_at, failures, finished_at, outcome)');
-- No foreign key to the webhook: both are removed by upkeep, each in its own order.
create unique index deliveries_event on deliveries (workspace_id, webhook_id, event_id);
create index deliveries_due on deliveries (workspace_id, webhook_id, next_attempt_at) where next_attempt_at is not null;
create index deliveries_order on deliveries (workspace_id, webhook_id, subject_id, sequence) where finished_at is null;
create index deliveries_pending on deliveries (workspace_id, webhook_id, sequence) where finished_at is null;
create index deliveries_given_up on deliveries (workspace_id, webhook_id, sequence) where outcome = 'given_up';
create index deliveries_finished on deliveries (finished_at);
comment on index deliveries_finished is 'upkeep';
create index webhooks_deleted on webhooks (deleted_at);
comment on index webhooks_deleted is 'upkeep';
select app_upkeep('deliveries', 'workspace_id, webhook_id, sequence, finished_at', $$finished_at < now() - interval '1 hour'$$);
select app_upkeep('webhooks', 'workspace_id, id, deleted_at', $$deleted_at < now() - interval '1 hour'$$);

-- The worker finds what is to be sent, of whichever workspace, and reads sealed secrets alone.
grant select (url, types, state, secret, previous_secret, previous_secret_until, last_sequence, failures, failing_since,
  rests_until, version, updated_at, created_by), update (state, state_reason, failures, failing_since, rests_until, version,
  updated_at) on webhooks to baton_worker;
grant select (event_id, subject_id, attempt, failures, next_attempt_at, attempts), update (attempt, failures, next_attempt_at,
  finished_at, outcome, attempts) on deliveries to baton_worker;
create policy worker_looks on webhooks for select to baton_worker using (true);
create policy worker_looks on deliveries for select to baton_worker using (finished_at is null);

-- Queues the workspace's events from `first` to `last` for a webhook, as far as it wants them. Gives how many. With `again`, those too
-- that are finished; otherwise the webhook's place moves along: in the same transaction, so that nothing is lost or doubled.
create function queue_deliveries(hook uuid, first bigint, last bigint, again boolean)
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
  return queued;
end $$;
revoke execute on function queue_deliveries(uuid, bigint, bigint, boolean) from public;
grant execute on function queue_deliveries(uuid, bigint, bigint, boolean) to baton_worker, baton_app;

-- What receivers have responded to messages about a ticket may repeat a text of it that is purged.
create function forget_replies(the_ticket uuid)
returns void language sql security definer set search_path = public, pg_temp as $$
  update deliveries d
  set attempts = (select jsonb_agg(a || '{"response_head": null}' order by n) from jsonb_array_elements(d.attempts) with ordinality l (a, n))
  from events e cross join webhooks w
  where e.workspace_id = app_workspace_id() and e.subject_id = the_ticket and w.workspace_id = app_workspace_id()
    and d.workspace_id = app_workspace_id() and d.webhook_id = w.id and d.event_id = e.id and d.attempts <> '[]'
$$;
revoke execute on function forget_replies(uuid) from public;
grant execute on function forget_replies(uuid) to baton_app;

-- The events of deliveries that are to be sent, as GET …/events reads them (server/src/feed/queries.ts). Of no others the worker
-- reads any text: not once they are finished, and not of a webhook that isn't active.
create function events_to_deliver(hook uuid, sequences bigint[])
returns table (sequence bigint, id uuid, type text, actor_id uuid, subject_type text, subject_id uuid, subject_version integer,
  project_id uuid, ticket_id uuid, before jsonb, after jsonb, on_behalf_of uuid, created_at timestamptz, ticket_is_deleted boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select e.sequence, e.id, e.action, e.actor_id, e.subject_type, e.subject_id, e.subject_version, p.id, t.id, e.before, e.after,
    e.on_behalf_of, e.created_at, t.deleted_at is not null
  from events e
  left join lateral (
    select t.id, t.project_id, t.deleted_at from tickets t where t.workspace_id = app_workspace_id()
      and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end limit 1) t on true
  left join lateral (
    select p.id from projects p where p.workspace_id = app_workspace_id()
      and p.id = case when e.subject_type in ('project', 'workflow') then e.subject_id else t.project_id end limit 1) p on true
  where e.workspace_id = app_workspace_id() and e.sequence = any (sequences) and exists (
    select 1 from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.workspace_id = app_workspace_id() and d.webhook_id = hook and d.sequence = e.sequence and d.finished_at is null
      and w.state = 'active' and w.deleted_at is null)
$$;
revoke execute on function events_to_deliver(uuid, bigint[]) from public;
grant execute on function events_to_deliver(uuid, bigint[]) to baton_worker;
