-- Up Migration
-- A membership that has ended stays as a row: what points to it (assignees) and what names its person (authors, actors)
-- keeps its target, and the same person comes back to the same row.

alter table memberships add column removed_at timestamptz;

-- Members are listed without the former ones; memberships_created lists everybody who ever was one.
create index memberships_live on memberships (workspace_id, created_at, user_id) where removed_at is null;
-- What an inviter has left open is withdrawn with their right to invite.
create index invitations_open_by_inviter on invitations (workspace_id, invited_by)
  where accepted_at is null and revoked_at is null;

-- What a lost right leaves to do: invitations to withdraw, tickets to unassign. A row stands here from the commit that
-- takes the right until all of it is done, in batches, by whichever process gets to it: so it is bookkeeping of the
-- installation, visible in every scope. It carries ids alone.
create table membership_cleanups (
  workspace_id uuid not null,
  user_id uuid not null,
  actor_id uuid not null,
  request_id text not null,
  created_at timestamptz not null default now(),
  constraint membership_cleanups_pkey primary key (workspace_id, user_id)
);
select app_distribute('membership_cleanups', 'workspace_id');
alter table membership_cleanups add constraint membership_cleanups_member_fkey
  foreign key (workspace_id, user_id) references memberships (workspace_id, user_id);
grant select, insert, update, delete on membership_cleanups to baton_app;

-- Members who were removed until now left no row. The audit log knows them. Forced row-level security would hide it from
-- the tables' owner, too.
alter table memberships no force row level security;
alter table invitations no force row level security;
alter table audit_log no force row level security;
insert into memberships (workspace_id, user_id, role, created_at, updated_at, removed_at)
  select distinct on (a.workspace_id, a.subject_id)
    a.workspace_id, a.subject_id, a.before ->> 'role', a.created_at, a.created_at, a.created_at
  from audit_log a
  where a.action in ('member.removed', 'member.left')
  order by a.workspace_id, a.subject_id, a.created_at desc
  on conflict (workspace_id, user_id) do nothing;

-- What they and those who were made less have left open is still to be withdrawn, in the name of whoever took the right.
insert into membership_cleanups (workspace_id, user_id, actor_id, request_id)
  select distinct on (i.workspace_id, i.invited_by)
    i.workspace_id, i.invited_by, coalesce(a.actor_id, i.invited_by), 'migration-0005'
  from invitations i
  join memberships m on m.workspace_id = i.workspace_id and m.user_id = i.invited_by
  left join audit_log a on a.workspace_id = i.workspace_id and a.subject_id = i.invited_by
    and a.action in ('member.removed', 'member.left', 'member.role_changed')
  where i.accepted_at is null and i.revoked_at is null
    and (m.removed_at is not null or not (m.role = 'owner' or (m.role = 'admin' and i.role <> 'owner')))
  order by i.workspace_id, i.invited_by, a.created_at desc;

alter table memberships force row level security;
alter table invitations force row level security;
alter table audit_log force row level security;
