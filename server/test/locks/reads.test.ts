import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RawResponse } from '../../../sdk/index.ts';
import { contracts } from '../../src/contracts.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

// What all reads have in common, asked of each of them.

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server, 'standard');
});
afterAll(() => server.stop());

/** Reads a path as the owner. */
function read(path: string, headers: Record<string, string> = {}, token = team.owner.access_token): Promise<Response> {
  return fetch(server.url + path, { headers: { authorization: `Bearer ${token}`, ...headers } });
}

describe('what was created', () => {
  /** Creates one of everything; gives the response, and what of it the Location leads to. */
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
    create_token: async () => [
      await team.owner.client.raw.create_token({
        workspace_id: team.workspace_id,
        body: { name: 'Made', scopes: ['tickets:read'] },
      }),
    ],
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
    transition_ticket: async () => [
      await team.owner.client.raw.transition_ticket({
        ...(await someTicket()),
        body: { to: 'in_progress', comment: 'On it.' },
      }),
    ],
  };

  async function someTicket() {
    const { workspace_id, project_id } = team;
    const { id: ticket } = await team.owner.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
    return { workspace_id, ticket };
  }

  test('is found behind its Location', async () => {
    expect(Object.keys(creations).sort()).toEqual(
      contracts.flatMap(({ id, status }) => (status === 201 ? [id] : [])).sort(),
    );
    for (const [operation, create] of Object.entries(creations)) {
      const [{ status, headers, body }, token] = await create();
      expect([operation, status]).toEqual([operation, 201]);
      const found = await read(headers.get('location') ?? '', {}, token);
      expect([operation, found.status]).toEqual([operation, 200]);
      const made = body as Record<string, unknown>;
      const { token: _, ...shown } = (made['user'] ?? made['transition'] ?? made) as Record<string, unknown>;
      expect(await found.json()).toEqual(shown);
    }
  });

  test('is no longer found once it is gone: a member, an invitation, a session', async () => {
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

  test('a step that a ticket has not taken is not found, however it is named', async () => {
    const at = await someTicket();
    for (const sequence of ['1', '999999999', '0', '01', '-1', '1e0', '9999999999', 'x']) {
      expect((await team.owner.client.raw.get_transition({ ...at, sequence })).status).toBe(404);
    }
  });
});
