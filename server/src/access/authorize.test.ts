import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../db/sql.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { apply, applyToWrite, requireLive, requireRole, requireUndeleted, type SignedIn } from './authorize.ts';
import type { Line } from './policy.ts';
import type { Role } from '../http/contract.ts';

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

function callerOf({ user, access_token }: Person): SignedIn {
  const { sid } = jwt.decode(access_token) as { sid: string };
  return { user_id: user.id, session_id: sid, token: null, request_id: 'r' };
}

const asPerson = <T>(caller: SignedIn, body: Parameters<typeof readOnly<T>>[2], workspace = workspace_id) =>
  readOnly(server.pool, { workspace_id: workspace, user_id: caller.user_id }, body);
const session = (caller: SignedIn) => asPerson(caller, (db) => requireLive(db, caller));
const role = (person: Person, access: readonly Role[] = everyone, workspace = workspace_id) => {
  const claim = { ...callerOf(person), workspace_id: workspace, access, lacks: undefined };
  return asPerson(claim, (db) => requireRole(db, claim), workspace);
};
const lineOf = (access: readonly Role[]): Line => [access, 'tickets:write'];
const actor = (caller: SignedIn, access: readonly Role[] = everyone) =>
  asPerson(caller, (db) => apply(db, caller, lineOf(access), workspace_id).actor);
const look = (statement: string, ...values: unknown[]) => server.database.owner.query(statement, values);

describe('a session', () => {
  test('is not reported as ended when the database fails in another way', async () => {
    const malformed = session({ ...callerOf(team.member), session_id: 'no id' });
    await expect(malformed).rejects.not.toMatchObject({ code: 'session_ended' });
  });

  test('that is valid is confirmed', async () => {
    await expect(session(callerOf(team.member))).resolves.toBeUndefined();
  });

  test.each([
    ['it was revoked', 'update sessions set revoked_at = now() where user_id = $1'],
    ['it has expired', 'update sessions set expires_at = now() where user_id = $1'],
    ['its account is disabled', 'update users set disabled_at = now() where id = $1'],
  ])('is reported as ended if %s', async (_, statement) => {
    const person = await registerPerson(server);
    await session(callerOf(person));
    await look(statement, person.user.id);
    await expect(session(callerOf(person))).rejects.toMatchObject({ code: 'session_ended' });
  });

  test('is reported as ended if it never existed or is somebody else’s', async () => {
    const { session_id } = callerOf(team.owner);
    for (const other of [newId(), session_id]) {
      const caller = { ...callerOf(team.member), session_id: other };
      await expect(session(caller)).rejects.toMatchObject({ code: 'session_ended' });
    }
  });
});

describe('a role', () => {
  test('is the one in the database', async () => {
    for (const name of everyone) expect(await role(team[name])).toBe(name);
  });

  test('that does not suffice is named in the refusal, with the roles that do', async () => {
    await expect(role(team.viewer, writers)).rejects.toMatchObject({
      code: 'forbidden',
      data: { role: 'viewer', required: ['owner', 'admin', 'member'] },
    });
  });

  test('is not found for a stranger, nor in a workspace that never existed or was deleted', async () => {
    const { id } = await team.owner.client.create_workspace({ body: { name: 'Gone' } });
    expect(await role(team.owner, everyone, id)).toBe('owner');
    await team.owner.client.delete_workspace({ workspace_id: id });
    const not_found = { code: 'not_found' };
    await expect(role(team.stranger)).rejects.toMatchObject(not_found);
    await expect(role(team.owner, everyone, newId())).rejects.toMatchObject(not_found);
    await expect(role(team.owner, everyone, id)).rejects.toMatchObject(not_found);
  });
});

