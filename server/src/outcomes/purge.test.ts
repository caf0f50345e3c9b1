import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

test('a change of several tickets sent again does not return the purged text of any of them', async () => {
  const { workspace_id, owner, member } = team;
  const [one, other] = [await makeTicket(team, { title: 'hunter2' }), await makeTicket(team)];
  const changes = [one, other].map(({ id }) => ({ ticket: id, update: { labels: ['seen'], version: 1 } }));
  const change = () => member.client.raw.change_tickets({ workspace_id, body: { changes }, idempotency_key: key });
  const key = randomUUID();
  const first = await change();
  expect(JSON.stringify(first.body)).toContain('hunter2');
  // Control: until the purge, the same response is returned.
  expect((await change()).body).toEqual(first.body);
  await owner.client.update_ticket({ workspace_id, ticket: one.id, if_match: '*', body: { title: 'Safe' } });
  await owner.client.purge_ticket({ workspace_id, ticket: one.id, body: { fields: ['title'] } });
  expect(await change()).toMatchObject({ status: 410, body: { code: 'response_gone' } });
  const { rows } = await server.database.owner.query(
    `select body, arguments_hash from outcomes where target like '%/bulk'`,
  );
  expect(rows).toEqual([{ body: null, arguments_hash: null }]);
});

test('a long response that was not kept leaves no hash of the purged text in its arguments', async () => {
  const { workspace_id, owner, member } = team;
  const description = `hunter2 ${'x'.repeat(10_000)}`;
  const { id: ticket } = await makeTicket(team, { description });
  const key = randomUUID();
  const same = () =>
    member.client.raw.update_ticket({
      workspace_id,
      ticket,
      if_match: '*',
      body: { description },
      idempotency_key: key,
    });
  expect((await same()).status).toBe(200);
  const hashes = async () => {
    const { rows } = await server.database.owner.query(
      `select arguments_hash from outcomes where ticket_id = $1 and target like 'PATCH %' and user_id = $2`,
      [ticket, member.user.id],
    );
    return rows.map(({ arguments_hash }) => arguments_hash !== null);
  };
  expect([(await same()).status, await hashes()]).toEqual([410, [true]]);
  await owner.client.update_ticket({ workspace_id, ticket, if_match: '*', body: { description: 'Safe' } });
  await owner.client.purge_ticket({ workspace_id, ticket, body: { fields: ['description'] } });
  expect([(await same()).status, await hashes()]).toEqual([410, [false]]);
});
