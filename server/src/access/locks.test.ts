import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { disableUser } from '../accounts/operator.ts';

// A request that waits for a lock waits much longer than the test does.
const patient = { BATON_LOCK_TIMEOUT_MS: '60000', BATON_STATEMENT_TIMEOUT_MS: '60000' };
const patience_ms = 5_000;

let server: TestServer;
let team: Team;
let ticket: string;
let stopHolding: () => Promise<void>;

/** Another transaction has locked the project and its ticket. */
beforeAll(async () => {
  server = await startServer(patient);
  team = await makeTeam(server);
  ticket = (await makeTicket(team)).id;
  const { workspace_id, project_id } = team;
  const holder = await server.database.owner.connect();
  await holder.query('begin');
  await holder.query('select 1 from projects where workspace_id = $1 and id = $2 for update', [
    workspace_id,
    project_id,
  ]);
  await holder.query('select 1 from tickets where workspace_id = $1 and id = $2 for update', [workspace_id, ticket]);
  stopHolding = async () => {
    await holder.query('rollback');
    holder.release();
  };
});
afterAll(() => server.stop());

type Write = (team: Team, by: Person) => Promise<{ status: number; body: unknown }>;

const writes: Record<string, Write> = {
  transition_ticket: ({ workspace_id }, { client }) =>
    client.raw.transition_ticket({ workspace_id, ticket, body: { to: 'in_progress' } }),
  set_assignee: ({ workspace_id, owner }, { client }) =>
    client.raw.set_assignee({ if_match: '*', workspace_id, ticket, body: { assignee_id: owner.user.id } }),
  create_ticket: ({ workspace_id, project_id }, { client }) =>
    client.raw.create_ticket({ workspace_id, project_id, body: { title: 'Another' } }),
};

const endings: Record<string, (person: Person) => Promise<unknown>> = {
  'who signed out': ({ client }) => client.logout(),
  'whose account is disabled': ({ email }) => disableUser(server.database.owner, email),
};

const cases = Object.keys(endings).flatMap((who) => Object.keys(writes).map((operation) => ({ who, operation })));

test.each(cases)('$operation by a member $who is refused without waiting for a lock', async ({ who, operation }) => {
  const person = await registerPerson(server);
  await joinWorkspace(team.owner, person, team.workspace_id, 'member');
  await endings[who]?.(person);
  const refused = await Promise.race([writes[operation]?.(team, person), sleep(patience_ms)]);
  expect(refused).toMatchObject({ status: 401, body: { code: 'session_ended' } });
});

test('control: a request of a member who may write waits', async () => {
  const answers = Object.values(writes).map((write) => write(team, team.member));
  expect(await Promise.race([...answers, sleep(300)])).toBeUndefined();
  await stopHolding();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([201, 200, 201]);
});
