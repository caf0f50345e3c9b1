-- Generated from server/migrations by `npm run generate`. Not run by anything: for reading.

CREATE OR REPLACE FUNCTION public.account_to_mail(address text)
 RETURNS TABLE(id uuid, name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select u.id, u.name from users u where u.email = address and u.disabled_at is null
$function$;

CREATE OR REPLACE FUNCTION public.add_password_reset(reset uuid, hash bytea, ttl_s integer, entry uuid, request text, address text, mailed_to text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  -- Against a change that is being made: one that disables the account, or gives it another address, ends its tokens.
  perform 1 from users where id = app_user_id() and email = mailed_to and disabled_at is null for share;
  if not found then return null; end if;
  insert into password_resets (user_id, id, token_hash, expires_at)
  values (app_user_id(), reset, hash, now() + ttl_s * interval '1 second') on conflict (user_id, id) do nothing;
  if found then
    insert into failed_attempts as f (user_id, action, hour, id, request_id, ip)
    values (app_user_id(), 'password_reset_mailed', date_trunc('hour', now()), entry, request, address)
    on conflict (user_id, action, hour) do update set failures = f.failures + 1, last_at = excluded.last_at,
      request_id = excluded.request_id, ip = excluded.ip;
  end if;
  return (
    select ceil(extract(epoch from r.expires_at - now()))::integer from password_resets r
    where r.user_id = app_user_id() and r.id = reset and r.ended_at is null and r.expires_at > now());
end $function$;

CREATE OR REPLACE FUNCTION public.app_distribute(table_name regclass, column_name text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    execute format('select create_distributed_table(%L, %L)', table_name, column_name);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.app_reference(table_name regclass)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select 1 from pg_extension where extname = 'citus') then
    execute format('select create_reference_table(%L)', table_name);
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.app_tenant_table(table_name regclass, rights text, owner_column text DEFAULT 'workspace_id'::text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  scope text := case owner_column when 'workspace_id' then 'app_workspace_id()' when 'user_id' then 'app_user_id()' end;
  kind text := case owner_column when 'workspace_id' then 'workspace' else 'account' end;
begin
  if scope is null then raise exception 'A tenant table is keyed by workspace_id or user_id.'; end if;
  perform app_distribute(table_name, owner_column);
  execute format('alter table %s enable row level security', table_name);
  execute format('alter table %s force row level security', table_name);
  execute format('create policy own on %s using (%I = %s)', table_name, owner_column, scope);
  execute format('grant %s on %s to baton_app', concat_ws(', ', 'select, insert', rights), table_name);
  execute format('comment on table %s is %L', table_name,
    kind || case when rights is null then ', append-only' else '' end);
end $function$;

CREATE OR REPLACE FUNCTION public.app_upkeep(table_name regclass, columns text, spent text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('grant select (%s), update (%s), delete on %s to baton_worker', columns, split_part(columns, ',', 1), table_name);
  execute format('create policy worker on %s to baton_worker using (%s) with check (false)', table_name, spent);
  execute format('create policy worker_deletes on %s as restrictive for delete to baton_worker using (%s)', table_name, spent);
end $function$;

CREATE OR REPLACE FUNCTION public.app_user_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid;

CREATE OR REPLACE FUNCTION public.app_workspace_id()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('app.workspace'::text, true), ''::text))::uuid;

CREATE OR REPLACE FUNCTION public.count_deliveries(queued integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  insert into workspace_usage as u (workspace_id, bytes) select app_workspace_id(), queued * 512 where queued > 0
  on conflict (workspace_id) do update set bytes = u.bytes + excluded.bytes
$function$;

CREATE OR REPLACE FUNCTION public.count_notifications(told integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  insert into workspace_usage as u (workspace_id, bytes) select app_workspace_id(), told * 512 where told > 0
  on conflict (workspace_id) do update set bytes = u.bytes + excluded.bytes
$function$;

CREATE OR REPLACE FUNCTION public.count_owned(the_user uuid, most integer)
 RETURNS integer
 LANGUAGE plpgsql
AS $function$
declare
  asker text := coalesce(current_setting('app.user_id', true), '');
  owned integer;
begin
  perform set_config('app.user_id', the_user::text, true);
  select count(*) into owned from (
    select from user_workspaces m join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.user_id = the_user and m.role = 'owner' limit most) o;
  perform set_config('app.user_id', asker, true);
  return owned;
end $function$;

CREATE OR REPLACE FUNCTION public.email_change_to_mail(hash bytea)
 RETURNS TABLE(name text, email text, left_s integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select u.name, u.email, ceil(extract(epoch from r.expires_at - now()))::integer from password_resets r
  join users u on u.id = app_user_id() and u.disabled_at is null
  where r.user_id = app_user_id() and r.token_hash = hash and r.new_email is not null and r.ended_at is null and r.expires_at > now()
$function$;

CREATE OR REPLACE FUNCTION public.end_of_quiet(at timestamp with time zone, quiet_from time without time zone, quiet_to time without time zone, quiet_zone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
AS $function$
  select (case when n.t < quiet_to then n.day else n.day + 1 end + quiet_to) at time zone quiet_zone
  from (select (at at time zone quiet_zone)::time as t, (at at time zone quiet_zone)::date as day) n
  where case when quiet_from < quiet_to then n.t >= quiet_from and n.t < quiet_to else n.t >= quiet_from or n.t < quiet_to end
$function$;

CREATE OR REPLACE FUNCTION public.event_entry(e events)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select '{"action":' || to_json(e.action) || ',"actor_id":"' || e.actor_id
    || '","created_at":"' || to_char(e.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '","id":"' || e.id
    || '","on_behalf_of":' || coalesce('"' || e.on_behalf_of || '"', 'null')
    || ',"payload":"' || encode(e.payload_hash, 'base64') || '","sequence":' || e.sequence
    || ',"subject_id":"' || e.subject_id || '","subject_type":' || to_json(e.subject_type)
    || ',"subject_version":' || coalesce(e.subject_version::text, 'null')
    || ',"ticket_id":' || coalesce('"' || e.ticket_id || '"', 'null')
    || ',"token_id":' || coalesce('"' || e.token_id || '"', 'null')
    || ',"v":1,"workspace_id":"' || e.workspace_id || '"}'
$function$;

CREATE OR REPLACE FUNCTION public.event_leaf(e events)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select sha256('\x00'::bytea || convert_to(event_entry(e), 'UTF8'))
$function$;

CREATE OR REPLACE FUNCTION public.event_leaves(first bigint, last bigint)
 RETURNS bytea[]
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select coalesce(array_agg(event_leaf(e) order by e.sequence), '{}') from events e
  where e.workspace_id = app_workspace_id() and e.sequence between first and last
$function$;

CREATE OR REPLACE FUNCTION public.event_payload(before jsonb, after jsonb, request_id text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select '{"after":' || coalesce(after::text, 'null') || ',"before":' || coalesce(before::text, 'null')
    || ',"request_id":' || to_json(request_id) || '}'
$function$;

CREATE OR REPLACE FUNCTION public.event_payload_hash(salt bytea, payload text)
 RETURNS bytea
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select sha256(salt || convert_to(payload, 'UTF8'))
$function$;

CREATE OR REPLACE FUNCTION public.event_time(the_sequence bigint)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select e.created_at from events e where e.workspace_id = app_workspace_id() and e.sequence = the_sequence
$function$;

CREATE OR REPLACE FUNCTION public.events_to_deliver(hook uuid, sequences bigint[])
 RETURNS TABLE(sequence bigint, id uuid, type text, actor_id uuid, subject_type text, subject_id uuid, subject_version integer, project_id uuid, ticket_id uuid, before jsonb, after jsonb, on_behalf_of uuid, created_at timestamp with time zone, ticket_is_deleted boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select e.sequence, e.id, e.action, e.actor_id, e.subject_type, e.subject_id, e.subject_version, p.id, t.id, e.before, e.after,
    e.on_behalf_of, e.created_at, t.deleted_at is not null
  from events e
  left join lateral (
    select t.id, t.project_id, t.deleted_at from tickets t where t.workspace_id = app_workspace_id()
      and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end limit 1) t on true
  left join lateral (
    select p.id from projects p where p.workspace_id = app_workspace_id()
      and p.id = case when e.subject_type in ('project', 'workflow') then e.subject_id else t.project_id end limit 1) p on true
  where e.workspace_id = app_workspace_id() and e.sequence = any (sequences) and exists (
    select 1 from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
    where d.workspace_id = app_workspace_id() and d.webhook_id = hook and d.sequence = e.sequence and d.finished_at is null
      and w.state = 'active' and w.deleted_at is null)
$function$;

CREATE OR REPLACE FUNCTION public.forget_replies(the_ticket uuid, first integer, last integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  update deliveries d
  set attempts = (
    select jsonb_agg(a || '{"response_head": null, "response_body": null}' order by n)
    from jsonb_array_elements(d.attempts) with ordinality l (a, n))
  from (
    select e.id from events e
    where e.workspace_id = app_workspace_id() and e.subject_id = the_ticket
      and (e.subject_version between first and last or (first = 1 and e.subject_version is null))
    union all
    select e.id from events e
    where first = 1 and e.workspace_id = app_workspace_id() and e.ticket_id = the_ticket and e.subject_type = 'attachment') e
  cross join webhooks w
  where w.workspace_id = app_workspace_id()
    and d.workspace_id = app_workspace_id() and d.webhook_id = w.id and d.event_id = e.id and d.attempts <> '[]'
$function$;

CREATE OR REPLACE FUNCTION public.give_up_mails(ids uuid[], the_kind text, why text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
end $function$;

CREATE OR REPLACE FUNCTION public.invitation_to_mail(invitation uuid)
 RETURNS TABLE(email text, role text, workspace text, inviter text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select i.email, i.role, w.name, u.name
  from invitations i
  join workspaces w on w.id = app_workspace_id() and w.deleted_at is null
  join users u on u.id = i.invited_by
  where i.workspace_id = app_workspace_id() and i.id = invitation and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
$function$;

CREATE OR REPLACE FUNCTION public.is_done(the_project uuid, the_status text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select f.statuses @> jsonb_build_array(jsonb_build_object('key', the_status, 'category', 'done'))
  from projects p join workflows f on f.workspace_id = app_workspace_id() and f.project_id = p.id and f.version = p.workflow_version
  where p.workspace_id = app_workspace_id() and p.id = the_project
$function$;

CREATE OR REPLACE FUNCTION public.is_mailed(kind text, mail text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select kind = any (coalesce(mail, '{assigned,mentioned,due,webhook_stopped}'))
$function$;

CREATE OR REPLACE FUNCTION public.last_sequences(ids uuid[])
 RETURNS TABLE(workspace_id uuid, last_sequence bigint)
 LANGUAGE plpgsql
AS $function$
begin
  for n in 1 .. cardinality(ids) loop
    perform set_config('app.workspace', ids[n]::text, true);
    return query select h.workspace_id, h.last_sequence from event_heads h where h.workspace_id = ids[n];
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.live_credentials(user_ids uuid[], session_ids uuid[], workspace_ids uuid[], token_ids uuid[])
 RETURNS TABLE(place integer)
 LANGUAGE plpgsql
AS $function$
begin
  for n in 1 .. cardinality(user_ids) loop
    if session_ids[n] is not null then
      perform set_config('app.user_id', user_ids[n]::text, true);
      perform 1 from sessions s join users u on u.id = s.user_id
      where s.user_id = user_ids[n] and s.id = session_ids[n]
        and s.revoked_at is null and s.expires_at > now() and u.disabled_at is null;
    else
      perform set_config('app.workspace', workspace_ids[n]::text, true);
      perform 1 from api_tokens k
      join memberships b on b.workspace_id = workspace_ids[n] and b.user_id = k.created_by
        and b.removed_at is null and b.joined = k.joined
      join memberships a on a.workspace_id = workspace_ids[n] and a.user_id = k.user_id and a.removed_at is null
      join users u on u.id = k.created_by and u.disabled_at is null
      where k.workspace_id = workspace_ids[n] and k.id = token_ids[n] and k.revoked_at is null and k.expires_at > now();
    end if;
    if found then
      place := n;
      return next;
    end if;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.lock_notification_place()
 RETURNS notification_places
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  place notification_places%rowtype;
begin
  insert into notification_places (workspace_id) values (app_workspace_id()) on conflict do nothing;
  select * into place from notification_places where workspace_id = app_workspace_id() for no key update skip locked;
  return place;
end $function$;

CREATE OR REPLACE FUNCTION public.mail_asks_again(the_user uuid)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  update notification_mails set due_at = least(due_at, now() + interval '1 minute')
  where workspace_id = app_workspace_id() and user_id = the_user
$function$;

CREATE OR REPLACE FUNCTION public.mail_later(people uuid[], mail_after_s integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  insert into notification_mails as m (workspace_id, user_id, due_at)
  select app_workspace_id(), p.user_id, now() + mail_after_s * interval '1 second' from unnest(people) p (user_id)
  where mail_after_s is not null order by p.user_id
  on conflict (workspace_id, user_id) do update set due_at = m.due_at
$function$;

CREATE OR REPLACE FUNCTION public.mail_place(causer text, waits boolean)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select greatest(
    (select max(m.place) + 1 from mails m where m.caused_by = causer and m.can_wait = waits and m.attempts = 0),
    (select min(m.place) from mails m where m.can_wait = waits and m.attempts = 0), 0)
$function$;

CREATE OR REPLACE FUNCTION public.may_see_webhooks(role text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select role in ('owner', 'admin')
$function$;

CREATE OR REPLACE FUNCTION public.notifications_to_mail(the_user uuid, ids uuid[])
 RETURNS TABLE(email text, name text, workspace text, ticket_id uuid, ticket_key text, ticket_title text, kinds text[], actor text, from_status text, to_status text, comment_start text, mentions json, is_assigned boolean, due_on text, webhook_id uuid, webhook_origin text, webhook_description text, stop_reason text, failing_since text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select u.email, u.name, w.name, n.ticket_id, p.key || '-' || t.number, t.title, n.kinds, a.name,
    case e.action when 'ticket.transitioned' then e.before ->> 'status' end, case e.action when 'ticket.transitioned' then e.after ->> 'status' end,
    left(c.body, 400), (select json_object_agg(x.id, x.name) from users x where x.id = any (c.mentions)),
    coalesce((e.after ->> 'assignee_id')::uuid = the_user, (e.before ->> 'assignee_id')::uuid is distinct from the_user and t.assignee_id = the_user, false),
    t.due_on::text, h.id, substring(h.url from '^[a-z]+://[^/?#]+'), h.description,
    case when h.id is not null then e.after ->> 'reason' end, case when h.id is not null then e.after ->> 'failing_since' end
  from notifications n
  join memberships m on m.workspace_id = app_workspace_id() and m.user_id = the_user and m.removed_at is null and m.joined = n.joined
  join users u on u.id = the_user and u.disabled_at is null
  join workspaces w on w.id = app_workspace_id() and w.deleted_at is null
  left join tickets t on t.workspace_id = app_workspace_id() and t.id = n.ticket_id and t.deleted_at is null
  left join projects p on p.workspace_id = app_workspace_id() and p.id = t.project_id
  left join webhooks h on h.workspace_id = app_workspace_id() and h.id = n.webhook_id and h.deleted_at is null and may_see_webhooks(m.role)
  left join notification_settings s on s.workspace_id = app_workspace_id() and s.user_id = the_user
  left join users a on a.id = n.actor_id
  left join comments c on c.workspace_id = app_workspace_id() and c.ticket_id = n.ticket_id and c.id = n.comment_id and c.deleted_at is null
  left join events e on e.workspace_id = app_workspace_id() and e.sequence = n.sequence
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and (t.id is not null or h.state_reason in ('failing', 'gone'))
    and n.read_at is null and n.archived_at is null and (n.snoozed_until is null or n.snoozed_until <= now())
    and exists (select 1 from unnest(n.kinds) k where is_mailed(k, s.mail) and k <> all (coalesce(s.off, '{}')))
    and ('due' <> all (n.kinds)
      or (t.due_on <= (n.happened_at at time zone 'UTC')::date and not is_done(t.project_id, t.status)))
  order by n.created_at, n.id
$function$;

CREATE OR REPLACE FUNCTION public.notify_of_due(batch integer, mail_after_s integer DEFAULT NULL::integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  today date := (now() at time zone 'UTC')::date;
  place notification_places%rowtype := lock_notification_place();
  found_tickets integer;
  told integer;
  to_be_mailed uuid[];
  last_day date;
  last_id uuid;
begin
  if place.workspace_id is null then return null; end if;
  if place.due_after is null and coalesce(place.next_due_on > today, true) then return false; end if;

  select count(*), max(d.due_on), (array_agg(d.id order by d.due_on desc, d.id desc))[1] into found_tickets, last_day, last_id
  from (
    select t.due_on, t.id from tickets t
    where t.workspace_id = scope and t.due_on is not null and t.deleted_at is null
      and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff')) and t.due_on <= today
    order by t.due_on, t.id limit batch) d;

  with written as (insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, happened_at, to_mail)
  select scope, m.user_id, m.joined, gen_random_uuid(), array['due'], t.id, t.due_on::timestamp at time zone 'UTC',
    mail_after_s is not null and is_mailed('due', s.mail)
  from tickets t
  join projects p on p.workspace_id = scope and p.id = t.project_id and p.archived_at is null
  join memberships m on m.workspace_id = scope and m.user_id = coalesce(t.assignee_id, t.reporter_id) and m.removed_at is null
  left join notification_settings s on s.workspace_id = scope and s.user_id = m.user_id
  left join watchers w on w.workspace_id = scope and w.ticket_id = t.id and w.user_id = m.user_id
  where t.workspace_id = scope and t.due_on is not null and t.deleted_at is null
    and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    and (t.due_on, t.id) <= (last_day, last_id)
    and not is_done(t.project_id, t.status)
    and wants_notification('due', s.off, w.choice, t.project_id = any (coalesce(s.muted_project_ids, '{}')))
  on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id, webhook_id) do nothing
    returning notifications.user_id, notifications.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);

  if found_tickets < batch then
    update notification_places set due_on = today, due_after = null, next_due_on = (
      select min(t.due_on) from tickets t where t.workspace_id = scope and t.due_on > today and t.deleted_at is null)
    where workspace_id = scope;
  else
    update notification_places set due_on = last_day, due_after = last_id where workspace_id = scope;
  end if;
  perform count_notifications(told);
  return found_tickets = batch;
end $function$;

CREATE OR REPLACE FUNCTION public.notify_of_events(batch integer, mail_after_s integer DEFAULT NULL::integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  today date := (now() at time zone 'UTC')::date;
  place notification_places%rowtype := lock_notification_place();
  last bigint;
  last_of_all bigint;
  -- Until which day nothing is left that notify_of_due tells of.
  behind date;
  unarchived bigint;
  archived_on date;
  found_tickets integer;
  stop_on date;
  stop_id uuid;
  told integer;
  to_be_mailed uuid[];
begin
  if place.workspace_id is null then return null; end if;
  -- A statement of its own: it sees everything that was numbered before the lock was granted.
  select least(h.last_sequence, place.last_sequence + batch), h.last_sequence into last, last_of_all
  from event_heads h where h.workspace_id = scope;
  if last is null or last <= place.last_sequence then return false; end if;
  -- No ticket's day has come since: so who gives one a day that has come is told of it here, and not by notify_of_due. Up to the day of the
  -- first event alone: a day that was given before it came, to a worker that was stopped, notify_of_due tells of.
  select least(today, (e.created_at at time zone 'UTC')::date) into behind
  from events e where e.workspace_id = scope and e.sequence = place.last_sequence + 1;
  if place.due_on < behind and place.due_after is null and coalesce(place.next_due_on > behind, true) then place.due_on := behind; end if;

  -- A project that is unarchived may have thousands of tickets whose day has come meanwhile: its event is a batch by itself, in steps of so
  -- many tickets of the workspace.
  select min(e.sequence) into unarchived from events e
  where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last and e.action = 'project.unarchived';
  if unarchived = place.last_sequence + 1 then
    last := unarchived;
    select (max(a.created_at) at time zone 'UTC')::date into archived_on
    from events e join events a on a.workspace_id = scope and a.subject_id = e.subject_id and a.action = 'project.archived' and a.sequence < e.sequence
    where e.workspace_id = scope and e.sequence = unarchived;
    select count(*), max(d.due_on), (array_agg(d.id order by d.due_on desc, d.id desc))[1] into found_tickets, stop_on, stop_id
    from (
      select t.due_on, t.id from tickets t
      where t.workspace_id = scope and t.due_on is not null and t.deleted_at is null and t.due_on <= place.due_on
        and (t.due_on, t.id) > (coalesce(place.again_on, archived_on - 1), coalesce(place.again_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by t.due_on, t.id limit batch) d;
  elsif unarchived is not null then
    last := unarchived - 1;
  end if;

  insert into watchers as w (workspace_id, ticket_id, user_id, reason, since)
  select scope, n.ticket_id, n.user_id, n.reason, n.sequence
  from (
    select n.*, row_number() over (partition by n.ticket_id order by n.sequence, n.user_id) as place from (
    select distinct on (n.ticket_id, n.user_id) n.* from (
    select e.ticket_id, e.actor_id as user_id, 'commented' as reason, e.sequence, e.created_at
    from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
      and e.action = 'comment.created'
    union all
    select e.ticket_id, m.id::uuid, 'mentioned', e.sequence, e.created_at
    from events e cross join lateral jsonb_array_elements_text(e.after -> 'mentions') m (id)
    where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
      and e.action in ('comment.created', 'comment.updated')) n
    join memberships m on m.workspace_id = scope and m.user_id = n.user_id and m.removed_at is null and m.created_at <= n.created_at
    -- A bot watches what it chose to watch: hundreds of them may comment, and nobody reads what they are told.
    join users u on u.id = n.user_id and u.kind = 'person'
    where not exists (
      select 1 from watchers x where x.workspace_id = scope and x.ticket_id = n.ticket_id and x.user_id = n.user_id
        and x.reason is not null)
    order by n.ticket_id, n.user_id, n.sequence) n) n
  -- With those of this batch.
  where n.place + (select count(*) from (
    select 1 from watchers x join memberships xm on xm.workspace_id = scope and xm.user_id = x.user_id and xm.removed_at is null
    where x.workspace_id = scope and x.ticket_id = n.ticket_id and x.choice <> 'muted' limit 200) x) <= 200
  on conflict on constraint watchers_pkey do update set reason = excluded.reason, since = excluded.since where w.reason is null;

  -- Of events that are told to many, fewer: some 1,000 notifications in a transaction, or those of one event. With the watchers of the
  -- whole batch: who is added by an event is told of later ones alone.
  select coalesce(max(b.sequence), place.last_sequence + 1) into last
  from (
    select e.sequence, sum(1 + case when e.action in ('comment.created', 'ticket.transitioned') then (
        select count(*) from watchers w where w.workspace_id = scope and w.choice <> 'muted'
          and w.ticket_id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end) else 0 end
      + case when e.action in ('webhook.paused', 'webhook.disabled') then (
        select count(*) from memberships m where m.workspace_id = scope and m.removed_at is null and may_see_webhooks(m.role)) else 0 end
      + coalesce(jsonb_array_length(e.after -> 'mentions'), 0)) over (order by e.sequence) as told
    from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last) b
  where b.told <= 1000;

  with written as (insert into notifications as n
    (workspace_id, user_id, joined, id, kinds, ticket_id, comment_id, actor_id, sequence, happened_at, to_mail)
  select scope, r.user_id, max(m.joined), (array_agg(r.id order by r.sequence))[1], array_agg(distinct r.kind), r.ticket_id,
    (array_agg(r.comment_id order by r.sequence) filter (where r.comment_id is not null))[1], r.actor_id,
    coalesce(min(r.sequence) filter (where r.kind = 'moved'), min(r.sequence)), r.created_at,
    mail_after_s is not null and bool_or(is_mailed(r.kind, s.mail))
  from (
    -- That a day has come is no act of whoever gave the ticket that day, and is told as notify_of_due tells it.
    select case when p.kind = 'due' then gen_random_uuid() else e.id end as id, case when p.kind <> 'due' then e.sequence end as sequence,
      case when p.kind <> 'due' then e.actor_id end as actor_id,
      case when p.kind = 'due' then t.due_on::timestamp at time zone 'UTC' else e.created_at end as created_at,
      t.id as ticket_id, t.project_id, p.user_id, p.kind, case when e.subject_type = 'comment' then e.subject_id end as comment_id
    from (
      select * from events e where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last
        and e.action in ('ticket.created', 'ticket.updated', 'ticket.assignee_changed', 'ticket.transitioned', 'ticket.restored',
          'project.unarchived', 'comment.created', 'comment.updated')) e
    cross join lateral (
      -- A deleted one too: it may be restored. Nobody reads a notification of a deleted ticket.
      (select t.id, t.project_id, t.reporter_id, t.assignee_id, t.status, t.due_on, t.deleted_at from tickets t
      where t.workspace_id = scope and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end limit 1)
      union all
      -- Those whose day has come while their project was archived.
      select t.id, t.project_id, t.reporter_id, t.assignee_id, t.status, t.due_on, t.deleted_at from tickets t
      where e.action = 'project.unarchived' and t.workspace_id = scope and t.project_id = e.subject_id and t.deleted_at is null
        and (t.due_on, t.id) > (coalesce(place.again_on, archived_on - 1), coalesce(place.again_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and (t.due_on, t.id) <= (stop_on, stop_id)) t
    cross join lateral (
      select (e.after ->> 'assignee_id')::uuid as user_id, 'assigned' as kind where e.subject_type = 'ticket'
      union all
      select (e.before ->> 'assignee_id')::uuid, 'assigned' where e.subject_type = 'ticket'
      union all
      select m.id::uuid, 'mentioned' from jsonb_array_elements_text(e.after -> 'mentions') m (id) where e.subject_type = 'comment'
      union all
      select w.user_id, case e.action when 'comment.created' then 'commented' else 'moved' end
      from (
        select t.reporter_id as user_id
        union
        select t.assignee_id
        union
        select w.user_id from watchers w where w.workspace_id = scope and w.ticket_id = t.id
          and (w.choice = 'watching' or (w.choice = 'automatic' and w.since < e.sequence))) w
      where e.action in ('comment.created', 'ticket.transitioned')
      union all
      -- A day that has come already: notify_of_due does not come by it again. It passed by what was deleted, archived or done then: of
      -- what comes back, or is reopened, this tells; whom it has told before is told nothing, since it is the same act.
      select coalesce(t.assignee_id, t.reporter_id), 'due' where e.subject_type in ('ticket', 'project')
        and (t.due_on, t.id) <= (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
        and case when e.action in ('ticket.restored', 'project.unarchived') then true
          when e.action = 'ticket.transitioned' then is_done(t.project_id, e.before ->> 'status')
          else t.due_on = (e.after ->> 'due_on')::date end
        and t.deleted_at is null and not is_done(t.project_id, t.status)) p
    -- Not of one's own act.
    where p.user_id <> e.actor_id) r
  -- Of nothing that was done before they came, or came back.
  join memberships m on m.workspace_id = scope and m.user_id = r.user_id and m.removed_at is null
    and (r.kind = 'due' or m.created_at <= r.created_at)
  left join notification_settings s on s.workspace_id = scope and s.user_id = r.user_id
  left join watchers w on w.workspace_id = scope and w.ticket_id = r.ticket_id and w.user_id = r.user_id
  where wants_notification(r.kind, s.off, w.choice, r.project_id = any (coalesce(s.muted_project_ids, '{}')))
  group by r.user_id, r.ticket_id, r.actor_id, r.created_at
  -- The same act, in an earlier batch.
  on conflict (workspace_id, user_id, joined, ticket_id, happened_at, actor_id, webhook_id) do update
    set kinds = array(select distinct k from unnest(n.kinds || excluded.kinds) k order by k), comment_id = coalesce(n.comment_id, excluded.comment_id),
      sequence = case when 'moved' = any (excluded.kinds) then excluded.sequence else n.sequence end,
      -- Not once more for what it told already.
      to_mail = n.to_mail or excluded.to_mail and exists (
        select from unnest(excluded.kinds) k where k <> all (n.kinds) and is_mailed(k, (
          select s.mail from notification_settings s where s.workspace_id = scope and s.user_id = n.user_id)))
    returning n.user_id, n.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);
  told := told + notify_of_stops(place.last_sequence, last, mail_after_s);

  if found_tickets = batch then
    update notification_places set again_on = stop_on, again_after = stop_id where workspace_id = scope;
    perform count_notifications(told);
    return true;
  end if;
  update notification_places set again_on = null, again_after = null where workspace_id = scope and again_on is not null;
  update notification_places set due_on = place.due_on, next_due_on = least(next_due_on, (
    select min(t.due_on) from events e join tickets t on t.workspace_id = scope and t.id = e.subject_id
    where e.workspace_id = scope and e.sequence > place.last_sequence and e.sequence <= last and e.subject_type = 'ticket'
      and t.deleted_at is null and (t.due_on, t.id) > (place.due_on, coalesce(place.due_after, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))))
  where workspace_id = scope returning next_due_on into place.next_due_on;
  update notification_places set last_sequence = last where workspace_id = scope;
  perform count_notifications(told);
  return last < last_of_all or coalesce(place.next_due_on <= today, false);
end $function$;

CREATE OR REPLACE FUNCTION public.notify_of_stops(behind bigint, last bigint, mail_after_s integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  told integer;
  to_be_mailed uuid[];
begin
  with written as (insert into notifications (workspace_id, user_id, joined, id, kinds, webhook_id, sequence, happened_at, to_mail)
  select scope, m.user_id, m.joined, e.id, array['webhook_stopped'], e.subject_id, e.sequence, e.created_at,
    mail_after_s is not null and is_mailed('webhook_stopped', s.mail)
  from events e
  join memberships m on m.workspace_id = scope and m.removed_at is null and may_see_webhooks(m.role) and m.created_at <= e.created_at
  left join notification_settings s on s.workspace_id = scope and s.user_id = m.user_id
  where e.workspace_id = scope and e.sequence > behind and e.sequence <= last and e.action in ('webhook.paused', 'webhook.disabled')
    and wants_notification('webhook_stopped', s.off, null, false)
  on conflict do nothing
    returning notifications.user_id, notifications.to_mail)
  select count(*), array_agg(distinct w.user_id) filter (where w.to_mail) into told, to_be_mailed from written w;
  perform mail_later(to_be_mailed, mail_after_s);
  return told;
end $function$;

CREATE OR REPLACE FUNCTION public.number_events(ids uuid[], low timestamp with time zone, high timestamp with time zone, first bigint)
 RETURNS bytea[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  inserted integer;
  removed integer;
  headed integer;
begin
  insert into events (workspace_id, sequence, created_at, id, actor_id, action, subject_type, subject_id, subject_version,
    ticket_id, before, after, request_id, token_id, on_behalf_of, salt, payload_hash)
  select o.workspace_id, first + n.place - 1, o.created_at, o.id, o.actor_id, o.action, o.subject_type, o.subject_id,
    o.subject_version, o.ticket_id, o.before, o.after, o.request_id, o.token_id, o.on_behalf_of, s.salt,
    event_payload_hash(s.salt, event_payload(o.before, o.after, o.request_id))
  from outbox o join unnest(ids) with ordinality n (id, place) on n.id = o.id
  -- Of each entry anew, which the condition says: of none in particular, all would get the same salt.
  cross join lateral (select uuid_send(gen_random_uuid()) as salt where o.id is not null) s
  where o.workspace_id = scope and o.created_at between low and high;
  get diagnostics inserted = row_count;
  delete from outbox o where o.workspace_id = scope and o.created_at between low and high and o.id = any (ids);
  get diagnostics removed = row_count;
  update event_heads set last_sequence = first + cardinality(ids) - 1, updated_at = now()
  where workspace_id = scope and last_sequence = first - 1;
  get diagnostics headed = row_count;
  if inserted <> cardinality(ids) or removed <> cardinality(ids) or headed <> 1 then
    raise exception 'Of % entries % were numbered and % removed, and % heads moved.', cardinality(ids), inserted, removed, headed;
  end if;
  return event_leaves(first, first + cardinality(ids) - 1);
end $function$;

CREATE OR REPLACE FUNCTION public.purge_comment(the_ticket uuid, the_comment uuid, the_actor uuid, entry uuid, request text, not_before timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  purged comments%rowtype;
  at timestamptz;
begin
  select * into purged from comments
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment for update;
  if not found then return false; end if;
  if purged.purged_at is not null then return true; end if;
  at := greatest(not_before, now(), coalesce(purged.deleted_at, purged.edited_at, purged.created_at) + interval '1 microsecond');
  insert into comment_revisions (workspace_id, ticket_id, comment_id, version, author_id, body, created_at)
  values (scope, the_ticket, the_comment, purged.version, purged.author_id, '', coalesce(purged.edited_at, purged.created_at));
  update comments set body = '', mentions = '{}', version = version + 1, purged_at = at, purged_by = the_actor,
    deleted_at = coalesce(deleted_at, at), deleted_by = coalesce(deleted_by, the_actor)
  where workspace_id = scope and ticket_id = the_ticket and id = the_comment;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, ticket_id, after,
    request_id, created_at)
  values (scope, entry, the_actor, 'comment.purged', 'comment', the_comment, purged.version + 1, the_ticket,
    jsonb_build_object('ticket_id', the_ticket), request, at);
  return true;
end $function$;

CREATE OR REPLACE FUNCTION public.purge_comment_revisions(the_ticket uuid, the_comment uuid, first integer, last integer)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  update comment_revisions set body = ''
  where workspace_id = app_workspace_id() and ticket_id = the_ticket and comment_id = the_comment
    and version between first and last and body <> ''
    and exists (
      select 1 from comments c
      where c.workspace_id = app_workspace_id() and c.ticket_id = the_ticket and c.id = the_comment and c.purged_at is not null)
$function$;

CREATE OR REPLACE FUNCTION public.purge_ticket(the_ticket uuid, named text[], the_actor uuid, entry uuid, request text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  fields text[] := array(select unnest(named) intersect select unnest(array['title', 'description', 'attachments']));
  purged tickets%rowtype;
  freed bigint;
begin
  update tickets set version = version + 1, updated_at = greatest(now(), updated_at + interval '1 microsecond')
  where workspace_id = scope and id = the_ticket returning * into purged;
  if not found then return; end if;
  if 'attachments' = any (fields) then
    with gone as (
      delete from attachments where workspace_id = scope and ticket_id = the_ticket returning *),
    due as (
      update attachment_files f set due_at = now() from gone where f.workspace_id = scope and f.id = gone.id),
    told as (
      insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, ticket_id, before, request_id, created_at)
      select scope, gen_random_uuid(), the_actor, 'attachment.removed', 'attachment', g.id, the_ticket,
        jsonb_build_object('ticket_id', the_ticket, 'name', null, 'media_type', g.media_type, 'size_bytes', g.size_bytes, 'checksum', g.checksum),
        request, greatest(now(), g.created_at + interval '1 microsecond')
      from gone g)
    select sum(size_bytes) into freed from gone;
  end if;
  -- No entry is on its way from one table to the other while the head is locked: each statement below sees it in one of them.
  perform 1 from event_heads where workspace_id = scope for no key update;
  update outbox a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f)
  where a.workspace_id = scope and (case when a.ticket_id is null then a.subject_id else a.ticket_id end) = the_ticket
    and a.subject_type = 'ticket' and (a.before ?| fields or a.after ?| fields);
  if 'attachments' = any (fields) then
    update outbox a
    set before = a.before || case when a.before ? 'name' then '{"name": null}' else '{}' end::jsonb,
      after = a.after || case when a.after ? 'name' then '{"name": null}' else '{}' end::jsonb
    where a.workspace_id = scope and a.ticket_id = the_ticket and a.subject_type = 'attachment';
    update events a
    set before = a.before || case when a.before ? 'name' then '{"name": null}' else '{}' end::jsonb,
      after = a.after || case when a.after ? 'name' then '{"name": null}' else '{}' end::jsonb,
      salt = null
    where a.workspace_id = scope and a.ticket_id = the_ticket and a.subject_type = 'attachment';
  end if;
  insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, after, request_id,
    created_at)
  values (scope, entry, the_actor, 'ticket.purged', 'ticket', the_ticket, purged.version,
    jsonb_build_object('fields', to_jsonb(fields)), request, purged.updated_at);
  if freed is not null then
    update attachment_usage set bytes = bytes - freed where workspace_id = scope;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.purge_ticket_entries(the_ticket uuid, named text[], first integer, last integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  fields text[] := array(select unnest(named) intersect select unnest(array['title', 'description']));
begin
  update events a
  set before = a.before || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.before ? f),
    after = a.after || (select coalesce(jsonb_object_agg(f, null), '{}') from unnest(fields) f where a.after ? f),
    salt = null
  where a.workspace_id = scope and a.subject_id = the_ticket and a.subject_type = 'ticket'
    and a.subject_version between first and last and (a.before ?| fields or a.after ?| fields);
  if 'description' = any (fields) then
    delete from ticket_texts where workspace_id = scope and ticket_id = the_ticket and version between first and last;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.put_aside(scope uuid, the_task text, subject uuid, kind text)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  insert into set_aside as s (workspace_id, task, subject_id, error) values (scope, the_task, subject, left(kind, 100))
  on conflict (workspace_id, task, subject_id) do update
    set failures = s.failures + 1, failed_at = excluded.failed_at, error = excluded.error
$function$;

CREATE OR REPLACE FUNCTION public.put_notifications_back(the_user uuid, ids uuid[], left_out integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  perform 1 from notification_settings s where s.workspace_id = app_workspace_id() and s.user_id = the_user for share;
  insert into notification_mails as m (workspace_id, user_id, due_at, more)
  values (app_workspace_id(), the_user, coalesce(quiet_until(the_user), now() + interval '1 minute'), left_out)
  on conflict (workspace_id, user_id) do update set due_at = least(m.due_at, excluded.due_at), more = m.more + excluded.more;
  update notifications n set to_mail = true
  where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (ids)
    and n.read_at is null and n.archived_at is null;
end $function$;

CREATE OR REPLACE FUNCTION public.queue_deliveries(hook uuid, first bigint, last bigint, again boolean)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  scope uuid := app_workspace_id();
  the webhooks%rowtype;
  queued integer;
begin
  -- Whoever ends a delivery locks it too: no later one of its subject is queued behind it unseen.
  select * into the from webhooks w where w.workspace_id = scope and w.id = hook and w.deleted_at is null for no key update;
  if not found then return 0; end if;
  insert into deliveries as d (workspace_id, webhook_id, sequence, event_id, subject_id)
  select scope, hook, e.sequence, e.id, case when e.ticket_id is null then e.subject_id else e.ticket_id end
  from events e
  where e.workspace_id = scope and e.sequence between first and last and case when e.action = 'webhook.pinged' then e.subject_id = hook
    else (the.types is null or e.action = any (the.types)) and (the.project_ids is null or case
      when e.subject_type in ('project', 'workflow') then e.subject_id
      else (select t.project_id from tickets t where t.workspace_id = scope
        and t.id = case when e.subject_type = 'ticket' then e.subject_id else e.ticket_id end) end = any (the.project_ids)) end
  on conflict (workspace_id, webhook_id, sequence) do update set finished_at = null, outcome = null, failures = 0
    where again and d.finished_at is not null;
  get diagnostics queued = row_count;
  update deliveries d set next_attempt_at = now()
  where d.workspace_id = scope and d.webhook_id = hook and d.sequence between first and last and d.finished_at is null
    and d.next_attempt_at is null and d.sequence = (
      select min(b.sequence) from deliveries b where b.workspace_id = scope and b.webhook_id = hook and b.subject_id = d.subject_id
        and b.finished_at is null);
  if again then
    -- What comes after it of its subject waits for it again, unless it may be on its way: within a lease (server/src/work/lease.ts).
    update deliveries d set next_attempt_at = null
    where d.workspace_id = scope and d.webhook_id = hook and d.sequence > first and d.finished_at is null
      and (d.next_attempt_at <= now() or d.next_attempt_at > now() + interval '20 seconds') and d.sequence <> (
        select min(b.sequence) from deliveries b where b.workspace_id = scope and b.webhook_id = hook and b.subject_id = d.subject_id
          and b.finished_at is null);
    return queued;
  end if;
  update webhooks set last_sequence = last where workspace_id = scope and id = hook and last_sequence = first - 1;
  if not found then raise exception 'The webhook % is at %, and not at %.', hook, the.last_sequence, first - 1; end if;
  perform count_deliveries(queued);
  return queued;
end $function$;

CREATE OR REPLACE FUNCTION public.quiet_until(the_user uuid)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  select end_of_quiet(now(), s.quiet_from, s.quiet_to, s.quiet_zone) from notification_settings s
  where s.workspace_id = app_workspace_id() and s.user_id = the_user
$function$;

CREATE OR REPLACE FUNCTION public.retry_mail(given_up uuid, fresh uuid, for_s integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  with gone as (
    delete from given_up_mails g where g.id = given_up
      and (g.kind is null or g.kind not in ('invitation', 'email_change') or g.expires_at > now())
    returning g.sealed, g.can_wait, g.expires_at)
  insert into mails (id, sealed, can_wait, expires_at, place)
  select fresh, g.sealed, g.can_wait, greatest(g.expires_at, now() + for_s * interval '1 second'), mail_place('', g.can_wait) from gone g;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.start_of_day(day date, zone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select case when m.by_offset_before at time zone zone = day::timestamp then least(m.midnight, m.by_offset_before) else m.midnight end
  from (
    select l.midnight,
      (day::timestamp - ((l.midnight - interval '3 hours') at time zone zone - (l.midnight - interval '3 hours') at time zone 'UTC'))
        at time zone 'UTC' as by_offset_before
    from (select day::timestamp at time zone zone as midnight) l) m
$function$;

CREATE OR REPLACE FUNCTION public.take_back(scope uuid, the_task text, subject uuid)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  delete from set_aside s where s.workspace_id = scope and s.task = the_task and s.subject_id = subject;
  return found;
end $function$;

CREATE OR REPLACE FUNCTION public.take_notifications_to_mail(the_user uuid, batch integer)
 RETURNS TABLE(id uuid, subject_id uuid, is_wanted boolean)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  with taken as (
    update notifications n set to_mail = false
    where n.workspace_id = app_workspace_id() and n.user_id = the_user and n.id = any (array(
      select d.id from notifications d where d.workspace_id = app_workspace_id() and d.user_id = the_user and d.to_mail
      order by d.created_at, d.id limit batch for no key update of d))
    returning n.id, coalesce(n.ticket_id, n.webhook_id) as subject_id, n.created_at, n.read_at, n.archived_at, n.snoozed_until)
  select t.id, t.subject_id, u.id is not null and t.read_at is null and t.archived_at is null
    and (t.snoozed_until is null or t.snoozed_until <= now())
  from taken t left join users u on u.id = the_user and u.kind = 'person' and u.disabled_at is null
  order by t.created_at desc, t.id desc
$function$;

CREATE OR REPLACE FUNCTION public.uncount_rows(removed uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  one record;
begin
  for one in select r.id, count(*) as n from unnest(removed) r (id) group by r.id order by r.id loop
    perform set_config('app.workspace', one.id::text, true);
    update workspace_usage set bytes = greatest(0, bytes - one.n * 512) where workspace_id = one.id;
  end loop;
end $function$;

CREATE OR REPLACE FUNCTION public.wants_notification(kind text, off text[], choice text, is_muted boolean)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select kind <> all (coalesce(off, '{}')) and (kind in ('assigned', 'mentioned') or (choice is distinct from 'muted' and not is_muted))
$function$;

-- account, append-only
create table account_audit_log (
  user_id uuid not null,
  id uuid not null,
  action text not null,
  detail jsonb not null,
  request_id text not null,
  ip text,
  created_at timestamp with time zone not null default now(),
  constraint account_audit_log_pkey PRIMARY KEY (user_id, id),
  constraint account_audit_log_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX account_audit_log_created ON public.account_audit_log USING btree (user_id, created_at, id);
ALTER TABLE account_audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON account_audit_log FOR ALL USING ((user_id = app_user_id()));
GRANT INSERT, SELECT ON account_audit_log TO baton_app;

-- workspace
create table api_tokens (
  workspace_id uuid not null,
  id uuid not null,
  user_id uuid not null,
  created_by uuid not null,
  joined integer not null,
  name text not null,
  scopes text[] not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_tokens_pkey PRIMARY KEY (workspace_id, id),
  constraint api_tokens_hash CHECK ((octet_length(token_hash) = 32)),
  constraint api_tokens_life CHECK ((expires_at > created_at)),
  constraint api_tokens_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint api_tokens_scopes CHECK (((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 50))),
  constraint api_tokens_creator_fkey FOREIGN KEY (workspace_id, created_by) REFERENCES memberships(workspace_id, user_id),
  constraint api_tokens_user_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships(workspace_id, user_id)
) with (fillfactor=85);
CREATE INDEX api_tokens_created ON public.api_tokens USING btree (workspace_id, created_at, id) WHERE (revoked_at IS NULL);
CREATE INDEX api_tokens_creator ON public.api_tokens USING btree (workspace_id, created_by, created_at, id);
CREATE INDEX api_tokens_ended ON public.api_tokens USING btree (LEAST(revoked_at, expires_at));
CREATE INDEX api_tokens_user ON public.api_tokens USING btree (workspace_id, user_id);
ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON api_tokens FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker ON api_tokens FOR ALL TO baton_worker USING ((LEAST(revoked_at, expires_at) < now())) WITH CHECK (false);
CREATE POLICY worker_deletes ON api_tokens AS RESTRICTIVE FOR DELETE TO baton_worker USING ((LEAST(revoked_at, expires_at) < now()));
GRANT DELETE ON api_tokens TO baton_worker;
GRANT INSERT, SELECT ON api_tokens TO baton_app;
GRANT SELECT (expires_at, id, revoked_at, workspace_id) ON api_tokens TO baton_worker;
GRANT UPDATE (last_used_at, revoked_at) ON api_tokens TO baton_app;
GRANT UPDATE (workspace_id) ON api_tokens TO baton_worker;

-- workspace
create table attachment_files (
  workspace_id uuid not null,
  id uuid not null,
  due_at timestamp with time zone,
  constraint attachment_files_pkey PRIMARY KEY (workspace_id, id)
);
CREATE INDEX attachment_files_due ON public.attachment_files USING btree (due_at) WHERE (due_at IS NOT NULL);
ALTER TABLE attachment_files ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment_files FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON attachment_files FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker ON attachment_files FOR ALL TO baton_worker USING ((due_at < now())) WITH CHECK (false);
CREATE POLICY worker_deletes ON attachment_files AS RESTRICTIVE FOR DELETE TO baton_worker USING ((due_at < now()));
GRANT DELETE ON attachment_files TO baton_worker;
GRANT INSERT, SELECT, UPDATE ON attachment_files TO baton_app;
GRANT SELECT (due_at, id, workspace_id) ON attachment_files TO baton_worker;
GRANT UPDATE (workspace_id) ON attachment_files TO baton_worker;

-- workspace
create table attachment_usage (
  workspace_id uuid not null,
  bytes bigint not null,
  constraint attachment_usage_pkey PRIMARY KEY (workspace_id),
  constraint attachment_usage_bytes CHECK ((bytes >= 0))
);
ALTER TABLE attachment_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON attachment_usage FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT, UPDATE ON attachment_usage TO baton_app;

-- workspace
create table attachments (
  workspace_id uuid not null,
  id uuid not null,
  ticket_id uuid not null,
  name text not null,
  media_type text not null,
  size_bytes integer not null,
  checksum text not null,
  added_by uuid not null,
  created_at timestamp with time zone not null,
  constraint attachments_pkey PRIMARY KEY (workspace_id, id),
  constraint attachments_checksum CHECK ((checksum ~ '^[0-9a-f]{64}$'::text)),
  constraint attachments_media_type CHECK (((length(media_type) >= 1) AND (length(media_type) <= 100))),
  constraint attachments_name CHECK (((length(name) >= 1) AND (length(name) <= 255))),
  constraint attachments_size CHECK ((size_bytes >= 0)),
  constraint attachments_added_by_fkey FOREIGN KEY (workspace_id, added_by) REFERENCES memberships(workspace_id, user_id),
  constraint attachments_file_fkey FOREIGN KEY (workspace_id, id) REFERENCES attachment_files(workspace_id, id),
  constraint attachments_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets(workspace_id, id)
);
CREATE INDEX attachments_added_by ON public.attachments USING btree (workspace_id, added_by);
CREATE INDEX attachments_ticket ON public.attachments USING btree (workspace_id, ticket_id, created_at, id);
ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON attachments FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT, UPDATE ON attachments TO baton_app;

-- workspace
create table comment_reactions (
  workspace_id uuid not null,
  ticket_id uuid not null,
  comment_id uuid not null,
  emoji text not null,
  user_id uuid not null,
  created_at timestamp with time zone not null,
  first_at timestamp with time zone not null,
  constraint comment_reactions_pkey PRIMARY KEY (workspace_id, ticket_id, comment_id, emoji, user_id),
  constraint comment_reactions_order UNIQUE (workspace_id, ticket_id, comment_id, created_at),
  constraint comment_reactions_emoji CHECK (((octet_length(emoji) >= 1) AND (octet_length(emoji) <= 64))),
  constraint comment_reactions_first CHECK ((first_at <= created_at)),
  constraint comment_reactions_comment_fkey FOREIGN KEY (workspace_id, ticket_id, comment_id) REFERENCES comments(workspace_id, ticket_id, id),
  constraint comment_reactions_user_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships(workspace_id, user_id)
);
CREATE INDEX comment_reactions_user ON public.comment_reactions USING btree (workspace_id, user_id);
ALTER TABLE comment_reactions ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment_reactions FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON comment_reactions FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT ON comment_reactions TO baton_app;

-- workspace, append-only
create table comment_revisions (
  workspace_id uuid not null,
  ticket_id uuid not null,
  comment_id uuid not null,
  version integer not null,
  author_id uuid not null,
  body text not null,
  created_at timestamp with time zone not null,
  constraint comment_revisions_pkey PRIMARY KEY (workspace_id, ticket_id, comment_id, version),
  constraint comment_revisions_comment_fkey FOREIGN KEY (workspace_id, ticket_id, comment_id) REFERENCES comments(workspace_id, ticket_id, id)
);
ALTER TABLE comment_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE comment_revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON comment_revisions FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON comment_revisions TO baton_app;

-- workspace
create table comments (
  workspace_id uuid not null,
  ticket_id uuid not null,
  id uuid not null,
  author_id uuid not null,
  body text not null,
  created_at timestamp with time zone not null default now(),
  version integer not null default 1,
  edited_at timestamp with time zone,
  deleted_at timestamp with time zone,
  deleted_by uuid,
  purged_at timestamp with time zone,
  purged_by uuid,
  mentions uuid[] not null default '{}'::uuid[],
  constraint comments_pkey PRIMARY KEY (workspace_id, ticket_id, id),
  constraint comments_body_length CHECK (((length(body) <= 1048576) AND ((body = ''::text) = (deleted_at IS NOT NULL)))) NOT VALID,
  constraint comments_end CHECK ((((deleted_at IS NULL) = (deleted_by IS NULL)) AND ((purged_at IS NULL) = (purged_by IS NULL)) AND ((purged_at IS NULL) OR (deleted_at IS NOT NULL)))) NOT VALID,
  constraint comments_mentions CHECK (((cardinality(mentions) <= 50) AND ((deleted_at IS NULL) OR (mentions = '{}'::uuid[])))) NOT VALID,
  constraint comments_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets(workspace_id, id)
);
CREATE INDEX comments_activity ON public.comments USING btree (workspace_id, created_at, ticket_id, id);
CREATE INDEX comments_created ON public.comments USING btree (workspace_id, ticket_id, created_at, id);
ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE comments FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON comments FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON comments TO baton_app;
GRANT UPDATE (body, deleted_at, deleted_by, edited_at, mentions, version) ON comments TO baton_app;

-- workspace
create table deliveries (
  workspace_id uuid not null,
  webhook_id uuid not null,
  sequence bigint not null,
  event_id uuid not null,
  subject_id uuid not null,
  attempt integer not null default 0,
  failures integer not null default 0,
  next_attempt_at timestamp with time zone,
  finished_at timestamp with time zone,
  outcome text,
  attempts jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null default now(),
  constraint deliveries_pkey PRIMARY KEY (workspace_id, webhook_id, sequence),
  constraint deliveries_end CHECK ((((finished_at IS NULL) = (outcome IS NULL)) AND ((finished_at IS NULL) OR (next_attempt_at IS NULL)))),
  constraint deliveries_outcome CHECK ((outcome = ANY (ARRAY['delivered'::text, 'given_up'::text, 'dropped'::text])))
) with (fillfactor=70);
CREATE INDEX deliveries_dropped ON public.deliveries USING btree (finished_at) WHERE (outcome = 'dropped'::text);
CREATE INDEX deliveries_due ON public.deliveries USING btree (workspace_id, webhook_id, next_attempt_at) WHERE (next_attempt_at IS NOT NULL);
CREATE UNIQUE INDEX deliveries_event ON public.deliveries USING btree (workspace_id, webhook_id, event_id);
CREATE INDEX deliveries_finished ON public.deliveries USING btree (finished_at);
CREATE INDEX deliveries_given_up ON public.deliveries USING btree (workspace_id, webhook_id, sequence) WHERE (outcome = 'given_up'::text);
CREATE INDEX deliveries_order ON public.deliveries USING btree (workspace_id, webhook_id, subject_id, sequence) WHERE (finished_at IS NULL);
CREATE INDEX deliveries_pending ON public.deliveries USING btree (workspace_id, webhook_id, sequence) WHERE (finished_at IS NULL);
ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
ALTER TABLE deliveries FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON deliveries FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker ON deliveries FOR ALL TO baton_worker USING ((finished_at < (now() - '01:00:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON deliveries AS RESTRICTIVE FOR DELETE TO baton_worker USING ((finished_at < (now() - '01:00:00'::interval)));
CREATE POLICY worker_looks ON deliveries FOR SELECT TO baton_worker USING ((finished_at IS NULL));
CREATE POLICY worker_looks_at_given_up ON deliveries FOR SELECT TO baton_worker USING ((outcome = 'given_up'::text));
GRANT DELETE ON deliveries TO baton_worker;
GRANT INSERT, SELECT ON deliveries TO baton_app;
GRANT SELECT (attempt, attempts, created_at, event_id, failures, finished_at, next_attempt_at, outcome, sequence, subject_id, webhook_id, workspace_id) ON deliveries TO baton_worker;
GRANT UPDATE (attempt, attempts, failures, finished_at, next_attempt_at, outcome, workspace_id) ON deliveries TO baton_worker;
GRANT UPDATE (failures, finished_at, next_attempt_at, outcome) ON deliveries TO baton_app;

-- workspace, append-only
create table event_checkpoints (
  workspace_id uuid not null,
  size bigint not null,
  signer text not null,
  note text not null,
  created_at timestamp with time zone not null default now(),
  constraint event_checkpoints_pkey PRIMARY KEY (workspace_id, size, signer),
  constraint event_checkpoints_size CHECK ((size >= 0))
);
ALTER TABLE event_checkpoints ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_checkpoints FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON event_checkpoints FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON event_checkpoints TO baton_app;

-- workspace
create table event_heads (
  workspace_id uuid not null,
  last_sequence bigint not null default 0,
  updated_at timestamp with time zone not null default now(),
  tree_size bigint not null default 0,
  frontier bytea not null default '\x'::bytea,
  constraint event_heads_pkey PRIMARY KEY (workspace_id),
  constraint event_heads_frontier CHECK (((octet_length(frontier) % 32) = 0)),
  constraint event_heads_tree CHECK (((tree_size >= 0) AND (tree_size <= last_sequence))),
  constraint event_heads_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
) with (fillfactor=50);
ALTER TABLE event_heads ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_heads FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON event_heads FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker_looks ON event_heads FOR SELECT TO baton_worker USING (true);
GRANT INSERT, SELECT ON event_heads TO baton_app;
GRANT SELECT (frontier, last_sequence, tree_size, workspace_id) ON event_heads TO baton_worker;
GRANT UPDATE (frontier, tree_size, updated_at) ON event_heads TO baton_worker;

-- workspace, append-only, by the worker
create table event_nodes (
  workspace_id uuid not null,
  level smallint not null,
  "position" bigint not null,
  hash bytea not null,
  constraint event_nodes_pkey PRIMARY KEY (workspace_id, level, "position"),
  constraint event_nodes_hash CHECK ((octet_length(hash) = 32)),
  constraint event_nodes_place CHECK (((level > 0) AND ("position" >= 0)))
);
ALTER TABLE event_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_nodes FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON event_nodes FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT ON event_nodes TO baton_worker;
GRANT SELECT ON event_nodes TO baton_app;

-- workspace, append-only, by the worker
create table events (
  workspace_id uuid not null,
  id uuid not null,
  actor_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id uuid not null,
  subject_version integer,
  before jsonb,
  after jsonb,
  request_id text not null,
  created_at timestamp with time zone not null,
  ticket_id uuid,
  token_id uuid,
  on_behalf_of uuid,
  sequence bigint not null,
  salt bytea,
  payload_hash bytea not null default sha256('\x'::bytea),
  constraint events_pkey PRIMARY KEY (workspace_id, sequence),
  constraint events_payload_hash CHECK ((octet_length(payload_hash) = 32)),
  constraint events_salt CHECK ((octet_length(salt) = 16))
);
CREATE INDEX events_action ON public.events USING btree (workspace_id, action, created_at, id);
CREATE INDEX events_actor ON public.events USING btree (workspace_id, actor_id, created_at, id);
CREATE INDEX events_created ON public.events USING btree (workspace_id, created_at, id);
CREATE INDEX events_subject ON public.events USING btree (workspace_id, subject_id, created_at, id);
CREATE INDEX events_ticket ON public.events USING btree (workspace_id, ticket_id, created_at, id) WHERE (ticket_id IS NOT NULL);
CREATE UNIQUE INDEX events_ticket_version ON public.events USING btree (workspace_id, subject_id, subject_version) WHERE (subject_type = 'ticket'::text);
CREATE INDEX events_type ON public.events USING btree (workspace_id, subject_type, created_at, id) WHERE (subject_type <> ALL (ARRAY['ticket'::text, 'comment'::text]));
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON events FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT SELECT ON events TO baton_app;

-- account
create table failed_attempts (
  user_id uuid not null,
  action text not null,
  hour timestamp with time zone not null,
  id uuid not null,
  failures integer not null default 1,
  request_id text not null,
  ip text,
  created_at timestamp with time zone not null default now(),
  last_at timestamp with time zone not null default now(),
  constraint failed_attempts_pkey PRIMARY KEY (user_id, action, hour),
  constraint failed_attempts_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX failed_attempts_created ON public.failed_attempts USING btree (user_id, created_at, id);
CREATE INDEX failed_attempts_hour ON public.failed_attempts USING btree (hour);
ALTER TABLE failed_attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE failed_attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON failed_attempts FOR ALL USING ((user_id = app_user_id()));
CREATE POLICY worker ON failed_attempts FOR ALL TO baton_worker USING ((hour < (now() - '1 day'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON failed_attempts AS RESTRICTIVE FOR DELETE TO baton_worker USING ((hour < (now() - '1 day'::interval)));
GRANT DELETE ON failed_attempts TO baton_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON failed_attempts TO baton_app;
GRANT SELECT (action, hour, user_id) ON failed_attempts TO baton_worker;
GRANT UPDATE (user_id) ON failed_attempts TO baton_worker;

-- system
create table given_up_mails (
  id uuid not null,
  sealed bytea not null,
  kind text,
  reason text not null,
  attempts integer not null,
  queued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  given_up_at timestamp with time zone not null default now(),
  can_wait boolean not null default false,
  constraint given_up_mails_pkey PRIMARY KEY (id),
  constraint given_up_mails_kind CHECK (((length(kind) >= 1) AND (length(kind) <= 50))),
  constraint given_up_mails_reason CHECK ((reason = ANY (ARRAY['refused'::text, 'expired'::text]))),
  constraint given_up_mails_sealed CHECK ((octet_length(sealed) <= 4096))
);
CREATE INDEX given_up_mails_given_up ON public.given_up_mails USING btree (given_up_at);
ALTER TABLE given_up_mails ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON given_up_mails FOR ALL TO baton_worker USING ((given_up_at < (now() - '01:00:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON given_up_mails AS RESTRICTIVE FOR DELETE TO baton_worker USING ((given_up_at < (now() - '01:00:00'::interval)));
CREATE POLICY worker_looks ON given_up_mails FOR SELECT TO baton_worker USING (true);
GRANT DELETE ON given_up_mails TO baton_worker;
GRANT SELECT (attempts, expires_at, given_up_at, id, kind, queued_at, reason) ON given_up_mails TO baton_worker;
GRANT UPDATE (id) ON given_up_mails TO baton_worker;

-- workspace
create table invitations (
  workspace_id uuid not null,
  id uuid not null,
  email text not null,
  role text not null,
  token_hash bytea not null,
  invited_by uuid not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  accepted_by uuid,
  revoked_at timestamp with time zone,
  unrecorded boolean not null default false,
  constraint invitations_pkey PRIMARY KEY (workspace_id, id),
  constraint invitations_accepted CHECK (((accepted_at IS NULL) = (accepted_by IS NULL))),
  constraint invitations_email_lower CHECK ((email = lower(email))),
  constraint invitations_end CHECK (((accepted_at IS NULL) OR (revoked_at IS NULL))),
  constraint invitations_role CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))),
  constraint invitations_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);
CREATE INDEX invitations_lapsed ON public.invitations USING btree (LEAST(revoked_at, expires_at)) WHERE (accepted_at IS NULL);
CREATE INDEX invitations_open ON public.invitations USING btree (workspace_id, created_at, id) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
CREATE INDEX invitations_open_by_inviter ON public.invitations USING btree (workspace_id, invited_by) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
CREATE UNIQUE INDEX invitations_pending ON public.invitations USING btree (workspace_id, email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON invitations FOR ALL TO baton_worker USING (((accepted_at IS NULL) AND (LEAST(revoked_at, expires_at) < now()))) WITH CHECK (false);
CREATE POLICY worker_deletes ON invitations AS RESTRICTIVE FOR DELETE TO baton_worker USING (((accepted_at IS NULL) AND (LEAST(revoked_at, expires_at) < now())));
CREATE POLICY workspace ON invitations FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE ON invitations TO baton_worker;
GRANT INSERT, SELECT, UPDATE ON invitations TO baton_app;
GRANT SELECT (accepted_at, email, expires_at, id, invited_by, revoked_at, role, workspace_id) ON invitations TO baton_worker;
GRANT UPDATE (revoked_at, workspace_id) ON invitations TO baton_worker;

-- system
create table mails (
  id uuid not null,
  sealed bytea not null,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  can_wait boolean not null default false,
  caused_by text not null default ''::text,
  place bigint not null default 0,
  constraint mails_pkey PRIMARY KEY (id),
  constraint mails_caused_by CHECK ((length(caused_by) <= 43)),
  constraint mails_sealed CHECK ((octet_length(sealed) <= 4096))
);
CREATE INDEX mails_caused_by ON public.mails USING btree (caused_by, can_wait, place) WHERE (attempts = 0);
CREATE INDEX mails_fresh ON public.mails USING btree (can_wait, place, id) WHERE (attempts = 0);
CREATE INDEX mails_tried ON public.mails USING btree (can_wait, next_attempt_at) WHERE (attempts > 0);
GRANT DELETE, INSERT, SELECT ON mails TO baton_worker;
GRANT INSERT ON mails TO baton_app;
GRANT UPDATE (attempts, next_attempt_at) ON mails TO baton_worker;

-- system
create table membership_cleanups (
  workspace_id uuid not null,
  user_id uuid not null,
  actor_id uuid not null,
  request_id text not null,
  created_at timestamp with time zone not null default now(),
  token_id uuid,
  constraint membership_cleanups_pkey PRIMARY KEY (workspace_id, user_id),
  constraint membership_cleanups_member_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships(workspace_id, user_id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON membership_cleanups TO baton_app;
GRANT DELETE, SELECT ON membership_cleanups TO baton_worker;
GRANT UPDATE (request_id) ON membership_cleanups TO baton_worker;

-- workspace
create table memberships (
  workspace_id uuid not null,
  user_id uuid not null,
  role text not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  joined integer not null default 1,
  constraint memberships_pkey PRIMARY KEY (workspace_id, user_id),
  constraint memberships_role CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))),
  constraint memberships_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);
CREATE INDEX memberships_created ON public.memberships USING btree (workspace_id, created_at, user_id);
CREATE INDEX memberships_live ON public.memberships USING btree (workspace_id, created_at, user_id) WHERE (removed_at IS NULL);
ALTER TABLE memberships ENABLE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON memberships FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT, UPDATE ON memberships TO baton_app;
GRANT SELECT (removed_at, role, user_id, workspace_id) ON memberships TO baton_worker;
GRANT UPDATE (updated_at) ON memberships TO baton_worker;

-- system
create table notification_mails (
  workspace_id uuid not null,
  user_id uuid not null,
  due_at timestamp with time zone not null,
  more integer not null default 0,
  constraint notification_mails_pkey PRIMARY KEY (workspace_id, user_id),
  constraint notification_mails_more CHECK ((more >= 0))
);
CREATE INDEX notification_mails_due ON public.notification_mails USING btree (due_at);
GRANT DELETE, SELECT ON notification_mails TO baton_worker;
GRANT UPDATE (due_at, more) ON notification_mails TO baton_worker;

-- workspace, by the worker
create table notification_places (
  workspace_id uuid not null,
  last_sequence bigint not null default 0,
  due_on date not null default ((now() AT TIME ZONE 'UTC'::text))::date,
  due_after uuid,
  next_due_on date,
  again_on date,
  again_after uuid,
  constraint notification_places_pkey PRIMARY KEY (workspace_id),
  constraint notification_places_again CHECK (((again_on IS NULL) = (again_after IS NULL))),
  constraint notification_places_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
) with (fillfactor=50);
ALTER TABLE notification_places ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_places FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notification_places FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker_looks ON notification_places FOR SELECT TO baton_worker USING (true);
GRANT SELECT (due_after, due_on, last_sequence, next_due_on, workspace_id) ON notification_places TO baton_worker;
GRANT SELECT ON notification_places TO baton_app;

-- workspace
create table notification_settings (
  workspace_id uuid not null,
  user_id uuid not null,
  off text[] not null default '{}'::text[],
  muted_project_ids uuid[] not null default '{}'::uuid[],
  version integer not null default 1,
  updated_at timestamp with time zone not null default now(),
  mail text[] not null default '{assigned,mentioned,due,webhook_stopped}'::text[],
  quiet_from time without time zone,
  quiet_to time without time zone,
  quiet_zone text,
  constraint notification_settings_pkey PRIMARY KEY (workspace_id, user_id),
  constraint notification_settings_mail CHECK ((mail <@ ARRAY['assigned'::text, 'mentioned'::text, 'moved'::text, 'commented'::text, 'due'::text, 'webhook_stopped'::text])),
  constraint notification_settings_muted CHECK ((cardinality(muted_project_ids) <= 100)),
  constraint notification_settings_off CHECK ((off <@ ARRAY['assigned'::text, 'mentioned'::text, 'moved'::text, 'commented'::text, 'due'::text, 'webhook_stopped'::text])),
  constraint notification_settings_quiet CHECK (((num_nulls(quiet_from, quiet_to, quiet_zone) = ANY (ARRAY[0, 3])) AND (quiet_from <> quiet_to))),
  constraint notification_settings_user_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships(workspace_id, user_id)
);
ALTER TABLE notification_settings ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_settings FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notification_settings FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON notification_settings TO baton_app;
GRANT UPDATE (mail, muted_project_ids, off, quiet_from, quiet_to, quiet_zone, updated_at, version) ON notification_settings TO baton_app;

-- workspace, by the worker
create table notifications (
  workspace_id uuid not null,
  user_id uuid not null,
  joined integer not null,
  id uuid not null,
  kinds text[] not null,
  ticket_id uuid,
  comment_id uuid,
  actor_id uuid,
  sequence bigint,
  happened_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  read_at timestamp with time zone,
  archived_at timestamp with time zone,
  snoozed_until timestamp with time zone,
  to_mail boolean not null default false,
  webhook_id uuid,
  constraint notifications_pkey PRIMARY KEY (workspace_id, user_id, id),
  constraint notifications_kinds CHECK (((cardinality(kinds) > 0) AND (kinds <@ ARRAY['assigned'::text, 'mentioned'::text, 'moved'::text, 'commented'::text, 'due'::text, 'webhook_stopped'::text]))),
  constraint notifications_subject CHECK (((num_nonnulls(ticket_id, webhook_id) = 1) AND ((webhook_id IS NOT NULL) = ('webhook_stopped'::text = ANY (kinds))))),
  constraint notifications_user_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships(workspace_id, user_id)
) with (fillfactor=80);
CREATE UNIQUE INDEX notifications_act ON public.notifications USING btree (workspace_id, user_id, ticket_id, happened_at, actor_id, joined, webhook_id) NULLS NOT DISTINCT;
CREATE INDEX notifications_created ON public.notifications USING btree (workspace_id, user_id, created_at, id);
CREATE INDEX notifications_inbox ON public.notifications USING btree (workspace_id, user_id, created_at, id) WHERE (archived_at IS NULL);
CREATE INDEX notifications_old ON public.notifications USING btree (created_at);
CREATE INDEX notifications_to_mail ON public.notifications USING btree (workspace_id, user_id, created_at, id) WHERE to_mail;
CREATE INDEX notifications_unread ON public.notifications USING btree (workspace_id, user_id, created_at, id) WHERE ((read_at IS NULL) AND (archived_at IS NULL));
ALTER TABLE notifications ENABLE ROW LEVEL SECURITY;
ALTER TABLE notifications FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON notifications FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker ON notifications FOR ALL TO baton_worker USING ((created_at < (now() - '1 day'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON notifications AS RESTRICTIVE FOR DELETE TO baton_worker USING ((created_at < (now() - '1 day'::interval)));
GRANT DELETE ON notifications TO baton_worker;
GRANT SELECT (created_at, id, user_id, workspace_id) ON notifications TO baton_worker;
GRANT SELECT ON notifications TO baton_app;
GRANT UPDATE (archived_at, read_at, snoozed_until) ON notifications TO baton_app;
GRANT UPDATE (workspace_id) ON notifications TO baton_worker;

-- workspace, queue
create table outbox (
  workspace_id uuid not null,
  created_at timestamp with time zone not null default now(),
  id uuid not null,
  actor_id uuid not null,
  action text not null,
  subject_type text not null,
  subject_id uuid not null,
  subject_version integer,
  ticket_id uuid,
  before jsonb,
  after jsonb,
  request_id text not null,
  token_id uuid,
  on_behalf_of uuid,
  constraint outbox_pkey PRIMARY KEY (workspace_id, created_at, id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000, autovacuum_vacuum_cost_delay=0);
CREATE INDEX outbox_about ON public.outbox USING btree (workspace_id, (
CASE
    WHEN (ticket_id IS NULL) THEN subject_id
    ELSE ticket_id
END), created_at, id);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON outbox FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker_looks ON outbox FOR SELECT TO baton_worker USING (true);
GRANT INSERT ON outbox TO baton_worker;
GRANT INSERT, SELECT ON outbox TO baton_app;
GRANT SELECT (created_at, id, workspace_id) ON outbox TO baton_worker;

-- account
create table outcomes (
  user_id uuid not null,
  key_hash bytea not null,
  target text not null,
  arguments_hash bytea,
  workspace_id uuid,
  ticket_id uuid,
  status integer,
  headers jsonb,
  body bytea,
  forgotten boolean not null default false,
  created_at timestamp with time zone not null default now(),
  learnt jsonb,
  constraint outcomes_pkey PRIMARY KEY (user_id, key_hash, target),
  constraint outcomes_are_done CHECK ((((status IS NULL) = (target = ''::text)) AND ((headers IS NULL) = (target = ''::text)))),
  constraint outcomes_hashes CHECK (((octet_length(key_hash) = 32) AND (octet_length(arguments_hash) = 60))),
  constraint outcomes_learnt CHECK (((jsonb_typeof(learnt) = 'object'::text) AND (octet_length((learnt)::text) <= 1024))),
  constraint outcomes_target_length CHECK ((length(target) <= 300))
);
CREATE INDEX outcomes_created ON public.outcomes USING btree (created_at);
CREATE INDEX outcomes_ticket ON public.outcomes USING btree (workspace_id, ticket_id) WHERE (body IS NOT NULL);
ALTER TABLE outcomes ENABLE ROW LEVEL SECURITY;
ALTER TABLE outcomes FORCE ROW LEVEL SECURITY;
CREATE POLICY in_workspace ON outcomes FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY own ON outcomes FOR ALL USING ((user_id = app_user_id()));
CREATE POLICY worker ON outcomes FOR ALL TO baton_worker USING ((created_at < (now() - '1 day'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON outcomes AS RESTRICTIVE FOR DELETE TO baton_worker USING ((created_at < (now() - '1 day'::interval)));
GRANT DELETE ON outcomes TO baton_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON outcomes TO baton_app;
GRANT SELECT (created_at, key_hash, target, user_id) ON outcomes TO baton_worker;
GRANT UPDATE (user_id) ON outcomes TO baton_worker;

-- account
create table password_resets (
  user_id uuid not null,
  id uuid not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  new_email text,
  constraint password_resets_pkey PRIMARY KEY (user_id, id),
  constraint password_resets_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX password_resets_ended ON public.password_resets USING btree (LEAST(ended_at, expires_at));
ALTER TABLE password_resets ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_resets FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON password_resets FOR ALL USING ((user_id = app_user_id()));
CREATE POLICY worker ON password_resets FOR ALL TO baton_worker USING ((LEAST(ended_at, expires_at) < now())) WITH CHECK (false);
CREATE POLICY worker_deletes ON password_resets AS RESTRICTIVE FOR DELETE TO baton_worker USING ((LEAST(ended_at, expires_at) < now()));
GRANT DELETE ON password_resets TO baton_worker;
GRANT INSERT, SELECT, UPDATE ON password_resets TO baton_app;
GRANT SELECT (ended_at, expires_at, id, user_id) ON password_resets TO baton_worker;
GRANT UPDATE (user_id) ON password_resets TO baton_worker;

-- account
create table preferences (
  user_id uuid not null,
  theme text not null default 'system'::text,
  density text not null default 'comfortable'::text,
  time_zone text,
  language text,
  single_keys boolean not null default true,
  keys jsonb not null default '{}'::jsonb,
  version integer not null default 1,
  updated_at timestamp with time zone not null default now(),
  constraint preferences_pkey PRIMARY KEY (user_id),
  constraint preferences_density CHECK ((density = ANY (ARRAY['comfortable'::text, 'compact'::text]))),
  constraint preferences_keys CHECK (((jsonb_typeof(keys) = 'object'::text) AND (octet_length((keys)::text) <= 16384))),
  constraint preferences_language CHECK (((length(language) >= 2) AND (length(language) <= 35))),
  constraint preferences_theme CHECK ((theme = ANY (ARRAY['system'::text, 'light'::text, 'dark'::text]))),
  constraint preferences_time_zone CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 60))),
  constraint preferences_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
) with (fillfactor=85);
ALTER TABLE preferences ENABLE ROW LEVEL SECURITY;
ALTER TABLE preferences FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON preferences FOR ALL USING ((user_id = app_user_id()));
GRANT INSERT, SELECT ON preferences TO baton_app;
GRANT UPDATE (density, keys, language, single_keys, theme, time_zone, updated_at, version) ON preferences TO baton_app;

-- workspace
create table project_statuses (
  workspace_id uuid not null,
  project_id uuid not null,
  status text not null,
  category text not null default 'todo'::text,
  constraint project_statuses_pkey PRIMARY KEY (workspace_id, project_id, status),
  constraint project_statuses_category CHECK ((category = ANY (ARRAY['todo'::text, 'in_progress'::text, 'waiting'::text, 'done'::text]))),
  constraint project_statuses_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects(workspace_id, id)
);
ALTER TABLE project_statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE project_statuses FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON project_statuses FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT, UPDATE ON project_statuses TO baton_app;

-- workspace
create table projects (
  workspace_id uuid not null,
  id uuid not null,
  key text not null,
  name text not null,
  workflow_version integer not null default 1,
  last_number integer not null default 0,
  created_by uuid not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  archived_at timestamp with time zone,
  constraint projects_pkey PRIMARY KEY (workspace_id, id),
  constraint projects_key_key UNIQUE (workspace_id, key),
  constraint projects_key_format CHECK ((key ~ '^[A-Z][A-Z0-9]{1,9}$'::text)),
  constraint projects_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint projects_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
) with (fillfactor=50);
CREATE INDEX projects_created ON public.projects USING btree (workspace_id, created_at, id);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON projects FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT, UPDATE ON projects TO baton_app;

-- system
create unlogged table rate_limits (
  key text not null,
  hits integer not null,
  resets_at timestamp with time zone not null,
  constraint rate_limits_pkey PRIMARY KEY (key)
);
CREATE INDEX rate_limits_resets ON public.rate_limits USING btree (resets_at);
ALTER TABLE rate_limits ENABLE ROW LEVEL SECURITY;
ALTER TABLE rate_limits FORCE ROW LEVEL SECURITY;
CREATE POLICY app ON rate_limits FOR ALL TO baton_app USING (true);
CREATE POLICY worker ON rate_limits FOR ALL TO baton_worker USING ((resets_at < (now() - '00:01:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON rate_limits AS RESTRICTIVE FOR DELETE TO baton_worker USING ((resets_at < (now() - '00:01:00'::interval)));
GRANT DELETE ON rate_limits TO baton_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON rate_limits TO baton_app;
GRANT SELECT (key, resets_at) ON rate_limits TO baton_worker;
GRANT UPDATE (key) ON rate_limits TO baton_worker;

-- account
create table refresh_tokens (
  user_id uuid not null,
  session_id uuid not null,
  token_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  spent_at timestamp with time zone,
  constraint refresh_tokens_pkey PRIMARY KEY (user_id, session_id, token_hash),
  constraint refresh_tokens_session_fkey FOREIGN KEY (user_id, session_id) REFERENCES sessions(user_id, id)
);
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON refresh_tokens FOR ALL USING ((user_id = app_user_id()));
CREATE POLICY worker ON refresh_tokens FOR ALL TO baton_worker USING ((EXISTS ( SELECT 1
   FROM sessions s
  WHERE ((s.user_id = refresh_tokens.user_id) AND (s.id = refresh_tokens.session_id) AND (LEAST(s.revoked_at, s.expires_at) < (now() - '00:15:00'::interval)))))) WITH CHECK (false);
CREATE POLICY worker_deletes ON refresh_tokens AS RESTRICTIVE FOR DELETE TO baton_worker USING ((EXISTS ( SELECT 1
   FROM sessions s
  WHERE ((s.user_id = refresh_tokens.user_id) AND (s.id = refresh_tokens.session_id) AND (LEAST(s.revoked_at, s.expires_at) < (now() - '00:15:00'::interval))))));
GRANT DELETE ON refresh_tokens TO baton_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON refresh_tokens TO baton_app;
GRANT SELECT (session_id, token_hash, user_id) ON refresh_tokens TO baton_worker;
GRANT UPDATE (user_id) ON refresh_tokens TO baton_worker;

-- account
create table sessions (
  user_id uuid not null,
  id uuid not null,
  user_agent text,
  ip text,
  created_at timestamp with time zone not null default now(),
  refreshed_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  refreshes integer not null default 0,
  refreshes_reset_at timestamp with time zone not null default now(),
  constraint sessions_pkey PRIMARY KEY (user_id, id),
  constraint sessions_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX sessions_ended ON public.sessions USING btree (LEAST(revoked_at, expires_at));
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON sessions FOR ALL USING ((user_id = app_user_id()));
CREATE POLICY worker ON sessions FOR ALL TO baton_worker USING ((LEAST(revoked_at, expires_at) < (now() - '00:15:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON sessions AS RESTRICTIVE FOR DELETE TO baton_worker USING ((LEAST(revoked_at, expires_at) < (now() - '00:15:00'::interval)));
GRANT DELETE ON sessions TO baton_worker;
GRANT INSERT, SELECT, UPDATE ON sessions TO baton_app;
GRANT SELECT (expires_at, id, revoked_at, user_id) ON sessions TO baton_worker;
GRANT UPDATE (user_id) ON sessions TO baton_worker;

-- system
create table set_aside (
  workspace_id uuid not null,
  task text not null,
  subject_id uuid not null,
  failures integer not null default 1,
  failing_since timestamp with time zone not null default now(),
  failed_at timestamp with time zone not null default now(),
  error text not null,
  constraint set_aside_pkey PRIMARY KEY (workspace_id, task, subject_id),
  constraint set_aside_error CHECK (((length(error) >= 1) AND (length(error) <= 100))),
  constraint set_aside_task CHECK (((length(task) >= 1) AND (length(task) <= 50)))
);
CREATE INDEX set_aside_failed ON public.set_aside USING btree (failed_at);
ALTER TABLE set_aside ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON set_aside FOR ALL TO baton_worker USING ((failed_at < (now() - '01:00:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON set_aside AS RESTRICTIVE FOR DELETE TO baton_worker USING ((failed_at < (now() - '01:00:00'::interval)));
CREATE POLICY worker_looks ON set_aside FOR SELECT TO baton_worker USING (true);
GRANT DELETE ON set_aside TO baton_worker;
GRANT SELECT (error, failed_at, failing_since, failures, subject_id, task, workspace_id) ON set_aside TO baton_worker;
GRANT UPDATE (workspace_id) ON set_aside TO baton_worker;

-- workspace, append-only
create table status_history (
  workspace_id uuid not null,
  ticket_id uuid not null,
  sequence integer not null,
  id uuid not null,
  project_id uuid not null,
  workflow_version integer not null,
  from_status text not null,
  to_status text not null,
  resolution text,
  comment_id uuid,
  actor_id uuid not null,
  created_at timestamp with time zone not null,
  remapped boolean not null default false,
  constraint status_history_pkey PRIMARY KEY (workspace_id, ticket_id, sequence),
  constraint status_history_moves CHECK ((from_status <> to_status)),
  constraint status_history_sequence CHECK ((sequence >= 1)),
  constraint status_history_comment_fkey FOREIGN KEY (workspace_id, ticket_id, comment_id) REFERENCES comments(workspace_id, ticket_id, id),
  constraint status_history_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets(workspace_id, id),
  constraint status_history_workflow_fkey FOREIGN KEY (workspace_id, project_id, workflow_version) REFERENCES workflows(workspace_id, project_id, version)
);
CREATE INDEX status_history_comment ON public.status_history USING btree (workspace_id, ticket_id, comment_id);
CREATE INDEX status_history_project ON public.status_history USING btree (workspace_id, project_id, created_at, id);
CREATE INDEX status_history_workflow ON public.status_history USING btree (workspace_id, project_id, workflow_version);
ALTER TABLE status_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE status_history FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON status_history FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON status_history TO baton_app;

-- workspace
create table ticket_labels (
  workspace_id uuid not null,
  ticket_id uuid not null,
  label text not null,
  created_at timestamp with time zone not null,
  constraint ticket_labels_pkey PRIMARY KEY (workspace_id, ticket_id, label),
  constraint ticket_labels_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets(workspace_id, id)
);
CREATE INDEX ticket_labels_created ON public.ticket_labels USING btree (workspace_id, label, created_at, ticket_id);
ALTER TABLE ticket_labels ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_labels FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON ticket_labels FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT ON ticket_labels TO baton_app;

-- workspace, append-only
create table ticket_texts (
  workspace_id uuid not null,
  ticket_id uuid not null,
  version integer not null,
  description text not null,
  constraint ticket_texts_pkey PRIMARY KEY (workspace_id, ticket_id, version),
  constraint ticket_texts_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets(workspace_id, id)
);
ALTER TABLE ticket_texts ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_texts FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON ticket_texts FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON ticket_texts TO baton_app;

-- workspace
create table ticket_words (
  workspace_id uuid not null,
  word text not null,
  ticket_id uuid not null,
  constraint ticket_words_pkey PRIMARY KEY (workspace_id, word, ticket_id)
);
ALTER TABLE ticket_words ENABLE ROW LEVEL SECURITY;
ALTER TABLE ticket_words FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON ticket_words FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT ON ticket_words TO baton_app;

-- workspace
create table tickets (
  workspace_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  number integer not null,
  title text not null,
  description text not null default ''::text,
  initial_status text not null,
  status text not null,
  status_sequence integer not null default 0,
  resolution text,
  priority text not null default 'none'::text,
  labels text[] not null default '{}'::text[],
  assignee_id uuid,
  reporter_id uuid not null,
  due_on date,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  deleted_at timestamp with time zone,
  placed_rank text,
  placed_at timestamp with time zone,
  rank text not null default 
CASE
    WHEN (placed_rank IS NULL) THEN (lpad(to_hex((2147483647 - number)), 8, '0'::text) || 'V'::text)
    ELSE placed_rank
END,
  constraint tickets_pkey PRIMARY KEY (workspace_id, id),
  constraint tickets_number_key UNIQUE (workspace_id, project_id, number),
  constraint tickets_description_length CHECK ((length(description) <= 1048576)),
  constraint tickets_placed CHECK (((placed_rank IS NULL) = (placed_at IS NULL))),
  constraint tickets_placed_rank CHECK ((placed_rank ~ '^[0-9A-Za-z]{0,199}[1-9A-Za-z]$'::text)),
  constraint tickets_priority CHECK ((priority = ANY (ARRAY['none'::text, 'low'::text, 'medium'::text, 'high'::text, 'urgent'::text]))),
  constraint tickets_times CHECK ((updated_at >= created_at)),
  constraint tickets_title_length CHECK (((length(title) >= 1) AND (length(title) <= 512))),
  constraint tickets_version CHECK (((version >= 1) AND (status_sequence >= 0))),
  constraint tickets_assignee_fkey FOREIGN KEY (workspace_id, assignee_id) REFERENCES memberships(workspace_id, user_id),
  constraint tickets_status_fkey FOREIGN KEY (workspace_id, project_id, status) REFERENCES project_statuses(workspace_id, project_id, status)
) with (fillfactor=85);
CREATE INDEX tickets_assignee ON public.tickets USING btree (workspace_id, assignee_id);
CREATE INDEX tickets_created ON public.tickets USING btree (workspace_id, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_deleted_created ON public.tickets USING btree (workspace_id, created_at, id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX tickets_deleted_status ON public.tickets USING btree (workspace_id, project_id, status) WHERE (deleted_at IS NOT NULL);
CREATE INDEX tickets_deleted_updated ON public.tickets USING btree (workspace_id, updated_at, id) WHERE (deleted_at IS NOT NULL);
CREATE INDEX tickets_due ON public.tickets USING btree (workspace_id, due_on, id) WHERE ((due_on IS NOT NULL) AND (deleted_at IS NULL));
CREATE INDEX tickets_holder_created ON public.tickets USING btree (workspace_id, (
CASE
    WHEN (assignee_id IS NULL) THEN '00000000-0000-0000-0000-000000000000'::uuid
    ELSE assignee_id
END), created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_holder_updated ON public.tickets USING btree (workspace_id, (
CASE
    WHEN (assignee_id IS NULL) THEN '00000000-0000-0000-0000-000000000000'::uuid
    ELSE assignee_id
END), updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_priority_created ON public.tickets USING btree (workspace_id, priority, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_project_created ON public.tickets USING btree (workspace_id, project_id, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_project_status_created ON public.tickets USING btree (workspace_id, project_id, status, created_at, id);
CREATE INDEX tickets_project_status_rank ON public.tickets USING btree (workspace_id, project_id, status, rank, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_project_updated ON public.tickets USING btree (workspace_id, project_id, updated_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_reporter_created ON public.tickets USING btree (workspace_id, reporter_id, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_status_created ON public.tickets USING btree (workspace_id, status, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX tickets_updated ON public.tickets USING btree (workspace_id, updated_at, id) WHERE (deleted_at IS NULL);
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON tickets FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT, UPDATE ON tickets TO baton_app;
GRANT SELECT (assignee_id, id, updated_at, version, workspace_id) ON tickets TO baton_worker;
GRANT UPDATE (assignee_id, updated_at, version) ON tickets TO baton_worker;

-- account
create table user_credentials (
  user_id uuid not null,
  password_hash text not null,
  changed_at timestamp with time zone not null default now(),
  constraint user_credentials_pkey PRIMARY KEY (user_id),
  constraint user_credentials_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
ALTER TABLE user_credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_credentials FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON user_credentials FOR ALL USING ((user_id = app_user_id()));
GRANT INSERT, SELECT, UPDATE ON user_credentials TO baton_app;

-- account
create table user_workspaces (
  user_id uuid not null,
  workspace_id uuid not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  constraint user_workspaces_pkey PRIMARY KEY (user_id, workspace_id),
  constraint user_workspaces_role CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'viewer'::text]))),
  constraint user_workspaces_user_fkey FOREIGN KEY (user_id) REFERENCES users(id)
);
CREATE INDEX user_workspaces_created ON public.user_workspaces USING btree (user_id, created_at, workspace_id);
ALTER TABLE user_workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_workspace ON user_workspaces FOR ALL USING (((user_id = app_user_id()) OR (workspace_id = app_workspace_id())));
GRANT DELETE, INSERT, SELECT, UPDATE ON user_workspaces TO baton_app;
GRANT SELECT (user_id, workspace_id) ON user_workspaces TO baton_worker;

-- reference
create table users (
  id uuid not null,
  email text,
  name text not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  disabled_at timestamp with time zone,
  kind text not null default 'person'::text,
  email_confirmed_at timestamp with time zone,
  constraint users_pkey PRIMARY KEY (id),
  constraint users_email_key UNIQUE (email),
  constraint users_email_lower CHECK (((email = lower(email)) AND (length(email) <= 320))),
  constraint users_kind CHECK (
CASE kind
    WHEN 'person'::text THEN (email IS NOT NULL)
    WHEN 'bot'::text THEN (email IS NULL)
    ELSE false
END),
  constraint users_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
GRANT INSERT, SELECT, UPDATE ON users TO baton_app;
GRANT SELECT (disabled_at, email_confirmed_at, id) ON users TO baton_worker;

-- workspace
create table views (
  workspace_id uuid not null,
  id uuid not null,
  owner_id uuid not null,
  name text not null,
  layout text not null,
  query jsonb not null,
  shared boolean not null default false,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint views_pkey PRIMARY KEY (workspace_id, id),
  constraint views_layout CHECK ((layout = ANY (ARRAY['board'::text, 'list'::text, 'list_by_status'::text]))),
  constraint views_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint views_query CHECK (((jsonb_typeof(query) = 'object'::text) AND (octet_length((query)::text) <= 32768))),
  constraint views_owner_fkey FOREIGN KEY (workspace_id, owner_id) REFERENCES memberships(workspace_id, user_id)
) with (fillfactor=85);
CREATE INDEX views_deleted ON public.views USING btree (deleted_at);
CREATE INDEX views_owner ON public.views USING btree (workspace_id, owner_id, created_at, id);
CREATE INDEX views_shared ON public.views USING btree (workspace_id, created_at, id) WHERE (shared AND (deleted_at IS NULL));
ALTER TABLE views ENABLE ROW LEVEL SECURITY;
ALTER TABLE views FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON views FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker ON views FOR ALL TO baton_worker USING ((deleted_at < (now() - '01:00:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON views AS RESTRICTIVE FOR DELETE TO baton_worker USING ((deleted_at < (now() - '01:00:00'::interval)));
GRANT DELETE ON views TO baton_worker;
GRANT INSERT, SELECT ON views TO baton_app;
GRANT SELECT (deleted_at, id, workspace_id) ON views TO baton_worker;
GRANT UPDATE (deleted_at, layout, name, query, shared, updated_at, version) ON views TO baton_app;
GRANT UPDATE (workspace_id) ON views TO baton_worker;

-- workspace
create table watchers (
  workspace_id uuid not null,
  ticket_id uuid not null,
  user_id uuid not null,
  choice text not null default 'automatic'::text,
  reason text,
  since bigint not null default 0,
  created_at timestamp with time zone not null default now(),
  constraint watchers_pkey PRIMARY KEY (workspace_id, ticket_id, user_id),
  constraint watchers_choice CHECK ((choice = ANY (ARRAY['automatic'::text, 'watching'::text, 'muted'::text]))),
  constraint watchers_reason CHECK ((reason = ANY (ARRAY['commented'::text, 'mentioned'::text]))),
  constraint watchers_why CHECK (((choice <> 'automatic'::text) OR (reason IS NOT NULL))),
  constraint watchers_ticket_fkey FOREIGN KEY (workspace_id, ticket_id) REFERENCES tickets(workspace_id, id),
  constraint watchers_user_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES memberships(workspace_id, user_id)
);
CREATE INDEX watchers_user ON public.watchers USING btree (workspace_id, user_id);
ALTER TABLE watchers ENABLE ROW LEVEL SECURITY;
ALTER TABLE watchers FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON watchers FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT DELETE, INSERT, SELECT ON watchers TO baton_app;
GRANT UPDATE (choice) ON watchers TO baton_app;

-- workspace
create table webhooks (
  workspace_id uuid not null,
  id uuid not null,
  url text not null,
  description text not null,
  types text[],
  project_ids uuid[],
  state text not null default 'active'::text,
  state_reason text,
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamp with time zone,
  last_sequence bigint not null,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  rests_until timestamp with time zone,
  version integer not null default 1,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  url_given_by uuid,
  constraint webhooks_pkey PRIMARY KEY (workspace_id, id),
  constraint webhooks_description_length CHECK (((length(description) >= 0) AND (length(description) <= 200))),
  constraint webhooks_failing CHECK (((failures = 0) = (failing_since IS NULL))),
  constraint webhooks_previous_secret CHECK (((previous_secret IS NULL) = (previous_secret_until IS NULL))),
  constraint webhooks_project_ids CHECK (((cardinality(project_ids) >= 1) AND (cardinality(project_ids) <= 50))),
  constraint webhooks_state CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'disabled'::text]))),
  constraint webhooks_state_reason CHECK (((state <> 'active'::text) OR (state_reason IS NULL))),
  constraint webhooks_types CHECK (((cardinality(types) >= 1) AND (cardinality(types) <= 50))),
  constraint webhooks_url_length CHECK (((length(url) >= 1) AND (length(url) <= 2000))),
  constraint webhooks_creator_fkey FOREIGN KEY (workspace_id, created_by) REFERENCES memberships(workspace_id, user_id),
  constraint webhooks_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
) with (fillfactor=70);
CREATE INDEX webhooks_active ON public.webhooks USING btree (workspace_id, id) WHERE ((state = 'active'::text) AND (deleted_at IS NULL));
CREATE INDEX webhooks_created ON public.webhooks USING btree (workspace_id, created_at, id) WHERE (deleted_at IS NULL);
CREATE INDEX webhooks_creator ON public.webhooks USING btree (workspace_id, created_by);
CREATE INDEX webhooks_deleted ON public.webhooks USING btree (deleted_at);
ALTER TABLE webhooks ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhooks FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON webhooks FOR ALL USING ((workspace_id = app_workspace_id()));
CREATE POLICY worker ON webhooks FOR ALL TO baton_worker USING ((deleted_at < (now() - '01:00:00'::interval))) WITH CHECK (false);
CREATE POLICY worker_deletes ON webhooks AS RESTRICTIVE FOR DELETE TO baton_worker USING ((deleted_at < (now() - '01:00:00'::interval)));
CREATE POLICY worker_looks ON webhooks FOR SELECT TO baton_worker USING (true);
GRANT DELETE ON webhooks TO baton_worker;
GRANT INSERT, SELECT ON webhooks TO baton_app;
GRANT SELECT (created_by, deleted_at, failing_since, failures, id, last_sequence, previous_secret, previous_secret_until, rests_until, secret, state, state_reason, types, updated_at, url, url_given_by, version, workspace_id) ON webhooks TO baton_worker;
GRANT UPDATE (deleted_at, description, failing_since, failures, previous_secret, previous_secret_until, project_ids, rests_until, secret, state, state_reason, types, updated_at, url, url_given_by, version) ON webhooks TO baton_app;
GRANT UPDATE (failing_since, failures, rests_until, state, state_reason, updated_at, version, workspace_id) ON webhooks TO baton_worker;

-- workspace, append-only
create table workflows (
  workspace_id uuid not null,
  project_id uuid not null,
  version integer not null,
  definition jsonb not null,
  created_by uuid not null,
  created_at timestamp with time zone not null default now(),
  statuses jsonb default (definition -> 'statuses'::text),
  constraint workflows_pkey PRIMARY KEY (workspace_id, project_id, version),
  constraint workflows_project_fkey FOREIGN KEY (workspace_id, project_id) REFERENCES projects(workspace_id, id)
);
ALTER TABLE workflows ENABLE ROW LEVEL SECURITY;
ALTER TABLE workflows FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON workflows FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT ON workflows TO baton_app;

-- workspace
create table workspace_usage (
  workspace_id uuid not null,
  bytes bigint not null,
  constraint workspace_usage_pkey PRIMARY KEY (workspace_id),
  constraint workspace_usage_bytes CHECK ((bytes >= 0)),
  constraint workspace_usage_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES workspaces(id)
);
ALTER TABLE workspace_usage ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspace_usage FORCE ROW LEVEL SECURITY;
CREATE POLICY workspace ON workspace_usage FOR ALL USING ((workspace_id = app_workspace_id()));
GRANT INSERT, SELECT, UPDATE ON workspace_usage TO baton_app;

-- reference
create table workspaces (
  id uuid not null,
  name text not null,
  created_by uuid not null,
  version integer not null default 1,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  deleted_at timestamp with time zone,
  constraint workspaces_pkey PRIMARY KEY (id),
  constraint workspaces_name_length CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
CREATE INDEX workspaces_live ON public.workspaces USING btree (id) WHERE (deleted_at IS NULL);
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
ALTER TABLE workspaces FORCE ROW LEVEL SECURITY;
CREATE POLICY own_or_workspace ON workspaces FOR ALL USING (((id = app_workspace_id()) OR (id IN ( SELECT w.workspace_id
   FROM user_workspaces w
  WHERE (w.user_id = app_user_id())))));
CREATE POLICY worker_looks ON workspaces FOR SELECT TO baton_worker USING ((deleted_at IS NULL));
GRANT INSERT, SELECT, UPDATE ON workspaces TO baton_app;
GRANT SELECT (created_by, deleted_at, id) ON workspaces TO baton_worker;
