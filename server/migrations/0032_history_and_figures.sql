-- Up Migration
-- How many tickets of a project are in each status is counted by indexes alone (docs/decisions, 53). The index by project, status and
-- creation has the deleted ones, too: this one has those that are taken off.
create index tickets_deleted_status on tickets (workspace_id, project_id, status) where deleted_at is not null;
