import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { joinWorkspace, registerPerson, type Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import type { WorkflowDefinition } from '../../../sdk/index.ts';
import { contracts } from '../contracts.ts';
import type { Quota } from '../errors.ts';
import { weigh } from './usage.ts';

let server: TestServer;
let owner: Person;
let workspace_id: string;
let project_id: string;

const exceeded = (quota: string, limit: number) => ({ status: 409, body: { code: 'quota_exceeded', quota, limit } });

beforeAll(async () => {
  server = await startServer({
    BATON_MAX_WORKSPACES_PER_ACCOUNT: '2',
    BATON_MAX_MEMBERS_PER_WORKSPACE: '2',
    BATON_MAX_OPEN_INVITATIONS_PER_WORKSPACE: '2',
    BATON_MAX_WEBHOOKS_PER_WORKSPACE: '2',
    BATON_MAX_VIEWS_PER_MEMBER: '3',
    BATON_MAX_SHARED_VIEWS_PER_WORKSPACE: '1',
    BATON_MAX_PROJECTS_PER_WORKSPACE: '2',
    BATON_MAX_WORKFLOW_VERSIONS_PER_PROJECT: '2',
    BATON_MAX_TICKETS_PER_PROJECT: '2',
    BATON_MAX_MIB_PER_WORKSPACE: '2',
    BATON_READ_MIB_PER_MINUTE: '64',
  });
  owner = await registerPerson(server);
  ({ id: workspace_id } = await owner.client.create_workspace({ body: { name: 'Full' } }));
  ({ id: project_id } = await owner.client.create_project({ workspace_id, body: { key: 'ONE', name: 'One' } }));
});
afterAll(() => server.stop());

/** What bounds how many things each operation can create. */
const bounds: Record<string, Quota | 'the requests of a network'> = {
  register: 'the requests of a network',
  create_workspace: 'workspaces_per_account',
  create_bot: 'members_per_workspace',
  create_invitation: 'open_invitations_per_workspace',
  create_project: 'projects_per_workspace',
  create_ticket: 'tickets_per_project',
  transition_ticket: 'mib_per_workspace',
  create_comment: 'mib_per_workspace',
  add_attachment: 'attachments_per_ticket',
  create_view: 'views_per_member',
  create_token: 'tokens_per_member',
  create_webhook: 'webhooks_per_workspace',
};

test('the number of everything that can be created is bounded', () => {
  const created = contracts.filter(({ status }) => status === 201).map(({ id }) => id);
  expect(Object.keys(bounds).toSorted()).toEqual(created.toSorted());
});

describe('a write beyond a quota is refused with its name', () => {
  test('for workspaces of an account, until one is deleted', async () => {
    const create = () => owner.client.create_workspace({ body: { name: 'Another' } });
    const second = await create();
    await expect(create()).rejects.toMatchObject(exceeded('workspaces_per_account', 2));
    await owner.client.delete_workspace({ workspace_id: second.id });
    await create();
  });

  test('for workspaces that somebody is to own by a new role or an invitation', async () => {
    const [giver, taker] = [await registerPerson(server), await registerPerson(server)];
    const create = async ({ client }: Person) => (await client.create_workspace({ body: { name: 'Given' } })).id;
    const full = exceeded('workspaces_per_account', 2);
    const at = { workspace_id: await create(giver) };
    await joinWorkspace(giver, taker, at.workspace_id, 'admin');
    const appoint = () =>
      giver.client.update_member({ ...at, user_id: taker.user.id, if_match: '*', body: { role: 'owner' } });
    const [first] = [await create(taker), await create(taker)];
    const unlike = await giver.client.get_member({ ...at, user_id: taker.user.id });
    await expect(appoint()).rejects.toMatchObject(full);
    expect(await giver.client.get_member({ ...at, user_id: taker.user.id })).toEqual(unlike);
    // The giver still sees their own workspaces, and not the taker's.
    expect((await giver.client.list_workspaces()).data.map(({ id }) => id)).toEqual([at.workspace_id]);
    const other = { workspace_id: await create(giver) };
    const { token } = await giver.client.create_invitation({ ...other, body: { email: taker.email, role: 'owner' } });
    const accept = () => taker.client.accept_invitation({ body: { token } });
    await expect(accept()).rejects.toMatchObject(full);
    await taker.client.delete_workspace({ workspace_id: first });
    expect((await accept()).role).toBe('owner');
    await expect(appoint()).rejects.toMatchObject(full);
    await taker.client.remove_member({ ...other, user_id: taker.user.id });
    expect((await appoint()).role).toBe('owner');
  });

  test('for webhooks of a workspace, until one is deleted', async () => {
    const body = { url: 'https://receiver.invalid/' };
    const create = () => owner.client.create_webhook({ workspace_id, body });
    await create();
    const { id: webhook_id } = await create();
    await expect(create()).rejects.toMatchObject(exceeded('webhooks_per_workspace', 2));
    await owner.client.delete_webhook({ workspace_id, webhook_id });
    await create();
  });

  test('for views of a member and shared views of a workspace, until one is deleted, and a restored one counts again', async () => {
    const create = (shared = false) => owner.client.create_view({ workspace_id, body: { name: 'V', shared } });
    const first = await create(true);
    await expect(create(true)).rejects.toMatchObject(exceeded('shared_views_per_workspace', 1));
    const { id: view_id } = await create();
    const at = { workspace_id, view_id };
    const share = owner.client.update_view({ ...at, if_match: '*', body: { shared: true } });
    await expect(share).rejects.toMatchObject(exceeded('shared_views_per_workspace', 1));
    await create();
    await expect(create()).rejects.toMatchObject(exceeded('views_per_member', 3));
    await owner.client.delete_view({ workspace_id, view_id: first.id });
    await create(true);
    const restore = owner.client.restore_view({ workspace_id, view_id: first.id });
    await expect(restore).rejects.toMatchObject({ status: 409, body: { code: 'quota_exceeded' } });
  });

  test('for projects of a workspace', async () => {
    const create = (key: string) => owner.client.create_project({ workspace_id, body: { key, name: key } });
    await create('TWO');
    await expect(create('THREE')).rejects.toMatchObject(exceeded('projects_per_workspace', 2));
  });

  test('for versions of a workflow', async () => {
    const { version: _, project_id: __, ...workflow } = await owner.client.get_workflow({ workspace_id, project_id });
    const body = workflow as WorkflowDefinition;
    const replace = () => owner.client.replace_workflow({ if_match: '*', workspace_id, project_id, body });
    await replace();
    await expect(replace()).rejects.toMatchObject(exceeded('workflow_versions_per_project', 2));
  });

  test('for tickets of a project, and takes no ticket number', async () => {
    const create = () => owner.client.create_ticket({ workspace_id, project_id, body: { title: 'T' } });
    await create();
    expect((await create()).number).toBe(2);
    await expect(create()).rejects.toMatchObject(exceeded('tickets_per_project', 2));
    const { rows } = await server.database.owner.query('select last_number from projects where id = $1', [project_id]);
    expect(rows).toEqual([{ last_number: 2 }]);
  });

  test('for open invitations and members', async () => {
    const people = [await registerPerson(server), await registerPerson(server)] as const;
    const invite = (email: string) => owner.client.create_invitation({ workspace_id, body: { email, role: 'member' } });
    const tokens = [await invite(people[0].user.email), await invite(people[1].user.email)].map(({ token }) => token);
    await expect(invite('third@example.com')).rejects.toMatchObject(exceeded('open_invitations_per_workspace', 2));
    await people[0].client.accept_invitation({ body: { token: tokens[0] ?? '' } });
    await expect(people[1].client.accept_invitation({ body: { token: tokens[1] ?? '' } })).rejects.toMatchObject(
      exceeded('members_per_workspace', 2),
    );
  });

  test('for the bytes that a workspace stores, whichever member writes them', async () => {
    const { id: ticket } = await owner.client.list_tickets({ workspace_id }).then(({ data }) => data[0] ?? { id: '' });
    // Raw calls don't read back what they write, because reads are limited, too.
    const body = { body: 'x'.repeat(900_000) };
    const comment = (idempotency_key?: string) =>
      owner.client.raw.create_comment({ workspace_id, ticket, body, ...(idempotency_key && { idempotency_key }) });
    expect((await comment()).status).toBe(201);
    // The response that is stored for a key is removed after a day, and doesn't count.
    const kept = await comment('kept');
    expect(kept.status).toBe(201);
    expect((await comment()).status).toBe(201); // this one exceeds the quota
    expect(await comment()).toMatchObject(exceeded('mib_per_workspace', 2));
    expect(await comment('another')).toMatchObject(exceeded('mib_per_workspace', 2));
    expect((await comment('kept')).body).toEqual(kept.body);
    await expect(
      owner.client.update_workspace({ if_match: '*', workspace_id, body: { name: 'Small' } }),
    ).rejects.toMatchObject(exceeded('mib_per_workspace', 2));
    const { rows } = await server.database.owner.query('select id from comments where ticket_id = $1', [ticket]);
    expect(rows).toHaveLength(3);
  });
});

test('large responses to an account, and to no other, are refused after a sixteenth of a minute’s bytes', async () => {
  const { data } = await owner.client.list_tickets({ workspace_id });
  const at = { workspace_id, ticket: data[0]?.id ?? '' };
  const other = await registerPerson(server);
  const read = () => owner.client.raw.list_comments({ ...at, limit: 1 });
  const responses = [await read()];
  while (responses.length < 8 && responses.at(-1)?.status === 200) responses.push(await read());
  const last = responses.at(-1);
  expect([responses[0]?.status, last?.status, last?.body]).toEqual([
    200,
    429,
    expect.objectContaining({ code: 'rate_limited' }),
  ]);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await other.client.raw.get_me()).status).toBe(200);
});

test.each([
  [3_000, 3_000],
  [10, 1024],
  [1_000_000, 1_000_000],
])('a write of %i bytes adds %i on average', (bytes, expected) => {
  const chances = Array.from({ length: 65_536 }, (_, n) => n / 65_536);
  const sum = chances.reduce((all, chance) => all + weigh(bytes, chance), 0);
  expect(sum / chances.length / expected).toBeCloseTo(1, 3);
});
