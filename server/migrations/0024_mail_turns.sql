-- Up Migration
-- Mails that people wait for come before others, and mails of notifications say what is true when they are sent (docs/decisions, 45).

-- Invitations and notifications: nobody sits and waits for one.
alter table mails add column can_wait boolean not null default false;
drop index mails_due;
create index mails_due on mails (can_wait, next_attempt_at);

-- Takes what is to be mailed to somebody of the workspace in scope, whose row of notification_mails is locked. Gives all of it, latest
-- first, and whether it is to be mailed still. As an array, the ones to take are looked up by their key, whatever the statistics say.
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
  from taken t left join users u on u.id = the_user and u.kind = 'person' and u.disabled_at is null
  order by t.created_at desc, t.id desc
$$;

-- What a mail says at this moment of notifications of somebody of the workspace in scope: of those that they may see, want, and have
-- not read or put off, and of tickets that are due still.
drop function notifications_to_mail(uuid, uuid[]);
create function notifications_to_mail(the_user uuid, ids uuid[])
returns table (email text, name text, workspace text, ticket_id uuid, ticket_key text, ticket_title text, kinds text[], actor text,
  from_status text, to_status text, comment_start text, mentions json, is_assigned boolean, due_on text)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.email, u.name, w.name, n.ticket_id, p.key || '-' || t.number, t.title, n.kinds, a.name,
    case e.action when 'ticket.transitioned' then e.before ->> 'status' end, case e.action when 'ticket.transitioned' then e.after ->> 'status' end,
    left(c.body, 400), (select json_object_agg(x.id, x.name) from users x where x.id = any (c.mentions)),
    coalesce((e.after ->> 'assignee_id')::uuid = the_user, (e.before ->> 'assignee_id')::uuid is distinct from the_user and t.assignee_id = the_user, false),
    t.due_on::text
  from notifications n
  join memberships m on m.workspace_id = app_workspace_id() and m.user_id = the_user and m.removed_at is null and m.joined = n.joined
  join users u on u.id = the_user and u.disabled_at is null
  join workspaces w on w.id = app_workspace_id() and w.deleted_at is null
  join tickets t on t.workspace_id = app_workspace_id() and t.id = n.ticket_id and t.deleted_at is null
  join projects p on p.workspace_id = app_workspace_id() and p.id = t.project_id
  left join notification_settings s on s.workspace_id = app_workspace_id() and s.user_id = the_user
  left join users a on a.id = n.actor_id
  left join comments c on c.workspace_id = app_workspace_id() and c.ticket_id = n.ticket_id and c.id = n.comment_id and c.deleted_at is null
  left join events e on e.workspace_id = app_workspace_id() and e.sequence = n.sequence
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and n.read_at is null and n.archived_at is null and (n.snoozed_until is null or n.snoozed_until <= now())
    and exists (select 1 from unnest(n.kinds) k where is_mailed(k, s.mail) and k <> all (coalesce(s.off, '{}')))
    and ('due' <> all (n.kinds)
      or (t.due_on <= (n.happened_at at time zone 'UTC')::date and not is_done(t.project_id, t.status)))
  order by n.created_at, n.id
$$;
revoke execute on function notifications_to_mail(uuid, uuid[]) from public;
grant execute on function notifications_to_mail(uuid, uuid[]) to baton_worker;

-- Quiet hours of somebody of the workspace in scope have changed: they are asked again whether it is their turn.
create function mail_asks_again(the_user uuid)
returns void language sql security definer set search_path = public, pg_temp as $$
  update notification_mails set due_at = least(due_at, now() + interval '1 minute')
  where workspace_id = app_workspace_id() and user_id = the_user
$$;
revoke execute on function mail_asks_again(uuid) from public;
grant execute on function mail_asks_again(uuid) to baton_app;

-- Whom a mail about a new address of the account in scope greets, and the address it has; nobody where its token has ended.
drop function email_change_to_mail(bytea);
create function email_change_to_mail(hash bytea)
returns table (name text, email text) language sql stable security definer set search_path = public, pg_temp as $$
  select u.name, u.email from password_resets r
  join users u on u.id = app_user_id() and u.disabled_at is null
  where r.user_id = app_user_id() and r.token_hash = hash and r.new_email is not null and r.ended_at is null and r.expires_at > now()
$$;
revoke execute on function email_change_to_mail(bytea) from public;
grant execute on function email_change_to_mail(bytea) to baton_worker;
