-- Up Migration
-- Notifications are mailed to addresses that a mail to them has confirmed (docs/decisions, 49).

-- Null: nobody has confirmed it. That an account has the address tells nothing: anybody may register with any.
alter table users add column email_confirmed_at timestamptz;
grant select (email_confirmed_at) on users to baton_worker;
