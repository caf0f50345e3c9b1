-- Up Migration
-- The order of a board's columns by hand (docs/decisions, 59). A ticket that nobody has placed stands by its number, newest first. That
-- rank is computed by the database and stored, because row-level security lets no index be searched by such an expression. Adding it
-- rewrites the table once.
alter table tickets
  add column placed_rank text collate "C",
  add column placed_at timestamptz,
  add column rank text collate "C" not null generated always as (
    case when placed_rank is null then lpad(to_hex(2147483647 - number), 8, '0') || 'V' else placed_rank end) stored,
  add constraint tickets_placed check ((placed_rank is null) = (placed_at is null)),
  -- Between any two ranks there is another as long as none ends in the lowest digit.
  add constraint tickets_placed_rank check (placed_rank ~ '^[0-9A-Za-z]{0,199}[1-9A-Za-z]$');
create index tickets_project_status_rank on tickets (workspace_id, project_id, status, rank, id) where deleted_at is null;
