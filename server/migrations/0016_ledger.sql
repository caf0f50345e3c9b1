-- Up Migration
-- Each workspace's events are the leaves of a Merkle tree (RFC 6962), so that whoever has a signed checkpoint of it can tell whether
-- an event was changed, removed or added since (docs/decisions, 40). A leaf commits to what happened by a salted hash: when text and
-- salt are erased, the hash says nothing of them, and every proof stays true.

alter table events no force row level security;
alter table event_heads no force row level security;

alter table events add column salt bytea, add column payload_hash bytea;

-- What may be erased of an event, as it is hashed. An export has this very text, so that nobody needs to write JSON as PostgreSQL does.
create function event_payload(before jsonb, after jsonb, request_id text) returns text language sql stable parallel safe as $$
  select '{"after":' || coalesce(after::text, 'null') || ',"before":' || coalesce(before::text, 'null')
    || ',"request_id":' || to_json(request_id) || '}'
$$;

create function event_payload_hash(salt bytea, payload text) returns bytea language sql stable parallel safe as $$
  select sha256(salt || convert_to(payload, 'UTF8'))
$$;

-- What stays of an event whatever is erased, as RFC 8785 writes it. The one place that says so: leaves, tiles and exports are by it.
create function event_entry(e events) returns text language sql stable parallel safe as $$
  select '{"action":' || to_json(e.action) || ',"actor_id":"' || e.actor_id
    || '","created_at":"' || to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","id":"' || e.id
    || '","on_behalf_of":' || coalesce('"' || e.on_behalf_of || '"', 'null')
    || ',"payload":"' || encode(e.payload_hash, 'base64') || '","sequence":' || e.sequence
    || ',"subject_id":"' || e.subject_id || '","subject_type":' || to_json(e.subject_type)
    || ',"subject_version":' || coalesce(e.subject_version::text, 'null')
    || ',"ticket_id":' || coalesce('"' || e.ticket_id || '"', 'null')
    || ',"token_id":' || coalesce('"' || e.token_id || '"', 'null')
    || ',"v":1,"workspace_id":"' || e.workspace_id || '"}'
$$;

create function event_leaf(e events) returns bytea language sql stable parallel safe as $$
  select sha256('\x00'::bytea || convert_to(event_entry(e), 'UTF8'))
$$;

update events e set salt = s.salt,
  payload_hash = event_payload_hash(s.salt, event_payload(e.before, e.after, e.request_id))
from (select ctid as place, uuid_send(gen_random_uuid()) as salt from events offset 0) s
where e.ctid = s.place;
-- What is put there behind number_events has nothing that it could be compared with, as if it were erased.
alter table events alter column payload_hash set not null, alter column payload_hash set default sha256(''),
  add constraint events_salt check (octet_length(salt) = 16),
  add constraint events_payload_hash check (octet_length(payload_hash) = 32);

-- How many events the tree has, and the roots of the complete subtrees that it consists of, the largest first. Events that were numbered
-- before there was a tree are added to it by the worker, batch by batch.
alter table event_heads add column tree_size bigint not null default 0, add column frontier bytea not null default '',
  add constraint event_heads_tree check (tree_size between 0 and last_sequence),
  add constraint event_heads_frontier check (octet_length(frontier) % 32 = 0);
grant select (tree_size, frontier), update (tree_size, frontier) on event_heads to baton_worker;
create policy worker_looks on event_heads for select to baton_worker using (true);

-- Above the leaves, the tree's hashes at every eighth level: at level 1 of 256 events each, at level 2 of 256 of those.
create table event_nodes (
  workspace_id uuid not null,
  level smallint not null,
  position bigint not null,
  hash bytea not null,
  constraint event_nodes_pkey primary key (workspace_id, level, position),
  constraint event_nodes_place check (level > 0 and position >= 0),
  constraint event_nodes_hash check (octet_length(hash) = 32)
);
select app_tenant_table('event_nodes', null);
revoke insert on event_nodes from baton_app;
comment on table event_nodes is 'workspace, append-only, by the worker';
grant insert on event_nodes to baton_worker;

-- What was signed, before anybody saw it.
create table event_checkpoints (
  workspace_id uuid not null,
  size bigint not null,
  signer text not null,
  note text not null,
  created_at timestamptz not null default now(),
  constraint event_checkpoints_pkey primary key (workspace_id, size, signer),
  constraint event_checkpoints_size check (size >= 0)
);
select app_tenant_table('event_checkpoints', null);

-- The leaves of the workspace in scope, from one number to another. The worker gets hashes by it, and no texts.
create function event_leaves(first bigint, last bigint) returns bytea[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(event_leaf(e) order by e.sequence), '{}') from events e
  where e.workspace_id = app_workspace_id() and e.sequence between first and last
$$;
revoke execute on function event_leaves(bigint, bigint) from public;
grant execute on function event_leaves(bigint, bigint) to baton_worker;

-- As before (0015_events.sql). It also gives each entry its salt and the hash of its payload, and returns the leaves in their order.
drop function number_events(uuid[], timestamptz, timestamptz, bigint);
create function number_events(ids uuid[], low timestamptz, high timestamptz, first bigint)
returns bytea[] language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  inserted integer;
  removed integer;
  headed integer;
begin
  insert into events (workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, subject_version,
    ticket_id, before, after, request_id, token_id, on_behalf_of, salt, payload_hash)
  select o.workspace_id, first + n.place - 1, o.created_at, o.id, o.actor_id, o.action, o.subject_type, o.subject_id,
    o.subject_version, o.ticket_id, o.before, o.after, o.request_id, o.token_id, o.on_behalf_of, s.salt,
    event_payload_hash(s.salt, event_payload(o.before, o.after, o.request_id))
  from outbox o join unnest(ids) with ordinality n (id, place) on n.id = o.id
  -- Of each entry anew, which the condition says: of none in particular, all would get the same salt.
  cross join lateral (select uuid_send(gen_random_uuid()) as salt where o.id is not null) s
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
  return event_leaves(first, first + cardinality(ids) - 1);
end $$;
revoke execute on function number_events(uuid[], timestamptz, timestamptz, bigint) from public;
grant execute on function number_events(uuid[], timestamptz, timestamptz, bigint) to baton_worker;

alter table events force row level security;
alter table event_heads force row level security;

-- As before (0015_events.sql). Of an event whose text is purged, the salt goes too: nobody can guess the text by its hash.
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
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f),
    salt = null
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
