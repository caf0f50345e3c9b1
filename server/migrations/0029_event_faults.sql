-- Up Migration
-- Faults in what follows the events: webhooks, mails, purges, figures and notifications (docs/decisions, 40 to 47).

-- Who retries deliveries leaves out those of a workspace that is deleted.
grant select (state_reason) on webhooks to baton_worker;

-- A mail that was given up and is retried waits behind those that somebody waits for, if it did so before.
alter table given_up_mails add column can_wait boolean not null default false;
update given_up_mails set can_wait = true where kind in ('invitation', 'notifications');

create or replace function give_up_mails(ids uuid[], the_kind text, why text)
returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
  moved integer;
begin
  with gone as (
    delete from mails m where m.id = any (ids) returning m.id, m.sealed, m.can_wait, m.attempts, m.created_at, m.expires_at)
  insert into given_up_mails (id, sealed, can_wait, kind, reason, attempts, queued_at, expires_at)
  select g.id, g.sealed, g.can_wait, the_kind, why, g.attempts, g.created_at, g.expires_at from gone g;
  get diagnostics moved = row_count;
  delete from given_up_mails g using (
    select o.id from given_up_mails o order by o.given_up_at desc, o.id desc offset 10000 limit 500) o where g.id = o.id;
  return moved;
end $$;

create or replace function retry_mail(given_up uuid, fresh uuid, for_s integer)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
  with gone as (
    delete from given_up_mails g where g.id = given_up
      and (g.kind is null or g.kind not in ('invitation', 'email_change') or g.expires_at > now())
    returning g.sealed, g.can_wait, g.expires_at)
  insert into mails (id, sealed, can_wait, expires_at)
  select fresh, g.sealed, g.can_wait, greatest(g.expires_at, now() + for_s * interval '1 second') from gone g;
  return found;
end $$;
