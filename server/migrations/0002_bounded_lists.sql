-- Up Migration
-- Lists whose cost and size are bounded whatever the data: docs/decisions/0019-lists-walk-one-index.md.

-- A process of 0.1.0 that was left running would let former members in, and leave out the tables that come now. By the name
-- that it sets, it sees no workspace from here on.
create or replace function app_workspace_id() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.workspace', true), '')::uuid;

-- labels

-- Each label of each ticket, with the ticket's created_at, so that a label has a list in order as a status has. An index
-- on the array would mix the tenants, cost every change of a ticket one entry a label, and not be used at all under
-- row-level security: its operators are not leakproof.
create table ticket_labels (
  workspace_id uuid not null,
  ticket_id uuid not null,
  label text not null,
  created_at timestamptz not null,
  constraint ticket_labels_pkey primary key (workspace_id, ticket_id, label)
);

-- long texts of the past

-- The description that a version of a ticket replaced, where it is long. The audit log has its size and hash.
create table ticket_texts (
  workspace_id uuid not null,
  ticket_id uuid not null,
  version integer not null,
  description text not null,
  constraint ticket_texts_pkey primary key (workspace_id, ticket_id, version)
);

select app_distribute('ticket_labels', 'workspace_id');
select app_distribute('ticket_texts', 'workspace_id');

-- what is there already

-- Forced row-level security hides every row from an owner that is no superuser.
alter table tickets no force row level security;
alter table audit_log no force row level security;

-- Labels are compared, so those of the past are spelled as requests are from now on: composed, in one line. Few are not;
-- the tickets of the others are not rewritten.
create function pg_temp.spelled(label text) returns text language sql as $$
  select btrim(regexp_replace(normalize(label),
    '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+', ' ', 'g'))
$$;
update tickets set labels = array(
  select distinct pg_temp.spelled(label) collate "C" from unnest(labels) label where pg_temp.spelled(label) <> '' order by 1)
where exists (select 1 from unnest(labels) label where label <> pg_temp.spelled(label));
drop function pg_temp.spelled(text);

insert into ticket_labels (workspace_id, ticket_id, label, created_at)
select t.workspace_id, t.id, l.label, t.created_at from tickets t, unnest(t.labels) l (label);

insert into ticket_texts (workspace_id, ticket_id, version, description)
select workspace_id, subject_id, subject_version, before ->> 'description'
from audit_log
where subject_type = 'ticket' and action = 'ticket.updated' and octet_length(before ->> 'description') > 2048;

-- Takes each text out once: they are of up to 1 MiB.
create function pg_temp.short(entry jsonb) returns jsonb language plpgsql as $$
declare
  long text := entry ->> 'description';
begin
  if long is null or octet_length(long) <= 2048 then return entry; end if;
  return entry - 'description' || jsonb_build_object('description', jsonb_build_object(
    'bytes', octet_length(long), 'sha256', encode(sha256(convert_to(long, 'UTF8')), 'hex'), 'start', left(long, 200)));
end $$;
update audit_log set before = pg_temp.short(before), after = pg_temp.short(after)
where subject_type = 'ticket' and action = 'ticket.updated'
  and (octet_length(before ->> 'description') > 2048 or octet_length(after ->> 'description') > 2048);
drop function pg_temp.short(jsonb);

-- Here, since the check of the rows that are there is bound by row-level security as well.
alter table ticket_labels add constraint ticket_labels_ticket_fkey
  foreign key (workspace_id, ticket_id) references tickets (workspace_id, id);
alter table ticket_texts add constraint ticket_texts_ticket_fkey
  foreign key (workspace_id, ticket_id) references tickets (workspace_id, id);

alter table tickets force row level security;
alter table audit_log force row level security;

-- indexes

create index ticket_labels_created on ticket_labels (workspace_id, label, created_at, ticket_id);

-- What nobody has is found here too. No coalesce: row-level security lets no index be searched by it.
create index tickets_holder_created on tickets
  (workspace_id, (case when assignee_id is null then '00000000-0000-0000-0000-000000000000'::uuid else assignee_id end), created_at, id)
  where deleted_at is null;
create index tickets_holder_updated on tickets
  (workspace_id, (case when assignee_id is null then '00000000-0000-0000-0000-000000000000'::uuid else assignee_id end), updated_at, id)
  where deleted_at is null;
create index tickets_priority_created on tickets (workspace_id, priority, created_at, id) where deleted_at is null;
-- For the foreign key to project_statuses too, deleted tickets included.
create index tickets_project_status_created on tickets (workspace_id, project_id, status, created_at, id);
drop index tickets_assignee_created;
drop index tickets_assignee_updated;
drop index tickets_project_status;
-- Each index on updated_at gets an entry with every change. By these, what is rare is found and sorted, and what is
-- frequent is soon met among all.
drop index tickets_status_updated;

-- A workspace's comments by time: with tickets_updated, the order of activity.
create index comments_activity on comments (workspace_id, created_at, ticket_id, id);

-- The kinds of which there are few. Those of tickets and comments are soon met among all.
create index audit_log_type on audit_log (workspace_id, subject_type, created_at, id)
  where subject_type not in ('ticket', 'comment');

-- walls and grants

alter table ticket_labels enable row level security;
alter table ticket_labels force row level security;
create policy workspace on ticket_labels using (workspace_id = app_workspace_id());
alter table ticket_texts enable row level security;
alter table ticket_texts force row level security;
create policy workspace on ticket_texts using (workspace_id = app_workspace_id());

grant select, insert, delete on ticket_labels to baton_app;
grant select, insert on ticket_texts to baton_app;
