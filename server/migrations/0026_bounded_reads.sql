-- Up Migration
-- What some reads looked at had no bound (docs/decisions, 19).

-- Who asks what a status meant reads the statuses of many versions: their transitions, up to half a megabyte each, stay unread.
alter table workflows add column statuses jsonb generated always as (definition -> 'statuses') stored;

-- A page of the open invitations passes over those that were accepted, and stay permanently.
create index invitations_open on invitations (workspace_id, created_at, id) where accepted_at is null and revoked_at is null;
drop index invitations_created;
