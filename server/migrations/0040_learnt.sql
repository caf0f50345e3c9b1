-- Up Migration
-- A stored response may lack fields that only the last statements of its write know, such as a ticket's number (docs/decisions, 88).

alter table outcomes add column learnt jsonb
  constraint outcomes_learnt check (jsonb_typeof(learnt) = 'object' and octet_length(learnt::text) <= 1024);
