-- Up Migration

-- Row-level security is forced, so that an owner who is no superuser sees no rows. For this transaction, it is not.
alter table tickets no force row level security;
alter table projects no force row level security;
alter table workflows no force row level security;
alter table audit_log no force row level security;

-- The steps that a replaced workflow made its tickets take: they are no transitions of it.
alter table status_history add column remapped boolean not null default false;

-- Resolutions that a replaced workflow left behind on tickets that can't have them: cleared, with an entry each.
with stale as (
  select t.workspace_id, t.id, t.resolution, t.version, w.version as workflow_version, w.created_by,
    greatest(now(), t.updated_at + interval '1 microsecond') as at
  from tickets t
  join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
  join workflows w on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
  where t.resolution is not null and (
    not w.definition -> 'resolutions' @> to_jsonb(t.resolution)
    or not w.definition -> 'statuses' @> jsonb_build_array(jsonb_build_object('key', t.status, 'category', 'done')))
), cleared as (
  update tickets t set resolution = null, version = t.version + 1, updated_at = s.at
  from stale s
  where t.workspace_id = s.workspace_id and t.id = s.id
)
insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before, after,
  request_id, created_at)
select s.workspace_id, gen_random_uuid(), s.created_by, 'ticket.remapped', 'ticket', s.id, s.version + 1,
  jsonb_build_object('resolution', s.resolution),
  jsonb_build_object('resolution', null, 'workflow_version', s.workflow_version), 'migration-0006', s.at
from stale s;

alter table tickets force row level security;
alter table projects force row level security;
alter table workflows force row level security;
alter table audit_log force row level security;

-- comments: edited by their author, deleted with a tombstone left, purged

alter table comments add column version integer not null default 1, add column edited_at timestamptz,
  add column deleted_at timestamptz, add column deleted_by uuid, add column purged_at timestamptz,
  add column purged_by uuid;
-- Not validated: the stricter rule they replace held for every row, and reading all texts again would take long.
alter table comments drop constraint comments_body_length;
alter table comments add constraint comments_body_length
  check (length(body) <= 1048576 and (body = '') = (deleted_at is not null)) not valid;
alter table comments add constraint comments_end
  check ((deleted_at is null) = (deleted_by is null) and (purged_at is null) = (purged_by is null)
    and (purged_at is null or deleted_at is not null)) not valid;
-- A purge is the function's alone.
grant update (body, version, edited_at, deleted_at, deleted_by) on comments to baton_app;

-- Every text that a comment had before: appended, and emptied by a purge alone.
create table comment_revisions (
  workspace_id uuid not null,
  ticket_id uuid not null,
  comment_id uuid not null,
  version integer not null,
  author_id uuid not null,
  body text not null,
  created_at timestamptz not null,
  constraint comment_revisions_pkey primary key (workspace_id, ticket_id, comment_id, version)
);
select app_distribute('comment_revisions', 'workspace_id');
alter table comment_revisions add constraint comment_revisions_comment_fkey
  foreign key (workspace_id, ticket_id, comment_id) references comments (workspace_id, ticket_id, id);
alter table comment_revisions enable row level security;
alter table comment_revisions force row level security;
create policy workspace on comment_revisions using (workspace_id = app_workspace_id());
grant select, insert on comment_revisions to baton_app;

-- What must never be kept, a password pasted into a comment say, is really gone after this: from the comment and its
-- revisions. The app's role may only append to revisions and audit, so this runs as their owner. It does nothing else,
-- nothing outside the transaction's workspace, and nothing without its audit entry. Answers whether there was a comment.
create function purge_comment(the_ticket uuid, the_comment uuid, the_actor uuid, entry uuid, request text)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  purged comments%rowtype;
begin
  select * into purged from comments
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment for update;
  if not found then return false; end if;
  if purged.purged_at is not null then return true; end if;
  insert into comment_revisions (workspace_id, ticket_id, comment_id, version, author_id, body, created_at)
  values (scope, the_ticket, the_comment, purged.version, purged.author_id, '', coalesce(purged.edited_at, purged.created_at));
  update comment_revisions set body = ''
  where workspace_id = scope and ticket_id = the_ticket and comment_id = the_comment;
  update comments set body = '', version = version + 1, purged_at = now(), purged_by = the_actor,
    deleted_at = coalesce(deleted_at, now()), deleted_by = coalesce(deleted_by, the_actor)
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment;
  insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request);
  return true;
end $$;
revoke execute on function purge_comment(uuid, uuid, uuid, uuid, text) from public;
grant execute on function purge_comment(uuid, uuid, uuid, uuid, text) to baton_app;

-- activity: what happened to a ticket's comments, by ticket. Under row-level security no index on an expression of `after`
-- would be used: its operators are not leakproof.

alter table audit_log add column ticket_id uuid;
alter table audit_log no force row level security;
update audit_log set ticket_id = (after ->> 'ticket_id')::uuid where subject_type = 'comment';
alter table audit_log force row level security;
create index audit_log_ticket on audit_log (workspace_id, ticket_id, created_at, id) where ticket_id is not null;

-- a project's transitions, newest first

create index status_history_project on status_history (workspace_id, project_id, created_at, id);

-- The same for the earlier titles and descriptions of a ticket, which ticket_texts and the audit log have: null where a
-- text was. What the ticket has now stays. Called with the ticket locked.
create function purge_ticket(the_ticket uuid, named text[], the_actor uuid, entry uuid, request text)
returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  scope uuid := app_workspace_id();
  fields text[] := array(select unnest(named) intersect select unnest(array['title', 'description']));
  purged tickets%rowtype;
begin
  update tickets set version = version + 1, updated_at = greatest(now(), updated_at + interval '1 microsecond')
  where workspace_id = scope and id = the_ticket returning * into purged;
  if not found then return; end if;
  update audit_log a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f)
  where a.workspace_id = scope and a.subject_id = the_ticket and a.subject_type = 'ticket'
    and (a.before ?| fields or a.after ?| fields);
  if 'description' = any (fields) then
    delete from ticket_texts where workspace_id = scope and ticket_id = the_ticket;
  end if;
  insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id,
    created_at)
  values (scope, entry, the_actor, 'ticket.purged', 'ticket', the_ticket, purged.version,
    jsonb_build_object('fields', to_jsonb(fields)), request, purged.updated_at);
end $$;
revoke execute on function purge_ticket(uuid, text[], uuid, uuid, text) from public;
grant execute on function purge_ticket(uuid, text[], uuid, uuid, text) to baton_app;
