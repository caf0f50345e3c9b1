import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ BATON_MAX_MIB_PER_WORKSPACE: '2', BATON_WRITE_MIB_PER_HOUR: '64' });
});
afterAll(() => server.stop());

const exceeded = { status: 409, body: { code: 'quota_exceeded', quota: 'mib_per_workspace' } };

async function usageOf({ workspace_id }: Team): Promise<number> {
  const { rows } = await server.database.owner.query<{ bytes: number }>(
    'select coalesce(sum(bytes), 0)::int as bytes from workspace_usage where workspace_id = $1',
    [workspace_id],
  );
  return rows[0]?.bytes ?? 0;
}

/** Sends a body as it is, with its white space. */
function send(
  { access_token }: Person,
  path: string,
  { method = 'POST', body, key }: { method?: string; body: string; key?: string },
): Promise<Response> {
  const headers = {
    authorization: `Bearer ${access_token}`,
    'content-type': 'application/json',
    ...(method === 'PATCH' && { 'if-match': '*' }),
    ...(key !== undefined && { 'idempotency-key': key }),
  };
  return fetch(server.url + path, { method, headers, body });
}

const padded = (value: unknown) => JSON.stringify(value).padEnd(64 * 1024);

describe('a workspace’s quota of bytes', () => {
  test('does not count white space or writes that store nothing', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member, viewer } = team;
    const { id, title } = await makeTicket(team);
    const workspace = `/v1/workspaces/${workspace_id}`;
    const before = await usageOf(team);
    for (let n = 0; n < 40; n++) {
      const same = await send(member, `${workspace}/tickets/${id}`, { method: 'PATCH', body: padded({ title }) });
      expect(same.status).toBe(200);
    }
    expect(await usageOf(team)).toBe(before);
    for (let n = 0; n < 40; n++) {
      const body = padded({ name: 'T', scopes: ['tickets:read'] });
      const created = await send(viewer, `${workspace}/tokens`, { body });
      expect(created.status).toBe(201);
      const { id: token_id } = (await created.json()) as { id: string };
      await viewer.client.revoke_token({ workspace_id, token_id });
    }
    // 2.5 MiB were sent; by chance a few grains of 64 KiB are counted.
    expect((await usageOf(team)) - before).toBeLessThan(2 ** 20);
  });

  test('counts a text once, even if its comment changes later', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member } = team;
    const { id: ticket } = await makeTicket(team);
    const body = { body: 'x'.repeat(600_000) };
    const { id: comment_id } = await member.client.create_comment({ workspace_id, ticket, body });
    const at = { workspace_id, ticket, comment_id };
    await member.client.update_comment({ ...at, if_match: '*', body: { body: 'y' } });
    expect(await usageOf(team)).toBeLessThan(800_000);
  });

  test('does not count responses that are stored for Idempotency-Keys', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member } = team;
    const { id } = await makeTicket(team, { description: 'x'.repeat(900_000) });
    const before = await usageOf(team);
    for (let n = 0; n < 5; n++) {
      const path = `/v1/workspaces/${workspace_id}/tickets/${id}`;
      const body = JSON.stringify({ title: `Title ${n}` });
      expect((await send(member, path, { method: 'PATCH', body, key: `title-${n}` })).status).toBe(200);
    }
    expect((await usageOf(team)) - before).toBeLessThan(400_000);
  });

  test('once used up, does not block demotions, revocations, removals or purges', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner, member, viewer } = team;
    const { id: ticket } = await makeTicket(team, { description: 'A secret' });
    await member.client.update_ticket({ workspace_id, ticket, if_match: '*', body: { description: 'No secret' } });
    const token = await member.client.create_token({ workspace_id, body: { name: 'T', scopes: ['tickets:read'] } });
    const bot = await owner.client.create_bot({ workspace_id, body: { name: 'Bot', role: 'member' } });
    for (let n = 0; n < 3; n++) {
      await member.client.raw.create_comment({ workspace_id, ticket, body: { body: 'x'.repeat(900_000) } });
    }
    const create = () =>
      owner.client.create_ticket({ workspace_id, project_id: team.project_id, body: { title: 'T' } });
    await expect(create()).rejects.toMatchObject(exceeded);

    await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['description'] } });
    await member.client.revoke_token({ workspace_id, token_id: token.id });
    const demoted = { workspace_id, if_match: '*', body: { role: 'viewer' } } as const;
    await owner.client.update_member({ ...demoted, user_id: member.user.id });
    await owner.client.update_bot({ ...demoted, bot_id: bot.id });
    await owner.client.remove_member({ workspace_id, user_id: viewer.user.id });
    await expect(create()).rejects.toMatchObject(exceeded);
  });

  test('once used up, blocks watching and muting tickets, but not returning to automatic', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member, viewer } = team;
    const [one, other] = [await makeTicket(team), await makeTicket(team)];
    const choose = (ticket: { id: string }, choice: 'automatic' | 'watching' | 'muted') =>
      viewer.client.raw.set_watching({ workspace_id, ticket: ticket.id, body: { choice } });
    expect((await choose(one, 'muted')).status).toBe(200);
    for (let n = 0; n < 3; n++) {
      const body = { body: 'x'.repeat(900_000) };
      await member.client.raw.create_comment({ workspace_id, ticket: one.id, body });
    }
    for (const choice of ['muted', 'watching'] as const) expect(await choose(other, choice)).toMatchObject(exceeded);
    expect((await choose(one, 'automatic')).status).toBe(200);
    const { rows } = await server.database.owner.query('select 1 from watchers where user_id = $1', [viewer.user.id]);
    expect(rows).toEqual([]);
  });
});

describe('a write with an Idempotency-Key', () => {
  test('that changes nothing stores no long response, and is not done again', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member } = team;
    const { id, title } = await makeTicket(team, { description: 'x'.repeat(900_000) });
    const path = `/v1/workspaces/${workspace_id}/tickets/${id}`;
    const same = { method: 'PATCH', body: JSON.stringify({ title }), key: 'same' };
    expect((await send(member, path, same)).status).toBe(200);
    const { rows } = await server.database.owner.query(
      "select coalesce(sum(length(body)), 0)::int as bytes, count(*)::int as n from outcomes where user_id = $1 and target like 'PATCH %'",
      [member.user.id],
    );
    expect(rows).toEqual([{ bytes: 28, n: 1 }]); // an empty text, sealed
    await member.client.update_ticket({ workspace_id, ticket: id, if_match: '*', body: { title: 'Changed since' } });
    expect((await send(member, path, same)).status).toBe(410);
    expect((await member.client.get_ticket({ workspace_id, ticket: id })).title).toBe('Changed since');
  });

  test('that stores a long response uses up some of what its account may send in an hour', async () => {
    const team = await makeTeam(server);
    const { workspace_id, member } = team;
    const { id } = await makeTicket(team, { description: 'x'.repeat(1_000_000) });
    const path = `/v1/workspaces/${workspace_id}/tickets/${id}`;
    const statuses: number[] = [];
    for (let n = 0; n < 24 && !statuses.includes(429); n++) {
      const edit = { method: 'PATCH', body: JSON.stringify({ title: `Title ${n}` }), key: `title-${n}` };
      statuses.push((await send(member, path, edit)).status);
    }
    // 16 MiB at once: the description takes one of them, and the response to it another.
    expect(statuses.indexOf(429)).toBe(15);
  });
});
