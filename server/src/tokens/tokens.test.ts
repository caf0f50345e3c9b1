import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Agent, makeAgent as makeToken, responseTo } from '../../../proof/harness/agents.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { disableUser, enableUser, offerPasswordReset } from '../accounts/operator.ts';
import type { TokenScope } from '../http/contract.ts';
import { newId } from '../lib/ids.ts';
import { newApiToken, readApiToken } from './token.ts';

let server: TestServer;
/** A second process on the same database. */
let second: TestServer;
let team: Team;
let workspace_id: string;
const lines: string[] = [];

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: 'info' }, { log_to: (line) => lines.push(line) });
  second = await startServer({}, { database: server.database });
  team = await makeTeam(server);
  ({ workspace_id } = team);
});
afterAll(async () => {
  await second.stop();
  await server.stop();
});

const makeAgent = (person: Person, scopes?: TokenScope[], at = workspace_id) =>
  makeToken(server, person, { workspace_id: at, ...(scopes === undefined ? {} : { scopes }) });

const makeGuest = async (role: 'admin' | 'member' = 'member') => {
  const guest = await registerPerson(server);
  await joinWorkspace(team.owner, guest, workspace_id, role);
  return guest;
};

const look = async <Row>(statement: string, ...values: unknown[]) =>
  (await server.database.owner.query(statement, values)).rows as Row[];

const bytesOf = (token: string, path: string) => responseTo(server, token, path);
const tickets = () => `/v1/workspaces/${workspace_id}/tickets`;
const list = async ({ client }: Agent) => (await client.raw.list_tickets({ workspace_id })).status;

describe('the text of a token', () => {
  const ids = [newId(), newId()] as const;
  const { token, hash } = newApiToken(...ids);

  test('contains the ids of its workspace and token, and has the form that secret scanners look for', () => {
    expect(token).toMatch(/^bat_[A-Za-z0-9_-]{92}$/);
    expect(readApiToken(token)).toEqual({ workspace_id: ids[0], id: ids[1], hash });
  });

  test.each([
    ['cut off', token.slice(0, -1)],
    ['with another prefix', token.replace('bat_', 'bit_')],
    ['with one character changed', token.replace(/.(?=.{40}$)/, (letter) => (letter === 'A' ? 'B' : 'A'))],
    ['with another checksum', `${token.slice(0, -6)}AAAAAA`],
  ])('is not read when it is %s', (_, text) => {
    expect(readApiToken(text)).toBeUndefined();
  });
});

