import { randomUUID } from 'node:crypto';
import bcrypt from 'bcrypt';
import { onClient, type Send } from './database.ts';
import { present, steps } from './present.ts';

/** A parsed request. */
export interface Call {
  user_id: string;
  session_id: string;
  workspace_id: string;
  /** The last id in the path. */
  id: string;
  url: string;
  body: Record<string, unknown>;
}
export type Answer = [status: number, body: unknown];

function ask(send: Send, { user_id, session_id, workspace_id }: Call) {
  return Promise.all([
    send<{ ended: boolean; disabled: boolean }>('session', [user_id, session_id]),
    send<{ role: string }>('role', [workspace_id, user_id]),
  ]);
}

function may([[session], [membership]]: Awaited<ReturnType<typeof ask>>): boolean {
  return session !== undefined && !session.ended && !session.disabled && membership !== undefined;
}

export const read = (call: Call): Promise<Answer> =>
  onClient(async (send) => {
    const [asked, [ticket]] = await Promise.all([ask(send, call), send('read', [call.workspace_id, call.id])]);
    return may(asked) && ticket !== undefined ? [200, present(ticket)] : [404, {}];
  });

export const list = (call: Call): Promise<Answer> =>
  onClient(async (send) => {
    const status = /status=(\w+)/.exec(call.url)?.[1];
    const [asked, rows] = await Promise.all([ask(send, call), send('list', [call.workspace_id, status, 51])]);
    const last = rows[49];
    const next_cursor = Buffer.from(JSON.stringify([last?.['created_at'], last?.id])).toString('base64url');
    return may(asked) ? [200, { data: rows.slice(0, 50).map(present), next_cursor }] : [404, {}];
  });

export const transition = (call: Call): Promise<Answer> =>
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
    const moved = { ...ticket, status: to, version, updated_at: at, last_activity_at: at };
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

export const create = (call: Call): Promise<Answer> =>
  onClient(async (send, client) => {
    const { workspace_id, user_id, id: project_id, body } = call;
    const begun = client.query('begin');
    const [asked, [project]] = await Promise.all([ask(send, call), send('project', [workspace_id, project_id]), begun]);
    if (!may(asked) || project === undefined) {
      await client.query('rollback');
      return [404, {}];
    }
    const id = randomUUID();
    const { at, key, workflow_version } = project;
    const { title, description, priority } = body;
    const after = JSON.stringify({ title, status: 'open', priority });
    const [[taken]] = await Promise.all([
      send('number', [workspace_id, project_id, workflow_version, 1_000_000]),
      send('insert', [
        workspace_id,
        id,
        project_id,
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
      send('created', [
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
        project_id,
      ]),
      client.query('commit'),
    ]);
    const number = taken?.['number'];
    const row = {
      id,
      key: `${String(key)}-${String(number)}`,
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

export const login = ({ body }: Call): Promise<Answer> =>
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
