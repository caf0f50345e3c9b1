-- Up Migration
-- Notifications are mailed to addresses that a mail to them has confirmed (docs/decisions, 49).

-- Null: nobody has confirmed it. That an account has the address tells nothing: anybody may register with any.
alter table users add column email_confirmed_at timestamptz;
grant select (email_confirmed_at) on users to baton_worker;

-- As in 0024, but for confirmed addresses alone.
create or replace function take_notifications_to_mail(the_user uuid, batch integer)
returns table (id uuid, ticket_id uuid, is_wanted boolean) language sql security definer set search_path = public, pg_temp as $$
  with taken as (
    update notifications n set to_mail = false
    where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (array(
      select d.id from notifications d where d.workspace_id = app_workspace_id() and d.user_id = the_user and d.to_mail
      order by d.created_at, d.id limit batch for no key update of d))
    returning n.id, n.ticket_id, n.created_at, n.read_at, n.archived_at, n.snoozed_until)
  select t.id, t.ticket_id, u.id is not null and t.read_at is null and t.archived_at is null
    and (t.snoozed_until is null or t.snoozed_until <= now())
  from taken t left join users u
    on u.id = the_user and u.kind = 'person' and u.disabled_at is null and u.email_confirmed_at is not null
  order by t.created_at desc, t.id desc
$$;
