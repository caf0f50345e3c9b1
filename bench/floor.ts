import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import bcrypt from 'bcrypt';
import pg from 'pg';
import { isoFromPostgres } from '../server/src/lib/time.ts';

// The floor: what is left when everything but the work is taken away. Bare node:http and pg, the statements that Baton
// sends, prepared and pipelined as Baton's are; no framework, token, validation, row-level security or limits. It is
// not a server to use: whoever calls it is whom they say they are.

const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, isoFromPostgres);
types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: Number(process.env['BATON_POOL_SIZE']),
  options: '-c timezone=UTC',
  types,
  ...({ pipeline: true } as object),
});

interface Definition {
  statuses: { key: string; category: string }[];
  transitions: { from: string; to: string }[];
}
const categories = new Map<string, Map<string, string>>();
const steps = new Map<string, Map<string, string[]>>();

async function readWorkflows(): Promise<void> {
  const { rows } = await pool.query<{ project_id: string; definition: Definition }>(
    'select p.id as project_id, w.definition from projects p join workflows w on w.workspace_id = p.workspace_id and w.project_id = p.id and w.version = p.workflow_version',
  );
  for (const { project_id, definition } of rows) {
    categories.set(project_id, new Map(definition.statuses.map(({ key, category }) => [key, category])));
    const from = new Map<string, string[]>();
    for (const step of definition.transitions) from.set(step.from, [...(from.get(step.from) ?? []), step.to]);
    steps.set(project_id, from);
  }
}

interface Row {
  [column: string]: unknown;
  id: string;
  project_id: string;
  status: string;
  version: number;
  at: string;
}

function present(t: Row): Record<string, unknown> {
  return {
    id: t.id,
    key: t['key'],
    project_id: t.project_id,
    number: t['number'],
    title: t['title'],
    description: t['description'],
    status: t.status,
    status_category: categories.get(t.project_id)?.get(t.status),
    resolution: t['resolution'],
    priority: t['priority'],
    labels: t['labels'],
    assignee_id: t['assignee_id'],
    reporter_id: t['reporter_id'],
    due_on: t['due_on'],
    version: t.version,
    created_at: t['created_at'],
    updated_at: t['updated_at'],
    deleted_at: t['deleted_at'],
    allowed_transitions: steps.get(t.project_id)?.get(t.status) ?? [],
  };
}

const columns = `t.workspace_id, t.id, p.key || '-' || t.number as key, t.project_id, t.number, t.title, t.description,
  t.status, t.status_sequence, t.resolution, t.priority, t.labels, t.assignee_id, t.reporter_id, t.due_on, t.version,
  t.created_at, t.updated_at, t.deleted_at, p.workflow_version, p.archived_at as project_archived_at`;
const from_tickets =
  'from tickets t join projects p on p.workspace_id = t.workspace_id and p.id = t.project_id where t.workspace_id = $1 and p.workspace_id = $1';

