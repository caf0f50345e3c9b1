-- Up Migration
-- A row is a write that was done, with its response, or it stands for its key alone: nothing between the two can be stored.
alter table outcomes add constraint outcomes_are_done
  check ((status is null) = (target = '') and (headers is null) = (target = ''));
