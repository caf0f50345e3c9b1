import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { pino } from 'pino';
import { workerPool } from '../process/worker.ts';
import { cleanupLoop } from './cleanup.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

const roleOf = async (user_id: string) => {
  const { data } = await team.owner.client.list_members({ workspace_id: team.workspace_id });
  return data.find((member) => member.user_id === user_id)?.role;
};

describe('a workspace', () => {
  test('is visible only to its members: others get the same response as for an absent one', async () => {
    const { workspace_id, stranger } = team;
    const absent = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';
    const foreign = await stranger.client.raw.get_workspace({ workspace_id });
    const missing = await stranger.client.raw.get_workspace({ workspace_id: absent });
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual(missing.body);
    expect((await stranger.client.list_workspaces()).data).toEqual([]);
    expect((await conformingClient(server.url).raw.get_workspace({ workspace_id })).status).toBe(401);
  });

  test('is listed with the caller’s role', async () => {
    for (const role of ['owner', 'admin', 'member', 'viewer'] as const) {
      expect((await team[role].client.list_workspaces()).data).toMatchObject([{ id: team.workspace_id, role }]);
    }
  });

  test('can be renamed only by admins, and only on the current version', async () => {
    const { workspace_id, admin, member } = team;
    const { version } = await admin.client.get_workspace({ workspace_id });
    const rename = (name: string, base: number) => ({ workspace_id, body: { name, version: base } });
    expect((await member.client.raw.update_workspace(rename('No', version))).status).toBe(403);
    expect(await admin.client.update_workspace(rename('Renamed', version))).toMatchObject({ name: 'Renamed' });
    expect((await admin.client.raw.update_workspace(rename('Late', version))).status).toBe(409);
    const stale = await admin.client.raw.update_workspace({
      workspace_id,
      body: { name: 'L' },
      if_match: `"${version}"`,
    });
    expect(stale.status).toBe(412);
  });

  test('is not found by anybody once an owner has deleted it', async () => {
    const { id: workspace_id } = await team.stranger.client.create_workspace({ body: { name: 'Short' } });
    await joinWorkspace(team.stranger, team.member, workspace_id, 'admin');
    expect((await team.member.client.raw.delete_workspace({ workspace_id })).status).toBe(403);
    await team.stranger.client.delete_workspace({ workspace_id });
    for (const { client } of [team.stranger, team.member]) {
      expect((await client.raw.get_workspace({ workspace_id })).status).toBe(404);
      expect((await client.raw.list_members({ workspace_id })).status).toBe(404);
      expect((await client.list_workspaces()).data.map(({ id }) => id)).not.toContain(workspace_id);
    }
  });
});

describe('a role', () => {
  test('takes effect at once in every process when it changes', async () => {
    const { workspace_id, owner } = team;
    const second = await startServer({}, { database: server.database });
    try {
      const person = await registerPerson(server);
      await joinWorkspace(owner, person, workspace_id, 'member');
      const elsewhere = conformingClient(second.url, person.access_token);
      const create = () =>
        elsewhere.raw.create_ticket({ workspace_id, project_id: team.project_id, body: { title: 'T' } });
      expect((await create()).status).toBe(201);
      await owner.client.update_member({
        if_match: '*',
        workspace_id,
        user_id: person.user.id,
        body: { role: 'viewer' },
      });
      expect((await create()).status).toBe(403);
      await owner.client.remove_member({ workspace_id, user_id: person.user.id });
      expect((await create()).status).toBe(404);
      expect((await elsewhere.raw.list_tickets({ workspace_id })).status).toBe(404);
    } finally {
      await second.stop();
    }
  });

  test('of an owner can be given or changed only by an owner', async () => {
    const { workspace_id, owner, admin, member } = team;
    const give = (by: typeof admin, user_id: string, role: 'owner' | 'admin' | 'viewer') =>
      by.client.raw.update_member({ if_match: '*', workspace_id, user_id, body: { role } });
    expect((await give(admin, owner.user.id, 'viewer')).status).toBe(403);
    expect((await give(admin, member.user.id, 'owner')).status).toBe(403);
    expect((await give(member, member.user.id, 'admin')).status).toBe(403);
    expect((await admin.client.raw.remove_member({ workspace_id, user_id: owner.user.id })).status).toBe(403);
    expect((await member.client.raw.remove_member({ workspace_id, user_id: admin.user.id })).status).toBe(403);
    expect(await roleOf(owner.user.id)).toBe('owner');
    expect(await roleOf(member.user.id)).toBe('member');
    expect((await give(admin, team.stranger.user.id, 'viewer')).status).toBe(404);
  });

  test('of the last owner cannot be taken away', async () => {
    const { workspace_id, owner } = team;
    const user_id = owner.user.id;
    const demoted = await owner.client.raw.update_member({
      if_match: '*',
      workspace_id,
      user_id,
      body: { role: 'admin' },
    });
    const left = await owner.client.raw.remove_member({ workspace_id, user_id });
    for (const answer of [demoted, left]) expect(answer).toMatchObject({ status: 409, body: { code: 'last_owner' } });
  });
});

