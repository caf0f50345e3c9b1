import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { prepare, sql } from '../db/sql.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  // One connection, whose prepared statements can be counted.
  server = await startServer({ BATON_POOL_SIZE: '1' });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

test('a list shows an excerpt on one line, and the description only on request', async () => {
  const { workspace_id, project_id, member } = team;
  const description = `First line\n\n\u202Esecond\t${'x'.repeat(300)}`;
  await member.client.create_ticket({ workspace_id, project_id, body: { title: 'T', description, labels: ['long'] } });
  const [plain] = (await member.client.list_tickets({ workspace_id, label: 'long' })).data;
  expect(plain?.excerpt).toBe(`First line second ${'x'.repeat(182)}`);
  expect(plain).not.toHaveProperty('description');
  const [whole] = (await member.client.list_tickets({ workspace_id, label: 'long', fields: 'description' })).data;
  expect(whole?.description).toBe(description);
});

test('a list omits tickets of archived projects unless the request asks for them or names the project', async () => {
  const { workspace_id, owner } = team;
  const project = await owner.client.create_project({ workspace_id, body: { key: 'OLD', name: 'Old' } });
  const ticket = await owner.client.create_ticket({
    workspace_id,
    project_id: project.id,
    body: { title: 'T', assignee_id: owner.user.id },
  });
  await owner.client.archive_project({ workspace_id, project_id: project.id, if_match: '*' });
  const found = async (filter: { archived?: 'true' | 'any'; project_id?: string; assignee?: 'me' }) =>
    (await owner.client.list_tickets({ workspace_id, ...filter })).data.some(({ id }) => id === ticket.id);
  expect([await found({}), await found({ assignee: 'me' })]).toEqual([false, false]);
  expect([await found({ archived: 'true' }), await found({ archived: 'any' })]).toEqual([true, true]);
  expect(await found({ project_id: 'OLD' })).toBe(true);
});

test('a comment changes a ticket’s last_activity_at, but neither version nor updated_at', async () => {
  const { workspace_id, member } = team;
  const ticket = await makeTicket(team, { title: 'Quiet' });
  await makeTicket(team, { title: 'Later' });
  const at = { workspace_id, ticket: ticket.id };
  const comment = await member.client.create_comment({ ...at, body: { body: 'c' } });
  const now = await member.client.get_ticket(at);
  expect(now).toEqual({ ...ticket, last_activity_at: comment.created_at });
  const [first] = (await member.client.list_tickets({ workspace_id, sort: '-last_activity_at' })).data;
  expect(first).toMatchObject({ id: ticket.id, last_activity_at: comment.created_at, version: 1 });
  const since = await member.client.list_tickets({ workspace_id, active_after: ticket.updated_at, assignee: 'none' });
  expect(since.data.map(({ title }) => title)).toEqual(['Later', 'Quiet']);
});

test('a long description that edits replace is stored once, and a conflict still returns it as base', async () => {
  const { workspace_id, member, admin } = team;
  const ticket = await makeTicket(team);
  const at = { workspace_id, ticket: ticket.id };
  const texts = [1, 2, 3].map((n) => `${n}`.repeat(100_000));
  for (const [index, description] of texts.entries()) {
    await member.client.update_ticket({ ...at, body: { description, version: index + 1 } });
  }
  const refused = await member.client.raw.update_ticket({ ...at, body: { description: 'mine', version: 2 } });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ fields: { description: { base: texts[0], mine: 'mine', theirs: texts[2] } } });
  const audit = await admin.client.list_audit({ workspace_id, subject: ticket.id, action: 'ticket.updated' });
  const [last] = audit.data;
  expect(last?.after).toMatchObject({ description: { bytes: 100_000, start: '3'.repeat(200) } });
  const { rows } = await server.database.owner.query<{ version: number; long: number }>(
    'select version, length(description) as long from ticket_texts where ticket_id = $1 order by version',
    [ticket.id],
  );
  expect(rows).toEqual([
    { version: 3, long: 100_000 },
    { version: 4, long: 100_000 },
  ]);
});

test('an edit that is too many versions behind is a conflict without fields', async () => {
  const { workspace_id, member } = team;
  const ticket = await makeTicket(team);
  const at = { workspace_id, ticket: ticket.id };
  const client = await server.database.owner.connect();
  try {
    await client.query('update tickets set version = 1100 where id = $1', [ticket.id]);
    const refused = await member.client.raw.update_ticket({ ...at, body: { title: 'mine', version: 1 } });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([409, 'conflict']);
    expect(refused.body).not.toHaveProperty('fields');
    const stale = await member.client.raw.update_ticket({ ...at, body: { title: 'mine' }, if_match: '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'precondition_failed', current_version: 1100 } });
    expect(stale.body).not.toHaveProperty('fields');
  } finally {
    await client.query('update tickets set version = 1 where id = $1', [ticket.id]);
    client.release();
  }
});

test('all combinations of filters share a few prepared statements', async () => {
  const { workspace_id, member, project_id } = team;
  const filters = {
    project_id,
    status: 'open',
    assignee: 'me',
    reporter: 'me',
    priority: 'none',
    label: 'l',
    created_after: '2020-01-01',
    updated_before: '2090-01-01',
  } as const;
  const names = Object.keys(filters) as (keyof typeof filters)[];
  for (let bits = 0; bits < 2 ** names.length; bits += 3) {
    const chosen = names.filter((_, index) => (bits & (1 << index)) !== 0).map((name) => [name, filters[name]]);
    await member.client.list_tickets({ workspace_id, ...Object.fromEntries(chosen) });
  }
  const { rows } = await server.pool.query<{ count: number }>(
    "select count(*)::integer as count from pg_prepared_statements where statement like '%tickets t%'",
  );
  expect(rows[0]?.count).toBeLessThan(60);
});

test('filters with any number of values, and of projects by id or key, share a few prepared statements', async () => {
  const { workspace_id, member } = team;
  const values = (n: number, of: (index: number) => string) =>
    Array.from({ length: n }, (_, index) => of(index)).join(',');
  const uuids = (n: number) => values(n, () => crypto.randomUUID());
  // A statement's name contains the number of statements before it.
  const before = Number(prepare(sql`select 'before them'`).name?.slice(1));
  for (let n = 1; n <= 10; n++) {
    const words = values(n, (index) => `w${index}`);
    const lists: Record<string, string>[] = [
      { status: words },
      { label: words },
      { assignee: uuids(n) },
      { reporter: uuids(n) },
      { project_id: uuids(1), status: words },
    ];
    for (let keys = 0; keys <= n; keys++) {
      lists.push({ project_id: [uuids(n - keys), values(keys, (index) => `K${index}`)].filter(Boolean).join(',') });
    }
    for (const list of lists) await member.client.list_tickets({ workspace_id, sort: '-updated_at', ...list } as never);
  }
  const after = Number(prepare(sql`select 'after them'`).name?.slice(1));
  expect(after - before).toBeLessThan(60);
});
