import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatonClient } from '../../../sdk/index.ts';
import { makeAgent, responseTo } from '../../../proof/harness/agents.ts';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;
let workspace_id: string;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  ({ workspace_id } = team);
});
afterAll(() => server.stop());

const tickets = () => `/v1/workspaces/${workspace_id}/tickets`;

async function makeGuest(role: 'admin' | 'member') {
  const guest = await registerPerson(server);
  await joinWorkspace(team.owner, guest, workspace_id, role);
  return guest;
}

describe('a bot', () => {
  const makeBot = async (host: Person, role: 'member' | 'viewer' = 'member') => {
    const bot = await host.client.create_bot({ workspace_id, body: { name: 'Triage', role } });
    const body = { name: 'For the bot', scopes: ['tickets:write' as const], user_id: bot.id };
    const { id, token } = await host.client.create_token({ workspace_id, body });
    return { bot, id, token, client: conformingClient(server.url, token) };
  };
  const create = ({ client }: { client: BatonClient }) =>
    client.raw.create_ticket({ workspace_id, project_id: team.project_id, body: { title: 'By a bot' } });

  test('acts under its own name, and each audit entry names the person for whom it acts', async () => {
    const { bot, id, client } = await makeBot(team.admin);
    const { id: ticket, reporter_id } = await client.create_ticket({
      workspace_id,
      project_id: team.project_id,
      body: { title: 'By a bot', assignee_id: bot.id },
    });
    expect(reporter_id).toBe(bot.id);
    const { data } = await team.owner.client.list_audit({ workspace_id, subject: ticket });
    expect(data).toMatchObject([{ actor_id: bot.id, token_id: id, on_behalf_of: team.admin.user.id }]);
    const people = await team.viewer.client.list_people({ workspace_id, ids: `${bot.id},${team.admin.user.id}` });
    expect(people.data.map(({ user_id, bot: is_bot }) => [user_id, is_bot]).sort()).toEqual(
      [
        [bot.id, true],
        [team.admin.user.id, false],
      ].sort(),
    );
    expect((await team.viewer.client.list_bots({ workspace_id })).data).toContainEqual(bot);
    const members = await team.viewer.client.list_members({ workspace_id });
    expect(members.data.some(({ user_id }) => user_id === bot.id)).toBe(false);
  });

  test('can do only what both its own role and that of the person for whom it acts allow', async () => {
    expect(await create(await makeBot(team.admin, 'viewer'))).toMatchObject({ status: 403, body: { role: 'viewer' } });
    const guest = await makeGuest('admin');
    const agent = await makeBot(guest);
    expect((await create(agent)).status).toBe(201);
    const at = { workspace_id, user_id: guest.user.id };
    await team.owner.client.update_member({ ...at, if_match: '*', body: { role: 'viewer' } });
    expect(await create(agent)).toMatchObject({ status: 403, body: { role: 'viewer' } });
    expect((await agent.client.raw.list_tickets({ workspace_id })).status).toBe(200);
    await team.owner.client.remove_member(at);
    expect((await create(agent)).status).toBe(401);
    // The bot stays: another admin can create another token for it.
    const body = { name: 'Another', scopes: ['tickets:write' as const], user_id: agent.bot.id };
    const { token } = await team.admin.client.create_token({ workspace_id, body });
    expect((await create({ client: conformingClient(server.url, token) })).status).toBe(201);
  });

  test('can be renamed and get another role, which limits its existing tokens', async () => {
    const agent = await makeBot(team.admin);
    const at = { workspace_id, bot_id: agent.bot.id };
    const renamed = await team.admin.client.update_bot({ ...at, body: { name: 'Nightly', version: 1 } });
    expect(renamed).toMatchObject({ name: 'Nightly', role: 'member', version: 2 });
    expect((await create(agent)).status).toBe(201);
    const demoted = await team.admin.client.update_bot({ ...at, body: { role: 'viewer', version: 2 } });
    expect(demoted).toEqual({ ...renamed, role: 'viewer', version: 3, updated_at: demoted.updated_at });
    expect(await team.viewer.client.get_bot(at)).toEqual(demoted);
    expect(await create(agent)).toMatchObject({ status: 403, body: { role: 'viewer' } });
    // An update that changes nothing is not recorded.
    expect(await team.admin.client.update_bot({ ...at, body: { role: 'viewer', version: 3 } })).toEqual(demoted);
    const { data } = await team.owner.client.list_audit({ workspace_id, action: 'bot.updated', subject: at.bot_id });
    expect(data).toMatchObject([
      { subject_version: 3, before: { name: 'Nightly', role: 'member' }, after: { name: 'Nightly', role: 'viewer' } },
      { subject_version: 2, before: { name: 'Triage', role: 'member' }, after: { name: 'Nightly', role: 'member' } },
    ]);
    const people = await team.viewer.client.list_people({ workspace_id, ids: at.bot_id });
    expect(people.data).toMatchObject([{ name: 'Nightly', bot: true, role: 'viewer' }]);
    const person = { workspace_id, bot_id: team.viewer.user.id };
    const body = { name: 'N', version: 1 };
    expect((await team.owner.client.raw.update_bot({ ...person, body })).status).toBe(404);
    expect((await team.member.client.raw.update_bot({ ...at, body })).status).toBe(403);
  });

  test('that is removed loses its tokens, and its tickets become unassigned', async () => {
    const { bot, client, token } = await makeBot(team.owner);
    const { id: ticket } = await client.create_ticket({
      workspace_id,
      project_id: team.project_id,
      body: { title: 'By a bot', assignee_id: bot.id },
    });
    expect((await team.member.client.raw.remove_bot({ workspace_id, bot_id: bot.id })).status).toBe(403);
    await team.admin.client.remove_bot({ workspace_id, bot_id: bot.id });
    expect(await responseTo(server, token, tickets())).toEqual(await responseTo(server, 'nonsense', tickets()));
    expect((await team.owner.client.get_ticket({ workspace_id, ticket })).assignee_id).toBeNull();
    const { data } = await team.owner.client.list_people({ workspace_id, ids: bot.id });
    expect(data).toMatchObject([{ name: 'Triage', bot: true, former: true, role: null }]);
    expect((await team.owner.client.raw.get_bot({ workspace_id, bot_id: bot.id })).status).toBe(404);
  });

  test('cannot be changed or removed as a member, and only admins can create a token for it', async () => {
    const { bot } = await makeBot(team.owner);
    const at = { workspace_id, user_id: bot.id };
    const raised = await team.owner.client.raw.update_member({ ...at, if_match: '*', body: { role: 'owner' } });
    expect([raised.status, (await team.owner.client.raw.remove_member(at)).status]).toEqual([404, 404]);
    const body = { name: 'T', scopes: ['tickets:read' as const], user_id: bot.id };
    expect((await team.member.client.raw.create_token({ workspace_id, body })).status).toBe(403);
  });

  test('has no rate limit of its own: its requests count towards the person for whom it acts', async () => {
    const settings = { BATON_READ_MIB_PER_MINUTE: '1', BATON_TRUST_PROXY: '127.0.0.1' };
    const few = await startServer(settings, { database: server.database });
    const { project_id } = team;
    const { id: ticket } = await team.owner.client.create_ticket({
      workspace_id,
      project_id,
      body: { title: 'Long', description: 'x'.repeat(500_000) }, // half of the limit per minute
    });
    const guest = await makeGuest('admin');
    let networks = 0;
    // Without the client, which would wait and retry. Each request comes from a different network, whose limit is separate.
    const read = async (token: string) => {
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': `10.0.${networks++}.1` };
      return (await fetch(`${few.url}${tickets()}/${ticket}`, { headers })).status;
    };
    const [bot, own] = [await makeBot(guest), await makeAgent(server, guest, { workspace_id })];
    expect(await read(guest.access_token)).toBe(200);
    expect(await Promise.all([guest.access_token, bot.token, own.token].map(read))).toEqual([429, 429, 429]);
    expect(await read(team.viewer.access_token)).toBe(200); // control: another person has a limit of their own
    await few.stop();
  });
});