/** In each round, two owners demote and remove each other at once. Returns how many owners are left after each. */
async function ownersRace(on: TestServer, rounds: number): Promise<number[]> {
  const owners: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [await registerPerson(on), await registerPerson(on)];
    const { id: workspace_id } = await a.client.create_workspace({ body: { name: 'Two' } });
    await joinWorkspace(a, b, workspace_id, 'owner');
    await Promise.all([
      a.client.raw.update_member({ if_match: '*', workspace_id, user_id: b.user.id, body: { role: 'admin' } }),
      b.client.raw.remove_member({ workspace_id, user_id: a.user.id }),
      a.client.raw.remove_member({ workspace_id, user_id: a.user.id }),
    ]);
    const { rows } = await on.database.owner.query(
      "select count(*)::int as n from memberships where workspace_id = $1 and role = 'owner' and removed_at is null",
      [workspace_id],
    );
    owners.push((rows[0] as { n: number }).n);
  }
  return owners;
}

/** Lets the worker finish the clean-ups that requests on a busy machine could not finish within their second. */
async function finishCleanups(on: TestServer): Promise<void> {
  const log = pino({ level: 'silent' });
  const worker = workerPool(on.config, { url: on.database.url, max: 2, log });
  const cleanups = cleanupLoop(worker, log);
  cleanups.start();
  const unfinished = async () => (await on.database.owner.query('select 1 from membership_cleanups')).rowCount;
  await expect.poll(unfinished, { timeout: 25_000 }).toBe(0);
  await cleanups.stop(10_000);
  await worker.end();
}

describe('two owners who demote and remove each other at once', () => {
  test('leave one owner', async () => {
    expect(await ownersRace(server, 12)).toEqual(Array(12).fill(1));
  });

  test('control: without the locks they can leave none', async () => {
    const broken = await startServer(
      {},
      {
        patch: (text) => text.replace('for no key update of w', '').replace('for no key update of m', ''),
      },
    );
    try {
      expect(await ownersRace(broken, 24)).toContain(0);
    } finally {
      await broken.stop();
    }
  });
});

describe('a member who leaves', () => {
  test('is unassigned from all their tickets, each with a new version and an audit entry', async () => {
    const { workspace_id, owner } = team;
    const person = await registerPerson(server);
    await joinWorkspace(owner, person, workspace_id, 'member');
    const tickets = [
      await makeTicket(team, { assignee_id: person.user.id }),
      await makeTicket(team, { assignee_id: person.user.id }),
    ];
    await owner.client.delete_ticket({ workspace_id, ticket: tickets[1]?.id ?? '' });
    await person.client.remove_member({ workspace_id, user_id: person.user.id });
    const [first] = tickets;
    expect(await owner.client.get_ticket({ workspace_id, ticket: first?.id ?? '' })).toMatchObject({
      assignee_id: null,
      version: 2,
    });
    const { data } = await owner.client.list_audit({ workspace_id, subject: first?.id ?? '' });
    expect(data[0]).toMatchObject({ action: 'ticket.assignee_changed', before: { assignee_id: person.user.id } });
    const restored = await owner.client.restore_ticket({ workspace_id, ticket: tickets[1]?.id ?? '' });
    expect(restored.assignee_id).toBeNull();
  });

  test('keeps no ticket that is assigned to them at the same time', async () => {
    const { workspace_id, owner } = team;
    const tickets: string[] = [];
    for (let round = 0; round < 8; round++) {
      const person = await registerPerson(server);
      await joinWorkspace(owner, person, workspace_id, 'member');
      const ticket = await makeTicket(team);
      const user_id = person.user.id;
      const answers = await Promise.all([
        owner.client.raw.set_assignee({ if_match: '*', workspace_id, ticket: ticket.id, body: { user_id } }),
        owner.client.raw.remove_member({ workspace_id, user_id }),
        owner.client.raw.set_assignee({ if_match: '*', workspace_id, ticket: ticket.id, body: { user_id } }),
      ]);
      for (const { status } of answers) expect([200, 204, 422]).toContain(status);
      tickets.push(ticket.id);
    }
    await finishCleanups(server);
    for (const ticket of tickets) {
      expect((await owner.client.get_ticket({ workspace_id, ticket })).assignee_id).toBeNull();
    }
  });
});

