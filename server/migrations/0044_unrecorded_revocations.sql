-- Up Migration
-- Until now an invitation that could no longer be accepted was revoked without an entry when its address was invited again. These rows
-- are marked, so that `npm run rebuild -- --check` asks all others for their entries. Upkeep removes them like all that were revoked.

alter table invitations add column unrecorded boolean not null default false;

alter table invitations no force row level security;
alter table events no force row level security;
alter table outbox no force row level security;
update invitations i set unrecorded = true
where i.revoked_at is not null
  and not exists (
    select from events e where e.workspace_id = i.workspace_id and e.subject_id = i.id and e.action = 'invitation.revoked')
  and not exists (
    select from outbox o where o.workspace_id = i.workspace_id and o.subject_id = i.id and o.action = 'invitation.revoked');
alter table invitations force row level security;
alter table events force row level security;
alter table outbox force row level security;
