import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson, signInAgain } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { hashOf } from './keys.ts';

let server: TestServer;
let team: Team;
let tickets: string;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  tickets = `/v1/workspaces/${team.workspace_id}/projects/${team.project_id}/tickets`;
});
afterAll(async () => {
  expect(await brokenInvariants(server.database.owner)).toEqual({});
  await server.stop();
});

interface Sent {
  method?: string;
  body?: unknown;
  key?: string;
  headers?: Record<string, string>;
}

/** Sends a raw request, and returns the response with its text. */
async function send(
  person: Pick<Person, 'access_token'>,
  path: string,
  { method = 'POST', body, key, headers }: Sent,
  { url } = server,
) {
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${person.access_token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...headers,
    },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    json: (text === '' ? undefined : JSON.parse(text)) as Record<string, string>,
    replayed: response.headers.get('idempotent-replayed'),
    location: response.headers.get('location'),
    etag: response.headers.get('etag'),
  };
}

const count = async () => {
  const { rows } = await server.database.owner.query(`select count(*)::int as n from tickets where workspace_id = $1`, [
    team.workspace_id,
  ]);
  return rows[0].n as number;
};

const outcomesOf = async ({ client }: Person, key: string) => (await client.list_outcomes({ key })).data;

describe('a write sent again with its Idempotency-Key', () => {
  test('is done once and returns the same bytes again, even if its body is formatted differently', async () => {
    const key = randomUUID();
    const body = { title: 'Once', labels: ['a'], priority: 'high' };
    const before = await count();
    const first = await send(team.member, tickets, { body, key });
    expect(first).toMatchObject({ status: 201, replayed: null });
    const other_form = '{ "priority":"high", "labels": ["a"],  "title":"Once" }';
    for (const again of [
      { body, key },
      { body: other_form, key },
      { body: { ...body, title: ' Once ' }, key: `"${key}"` },
    ]) {
      expect(await send(team.member, tickets, again)).toEqual({ ...first, replayed: 'true' });
    }
    expect(await count()).toBe(before + 1);
    const elsewhere = await signInAgain(server, team.member);
    expect(await send(elsewhere, tickets, { body, key })).toEqual({ ...first, replayed: 'true' });
  });

  test('is done once even if many are sent at the same time', async () => {
    const key = randomUUID();
    const before = await count();
    const sent = await Promise.all(
      Array.from({ length: 64 }, () => send(team.member, tickets, { body: { title: 'At once' }, key })),
    );
    const done = sent.filter(({ status }) => status === 201);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(done.filter(({ replayed }) => replayed === null)).toHaveLength(1);
    // Some of so many may get 503, because the process has no room for them.
    expect(sent.every(({ status }) => [201, 503].includes(status))).toBe(true);
    expect(await count()).toBe(before + 1);
  });

  test('is replayed even if it would be refused by now', async () => {
    const ticket = await makeTicket(team);
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${ticket.id}`;
    const move = { body: { to: 'in_progress', expected_version: 1 }, key: randomUUID() };
    const moved = await send(team.member, `${path}/transitions`, move);
    expect(moved.status).toBe(201);
    expect(await send(team.member, `${path}/transitions`, move)).toEqual({ ...moved, replayed: 'true' });
    const edit = { method: 'PATCH', body: { title: 'Edited' }, headers: { 'if-match': '"2"' }, key: randomUUID() };
    const edited = await send(team.member, path, edit);
    expect(edited).toMatchObject({ status: 200, etag: expect.stringMatching(/^"3-/) });
    expect(await send(team.member, path, edit)).toEqual({ ...edited, replayed: 'true' });
    const remove = { method: 'DELETE', key: randomUUID() };
    expect(await send(team.member, path, remove)).toMatchObject({ status: 204, text: '' });
    expect(await send(team.member, path, remove)).toMatchObject({ status: 204, text: '', replayed: 'true' });
  });

  test('is refused with other arguments, and counts as another write on another path or from another person', async () => {
    const key = randomUUID();
    const first = await send(team.member, tickets, { body: { title: 'Mine' }, key });
    const before = await count();
    expect(await send(team.member, tickets, { body: { title: 'Other' }, key })).toMatchObject({
      status: 422,
      json: { code: 'idempotency_key_reused' },
    });
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${first.json['id']}`;
    const edit = { method: 'PATCH', body: { title: 'Edited' }, key };
    expect((await send(team.member, path, { ...edit, headers: { 'if-match': '"1"' } })).status).toBe(200);
    expect((await send(team.member, path, { ...edit, headers: { 'if-match': '"2"' } })).status).toBe(422);
    expect(await count()).toBe(before);
    // A ticket's key and its id are two paths: the Idempotency-Key is taken before it is known which ticket they name.
    const at_key = `/v1/workspaces/${team.workspace_id}/tickets/${first.json['key']}/comments`;
    for (const said of [`${path}/comments`, at_key]) {
      expect(await send(team.member, said, { body: { body: 'Twice' }, key })).toMatchObject({
        status: 201,
        replayed: null,
      });
    }
    const others = await send(team.admin, tickets, { body: { title: 'Other' }, key });
    expect(others).toMatchObject({ status: 201, replayed: null });
    expect(await count()).toBe(before + 1);
  });

  test('is evaluated again if it was refused', async () => {
    const ticket = await makeTicket(team);
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${ticket.id}/transitions`;
    const close = { body: { to: 'resolved', resolution: 'fixed' }, key: randomUUID() };
    expect(await send(team.member, path, close)).toMatchObject({ status: 409, replayed: null });
    expect(await outcomesOf(team.member, close.key)).toEqual([]);
    await send(team.member, path, { body: { to: 'in_progress' } });
    expect(await send(team.member, path, close)).toMatchObject({ status: 201, replayed: null });
  });

  test('is refused if the caller may no longer do it', async () => {
    const leaving = await registerPerson(server);
    await joinWorkspace(team.owner, leaving, team.workspace_id, 'member');
    const write = { body: { title: 'Then gone' }, key: randomUUID() };
    expect((await send(leaving, tickets, write)).status).toBe(201);
    const at = { workspace_id: team.workspace_id, user_id: leaving.user.id };
    await team.owner.client.update_member({ ...at, body: { role: 'viewer' }, if_match: '*' });
    expect(await send(leaving, tickets, write)).toMatchObject({ status: 403, replayed: null });
    await team.owner.client.remove_member(at);
    expect(await send(leaving, tickets, write)).toMatchObject({ status: 404, replayed: null });
  });

  test('returns again a token that is otherwise shown once, which is not stored in clear text', async () => {
    const path = `/v1/workspaces/${team.workspace_id}/invitations`;
    const invite = { body: { email: 'retry@example.com', role: 'viewer' }, key: randomUUID() };
    const first = await send(team.owner, path, invite);
    expect(await send(team.owner, path, invite)).toEqual({ ...first, replayed: 'true' });
    const kept = await server.database.owner.query(`select encode(body, 'escape') as body from outcomes`);
    expect(JSON.stringify(kept.rows)).not.toContain(first.json['token']);
    expect(kept.rows.length).toBeGreaterThan(0);
  });

  test('is done once even if it has a transaction of its own: a password, an invitation, a workspace', async () => {
    const person = await registerPerson(server);
    const workspace = { body: { name: 'Mine' }, key: randomUUID() };
    const created = await send(person, '/v1/workspaces', workspace);
    expect(created.status).toBe(201);
    expect(await send(person, '/v1/workspaces', workspace)).toEqual({ ...created, replayed: 'true' });
    const { token } = await team.owner.client.create_invitation({
      workspace_id: team.workspace_id,
      body: { email: person.email, role: 'viewer' },
    });
    const accept = { body: { token }, key: randomUUID() };
    const accepted = await send(person, '/v1/invitations/accept', accept);
    expect(accepted.status).toBeLessThan(300);
    expect(await send(person, '/v1/invitations/accept', accept)).toEqual({ ...accepted, replayed: 'true' });
    const new_password = 'another fine passphrase';
    const change = { method: 'PUT', body: { current_password: person.password, new_password }, key: randomUUID() };
    const changed = await send(person, '/v1/me/password', change);
    expect(changed.status).toBe(200);
    expect(await send(person, '/v1/me/password', change)).toEqual({ ...changed, replayed: 'true' });
    const elsewhere = await signInAgain(server, { ...person, password: new_password });
    expect(await send(elsewhere, '/v1/me/password', change)).toMatchObject({ status: 410, replayed: null });
    const rename = { method: 'PATCH', body: { name: 'New Name' }, headers: { 'if-match': '*' }, key: randomUUID() };
    const renamed = await send(person, '/v1/me', rename);
    expect(renamed.status).toBe(200);
    expect(await send(person, '/v1/me', rename)).toEqual({ ...renamed, replayed: 'true' });
    expect(await send(elsewhere, '/v1/me', rename)).toEqual({ ...renamed, replayed: 'true' });
  });

  test('does not return a workspace to an account that is no longer in it', async () => {
    const person = await registerPerson(server);
    const create = { body: { name: 'Short-lived' }, key: randomUUID() };
    const { json } = await send(person, '/v1/workspaces', create);
    const { token } = await team.owner.client.create_invitation({
      workspace_id: team.workspace_id,
      body: { email: person.email, role: 'viewer' },
    });
    const accept = { body: { token }, key: randomUUID() };
    expect(await send(person, '/v1/invitations/accept', accept)).toMatchObject({ status: 200 });
    await person.client.delete_workspace({ workspace_id: json['id'] ?? '', if_match: '*' });
    await team.owner.client.remove_member({ workspace_id: team.workspace_id, user_id: person.user.id });
    for (const [path, write] of [
      ['/v1/workspaces', create],
      ['/v1/invitations/accept', accept],
    ] as const) {
      expect(await send(person, path, write)).toMatchObject({ status: 410, json: { code: 'response_gone' } });
    }
    expect((await person.client.list_workspaces()).data).toEqual([]);
  });

  test('does not return a credential to a member who may no longer create it', async () => {
    const { client } = team.owner;
    const { workspace_id } = team;
    const demoted = await registerPerson(server);
    await joinWorkspace(team.owner, demoted, workspace_id, 'owner');
    const bot = await client.create_bot({ workspace_id, body: { name: 'Bot' } });
    const body = { name: 'T', scopes: ['tickets:read'], user_id: bot.id };
    const create = { body, key: randomUUID() };
    const invite = { body: { email: 'owner-to-be@example.com', role: 'owner' }, key: randomUUID() };
    const [tokens, invitations] = ['tokens', 'invitations'].map((name) => `/v1/workspaces/${workspace_id}/${name}`);
    expect((await send(demoted, tokens ?? '', create)).status).toBe(201);
    expect((await send(demoted, invitations ?? '', invite)).status).toBe(201);
    const demote = (role: 'admin' | 'viewer') =>
      client.update_member({ workspace_id, user_id: demoted.user.id, body: { role }, if_match: '*' });
    await demote('admin');
    expect(await send(demoted, invitations ?? '', invite)).toMatchObject({ status: 403, replayed: null });
    expect(await send(demoted, tokens ?? '', create)).toMatchObject({ status: 201, replayed: 'true' });
    await demote('viewer');
    expect(await send(demoted, tokens ?? '', create)).toMatchObject({ status: 403, replayed: null });
  });

  test('stores nothing from which its arguments could be guessed', async () => {
    const person = await registerPerson(server);
    const new_password = 'another fine passphrase';
    const body = { current_password: person.password, new_password };
    const change = { method: 'PUT', body, key: randomUUID() };
    const changed = await send(person, '/v1/me/password', change);
    expect(changed.status).toBe(200);
    const kept = `select arguments_hash from outcomes where user_id = $1 and target <> ''`;
    const { rows } = await server.database.owner.query(kept, [person.user.id]);
    const bare = hashOf({ query: undefined, body, if_match: undefined });
    expect(rows).toHaveLength(1);
    expect(rows[0].arguments_hash.includes(bare)).toBe(false);
    // Another process with the same secret can still compare; one with another secret can't, and says so.
    const same = await startServer({}, { database: server.database });
    const other = await startServer(
      { BATON_SECRET: randomBytes(48).toString('base64') },
      { database: server.database },
    );
    try {
      const wrong = { ...change, body: { ...body, current_password: 'a guess' } };
      expect(await send(person, '/v1/me/password', change, same)).toEqual({ ...changed, replayed: 'true' });
      expect((await send(person, '/v1/me/password', wrong, same)).json['code']).toBe('idempotency_key_reused');
      expect((await send(person, '/v1/me/password', change, other)).json['code']).toBe('response_gone');
    } finally {
      await same.stop();
      await other.stop();
    }
  });

  test('does not return purged texts, and is still not done again', async () => {
    const write = { body: { title: 'A secret slipped in', description: 'hunter2' }, key: randomUUID() };
    const first = await send(team.member, tickets, write);
    const ticket = first.json['id'] ?? '';
    const say = { body: { body: 'hunter2 too' }, key: randomUUID() };
    const comments = `/v1/workspaces/${team.workspace_id}/tickets/${ticket}/comments`;
    const said = await send(team.member, comments, say);
    const at = { workspace_id: team.workspace_id, ticket };
    await team.owner.client.purge_comment({ ...at, comment_id: said.json['id'] ?? '' });
    const before = await count();
    for (const [path, again] of [
      [tickets, write],
      [comments, say],
    ] as const) {
      expect(await send(team.member, path, again)).toMatchObject({ status: 410, json: { code: 'response_gone' } });
    }
    expect(await count()).toBe(before);
    expect(await outcomesOf(team.member, write.key)).toMatchObject([{ location: first.location, status: 201 }]);
    const guess = { ...say, body: { body: 'hunter3' } };
    expect(await send(team.member, comments, guess)).toMatchObject({ status: 410, json: { code: 'response_gone' } });
    const kept = await server.database.owner.query(
      `select arguments_hash, headers -> 'ETag' as tag from outcomes where ticket_id = $1 and forgotten`,
      [ticket],
    );
    expect(kept.rows).toEqual([1, 2].map(() => ({ arguments_hash: null, tag: null })));
  });

  test('does not return a notification’s excerpt of a purged text', async () => {
    const { workspace_id, owner, member } = team;
    const { id: ticket } = await makeTicket(team);
    const at = { workspace_id, ticket };
    const { id: comment_id } = await owner.client.create_comment({ ...at, body: { body: 'hunter2' } });
    await notifyPeople(server.database.url);
    const { data } = await member.client.list_notifications({ workspace_id });
    const path = `/v1/workspaces/${workspace_id}/notifications/${data[0]?.id ?? ''}`;
    const read = { method: 'PATCH', body: { read: true }, key: randomUUID() };
    expect((await send(member, path, read)).text).toContain('hunter2');
    await owner.client.purge_comment({ ...at, comment_id });
    expect(await send(member, path, read)).toMatchObject({ status: 410, json: { code: 'response_gone' } });
  });

  test('locks a ticket before its outcomes, in the same order as a purge', async () => {
    const ticket = await makeTicket(team);
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${ticket.id}`;
    const edit = { method: 'PATCH', body: { title: 'Sent again' }, headers: { 'if-match': '*' }, key: randomUUID() };
    expect((await send(team.member, path, edit)).status).toBe(200);
    const holder = await server.database.owner.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from tickets where id = $1 for update', [ticket.id]);
      const again = send(team.member, path, edit);
      await expect
        .poll(async () => {
          const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
          return (await server.database.owner.query(waiting)).rowCount;
        })
        .toBe(1);
      const locked = `select 1 from outcomes where ticket_id = $1 for update nowait`;
      expect((await holder.query(locked, [ticket.id])).rowCount).toBe(2);
      await holder.query('commit');
      expect(await again).toMatchObject({ status: 200, replayed: 'true' });
    } finally {
      await holder.query('rollback');
      holder.release();
    }
  });

  test('is refused if its key is malformed', async () => {
    const before = await count();
    for (const key of ['"', '""', 'a b', 'a,b', '"a', 'k'.repeat(256)]) {
      expect(await send(team.member, tickets, { body: { title: 'No key' }, key })).toMatchObject({
        status: 400,
        json: { code: 'malformed_request' },
      });
    }
    expect(await count()).toBe(before);
  });
});

