import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEvents } from '../../../proof/harness/events.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let team: Team;
/** Whether the next read of events, with its whole batch of statements, begins late, as on a stalled connection. */
let stalls_next = false;

const stall = (text: string): string => {
  const is_list = text.startsWith('begin isolation level repeatable read') && text.includes('enable_sort');
  if (!stalls_next || !is_list) return text;
  stalls_next = false;
  return `select pg_sleep(3); commit; ${text}`;
};

beforeAll(async () => {
  server = await startServer({}, { patch: stall });
  team = await makeTeam(server);
});
afterAll(() => server.stop());

test('a caller who has lost access gets nothing from a shared read that began afterwards', async () => {
  const { workspace_id, owner } = team;
  const guest = await registerPerson(server);
  await joinWorkspace(owner, guest, workspace_id, 'viewer');
  await numberEvents(server.database.url);
  const { next_offset: after } = await owner.client.read_events({ workspace_id, after: 'now' });
  const query = { workspace_id, after, wait: 20 };
  const first = owner.client.read_events(query);
  await sleep(200);
  const second = guest.client.raw.read_events(query);
  await sleep(300);
  stalls_next = true;
  await makeTicket(team, { title: 'Before' });
  await numberEvents(server.database.url);
  // Both are woken. The owner's read stalls, and the guest, whose access has been checked by now, waits for it.
  await expect.poll(() => stalls_next, { timeout: 2_000, interval: 20 }).toBe(false);
  await sleep(300);
  await owner.client.remove_member({ workspace_id, user_id: guest.user.id });
  await makeTicket(team, { title: 'After' });
  await numberEvents(server.database.url);
  // Control: the owner's read found an event that is newer than the check of the guest's access.
  expect((await first).data.map((event) => event.after?.['title'])).toEqual(['Before', undefined, 'After']);
  expect(await second).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
