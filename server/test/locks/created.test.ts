import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawResponse } from '../../../sdk/index.ts';
import { contracts } from '../../src/contracts.ts';
import { a_file } from '../../../proof/harness/attachments.ts';
import { makeTeam, makeTicket, nowhere, type Team } from '../../../proof/harness/make.ts';
import { registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

// What everything that can be created has in common, tested for each.

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

/** Reads a path, by default as the owner. */
const read = (path: string, token = team.owner.access_token): Promise<Response> =>
  fetch(server.url + path, { headers: { authorization: `Bearer ${token}` } });

const at_team = () => ({ workspace_id: team.workspace_id });

async function someTicket() {
  const { id: ticket } = await makeTicket(team);
  return { ...at_team(), ticket };
}

describe('something that was created', () => {
  /** Creates one of everything. Returns the response, and the token to read its Location with if it isn't the owner's. */
  const creations: Record<string, () => Promise<[RawResponse, token?: string]>> = {
    register: async () => {
      const { client, email } = await registerPerson(server);
      const body = { email: `another.${email}`, password: 'correct horse battery', name: 'Another' };
      const registered = await client.raw.register({ body });
      return [registered, (registered.body as { access_token: string }).access_token];
    },
    create_workspace: async () => [await team.owner.client.raw.create_workspace({ body: { name: 'Another' } })],
    create_invitation: async () => [
      await team.owner.client.raw.create_invitation({
        workspace_id: team.workspace_id,
        body: { email: someAddress(), role: 'viewer' },
      }),
    ],
    create_bot: async () => [
      await team.owner.client.raw.create_bot({ workspace_id: team.workspace_id, body: { name: 'Made' } }),
    ],
    create_token: async () => [
      await team.owner.client.raw.create_token({
        workspace_id: team.workspace_id,
        body: { name: 'Made', scopes: ['tickets:read'] },
      }),
    ],
    create_view: async () => [await team.owner.client.raw.create_view({ ...at_team(), body: { name: 'Made' } })],
    create_webhook: async () => [await team.owner.client.raw.create_webhook({ ...at_team(), body: { url: nowhere } })],
    create_project: async () => [
      await team.owner.client.raw.create_project({
        workspace_id: team.workspace_id,
        body: { key: 'MADE', name: 'Made' },
      }),
    ],
    create_ticket: async () => {
      const { workspace_id, project_id } = team;
      return [await team.owner.client.raw.create_ticket({ workspace_id, project_id, body: { title: 'Made' } })];
    },
    create_comment: async () => [
      await team.owner.client.raw.create_comment({ ...(await someTicket()), body: { body: 'c' } }),
    ],
    add_attachment: async () => [await team.owner.client.raw.add_attachment({ ...(await someTicket()), ...a_file })],
    transition_ticket: async () => [
      await team.owner.client.raw.transition_ticket({
        ...(await someTicket()),
        body: { to: 'in_progress', comment: 'On it.' },
      }),
    ],
  };

  test('is found at its Location', async () => {
    expect(Object.keys(creations).sort()).toEqual(
      contracts.flatMap(({ id, status }) => (status === 201 ? [id] : [])).sort(),
    );
    for (const [operation, create] of Object.entries(creations)) {
      const [{ status, headers, body }, token] = await create();
      expect([operation, status]).toEqual([operation, 201]);
      const found = await read(headers.get('location') ?? '', token);
      expect([operation, found.status]).toEqual([operation, 200]);
      const made = body as Record<string, unknown>;
      const shown = { ...((made['user'] ?? made['transition'] ?? made) as Record<string, unknown>) };
      for (const only_once of ['token', 'secret', 'mailed']) delete shown[only_once];
      const { gone: _, ...again } = (await found.json()) as Record<string, unknown>; // only a read of a single view has `gone`
      expect(again).toEqual(shown);
    }
  });

  test('is no longer found once it has ended: a member, an invitation, a session', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    const body = { email: guest.email, role: 'viewer' } as const;
    const { id: invitation_id, token } = await owner.client.create_invitation({ workspace_id, body });
    const at = { workspace_id, user_id: guest.user.id };
    expect((await owner.client.raw.get_member(at)).status).toBe(404);
    await guest.client.accept_invitation({ body: { token } });
    expect((await owner.client.raw.get_invitation({ workspace_id, invitation_id })).status).toBe(404);
    expect(await guest.client.get_member(at)).toMatchObject({ user_id: guest.user.id, role: 'viewer', version: 1 });
    await owner.client.remove_member(at);
    expect((await owner.client.raw.get_member(at)).status).toBe(404);

    await guest.client.login({ body: { email: guest.email, password: guest.password } });
    const { data } = await guest.client.list_sessions();
    const session_id = data.find(({ current }) => !current)?.id ?? '';
    expect(await guest.client.get_session({ session_id })).toMatchObject({ id: session_id, current: false });
    expect((await owner.client.raw.get_session({ session_id })).status).toBe(404);
    await guest.client.revoke_session({ session_id });
    expect((await guest.client.raw.get_session({ session_id })).status).toBe(404);
  });

  test('is not found before it exists: a transition that its ticket has not gone through, whatever the number in the path', async () => {
    const at = await someTicket();
    for (const sequence of ['1', '999999999', '0', '01', '-1', '1e0', '9999999999', 'x']) {
      expect((await team.owner.client.raw.get_transition({ ...at, sequence })).status).toBe(404);
    }
  });
});