describe('the outcomes of a key', () => {
  test('say what was done with it, and where', async () => {
    const key = randomUUID();
    expect(await outcomesOf(team.member, key)).toEqual([]);
    const { location, json } = await send(team.member, tickets, { body: { title: 'Known' }, key });
    const path = `/v1/workspaces/${team.workspace_id}/tickets/${json['id']}`;
    await send(team.member, path, { method: 'DELETE', key });
    const { data, next_cursor } = await team.member.client.list_outcomes({ key, limit: 1 });
    const rest = await team.member.client.list_outcomes({ key, cursor: next_cursor ?? '' });
    expect([...data, ...rest.data]).toMatchObject([
      { method: 'DELETE', path, status: 204, location: null },
      { method: 'POST', path: tickets, status: 201, location },
    ]);
    expect(rest.next_cursor).toBeNull();
    expect(await outcomesOf(team.admin, key)).toEqual([]);
  });

  test('wait for a write that is about to commit', async () => {
    const key = randomUUID();
    const holder = await server.database.owner.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from projects where id = $1 for update', [team.project_id]);
      const write = send(team.member, tickets, { body: { title: 'Slow' }, key });
      await expect
        .poll(async () => {
          const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
          return (await server.database.owner.query(waiting)).rowCount;
        })
        .toBe(1);
      const asked = outcomesOf(team.member, key);
      expect(await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 200, 'waits'))])).toBe('waits');
      await holder.query('commit');
      expect((await write).status).toBe(201);
      expect(await asked).toHaveLength(1);
    } finally {
      holder.release();
    }
  });
});
