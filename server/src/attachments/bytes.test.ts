import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

const mib = 2 ** 20;
let server: TestServer;
let team: Team;
let at: { workspace_id: string; ticket: string };
let attachment_id: string;

beforeAll(async () => {
  // At once, an account may send 1 MiB of bodies, and get 1 MiB of responses and 16 MiB of files.
  server = await startServer({ BATON_WRITE_MIB_PER_HOUR: '4', BATON_READ_MIB_PER_MINUTE: '16' });
  team = await makeTeam(server, 'standard');
  const { id: ticket } = await makeTicket(team);
  at = { workspace_id: team.workspace_id, ticket };
});
afterAll(() => server.stop());

const send = (bytes: number) =>
  team.member.client.raw.add_attachment({ ...at, name: 'a', body: new Uint8Array(bytes) });

test('files are limited by their bytes, and use up nothing of what other requests may send and get', async () => {
  const { member, viewer } = team;
  const { status, body } = await send(2 * mib);
  expect(status).toBe(201);
  ({ id: attachment_id } = body as { id: string });
  const refused = await send(1);
  expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([
    429,
    '"written";q=1048576;qu="content-bytes";w=900',
  ]);
  await member.client.create_comment({ ...at, body: { body: 'It is in the file.' } });

  const { path: address } = await member.client.get_attachment_link({ ...at, attachment_id });
  const statuses: number[] = [];
  let response: Response;
  do {
    response = await fetch(server.url + address);
    await response.arrayBuffer();
    statuses.push(response.status);
  } while (response.ok && statuses.length < 40);
  expect(statuses.length).toBeGreaterThanOrEqual(9); // eight fit, and the ninth exceeds the limit
  expect(statuses.pop()).toBe(429);
  expect(response.headers.get('ratelimit-policy')).toBe('"read";q=16777216;qu="content-bytes";w=60');
  await member.client.create_comment({ ...at, body: { body: 'I have read it.' } });
  expect((await viewer.client.list_comments(at)).data).toHaveLength(2);
});

test('files that are requested at once wait for their turn, and are limited by their bytes all the same', async () => {
  const { path: address } = await team.admin.client.get_attachment_link({ ...at, attachment_id });
  const get = async () => {
    const response = await fetch(server.url + address);
    await response.arrayBuffer();
    return response.status;
  };
  const statuses = await Promise.all(Array.from({ length: 30 }, get));
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(6);
  expect(statuses.filter((status) => status !== 200)).toContain(429);
});
