-- Up Migration
-- What is left alone and what was given up can be listed and retried: npm run jobs (docs/decisions, 47).

-- Workspaces and webhooks that a task could not work on, and leaves alone for some seconds. For people, and for other processes: each
-- goes by its own memory, and by this only in that it tries at once what has no row any more. At most one row for each of them and task.
create table set_aside (
  workspace_id uuid not null,
  task text not null,
  -- The workspace itself, or the webhook.
  subject_id uuid not null,
  -- How often in a row it failed, in whichever process, since when, and when last.
  failures integer not null default 1,
  failing_since timestamptz not null default now(),
  failed_at timestamptz not null default now(),
  -- The last error's kind: an SQLSTATE, another code, or a class. Never its message, which may repeat a value.
  error text not null,
  constraint set_aside_pkey primary key (workspace_id, task, subject_id),
  constraint set_aside_task check (length(task) between 1 and 50),
  constraint set_aside_error check (length(error) between 1 and 100)
);
comment on table set_aside is 'system';
-- Not forced: the functions below write as the owner, who may be in the worker's role, too, and would delete only what upkeep may.
alter table set_aside enable row level security;
-- Who died with it, or whose work another has done: those that are still to be done fail every few seconds.
create index set_aside_failed on set_aside (failed_at);
comment on index set_aside_failed is 'upkeep';
select app_upkeep('set_aside', 'workspace_id, task, subject_id, failed_at', $$failed_at < now() - interval '1 hour'$$);
grant select (failures, failing_since, error) on set_aside to baton_worker;
create policy worker_looks on set_aside for select to baton_worker using (true);

create function put_aside(scope uuid, the_task text, subject uuid, kind text)
returns void language sql security definer set search_path = public, pg_temp as $$
  insert into set_aside as s (workspace_id, task, subject_id, error) values (scope, the_task, subject, left(kind, 100))
  on conflict (workspace_id, task, subject_id) do update
    set failures = s.failures + 1, failed_at = excluded.failed_at, error = excluded.error
$$;
revoke execute on function put_aside(uuid, text, uuid, text) from public;
grant execute on function put_aside(uuid, text, uuid, text) to baton_worker;

-- It was worked on, or is to be tried at once. Tells whether it was set aside.
create function take_back(scope uuid, the_task text, subject uuid)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from set_aside s where s.workspace_id = scope and s.task = the_task and s.subject_id = subject;
  return found;
end $$;
revoke execute on function take_back(uuid, text, uuid) from public;
grant execute on function take_back(uuid, text, uuid) to baton_worker;

-- Mails that were refused or could not be sent in time, sealed as they were queued. Some days later upkeep removes them.
create table given_up_mails (
  id uuid not null,
  sealed bytea not null,
  -- What kind of mail it is; null where no process has opened it.
  kind text,
  reason text not null,
  attempts integer not null,
  queued_at timestamptz not null,
  expires_at timestamptz not null,
  given_up_at timestamptz not null default now(),
  constraint given_up_mails_pkey primary key (id),
  constraint given_up_mails_sealed check (octet_length(sealed) <= 4096),
  constraint given_up_mails_kind check (length(kind) between 1 and 50),
  constraint given_up_mails_reason check (reason in ('refused', 'expired'))
);
comment on table given_up_mails is 'system';
alter table given_up_mails enable row level security;
create index given_up_mails_given_up on given_up_mails (given_up_at);
comment on index given_up_mails_given_up is 'upkeep';
select app_upkeep('given_up_mails', 'id, given_up_at', $$given_up_at < now() - interval '1 hour'$$);
-- The list of them needs no more. What is sealed goes back to the queue before the worker reads it again.
grant select (kind, reason, attempts, queued_at, expires_at) on given_up_mails to baton_worker;
create policy worker_looks on given_up_mails for select to baton_worker using (true);

-- Takes mails out of the queue that never will be sent by themselves, and keeps them: no more than 10,000, the latest. Gives how many.
create function give_up_mails(ids uuid[], the_kind text, why text)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  moved integer;
begin
  with gone as (delete from mails m where m.id = any (ids) returning m.id, m.sealed, m.attempts, m.created_at, m.expires_at)
  insert into given_up_mails (id, sealed, kind, reason, attempts, queued_at, expires_at)
  select g.id, g.sealed, the_kind, why, g.attempts, g.created_at, g.expires_at from gone g;
  get diagnostics moved = row_count;
  delete from given_up_mails g using (
    select o.id from given_up_mails o order by o.given_up_at desc, o.id desc offset 10000 limit 500) o where g.id = o.id;
  return moved;
end $$;
revoke execute on function give_up_mails(uuid[], text, text) from public;
grant execute on function give_up_mails(uuid[], text, text) to baton_worker;

-- Queues a mail once more, due now, for no shorter than so many seconds, unless what it says can't be true any more: a token that was
-- created with it ends with it, everything else is looked up when it is sent. It gets another id, from which a one-time token is derived: that of the
-- first attempt may have expired. Tells whether it was queued.
create function retry_mail(given_up uuid, fresh uuid, for_s integer)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  with gone as (
    delete from given_up_mails g where g.id = given_up
      and (g.kind is null or g.kind not in ('invitation', 'email_change') or g.expires_at > now())
    returning g.sealed, g.expires_at)
  insert into mails (id, sealed, expires_at)
  select fresh, g.sealed, greatest(g.expires_at, now() + for_s * interval '1 second') from gone g;
  return found;
end $$;
revoke execute on function retry_mail(uuid, uuid, integer) from public;
grant execute on function retry_mail(uuid, uuid, integer) to baton_worker;

-- Deliveries that were given up are listed as well as unfinished ones, and how old they are.
grant select (created_at, outcome) on deliveries to baton_worker;
create policy worker_looks_at_given_up on deliveries for select to baton_worker using (outcome = 'given_up');

-- When an event of the workspace in scope happened: how long its people have waited to be told. Of its content nothing.
create function event_time(the_sequence bigint)
returns timestamptz language sql stable security definer set search_path = public, pg_temp as $$
  select e.created_at from events e where e.workspace_id = app_workspace_id() and e.sequence = the_sequence
$$;
revoke execute on function event_time(bigint) from public;
grant execute on function event_time(bigint) to baton_worker;