describe('a token', () => {
  test('is returned once, stored as a hash, and readable at its Location without the secret', async () => {
    const body = { name: 'Shown once', scopes: ['tickets:read'] as TokenScope[], expires_in_days: 7 };
    const { status, headers, body: created } = await team.member.client.raw.create_token({ workspace_id, body });
    const { token, ...shown } = created as { token: string; id: string; created_at: string; expires_at: string };
    expect([status, headers.get('location')]).toEqual([201, `/v1/workspaces/${workspace_id}/tokens/${shown.id}`]);
    expect(Date.parse(shown.expires_at) - Date.parse(shown.created_at)).toBe(7 * 86_400_000);
    expect(await team.member.client.get_token({ workspace_id, token_id: shown.id })).toEqual(shown);
    expect((await team.member.client.list_tokens({ workspace_id })).data[0]).toEqual(shown);
    await conformingClient(server.url, token).list_tickets({ workspace_id });
    const kept = await look<object>(
      `select to_jsonb(t)::text as row from (select * from api_tokens) t union all select to_jsonb(a)::text from audit_log a`,
    );
    expect(kept.length).toBeGreaterThan(2);
    const secret = token.slice(60, 80);
    expect(JSON.stringify(kept)).not.toContain(secret);
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.join('\n')).not.toContain(secret);
  });

  test('can do what its scopes cover, and the audit log names it in each entry', async () => {
    const agent = await makeAgent(team.member);
    const { project_id } = team;
    const { id: ticket } = await agent.client.create_ticket({
      workspace_id,
      project_id,
      body: { title: 'By a program' },
    });
    await agent.client.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress', comment: 'On it.' } });
    expect((await agent.client.get_ticket({ workspace_id, ticket })).reporter_id).toBe(team.member.user.id);
    const { data } = await team.owner.client.list_audit({ workspace_id, subject: ticket });
    expect(data.map(({ actor_id, token_id, on_behalf_of }) => [actor_id, token_id, on_behalf_of])).toEqual(
      Array(2).fill([team.member.user.id, agent.id, null]),
    );
    expect(await agent.client.raw.get_workspace({ workspace_id })).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope', scopes: ['tickets:write'], required: 'workspace:read' },
    });
  });

  test('has no more rights than its person currently has', async () => {
    const guest = await makeGuest('admin');
    const agent = await makeAgent(guest, ['projects:admin', 'tickets:write']);
    const project = (key: string) => agent.client.raw.create_project({ workspace_id, body: { key, name: key } });
    expect((await project('AONE')).status).toBe(201);
    await team.owner.client.update_member({
      if_match: '*',
      workspace_id,
      user_id: guest.user.id,
      body: { role: 'viewer' },
    });
    expect(await project('ATWO')).toMatchObject({ status: 403, body: { code: 'forbidden', role: 'viewer' } });
    expect(await list(agent)).toBe(200);
  });

  test('works in its own workspace only: other workspaces of its person are not found', async () => {
    const agent = await makeAgent(team.owner);
    const { id } = await team.owner.client.create_workspace({ body: { name: 'Another' } });
    const other = await bytesOf(agent.token, `/v1/workspaces/${id}/tickets`);
    expect(other[0]).toBe(404);
    expect(other).toEqual(await bytesOf(agent.token, `/v1/workspaces/${newId()}/tickets`));
    await team.owner.client.revoke_token({ workspace_id, token_id: agent.id });
    expect(await bytesOf(agent.token, `/v1/workspaces/${id}/tickets`)).toEqual(await bytesOf('nonsense', tickets()));
  });

  test('cannot make anyone an admin or owner, by an invitation or a change of role', async () => {
    const { client } = await makeAgent(team.owner, ['members:admin']);
    const guest = await makeGuest();
    const at = { workspace_id, user_id: guest.user.id };
    for (const role of ['admin', 'owner'] as const) {
      const invited = await client.raw.create_invitation({ workspace_id, body: { email: someAddress(), role } });
      expect(invited).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('cannot make anybody an admin') },
      });
      const changed = await client.raw.update_member({ ...at, body: { role, version: 1 } });
      expect(changed).toMatchObject({
        status: 403,
        body: { detail: expect.stringContaining('cannot make anybody an admin') },
      });
    }
    const invitation = { workspace_id, body: { email: someAddress(), role: 'member' as const } };
    expect((await client.raw.create_invitation(invitation)).status).toBe(201);
    expect((await client.raw.update_member({ ...at, body: { role: 'viewer', version: 1 } })).status).toBe(200);
    const by_owner = await team.owner.client.raw.update_member({ ...at, body: { role: 'admin', version: 2 } });
    expect(by_owner.status).toBe(200);
  });

  test('records its last use, but at most every few minutes', async () => {
    const agent = await makeAgent(team.member);
    const used = async () => (await team.member.client.get_token({ workspace_id, token_id: agent.id })).last_used_at;
    expect(await used()).toBeNull();
    await list(agent);
    await expect.poll(used).not.toBeNull();
    const first = await used();
    await list(agent);
    await conformingClient(second.url, agent.token).list_tickets({ workspace_id });
    expect(await used()).toBe(first);
  });
});

