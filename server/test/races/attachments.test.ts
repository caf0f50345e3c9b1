import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeDue } from '../../../proof/harness/attachments.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { type Patch, startServer, type TestServer } from '../../../proof/harness/server.ts';

/** Repeats a look until the expectation holds. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 20_000 });

let server: TestServer;
let team: Team;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
});
afterAll(() => server.stop());

/** Sends a file in two halves, and does something between them, during the upload. */
function inHalves(between: () => Promise<unknown>): typeof fetch {
  return (url, init) => {
    const half = new Uint8Array(100_000);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(half);
        await between();
        controller.enqueue(half);
        controller.close();
      },
    });
    return fetch(url, { ...init, body, duplex: 'half' });
  };
}

const statusOf = async (person: Person, at: { workspace_id: string; ticket: string }, own?: { fetch: typeof fetch }) =>
  (await person.client.raw.add_attachment({ ...at, name: 'a', body: new Uint8Array(1) }, own)).status;

/** How many files of a workspace the store has, according to the database, after a pass of the worker. */
async function filesOf({ workspace_id }: { workspace_id: string }): Promise<number> {
  await removeDue(server);
  const { rows } = await server.database.owner.query('select id from attachment_files where workspace_id = $1', [
    workspace_id,
  ]);
  return rows.length;
}

test.each([
  [
    'the membership ends',
    404,
    (at: Team, { user }: Person) => at.owner.client.remove_member({ ...idOf(at), user_id: user.id }),
  ],
  ['the session ends', 401, (_: Team, { client }: Person) => client.logout()],
  [
    'the role becomes viewer',
    403,
    (at: Team, { user }: Person) =>
      at.owner.client.update_member({ ...idOf(at), user_id: user.id, if_match: '*', body: { role: 'viewer' } }),
  ],
])('a file that is uploaded while %s is not added, and nothing is left of it', async (_, refusal, end) => {
  const guest = await registerPerson(server);
  await joinWorkspace(team.owner, guest, team.workspace_id, 'member');
  const at = { workspace_id: team.workspace_id, ticket: (await makeTicket(team)).id };
  let began = false;
  const fetch_late = inHalves(async () => {
    // The first half was sent, after the permission was confirmed.
    await soon(() => rowsOf(at)).toBeGreaterThan(0);
    began = true;
    await end(team, guest);
  });
  expect(await statusOf(guest, at, { fetch: fetch_late })).toBe(refusal);
  expect(began).toBe(true);
  expect((await team.owner.client.list_attachments(at)).data).toEqual([]);
  await soon(() => filesOf(at)).toBe(0);
});

const idOf = ({ workspace_id }: { workspace_id: string }) => ({ workspace_id });

async function rowsOf({ workspace_id }: { workspace_id: string }): Promise<number> {
  const { rows } = await server.database.owner.query('select id from attachment_files where workspace_id = $1', [
    workspace_id,
  ]);
  return rows.length;
}

test('a file is not added if its ticket is deleted during the upload, but is added if its ticket is purged', async () => {
  const own = await makeTeam(server);
  const at = { workspace_id: own.workspace_id, ticket: (await makeTicket(own)).id };
  const deleting = inHalves(() => own.owner.client.delete_ticket(at));
  expect(await statusOf(own.member, at, { fetch: deleting })).toBe(404);
  await own.owner.client.restore_ticket(at);
  const purging = inHalves(() => own.owner.client.purge_ticket({ ...at, body: { fields: ['attachments'] } }));
  expect(await statusOf(own.member, at, { fetch: purging })).toBe(201);
  expect((await own.owner.client.list_attachments(at)).data).toHaveLength(1);
  await soon(() => filesOf(at)).toBe(1);
});

test('a purge leaves no name of a file whose removal commits during the purge', async () => {
  const own = await makeTeam(server);
  const at = { workspace_id: own.workspace_id, ticket: (await makeTicket(own)).id };
  const body = new Uint8Array(1);
  const { id } = await own.member.client.add_attachment({ ...at, name: 'the-secret.txt', body });
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  const waits = () => server.database.owner.query(waiting).then(({ rows }) => rows.length);
  const blocker = await server.database.owner.connect();
  try {
    await blocker.query('begin');
    // The removal's last statement waits for this row, when its entry in the log is written but not committed.
    await blocker.query('select 1 from attachment_usage where workspace_id = $1 for update', [own.workspace_id]);
    const removal = own.member.client.remove_attachment({ ...at, attachment_id: id });
    await soon(waits).toBe(1);
    const purge = own.owner.client.purge_ticket({ ...at, body: { fields: ['attachments'] } });
    await soon(waits).toBe(2);
    await blocker.query('commit');
    await Promise.all([removal, purge]);
  } finally {
    blocker.release(true);
  }
  const { data } = await own.owner.client.list_activity(at);
  expect(data.map(({ action }) => action)).toContain('attachment.removed');
  expect(JSON.stringify(data)).not.toContain('the-secret');
});

/**
 * Repeats that several people remove one file at once. Returns how often each status occurred, and which invariants are
 * broken.
 */
async function removeAtOnce(patch?: Patch) {
  const env = { LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const one = await startServer(env, patch === undefined ? {} : { patch });
  try {
    const own = await makeTeam(one);
    const counted: Record<number, number> = {};
    for (let round = 0; round < 10; round++) {
      const at = { workspace_id: own.workspace_id, ticket: (await makeTicket(own)).id };
      const { id } = await own.member.client.add_attachment({ ...at, name: 'a', body: new Uint8Array(1000) });
      const who = [own.owner, own.admin, own.member, own.owner, own.admin, own.member];
      const all = await Promise.all(
        who.map(({ client }) => client.raw.remove_attachment({ ...at, attachment_id: id })),
      );
      for (const { status } of all) counted[status] = (counted[status] ?? 0) + 1;
    }
    return { counted, broken: Object.keys(await brokenInvariants(one.database.owner)) };
  } finally {
    await one.stop();
  }
}

test('if six people remove a file at once, one succeeds, and its bytes are subtracted once', async () => {
  expect(await removeAtOnce()).toEqual({ counted: { 204: 10, 404: 50 }, broken: [] });
});

test('control: without the lock, several succeed', async () => {
  const { counted, broken } = await removeAtOnce((text) => text.replace('for update of a', ''));
  expect((counted[204] ?? 0) > 10 || broken.length > 0 || (counted[500] ?? 0) > 0).toBe(true);
});
