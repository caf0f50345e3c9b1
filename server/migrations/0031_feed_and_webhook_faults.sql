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