describe('a token that has ended', () => {
  const endings: Record<string, (guest: Person, agent: Agent) => Promise<unknown>> = {
    'was revoked by its owner': ({ client }, { id }) => client.revoke_token({ workspace_id, token_id: id }),
    'was revoked by an admin': (_, { id }) => team.admin.client.revoke_token({ workspace_id, token_id: id }),
    'has expired': (_, { id }) =>
      look(`update api_tokens set created_at = now() - interval '2 days', expires_at = now() where id = $1`, id),
    'is of a former member': ({ user }) => team.owner.client.remove_member({ workspace_id, user_id: user.id }),
    'is of a former member who was invited again': async (guest) => {
      await team.owner.client.remove_member({ workspace_id, user_id: guest.user.id });
      await joinWorkspace(team.owner, guest, workspace_id, 'admin');
    },
    'is of a disabled account': ({ email }) => disableUser(server.database.owner, email),
  };

  test.each(Object.keys(endings))(
    'is refused like an unknown one when it %s, at once and in every process',
    async (why) => {
      const guest = await makeGuest();
      const agent = await makeAgent(guest);
      const second = await startServer({}, { database: server.database });
      const there = { ...agent, client: conformingClient(second.url, agent.token) };
      expect([await list(agent), await list(there)]).toEqual([200, 200]);
      await endings[why]?.(guest, agent);
      expect([await list(agent), await list(there)]).toEqual([401, 401]);
      await second.stop();
      const refused = await bytesOf(agent.token, tickets());
      for (const token of ['nonsense', newApiToken(workspace_id, newId()).token, newApiToken(newId(), newId()).token]) {
        expect(await bytesOf(token, tickets())).toEqual(refused);
      }
      const { status, body } = await agent.client.raw.create_ticket({
        workspace_id,
        project_id: team.project_id,
        body: { title: 'Refused' },
      });
      expect([status, (body as { code: string }).code]).toEqual([401, 'invalid_token']);
      expect(await look(`select 1 from tickets where title = 'Refused'`)).toEqual([]);
    },
  );

  test('works again once its disabled account is enabled', async () => {
    const guest = await makeGuest();
    const agent = await makeAgent(guest);
    await disableUser(server.database.owner, guest.email);
    expect(await list(agent)).toBe(401);
    await enableUser(server.database.owner, guest.email);
    expect(await list(agent)).toBe(200);
  });

  test('is not listed, and cannot be read or revoked again', async () => {
    const agent = await makeAgent(team.member);
    const at = { workspace_id, token_id: agent.id };
    await team.member.client.revoke_token(at);
    const { data } = await team.member.client.list_tokens({ workspace_id });
    expect(data.some(({ id }) => id === agent.id)).toBe(false);
    for (const again of [team.member.client.raw.get_token(at), team.member.client.raw.revoke_token(at)]) {
      expect((await again).status).toBe(404);
    }
  });
});

describe('a new password', () => {
  test('revokes tokens only if asked to: then those in every workspace, including those for bots', async () => {
    const guest = await makeGuest('admin');
    const { id: elsewhere } = await guest.client.create_workspace({ body: { name: 'Elsewhere' } });
    const { id: bot_id } = await guest.client.create_bot({ workspace_id, body: { name: 'Bot' } });
    const scopes = ['tickets:read' as const];
    const { token } = await guest.client.create_token({ workspace_id, body: { name: 'B', scopes, user_id: bot_id } });
    const agents = [await makeAgent(guest), await makeAgent(guest, ['tickets:read'], elsewhere)];
    const used = () =>
      Promise.all([
        bytesOf(token, tickets()),
        ...agents.map((agent, n) => bytesOf(agent.token, n === 0 ? tickets() : `/v1/workspaces/${elsewhere}/tickets`)),
      ]).then((all) => all.map(([status]) => status));
    const change = (from: string, to: string, revoke_tokens?: boolean) =>
      guest.client.change_password({
        body: { current_password: from, new_password: to, ...(revoke_tokens === undefined ? {} : { revoke_tokens }) },
      });
    await change(guest.password, 'another good password');
    expect(await used()).toEqual([200, 200, 200]);
    await change('another good password', 'a third good password', true);
    expect(await used()).toEqual([401, 401, 401]);
    const { data } = await guest.client.list_audit({ workspace_id: elsewhere, action: 'token.revoked' });
    expect(data).toMatchObject([{ subject_id: agents[1]?.id, actor_id: guest.user.id }]);
  });

  test('that is set with the operator’s one-time token revokes tokens only if asked to', async () => {
    const guest = await makeGuest();
    const [first, second] = [await makeAgent(guest), await makeAgent(guest)];
    const reset = async (new_password: string, more: object) => {
      const token = (await offerPasswordReset(server.database.owner, guest.email, 60)) ?? '';
      await guest.client.reset_password({ body: { token, new_password, ...more } });
    };
    await reset('another good password', {});
    expect(await list(first)).toBe(200);
    await reset('a third good password', { revoke_tokens: true });
    expect([await list(first), await list(second)]).toEqual([401, 401]);
  });
});

