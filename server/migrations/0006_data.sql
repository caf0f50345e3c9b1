-- Up Migration

-- Row-level security is forced, so that an owner who is no superuser sees no rows. For this transaction, it is not.
alter table tickets no force row level security;
alter table projects no force row level security;
alter table workflows no force row level security;
alter table audit_log no force row level security;

-- Labels: filters compare them, so those written before text was composed are composed once. Few are; the others are not
-- rewritten.
update tickets set labels = array(select distinct normalize(label) collate "C" from unnest(labels) label order by 1)
where exists (select 1 from unnest(labels) label where label is not nfc normalized);

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
