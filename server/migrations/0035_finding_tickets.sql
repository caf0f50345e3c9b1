-- Up Migration
-- What a status means is beside it, so that lists can be narrowed by it.
alter table project_statuses
  add column category text not null default 'todo',
  add constraint project_statuses_category check (category in ('todo', 'in_progress', 'waiting', 'done'));
alter table project_statuses no force row level security;
alter table projects no force row level security;
alter table workflows no force row level security;
update project_statuses s set category = d.category
from projects p
join workflows w on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version
cross join lateral jsonb_to_recordset(w.statuses) d (key text, category text)
where p.workspace_id = s.workspace_id and p.id = s.project_id and d.key = s.status;

-- The words of titles, and keys, by which tickets are found (docs/decisions, 56): a text search index isn't searched under row-level
-- security. Words of titles that are written from now on come from Baton; of those there are, from the same ranges of characters.
create table ticket_words (
  workspace_id uuid not null,
  word text collate "C" not null,
  ticket_id uuid not null,
  constraint ticket_words_pkey primary key (workspace_id, word, ticket_id)
);
select app_tenant_table('ticket_words', 'delete');
alter table tickets no force row level security;
alter table ticket_words no force row level security;
insert into ticket_words (workspace_id, word, ticket_id)
select t.workspace_id, left(m.word[1], 40), t.id
from tickets t
join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id
cross join lateral (
  select regexp_matches(lower(t.title), '[a-z][a-z0-9]{1,9}-[1-9][0-9]{0,9}', 'g') as word
  union all
  select regexp_matches(lower(t.title), '[a-z0-9\u00aa\u00b5\u00ba\u00c0-\u1fff\u2c00-\u2dff\u3040-\U0010ffff]+', 'g')
  union all
  select array[lower(p.key) || '-' || t.number]) m
on conflict do nothing;
alter table ticket_words force row level security;
alter table tickets force row level security;
alter table workflows force row level security;
alter table projects force row level security;
alter table project_statuses force row level security;
