import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sql, sql } from '../db/sql.ts';
import { readOnly } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { makeTeam, makeTicket, type Team } from '../../test/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../test/harness/people.ts';
import { startServer, type TestServer } from '../../test/harness/server.ts';
import { type Applicant, apply, type Caller, mayAct, refuseAbsent, requireRole, requireSession } from './authorize.ts';
import type { Access } from './policy.ts';

let server: TestServer;
let team: Team;
let workspace_id: string;

const everyone = ['owner', 'admin', 'member', 'viewer'] as const;
const writers = ['owner', 'admin', 'member'] as const;

beforeAll(async () => {
  server = await startServer();
  team = await makeTeam(server);
  ({ workspace_id } = team);
});
afterAll(() => server.stop());

function callerOf({ user, access_token }: Person): Caller {
  const { sid } = jwt.decode(access_token) as { sid: string };
  return { user_id: user.id, session_id: sid, request_id: 'r' };
}

const asPerson = <T>(caller: Caller, body: Parameters<typeof readOnly<T>>[2], workspace = workspace_id) =>
  readOnly(server.pool, { workspace_id: workspace, user_id: caller.user_id }, body);
const session = (caller: Caller) => asPerson(caller, (db) => requireSession(db, caller));
const role = (person: Person, access: Parameters<typeof requireRole>[3] = everyone, workspace = workspace_id) =>
  asPerson(callerOf(person), (db) => requireRole(db, callerOf(person), workspace, access), workspace);
const actor = (caller: Caller, access: Access = everyone) =>
  asPerson(caller, (db) => apply(db, caller, access, workspace_id).actor);
const look = (statement: string, ...values: unknown[]) => server.database.owner.query(statement, values);

describe('a session', () => {
  test('that could not be asked for has not ended: other failures of the database stay what they are', async () => {
    const caller = callerOf(team.member);
    const ended = { code: 'session_ended' };
    const malformed = session({ ...caller, session_id: 'no id' }); // the same SQLSTATE as the refusal
    await expect(malformed).rejects.not.toMatchObject(ended);
    const aborted = asPerson(caller, (db) => {
      db.rows(sql`select 1 / ${0}::integer`).catch(() => undefined);
      return requireSession(db, caller);
    });
    await expect(aborted).rejects.not.toMatchObject(ended);
  });

  test('that lives is confirmed', async () => {
    await expect(session(callerOf(team.member))).resolves.toBeUndefined();
  });

  test.each([
    ['revoked', 'update sessions set revoked_at = now() where user_id = $1'],
    ['expired', 'update sessions set expires_at = now() where user_id = $1'],
    ['of a disabled account', 'update users set disabled_at = now() where id = $1'],
  ])('%s is over', async (_, statement) => {
    const person = await registerPerson(server);
    await session(callerOf(person));
    await look(statement, person.user.id);
    await expect(session(callerOf(person))).rejects.toMatchObject({ code: 'session_ended' });
  });

  test('that never was, or is somebody else’s, is over', async () => {
    const { session_id } = callerOf(team.owner);
    for (const other of [newId(), session_id]) {
      const caller = { ...callerOf(team.member), session_id: other };
      await expect(session(caller)).rejects.toMatchObject({ code: 'session_ended' });
    }
  });
});

describe('a role', () => {
  test('is the one the database has', async () => {
    for (const name of everyone) expect(await role(team[name])).toBe(name);
  });

  test('that does not suffice is named, with those that do', async () => {
    await expect(role(team.viewer, writers)).rejects.toMatchObject({
      code: 'forbidden',
      data: { role: 'viewer', required: ['owner', 'admin', 'member'] },
    });
  });

  test('nobody has where they are no member, or nothing is, or nothing is any more', async () => {
    const { id } = await team.owner.client.create_workspace({ body: { name: 'Gone' } });
    expect(await role(team.owner, everyone, id)).toBe('owner');
    await team.owner.client.delete_workspace({ workspace_id: id });
    const not_found = { code: 'not_found' };
    await expect(role(team.stranger)).rejects.toMatchObject(not_found);
    await expect(role(team.owner, everyone, newId())).rejects.toMatchObject(not_found);
    await expect(role(team.owner, everyone, id)).rejects.toMatchObject(not_found);
  });
});

describe('who applies', () => {
  test('becomes an actor, with the role the database has', async () => {
    const caller = callerOf(team.admin);
    expect(await actor(caller)).toEqual({ ...caller, workspace_id, role: 'admin' });
  });

  test('is told of the session before the workspace, and of the workspace before the role', async () => {
    const gone = { session_id: newId() };
    await expect(actor({ ...callerOf(team.stranger), ...gone })).rejects.toMatchObject({ code: 'session_ended' });
    await expect(actor({ ...callerOf(team.viewer), ...gone }, writers)).rejects.toMatchObject({
      code: 'session_ended',
    });
    await expect(actor(callerOf(team.stranger), ['owner'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(actor(callerOf(team.viewer), writers)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('and is refused is no rejection that nobody handled, when nobody looks', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const caller = callerOf(team.stranger);
    await asPerson(caller, async (db) => {
      apply(db, caller, everyone, workspace_id);
      await db.one(sql`select 1 as one`);
    });
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('for what is not of a workspace is a mistake of ours', async () => {
    await expect(actor(callerOf(team.owner), 'account')).rejects.toThrow('needs a list of roles');
  });
});

test('a lock that found nothing is refused for the role, and else as if nothing were there', async () => {
  const refusal = (person: Person) => {
    const caller = callerOf(person);
    const actor = Promise.resolve({ ...caller, workspace_id, role: 'member' as const }); // until a moment ago
    return asPerson(caller, (db) => refuseAbsent(db, { ...caller, workspace_id, access: writers, actor }));
  };
  await expect(refusal(team.viewer)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(refusal(team.member)).rejects.toMatchObject({ code: 'not_found' });
  await expect(refusal(team.stranger)).rejects.toMatchObject({ code: 'not_found' });
});

test('a lock is only for those who may act, in their own workspace', async () => {
  const other = await registerPerson(server);
  const { id: elsewhere } = await other.client.create_workspace({ body: { name: 'Other' } });
  const may = (person: Person, at: string, of: string) => {
    const caller = callerOf(person);
    const applicant = { ...caller, workspace_id: at, access: writers } as Partial<Applicant> as Applicant;
    const condition: Sql = mayAct(applicant);
    return asPerson(caller, async (db) => (await db.one<{ may: boolean }>(sql`select ${condition} as may`)).may, of);
  };
  expect(await Promise.all(everyone.map((name) => may(team[name], workspace_id, workspace_id)))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(await may(team.stranger, workspace_id, workspace_id)).toBe(false);
  expect(await may(other, elsewhere, elsewhere)).toBe(true);
  expect(await may(other, workspace_id, workspace_id)).toBe(false);
});

test('a burst that an ended session cut short leaves its connection as it was', async () => {
  const person = await registerPerson(server);
  await joinWorkspace(team.owner, person, workspace_id, 'member');
  await person.client.logout();
  const { id: ticket } = await makeTicket(team);
  const single = await startServer({ BATON_POOL_SIZE: '1' }, { database: server.database });
  const move = (by: Person) =>
    fetch(`${single.url}/v1/workspaces/${workspace_id}/tickets/${ticket}/transitions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${by.access_token}`, 'content-type': 'application/json' },
      body: '{"to":"in_progress"}',
    });
  expect((await move(person)).status).toBe(401);
  expect((await move(team.member)).status).toBe(201);
  await single.stop();
});
