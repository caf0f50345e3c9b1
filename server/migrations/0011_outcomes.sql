-- Up Migration
-- What was done under an Idempotency-Key, and what was answered: in the transaction of its effect, so that there is one
-- exactly where there is the other.
create table outcomes (
  user_id uuid not null,
  -- Of whose key it is and of the key, which nobody learns from here.
  key_hash bytea not null,
  -- Method and path, as in POST /v1/workspaces.
  target text not null,
  -- Of what was asked; the same key with anything else is refused.
  arguments_hash bytea not null,
  -- Whose workspace it was done in, and which ticket's texts the response may have: a purge forgets them.
  workspace_id uuid,
  ticket_id uuid,
  -- Null only in the row that stands for its key, whatever was done under it: a write locks it before anything else.
  status integer,
  headers jsonb,
  -- The body's bytes, sealed by a key of the process's and by the client's. Null where there is none, or once forgotten.
  body bytea,
  forgotten boolean not null default false,
  created_at timestamptz not null default now(),
  constraint outcomes_pkey primary key (user_id, key_hash, target),
  constraint outcomes_hashes check (octet_length(key_hash) = 32 and octet_length(arguments_hash) = 32),
  constraint outcomes_target_length check (length(target) <= 300)
);
select app_tenant_table('outcomes', 'update, delete', 'user_id');
-- A purge of a ticket or comment reaches what was answered to others in its workspace.
create policy in_workspace on outcomes using (workspace_id = app_workspace_id());

-- A purge has the ticket locked while it looks.
create index outcomes_ticket on outcomes (workspace_id, ticket_id) where body is not null;
comment on index outcomes_ticket is 'of a workspace';

-- Kept for a day at least: so long a write may be sent again.
create index outcomes_created on outcomes (created_at);
comment on index outcomes_created is 'upkeep';
select app_upkeep('outcomes', 'user_id, key_hash, target, created_at', $$created_at < now() - interval '1 day'$$);

-- A ticket's transitions are read by their sequence, which the primary key has in order.
drop index status_history_created;
