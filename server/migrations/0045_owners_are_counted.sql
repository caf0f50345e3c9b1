-- Up Migration
-- Somebody becomes the owner of a workspace only if they own fewer than an account may. An owner who appoints them doesn't see their
-- other workspaces, so this counts them, and returns the number alone.

create function count_owned(the_user uuid, most integer) returns integer language plpgsql as $$
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
end $$;
revoke execute on function count_owned(uuid, integer) from public;
grant execute on function count_owned(uuid, integer) to baton_app;
