import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { type NameServer, startNameServer } from '../../../proof/harness/name-server.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { Names } from './names.ts';

/** The addresses of each name. */
const known: Record<string, readonly string[] | 'silent' | undefined> = {
  'public.example': ['192.0.1.1', '2606:4700:4700::1111'],
  'inside.example': ['10.1.2.3'],
  'both.example': ['192.0.1.1', 'fd12:3456:789a::1'],
  'silent.example': 'silent',
};

let names: NameServer;
let server: TestServer;
let team: Team;

beforeAll(async () => {
  names = await startNameServer((name) => known[name]);
  server = await startServer({ BATON_POOL_SIZE: '4' }, { resolver: names.resolver });
  team = await makeTeam(server);
});
beforeEach(() => {
  names.asked.length = 0;
});
afterAll(async () => {
  await server.stop();
  await names.stop();
});

const urlOf = (name: string) => `https://${name}/hook`;
const create = ({ client }: Person, name: string, idempotency_key?: string) =>
  client.raw.create_webhook({
    workspace_id: team.workspace_id,
    body: { url: urlOf(name) },
    ...(idempotency_key === undefined ? {} : { idempotency_key }),
  });
const webhooks = async () => (await team.owner.client.list_webhooks({ workspace_id: team.workspace_id })).data;
/** Creates a webhook with this host name, and deletes it at the end of the test. */
async function created(name: string) {
  const { workspace_id, owner } = team;
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body: { url: urlOf(name) } });
  onTestFinished(async () => {
    await owner.client.delete_webhook({ workspace_id, webhook_id });
  });
  return { workspace_id, webhook_id };
}
const refused = {
  status: 422,
  body: {
    errors: [{ pointer: '/url', detail: 'The URL must not lead to a private address, and its host name does.' }],
  },
};

describe('a webhook’s URL', () => {
  test.each(['inside.example', 'both.example', 'INSIDE.example.'])(
    'is refused if its host name has an address that is not public: %s',
    async (name) => {
      const { owner } = team;
      expect(await create(owner, name)).toMatchObject(refused);
      expect(await webhooks()).toEqual([]);
      const at = await created('public.example');
      const change = { if_match: '*', body: { url: urlOf(name), description: 'Not kept' } } as const;
      expect(await owner.client.raw.update_webhook({ ...at, ...change })).toMatchObject(refused);
      expect(await webhooks()).toMatchObject([{ url: urlOf('public.example'), description: '', version: 1 }]);
    },
  );

  test('may have a host name without an address, or one whose name server does not respond in time', async () => {
    const { owner } = team;
    const at = await created('public.example');
    for (const name of ['later.example', 'silent.example', 'receiver.invalid']) {
      const began = performance.now();
      await created(name);
      expect(performance.now() - began).toBeLessThan(3_000);
      const body = { url: urlOf(name) };
      expect((await owner.client.update_webhook({ ...at, if_match: '*', body })).url).toBe(body.url);
    }
    expect(names.asked).toEqual(expect.arrayContaining(['later.example', 'silent.example']));
    expect(names.asked).not.toContain('receiver.invalid');
  });

  test('is checked when it is set, not when other fields change', async () => {
    const { owner } = team;
    known['moves.example'] = ['192.0.1.1'];
    const at = await created('moves.example');
    known['moves.example'] = ['127.0.0.1'];
    const body = { url: urlOf('moves.example'), description: 'D', state: 'paused' as const };
    expect(await owner.client.update_webhook({ ...at, if_match: '*', body })).toMatchObject(body);
    expect(await create(owner, 'moves.example')).toMatchObject(refused);
  });

  test('may lead to a private address if a setting allows it, and its host name is not looked up', async () => {
    const lax = await startServer(
      { BATON_WEBHOOK_PRIVATE: 'on' },
      { database: server.database, resolver: names.resolver },
    );
    onTestFinished(() => lax.stop());
    const response = await fetch(`${lax.url}/v1/workspaces/${team.workspace_id}/webhooks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${team.owner.access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ url: urlOf('inside.example') }),
    });
    const { id: webhook_id } = (await response.json()) as { id: string };
    expect([response.status, names.asked]).toEqual([201, []]);
    await team.owner.client.delete_webhook({ workspace_id: team.workspace_id, webhook_id });
  });

  test('is not looked up for somebody without the permission, even if they had it a moment ago', async () => {
    const { workspace_id, owner, admin, member, stranger } = team;
    expect(await create(admin, 'inside.example')).toMatchObject(refused); // the admin's role was just confirmed
    names.asked.length = 0;
    const setRole = (role: 'admin' | 'member') =>
      owner.client.update_member({ workspace_id, user_id: admin.user.id, if_match: '*', body: { role } });
    await setRole('member');
    for (const [person, status] of [
      [admin, 403],
      [member, 403],
      [stranger, 404],
    ] as const)
      expect((await create(person, 'inside.example')).status).toBe(status);
    expect(names.asked).toEqual([]);
    await setRole('admin');
    expect(await create(admin, 'inside.example')).toMatchObject(refused);
  });

  test('is not looked up again for a request repeated under its Idempotency-Key', async () => {
    const { workspace_id, owner } = team;
    known['once.example'] = ['192.0.1.1'];
    const key = 'name-once-0001';
    const first = await create(owner, 'once.example', key);
    known['once.example'] = ['127.0.0.1'];
    names.asked.length = 0;
    expect(await create(owner, 'once.example', key)).toMatchObject({ status: 201, body: first.body });
    expect(names.asked).toEqual([]);
    const { id: webhook_id } = first.body as { id: string };
    await owner.client.delete_webhook({ workspace_id, webhook_id });
  });
});

test('slow look-ups of names occupy no database connection, and do not delay other requests', async () => {
  const { owner, member, workspace_id } = team;
  const waiting = Array.from({ length: 12 }, () => create(owner, 'silent.example'));
  await expect.poll(() => names.asked.length).toBeGreaterThanOrEqual(12);
  // There are three times as many look-ups as connections.
  await expect.poll(() => server.pool.totalCount - server.pool.idleCount).toBe(0);
  const began = performance.now();
  await member.client.list_projects({ workspace_id });
  await owner.client.update_workspace({ workspace_id, if_match: '*', body: { name: 'Renamed' } });
  expect(performance.now() - began).toBeLessThan(1_000);
  for (const { status, body } of await Promise.all(waiting)) {
    expect(status).toBe(201);
    const { id: webhook_id } = body as { id: string };
    await owner.client.delete_webhook({ workspace_id, webhook_id });
  }
});

test('a process looks up at most 16 names at a time, and skips those whose turn comes too late', async () => {
  const many = new Names({ resolver: names.resolver, allow_private: false });
  const began = performance.now();
  const all = Array.from({ length: 200 }, (_, n) => {
    known[`n${n}.example`] = 'silent';
    return many.leadInside(urlOf(`n${n}.example`), 'somebody');
  });
  await expect.poll(() => new Set(names.asked).size).toBe(16);
  expect(await Promise.all(all)).toEqual(all.map(() => false));
  expect(performance.now() - began).toBeLessThan(4_000);
  // Of the 80 names that had a place, only three times 16 and this one are looked up. The others' turn came too late.
  await expect.poll(() => many.leadInside(urlOf('inside.example'), 'another'), { timeout: 10_000 }).toBe(true);
  expect(new Set(names.asked).size).toBeLessThanOrEqual(3 * 16 + 1);
});
