import { expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../harness/make.ts';
import { brokenInvariants } from '../invariants.ts';
import { type Patch, startServer, type TestServer } from '../harness/server.ts';

// Each race runs twice: on the real server, where its rule holds, and as a control on one whose statement was broken,
// where the same look at the same data must find a violation. Seen without the locks: see each control.

const clients = 16;

async function onServer<T>(
  run: (server: TestServer, team: Team) => Promise<T>,
  patch?: Patch,
): Promise<{ result: T; found: Record<string, unknown[]> }> {
  const env = { BATON_POOL_SIZE: '20', LOG_LEVEL: patch === undefined ? 'error' : 'silent' };
  const server = await startServer(env, patch === undefined ? {} : { patch });
  try {
    const result = await run(server, await makeTeam(server, 'standard'));
    return { result, found: await brokenInvariants(server.database.owner) };
  } finally {
    await server.stop();
  }
}

const withoutTicketLock: Patch = (text) => text.replace('for no key update of t', '');

/** Everybody tries to move the same ticket at once, again and again; counts the answers by status. */
async function race(_server: TestServer, team: Team): Promise<Record<number, number>> {
  const answers: Record<number, number> = {};
  for (let round = 0; round < 8; round++) {
    const ticket = await makeTicket(team);
    const at = { workspace_id: team.workspace_id, ticket: ticket.id };
    const tries = Array.from({ length: clients }, (_, n) =>
      team.member.client.raw.transition_ticket({ ...at, body: { to: n % 2 === 0 ? 'in_progress' : 'open' } }),
    );
    for (const { status } of await Promise.all(tries)) answers[status] = (answers[status] ?? 0) + 1;
  }
  return answers;
}

test('of conflicting transitions exactly the legal ones happen, one at a time; every loser gets 409', async () => {
  const { result, found } = await onServer(race);
  expect(found).toEqual({});
  expect(Object.keys(result).sort()).toEqual(['201', '409']);
  expect((result[201] ?? 0) + (result[409] ?? 0)).toBe(8 * clients);
});

test('control: without the row lock the same race is seen to break', async () => {
  const { result, found } = await onServer(race, withoutTicketLock);
  // Two steps took the same sequence: the primary key of the history refuses the second, as a 500.
  expect({ ...found, ...(result[500] === undefined ? {} : { answered_500: [result[500]] }) }).not.toEqual({});
});

/** Everybody edits another label of the same ticket from the version before all edits. */
async function edits(_server: TestServer, team: Team): Promise<{ kept: number; accepted: number }> {
  let kept = 0;
  let accepted = 0;
  for (let round = 0; round < 8; round++) {
    const ticket = await makeTicket(team);
    const at = { workspace_id: team.workspace_id, ticket: ticket.id };
    const fields = [{ title: 'T' }, { description: 'D' }, { priority: 'high' as const }, { labels: ['l'] }];
    const answers = await Promise.all(
      fields.map((field) => team.member.client.raw.update_ticket({ ...at, body: { ...field, version: 1 } })),
    );
    accepted += answers.filter(({ status }) => status === 200).length;
    const now = await team.member.client.get_ticket(at);
    kept += [now.title === 'T', now.description === 'D', now.priority === 'high', now.labels[0] === 'l'].filter(
      Boolean,
    ).length;
  }
  return { kept, accepted };
}

test('edits of different fields at once are all accepted and all kept', async () => {
  const { result, found } = await onServer(edits);
  expect(found).toEqual({});
  expect(result).toEqual({ kept: 32, accepted: 32 });
});

test('control: without the row lock the edits lose one another or fail', async () => {
  const { result } = await onServer(edits, withoutTicketLock);
  expect(result).not.toEqual({ kept: 32, accepted: 32 });
});

async function creates(_server: TestServer, team: Team): Promise<{ statuses: number[]; numbers: number[] }> {
  const { workspace_id, project_id, member } = team;
  const answers = await Promise.all(
    Array.from({ length: 64 }, () =>
      member.client.raw.create_ticket({ workspace_id, project_id, body: { title: 'One of many' } }),
    ),
  );
  const made = answers.filter(({ status }) => status === 201).map(({ body }) => (body as { number: number }).number);
  return { statuses: [...new Set(answers.map(({ status }) => status))], numbers: made.sort((a, b) => a - b) };
}

test('ticket numbers are dense and unique however many are created at once', async () => {
  const { result, found } = await onServer(creates);
  expect(found).toEqual({});
  expect(result).toEqual({ statuses: [201], numbers: Array.from({ length: 64 }, (_, n) => n + 1) });
});

test('control: numbers taken as max + 1 without a lock collide', async () => {
  const { result } = await onServer(creates, (text) =>
    text.includes('set last_number = last_number + 1')
      ? text
          .replace(
            /update projects set[^]*?where/,
            'select key, last_number + 1 as number, workflow_version, archived_at, now() as at from projects where',
          )
          .replace(/returning[^]*$/, '')
      : text,
  );
  expect(result.statuses).toContain(500); // the unique key refuses what the lock would have prevented
  expect(result.numbers[0]).toBe(1);
});

/** Writers of every kind on one ticket at once. */
async function everything(_server: TestServer, team: Team): Promise<Record<number, number>> {
  const ticket = await makeTicket(team);
  const at = { workspace_id: team.workspace_id, ticket: ticket.id };
  const { client, user } = team.member;
  const writers = [
    () => client.raw.transition_ticket({ ...at, body: { to: 'in_progress', comment: 'On it.', assignee_id: user.id } }),
    () => client.raw.transition_ticket({ ...at, body: { to: 'open' } }),
    () => client.raw.update_ticket({ ...at, body: { title: `T ${Math.random()}` }, if_match: '*' }),
    () => client.raw.set_assignee({ ...at, body: { user_id: null } }),
    () => client.raw.create_comment({ ...at, body: { body: 'A word.' } }),
    () => client.raw.delete_ticket(at),
    () => client.raw.restore_ticket(at),
  ];
  const answers: Record<number, number> = {};
  const worker = async (n: number) => {
    for (let round = 0; round < 20; round++) {
      const { status } = await (writers[(n + round) % writers.length] ?? writers[0]!)();
      answers[status] = (answers[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, n) => worker(n)));
  return answers;
}

test('writers of every kind on one ticket leave a sound history, and nobody is answered 5xx', async () => {
  const { result, found } = await onServer(everything);
  expect(found).toEqual({});
  expect(Object.keys(result).filter((status) => Number(status) >= 500)).toEqual([]);
  expect(result[201]).toBeGreaterThan(10);
});