describe('tokens', () => {
  test('can be seen and revoked by the person who created them and by admins, but not by other members', async () => {
    const { id } = await makeAgent(team.member);
    const at = { workspace_id, token_id: id };
    const seen = async ({ client }: Person) =>
      (await client.list_tokens({ workspace_id })).data.some((token) => token.id === id);
    expect(await Promise.all([team.viewer, team.member, team.admin, team.owner].map(seen))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect((await team.viewer.client.raw.get_token(at)).status).toBe(404);
    expect((await team.viewer.client.raw.revoke_token(at)).status).toBe(404);
    await team.admin.client.revoke_token(at);
    const { data } = await team.owner.client.list_audit({ workspace_id, subject: id });
    expect(data.map(({ action, actor_id }) => [action, actor_id])).toEqual([
      ['token.revoked', team.admin.user.id],
      ['token.created', team.member.user.id],
    ]);
  });

  test('are refused beyond their quota, which ended ones do not count towards', async () => {
    const few = await startServer({ BATON_MAX_TOKENS_PER_MEMBER: '2' }, { database: server.database });
    const client = conformingClient(few.url, (await makeGuest()).access_token);
    const create = () => client.raw.create_token({ workspace_id, body: { name: 'T', scopes: ['tickets:read'] } });
    const first = await create();
    expect([first.status, (await create()).status]).toEqual([201, 201]);
    expect(await create()).toMatchObject({ status: 409, body: { code: 'quota_exceeded', quota: 'tokens_per_member' } });
    await client.revoke_token({ workspace_id, token_id: (first.body as { id: string }).id });
    expect((await create()).status).toBe(201);
    await few.stop();
  });

  test('cannot be created by a member whose removal commits after the permission check', async () => {
    const guest = await makeGuest();
    // The membership is read again after the permission check. Here that read waits for the removal in progress.
    const patch = (text: string) =>
      text.includes('select m.joined from memberships') ? `${text} for share of m` : text;
    const waiting = await startServer({}, { database: server.database, patch });
    const client = conformingClient(waiting.url, guest.access_token);
    const remover = await server.database.owner.connect();
    const of_guest = [workspace_id, guest.user.id];
    try {
      await remover.query('begin');
      await remover.query(
        'update memberships set removed_at = now() where workspace_id = $1 and user_id = $2',
        of_guest,
      );
      await remover.query('delete from user_workspaces where workspace_id = $1 and user_id = $2', of_guest);
      const created = client.raw.create_token({ workspace_id, body: { name: 'T', scopes: ['tickets:read'] } });
      await expect
        .poll(() => look(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%m.joined%'`))
        .toHaveLength(1);
      await remover.query('commit');
      expect(await created).toMatchObject({ status: 404, body: { code: 'not_found' } });
    } finally {
      await remover.query('rollback');
      remover.release();
      await waiting.stop();
    }
    expect(await look('select 1 from api_tokens where created_by = $1', guest.user.id)).toEqual([]);
  });

  test('are refused beyond the longest lifetime, with invalid scopes, or for another person', async () => {
    const brief = await startServer(
      { BATON_TOKEN_TTL_DAYS: '2', BATON_TOKEN_MAX_TTL_DAYS: '3' },
      { database: server.database },
    );
    const client = conformingClient(brief.url, team.owner.access_token);
    const create = (more: object) =>
      client.raw.create_token({ workspace_id, body: { name: 'T', scopes: ['tickets:read'], ...more } });
    const { created_at, expires_at } = (await create({})).body as { created_at: string; expires_at: string };
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(2 * 86_400_000);
    const pointer = (at: string) => ({ status: 422, body: { errors: [{ pointer: at }] } });
    expect(await create({ expires_in_days: 4 })).toMatchObject(pointer('/expires_in_days'));
    expect(await create({ user_id: team.member.user.id })).toMatchObject(pointer('/user_id'));
    expect(await create({ scopes: ['tickets:read', 'tickets:read'] })).toMatchObject(pointer('/scopes'));
    expect((await create({ scopes: [] })).status).toBe(422);
    await brief.stop();
  });
});