describe('an invitation', () => {
  const invite = (email: string, role: 'owner' | 'member' = 'member') =>
    team.owner.client.create_invitation({ workspace_id: team.workspace_id, body: { email, role } });

  test('can be accepted only by its address, and only once', async () => {
    const { workspace_id, owner, admin } = team;
    const [guest, other] = [await registerPerson(server), await registerPerson(server)];
    const { token, id } = await invite(guest.email.toUpperCase());
    expect(JSON.stringify((await admin.client.list_invitations({ workspace_id })).data)).not.toContain(token);
    const accept = (by: typeof guest, given: string) => by.client.raw.accept_invitation({ body: { token: given } });
    const refused = [await accept(other, token), await accept(guest, `${token}x`), await accept(guest, 'bit_x')];
    expect(new Set(refused.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(refused[0]?.status).toBe(404);
    expect(await accept(guest, token)).toMatchObject({ status: 200, body: { id: workspace_id, role: 'member' } });
    expect(await accept(guest, token)).toMatchObject({ status: 404, body: refused[0]?.body });
    expect((await owner.client.raw.revoke_invitation({ workspace_id, invitation_id: id })).status).toBe(404);
    const again = await owner.client.raw.create_invitation({
      workspace_id,
      body: { email: guest.email, role: 'member' },
    });
    expect(again).toMatchObject({ status: 409, body: { code: 'already_member' } });
  });

  test('can be pending once per address, can be revoked, and expires', async () => {
    const { workspace_id, owner } = team;
    const guest = await registerPerson(server);
    const body = { email: guest.email, role: 'member' } as const;
    const first = await invite(guest.email);
    expect((await owner.client.raw.create_invitation({ workspace_id, body })).body).toMatchObject({
      code: 'invitation_pending',
    });
    await owner.client.revoke_invitation({ workspace_id, invitation_id: first.id });
    expect((await guest.client.raw.accept_invitation({ body: { token: first.token } })).status).toBe(404);
    const second = await invite(guest.email);
    await server.database.owner.query(`update invitations set expires_at = now() where id = $1`, [second.id]);
    expect((await guest.client.raw.accept_invitation({ body: { token: second.token } })).status).toBe(404);
    const third = await invite(guest.email);
    for (const { id } of [first, second]) {
      const [entry] = (await owner.client.list_audit({ workspace_id, subject: id })).data;
      const before = { email: guest.email, role: 'member' };
      expect(entry).toMatchObject({ action: 'invitation.revoked', actor_id: owner.user.id, before });
    }
    expect((await guest.client.raw.accept_invitation({ body: { token: third.token } })).status).toBe(200);
  });

  test('that is accepted several times at once creates one membership', async () => {
    for (let round = 0; round < 8; round++) {
      const guest = await registerPerson(server);
      const { token } = await invite(guest.email);
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => guest.client.raw.accept_invitation({ body: { token } })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    }
  });

  test('for an owner can be created only by an owner', async () => {
    const { workspace_id, admin } = team;
    const body = { email: 'x@example.com', role: 'owner' } as const;
    expect((await admin.client.raw.create_invitation({ workspace_id, body })).status).toBe(403);
  });
});

describe('the audit log', () => {
  test('can be read only by admins, can be filtered, and can’t be changed by the app’s database role', async () => {
    const { workspace_id, admin, member, owner } = team;
    expect((await member.client.raw.list_audit({ workspace_id })).status).toBe(403);
    const by = await admin.client.list_audit({ workspace_id, action: 'invitation.created', actor: owner.user.id });
    expect(by.data.length).toBeGreaterThan(3);
    expect(new Set(by.data.map(({ action }) => action))).toEqual(new Set(['invitation.created']));
    expect((await admin.client.list_audit({ workspace_id, created_after: '2999-01-01T00:00:00Z' })).data).toEqual([]);
    const seen: string[] = [];
    for await (const { id } of admin.client.pages.list_audit({ workspace_id, limit: 7 })) seen.push(id);
    expect(new Set(seen).size).toBe(seen.length);
    for (const change of [
      ...['events', 'outbox'].flatMap((table) => [
        `update ${table} set action = 'x' where workspace_id = '${workspace_id}'`,
        `delete from ${table} where workspace_id = '${workspace_id}'`,
        `truncate ${table}`,
      ]),
      `insert into events select * from events`,
    ]) {
      const text = `begin; set local role baton_app; ${change}`;
      const client = await server.database.owner.connect();
      await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
      await client.query('rollback');
      client.release();
    }
  });
});
