const columns = `t.workspace_id, t.id, p.key || '-' || t.number as key, t.project_id, t.number, t.title, t.status,
  t.status_sequence, t.resolution, t.priority, t.labels, t.assignee_id, t.reporter_id, t.due_on, t.version, t.created_at,
  t.updated_at, t.deleted_at, p.workflow_version, p.archived_at as project_archived_at,
  greatest(t.updated_at, (select max(k.created_at) from comments k
    where k.workspace_id = $1 and k.ticket_id = t.id)) as last_activity_at`;
const from_tickets =
  'from tickets t join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id where t.workspace_id = $1 and p.workspace_id = $1';

/** The statements that Baton sends, except those that set the scope of row-level security. */
export const texts = {
  session: `select s.revoked_at is not null or s.expires_at <= now() as ended, u.disabled_at is not null as disabled
    from sessions s join users u on u.id = s.user_id where s.user_id = $1 and s.id = $2`,
  role: `select m.role from memberships m join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.workspace_id = $1 and m.user_id = $2 and m.removed_at is null`,
  read: `select ${columns}, t.description ${from_tickets} and t.id = $2 and t.deleted_at is null`,
  list: `select ${columns}, left(t.description, 400) as start ${from_tickets} and t.deleted_at is null and t.status = $2
    order by t.created_at desc, t.id desc limit $3`,
  lock: `select ${columns}, t.description, greatest(now(), t.updated_at + interval '1 microsecond') as at
    ${from_tickets} and t.id = $2 and t.deleted_at is null for key share of p for no key update of t`,
  move: `update tickets set status = $3, resolution = $4, assignee_id = $5, status_sequence = $6, version = $7, updated_at = $8
    where workspace_id = $1 and id = $2`,
  history: `insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status,
    to_status, resolution, comment_id, actor_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
  audit: `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before,
    after, request_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
  project: `select key, last_number + 1 as number, workflow_version, archived_at, now() as at from projects
    where workspace_id = $1 and id = $2`,
  number: `update projects p set last_number = case
    when p.workflow_version = $3 and p.archived_at is null and p.last_number < $4 then p.last_number + 1 end
    where p.workspace_id = $1 and p.id = $2 returning last_number as number`,
  insert: `insert into tickets (workspace_id, id, project_id, number, title, description, initial_status, status, priority,
    labels, assignee_id, reporter_id, due_on, created_at, updated_at)
    select $1, $2, $3, p.last_number, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
    from projects p where p.workspace_id = $1 and p.id = $3`,
  created: `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before,
    after, request_id, created_at) select $1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb || jsonb_build_object(
    'number', p.last_number, 'key', p.key || '-' || p.last_number), $10, $11
    from projects p where p.workspace_id = $1 and p.id = $12`,
  user: 'select id, email, name from users where email = $1',
  hash: 'select password_hash from user_credentials where user_id = $1',
  new_session: `insert into sessions (user_id, id, user_agent, ip, expires_at) values ($1, $2, $3, $4, now() + interval '30 days')`,
  new_token: 'insert into refresh_tokens (user_id, session_id, token_hash) values ($1, $2, sha256($3))',
  account_audit: `insert into account_audit_log (user_id, id, action, detail, request_id, ip) values ($1, $2, 'logged_in', '{}', $3, $4)`,
};