const texts = {
  session: `select s.revoked_at is not null or s.expires_at <= now() as ended, u.disabled_at is not null as disabled
    from sessions s join users u on u.id = s.user_id where s.user_id = $1 and s.id = $2`,
  role: `select m.role from memberships m join workspaces w on w.id = m.workspace_id and w.deleted_at is null
    where m.workspace_id = $1 and m.user_id = $2`,
  read: `select ${columns} ${from_tickets} and t.id = $2 and t.deleted_at is null`,
  list: `select ${columns} ${from_tickets} and t.deleted_at is null and t.status = $2
    order by t.created_at desc, t.id desc limit $3`,
  lock: `select ${columns}, greatest(now(), t.updated_at + interval '1 microsecond') as at ${from_tickets} and t.id = $2
    and t.deleted_at is null for key share of p for no key update of t`,
  move: `update tickets set status = $3, resolution = $4, assignee_id = $5, status_sequence = $6, version = $7, updated_at = $8
    where workspace_id = $1 and id = $2`,
  history: `insert into status_history (workspace_id, ticket_id, sequence, id, project_id, workflow_version, from_status,
    to_status, resolution, comment_id, actor_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
  audit: `insert into audit_log (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, before,
    after, request_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
  number: `update projects set last_number = last_number + 1 where workspace_id = $1 and id = $2
    returning key, last_number as number, workflow_version, archived_at, now() as at`,
  insert: `insert into tickets (workspace_id, id, project_id, number, title, description, initial_status, status, priority,
    labels, assignee_id, reporter_id, due_on, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
  user: 'select id, email, name from users where email = $1',
  hash: 'select password_hash from user_credentials where user_id = $1',
  new_session: `insert into sessions (user_id, id, user_agent, ip, expires_at) values ($1, $2, $3, $4, now() + interval '30 days')`,
  new_token: 'insert into refresh_tokens (user_id, session_id, token_hash) values ($1, $2, sha256($3))',
  account_audit: `insert into account_audit_log (user_id, id, action, detail, request_id, ip) values ($1, $2, 'logged_in', '{}', $3, $4)`,
};

type Send = <R extends pg.QueryResultRow = Row>(name: keyof typeof texts, values: unknown[]) => Promise<R[]>;

/** Runs on one connection; what is sent without awaiting travels in one burst. */
async function onClient<T>(work: (send: Send, client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const send: Send = async (name, values) => (await client.query({ name, text: texts[name], values })).rows as never;
    return await work(send, client);
  } finally {
    client.release();
  }
}

interface Call {
  user_id: string;
  session_id: string;
  workspace_id: string;
  /** The path's last id. */
  id: string;
  url: string;
  body: Record<string, unknown>;
}
type Answer = [status: number, body: unknown];

function ask(send: Send, { user_id, session_id, workspace_id }: Call) {
  return Promise.all([
    send<{ ended: boolean; disabled: boolean }>('session', [user_id, session_id]),
    send<{ role: string }>('role', [workspace_id, user_id]),
  ]);
}

function may([[session], [membership]]: Awaited<ReturnType<typeof ask>>): boolean {
  return session !== undefined && !session.ended && !session.disabled && membership !== undefined;
}

const read = (call: Call): Promise<Answer> =>
  onClient(async (send) => {
    const [asked, [ticket]] = await Promise.all([ask(send, call), send('read', [call.workspace_id, call.id])]);
    return may(asked) && ticket !== undefined ? [200, present(ticket)] : [404, {}];
  });

const list = (call: Call): Promise<Answer> =>
  onClient(async (send) => {
    const status = /status=(\w+)/.exec(call.url)?.[1];
    const [asked, rows] = await Promise.all([ask(send, call), send('list', [call.workspace_id, status, 51])]);
    const last = rows[49];
    const next_cursor = Buffer.from(JSON.stringify([last?.['created_at'], last?.id])).toString('base64url');
    return may(asked) ? [200, { data: rows.slice(0, 50).map(present), next_cursor }] : [404, {}];
  });

const transition = (call: Call): Promise<Answer> =>
  onClient(async (send, client) => {
    const { workspace_id, user_id, id } = call;
    const begun = client.query('begin');
    const [asked, [ticket]] = await Promise.all([ask(send, call), send('lock', [workspace_id, id]), begun]);
    const to = String(call.body['to']);
    if (!may(asked) || ticket === undefined || !steps.get(ticket.project_id)?.get(ticket.status)?.includes(to)) {
      await client.query('rollback');
      return [409, {}];
    }
    const sequence = Number(ticket['status_sequence']) + 1;
    const version = ticket.version + 1;
    const { at, project_id, status, assignee_id = null } = ticket;
    const history_id = randomUUID();
    const before = JSON.stringify({ status });
    const after = JSON.stringify({ status: to });
    await Promise.all([
      send('move', [workspace_id, id, to, null, assignee_id, sequence, version, at]),
      send('history', [
        workspace_id,
        id,
        sequence,
        history_id,
        project_id,
        ticket['workflow_version'],
        status,
        to,
        null,
        null,
        user_id,
        at,
      ]),
      send('audit', [
        workspace_id,
        randomUUID(),
        user_id,
        'ticket.transitioned',
        'ticket',
        id,
        version,
        before,
        after,
        randomUUID(),
        at,
      ]),
      client.query('commit'),
    ]);
    const moved = { ...ticket, status: to, version, updated_at: at };
    const step = {
      id: history_id,
      ticket_id: id,
      sequence,
      from_status: status,
      to_status: to,
      resolution: null,
      comment: null,
      actor_id: user_id,
      created_at: at,
    };
    return [201, { transition: step, ticket: present(moved) }];
  });

const create = (call: Call): Promise<Answer> =>
  onClient(async (send, client) => {
    const { workspace_id, user_id, id: project_id, body } = call;
    const begun = client.query('begin');
    const [asked, [project]] = await Promise.all([ask(send, call), send('number', [workspace_id, project_id]), begun]);
    if (!may(asked) || project === undefined) {
      await client.query('rollback');
      return [404, {}];
    }
    const id = randomUUID();
    const { at, number } = project;
    const { title, description, priority } = body;
    const after = JSON.stringify({ title, status: 'open', priority });
    await Promise.all([
      send('insert', [
        workspace_id,
        id,
        project_id,
        number,
        title,
        description,
        'open',
        'open',
        priority,
        [],
        null,
        user_id,
        null,
        at,
        at,
      ]),
      send('audit', [
        workspace_id,
        randomUUID(),
        user_id,
        'ticket.created',
        'ticket',
        id,
        1,
        null,
        after,
        randomUUID(),
        at,
      ]),
      client.query('commit'),
    ]);
    const row = {
      id,
      key: `${String(project['key'])}-${String(number)}`,
      project_id,
      number,
      title,
      description,
      status: 'open',
      resolution: null,
      priority,
      labels: [],
      assignee_id: null,
      reporter_id: user_id,
      due_on: null,
      version: 1,
      created_at: at,
      updated_at: at,
      deleted_at: null,
      at,
    };
    return [201, present(row)];
  });

const login = ({ body }: Call): Promise<Answer> =>
  onClient(async (send, client) => {
    const [user] = await send('user', [body['email']]);
    const [known] = await send<{ password_hash: string }>('hash', [user?.id]);
    await bcrypt.compare('the same work, another hash', known?.password_hash ?? '');
    const [session_id, token] = [randomUUID(), randomUUID()];
    await Promise.all([
      client.query('begin'),
      send('new_session', [user?.id, session_id, null, null]),
      send('new_token', [user?.id, session_id, token]),
      send('account_audit', [user?.id, randomUUID(), randomUUID(), null]),
      client.query('commit'),
    ]);
    return [200, { user, access_token: session_id, token_type: 'Bearer', expires_in: 900, refresh_token: token }];
  });

async function bodyOf(req: IncomingMessage): Promise<Record<string, unknown>> {
  if (req.method === 'GET') return {};
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
}

function handlerFor(method: string, url: string): (call: Call) => Promise<Answer> {
  if (url.startsWith('/v1/auth/login')) return login;
  if (url.endsWith('/transitions')) return transition;
  if (method === 'POST') return create;
  return url.includes('?') ? list : read;
}

await readWorkflows();
const server = createServer(async (req, res) => {
  const { method = '', url = '' } = req;
  const [user_id = '', session_id = ''] = (req.headers.authorization ?? '').slice('Bearer '.length).split('.');
  const body = await bodyOf(req);
  const [, , , workspace_id = '', , id = ''] = url.split('/');
  const [status, answer] = await handlerFor(method, url)({ user_id, session_id, workspace_id, id, url, body });
  const text = JSON.stringify(answer);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
});
server.listen(Number(process.env['PORT']), '127.0.0.1', () => console.log('serving'));
process.on('SIGTERM', () => process.exit(0));
