-- A tracker as people build one with PostGraphile: tables with row-level security, a function that numbers tickets, and a trigger
-- that checks each step and writes it into a history. It has no audit log, roles, idempotency or soft deletion.
create schema tracker;

create table tracker.users (id uuid primary key);
create table tracker.workspaces (id uuid primary key, name text not null);
create table tracker.memberships (
  workspace_id uuid not null references tracker.workspaces, user_id uuid not null references tracker.users,
  role text not null, primary key (workspace_id, user_id));
create index on tracker.memberships (user_id);
create table tracker.projects (
  id uuid primary key, workspace_id uuid not null references tracker.workspaces, key text not null, last_number integer not null default 0,
  unique (workspace_id, key));
create table tracker.transitions (
  project_id uuid not null references tracker.projects, from_status text not null, to_status text not null,
  primary key (project_id, from_status, to_status));
create table tracker.tickets (
  id uuid primary key default gen_random_uuid(), workspace_id uuid not null references tracker.workspaces,
  project_id uuid not null references tracker.projects, number integer not null, title text not null, description text not null,
  status text not null default 'open', priority text not null default 'none', labels text[] not null default '{}',
  assignee_id uuid references tracker.users, reporter_id uuid not null references tracker.users,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), unique (project_id, number));
create index on tracker.tickets (workspace_id, created_at, id);
create index on tracker.tickets (workspace_id, status, created_at, id);
create index on tracker.tickets (assignee_id);
create index on tracker.tickets (reporter_id);
create table tracker.ticket_history (
  id bigint generated always as identity primary key, ticket_id uuid not null references tracker.tickets,
  actor_id uuid not null references tracker.users, from_status text not null, to_status text not null,
  created_at timestamptz not null default now());
create index on tracker.ticket_history (ticket_id, id);

create function tracker.current_user_id() returns uuid language sql stable as
$$ select nullif(current_setting('jwt.claims.user_id', true), '')::uuid $$;
comment on function tracker.current_user_id() is '@omit';
create function tracker.my_workspaces() returns setof uuid language sql stable security definer set search_path = tracker, pg_temp as
$$ select m.workspace_id from memberships m where m.user_id = current_user_id() $$;
comment on function tracker.my_workspaces() is '@omit';

create function tracker.open_ticket(project_id uuid, title text, description text, priority text) returns tracker.tickets
language plpgsql volatile set search_path = tracker, pg_temp as $$
declare
  project projects;
  ticket tickets;
begin
  update projects p set last_number = p.last_number + 1 where p.id = open_ticket.project_id returning * into project;
  if not found then raise exception 'No such project.'; end if;
  insert into tickets (workspace_id, project_id, number, title, description, priority, reporter_id)
  values (project.workspace_id, project.id, project.last_number, open_ticket.title, open_ticket.description, open_ticket.priority,
    current_user_id())
  returning * into ticket;
  return ticket;
end $$;

create function tracker.check_step() returns trigger language plpgsql set search_path = tracker, pg_temp as $$
begin
  if new.status is distinct from old.status then
    if not exists (select 1 from transitions t
      where t.project_id = new.project_id and t.from_status = old.status and t.to_status = new.status) then
      raise exception 'This step is not allowed.';
    end if;
    insert into ticket_history (ticket_id, actor_id, from_status, to_status) values (new.id, current_user_id(), old.status, new.status);
  end if;
  new.updated_at := now();
  return new;
end $$;
create trigger check_step before update on tracker.tickets for each row execute function tracker.check_step();

alter table tracker.workspaces enable row level security;
alter table tracker.projects enable row level security;
alter table tracker.tickets enable row level security;
alter table tracker.ticket_history enable row level security;
create policy members on tracker.workspaces to VISITOR using (id in (select tracker.my_workspaces()));
create policy members on tracker.projects to VISITOR using (workspace_id in (select tracker.my_workspaces()));
create policy members on tracker.tickets to VISITOR using (workspace_id in (select tracker.my_workspaces()));
create policy members on tracker.ticket_history to VISITOR using (exists (select from tracker.tickets t where t.id = ticket_id))
  with check (exists (select from tracker.tickets t where t.id = ticket_id));

grant usage on schema tracker to VISITOR;
grant select on all tables in schema tracker to VISITOR;
grant update (last_number) on tracker.projects to VISITOR;
grant insert on tracker.tickets, tracker.ticket_history to VISITOR;
grant update on tracker.tickets to VISITOR;
