-- Up Migration
-- Faults in what follows the events (docs/decisions, 39 and 41).

-- Which of these credentials are good, by their places in the lists: for all that wait for an event, in one statement. With the rights of
-- who asks, who may ask for one after the other. The conditions are those of server/src/access/authorize.ts.
create function live_credentials(user_ids uuid[], session_ids uuid[], workspace_ids uuid[], token_ids uuid[])
returns table (place integer) language plpgsql as $$
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
end $$;
revoke execute on function live_credentials(uuid[], uuid[], uuid[], uuid[]) from public;
grant execute on function live_credentials(uuid[], uuid[], uuid[], uuid[]) to baton_app;

-- The log of a delivery has the heads of request and response; what it had as the response's head was the beginning of its body.
alter table deliveries no force row level security;
update deliveries d set attempts = (
  select jsonb_agg(a || jsonb_build_object('request_head', null, 'response_head', null, 'response_body', a -> 'response_head') order by n)
  from jsonb_array_elements(d.attempts) with ordinality l (a, n))
where d.attempts <> '[]';
alter table deliveries force row level security;

create or replace function forget_replies(the_ticket uuid)
returns void language sql security definer set search_path = public, pg_temp as $$
  update deliveries d
  set attempts = (
    select jsonb_agg(a || '{"response_head": null, "response_body": null}' order by n)
    from jsonb_array_elements(d.attempts) with ordinality l (a, n))
  from events e cross join webhooks w
  where e.workspace_id = app_workspace_id() and e.subject_id = the_ticket and w.workspace_id = app_workspace_id()
    and d.workspace_id = app_workspace_id() and d.webhook_id = w.id and d.event_id = e.id and d.attempts <> '[]'
$$;

-- Who gave a webhook its address: its attempts count as theirs, however it responds. Null: who created it, as before.
alter table webhooks add column url_given_by uuid;
grant update (url_given_by) on webhooks to baton_app;
grant select (url_given_by) on webhooks to baton_worker;
