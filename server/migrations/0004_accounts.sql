-- Up Migration
-- Refreshes of a session in its present window: each session has a limit of its own, so that no neighbour on the same
-- network can use it up. The row is locked and written by a refresh anyway.
alter table sessions
  add column refreshes integer not null default 0,
  add column refreshes_reset_at timestamptz not null default now();