describe('a caller who reads', () => {
  test('becomes an actor with the role in the database', async () => {
    const caller = callerOf(team.admin);
    expect(await actor(caller)).toEqual({ ...caller, workspace_id, role: 'admin' });
  });

  test('is refused for the session before the workspace, and for the workspace before the role', async () => {
    const gone = { session_id: newId() };
    await expect(actor({ ...callerOf(team.stranger), ...gone })).rejects.toMatchObject({ code: 'session_ended' });
    await expect(actor({ ...callerOf(team.viewer), ...gone }, writers)).rejects.toMatchObject({
      code: 'session_ended',
    });
    await expect(actor(callerOf(team.stranger), ['owner'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(actor(callerOf(team.viewer), writers)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('and is refused causes no unhandled rejection if the refusal is not awaited', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const stranger = callerOf(team.stranger);
    for (const caller of [stranger, { ...stranger, session_id: newId() }]) {
      await asPerson(caller, async (db) => {
        apply(db, caller, lineOf(everyone), workspace_id);
        await db.one(sql`select 1 as one`);
      });
    }
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('with a line of the policy that is not for a workspace causes an error', async () => {
    const caller = callerOf(team.owner);
    for (const line of [['public'], ['account'], ['account', 'any token']] satisfies Line[]) {
      const asked = asPerson(caller, async (db) => apply(db, caller, line, workspace_id).actor);
      await expect(asked).rejects.toThrow('A workspace operation needs a list of roles and a scope.');
    }
  });
});

describe('a caller who writes', () => {
  const hold = (caller: SignedIn, access: readonly Role[] = everyone) =>
    transaction(server.pool, { workspace_id, user_id: caller.user_id }, (tx) =>
      applyToWrite(tx, caller, lineOf(access), workspace_id).hold(),
    );

  test('becomes an actor with the role in the database', async () => {
    const caller = callerOf(team.admin);
    expect(await hold(caller)).toEqual({ ...caller, workspace_id, role: 'admin' });
  });

  test('is refused for the session before the workspace, and for the workspace before the role', async () => {
    const gone = { session_id: newId() };
    await expect(hold({ ...callerOf(team.admin), ...gone })).rejects.toMatchObject({ code: 'session_ended' });
    await expect(hold({ ...callerOf(team.stranger), ...gone })).rejects.toMatchObject({ code: 'session_ended' });
    await expect(hold({ ...callerOf(team.viewer), ...gone }, writers)).rejects.toMatchObject({ code: 'session_ended' });
    await expect(hold(callerOf(team.stranger), ['owner'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(hold(callerOf(team.viewer), writers)).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('locks session, membership and workspace against changes that wait for all who use them, and only once', async () => {
    const caller = callerOf(team.member);
    await transaction(server.pool, { workspace_id, user_id: caller.user_id }, async (tx) => {
      const writer = applyToWrite(tx, caller, lineOf(everyone), workspace_id);
      expect(writer.hold()).toBe(writer.hold());
      await writer.hold();
      const free = async (table: string, condition: string) =>
        (await look(`select 1 from ${table} where ${condition} for update skip locked`)).rows.length;
      const member = `workspace_id = '${workspace_id}' and user_id =`;
      expect(await free('sessions', `id = '${caller.session_id}'`)).toBe(0);
      expect(await free('memberships', `${member} '${caller.user_id}'`)).toBe(0);
      expect(await free('workspaces', `id = '${workspace_id}'`)).toBe(0);
      expect(await free('memberships', `${member} '${team.viewer.user.id}'`)).toBe(1);
    });
  });

  test('without permission locks nothing', async () => {
    const caller = callerOf(team.viewer);
    await transaction(server.pool, { workspace_id, user_id: caller.user_id }, async (tx) => {
      const writer = applyToWrite(tx, caller, lineOf(writers), workspace_id);
      await expect(writer.hold()).rejects.toMatchObject({ code: 'forbidden' });
      const locked = await look(
        `select 1 from memberships where workspace_id = $1 and user_id = $2 for update skip locked`,
        workspace_id,
        caller.user_id,
      );
      expect(locked.rows.length).toBe(1);
    });
  });
});

describe('a writer', () => {
  const caller = () => callerOf(team.member);
  const inTransaction = <T>(body: (tx: Tx) => Promise<T>) =>
    transaction(server.pool, { workspace_id, user_id: caller().user_id }, body);

  test('is refused by what the operation demands of the actor besides the policy', async () => {
    const refusal = new BatonError('forbidden', { role: 'member', required: ['owner'] });
    const roles: Role[] = [];
    const held = inTransaction((tx) =>
      applyToWrite(tx, caller(), lineOf(everyone), workspace_id).hold(({ role }) => {
        roles.push(role);
        throw refusal;
      }),
    );
    await expect(held).rejects.toBe(refusal);
    expect(roles).toEqual(['member']);
  });

  test('is refused if a check beside the permission fails', async () => {
    const refusal = new BatonError('not_found');
    const held = inTransaction((tx) =>
      applyToWrite(tx, caller(), lineOf(everyone), workspace_id, Promise.reject(refusal)).hold(),
    );
    await expect(held).rejects.toBe(refusal);
  });

  test('whose locks depended on their right doubts an error that says that something or somebody does not exist', async () => {
    await inTransaction(async (tx) => {
      const writer = applyToWrite(tx, caller(), lineOf(everyone), workspace_id);
      const missing = [new BatonError('not_found'), new BatonError('assignee_not_member')];
      const others = [new BatonError('session_ended'), new Error('The connection ended.')];
      for (const error of [...missing, ...others]) expect(writer.doubt(error)).toBe(error);
      expect(await tx.one(sql`select ${writer.mayAct()} as may`)).toEqual({ may: true });
      for (const error of missing)
        expect(writer.doubt(error)).toMatchObject({ name: 'DoubtfulRefusal', refusal: error });
      for (const error of others) expect(writer.doubt(error)).toBe(error);
    });
  });

  test('can keep a workspace from being deleted until the commit, and finds none that is deleted', async () => {
    const { id } = await team.owner.client.create_workspace({ body: { name: 'Brief' } });
    const scope = { workspace_id: id, user_id: team.owner.user.id };
    await transaction(server.pool, scope, async (tx) => {
      await requireUndeleted(tx, id);
      const free = await look('select 1 from workspaces where id = $1 for no key update skip locked', id);
      expect(free.rows).toEqual([]);
    });
    await team.owner.client.delete_workspace({ workspace_id: id });
    const gone = transaction(server.pool, scope, (tx) => requireUndeleted(tx, id));
    await expect(gone).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('the condition for locks holds only for those who may act in the workspace, and only while their session is valid', async () => {
  const other = await registerPerson(server);
  const { id: elsewhere } = await other.client.create_workspace({ body: { name: 'Other' } });
  const may = (person: Person, at: string, of: string) => {
    const caller = callerOf(person);
    return transaction(server.pool, { workspace_id: of, user_id: caller.user_id }, async (tx) => {
      const condition = applyToWrite(tx, caller, lineOf(writers), at).mayAct();
      return (await tx.one<{ may: boolean }>(sql`select ${condition} as may`)).may;
    });
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
  await other.client.logout();
  expect(await may(other, elsewhere, elsewhere)).toBe(false);
});
