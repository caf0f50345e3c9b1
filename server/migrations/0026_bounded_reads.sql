-- Up Migration
-- What some reads looked at had no bound (docs/decisions, 19).

-- Who asks what a status meant reads the statuses of many versions: their transitions, up to half a megabyte each, stay unread.
alter table workflows add column statuses jsonb generated always as (definition -> 'statuses') stored;

-- A page of the open invitations passes over those that were accepted, and stay permanently.
create index invitations_open on invitations (workspace_id, created_at, id) where accepted_at is null and revoked_at is null;
drop index invitations_created;

-- How many events each of these workspaces has: for all that wait for one, in one statement. With the rights of who asks, who may
-- ask the same one workspace after the other.
create function last_sequences(ids uuid[])
returns table (workspace_id uuid, last_sequence bigint) language plpgsql as $$
begin
  for n in 1 .. cardinality(ids) loop
    perform set_config('app.workspace', ids[n]::text, true);
    return query select h.workspace_id, h.last_sequence from event_heads h where h.workspace_id = ids[n];
  end loop;
end $$;
revoke execute on function last_sequences(uuid[]) from public;
grant execute on function last_sequences(uuid[]) to baton_app;
