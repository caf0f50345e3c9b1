import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '../db/sql.ts';
import { readOnly, transaction } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { makeTeam, type Team } from '../../../proof/harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import {
  apply,
  applyToWrite,
  type Identity,
  liveAmong,
  personOf,
  requireLive,
  requireRole,
  type SignedIn,
  type TokenIdentity,
} from './authorize.ts';
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

describe('credentials that are checked together', () => {
  const guest = async (role: 'admin' | 'member' = 'member') => {
    const person = await registerPerson(server);
    await joinWorkspace(team.owner, person, workspace_id, role);
    return person;
  };
  const botOf = async ({ client }: Person) => (await client.create_bot({ workspace_id, body: { name: 'Bot' } })).id;
  /** An API token of a person, or of a bot for which they created it. */
  const tokenOf = async ({ user, client }: Person, bot_id?: string): Promise<TokenIdentity> => {
    const body = { name: 'T', scopes: ['events:read' as const], ...(bot_id !== undefined && { user_id: bot_id }) };
    const { id } = await client.create_token({ workspace_id, body });
    const token = { workspace_id, id, scopes: [], on_behalf_of: bot_id === undefined ? null : user.id };
    return { user_id: bot_id ?? user.id, session_id: null, token };
  };
  const byItself = (identity: Identity) =>
    readOnly(server.pool, { workspace_id, user_id: personOf(identity) }, (db) => requireLive(db, identity)).then(
      () => true,
      ({ code }: { code?: string }) => (['session_ended', 'invalid_token'].includes(code ?? '') ? false : code),
    );

  test('are valid if and only if each is by itself: sessions and API tokens, of people and of bots', async () => {
    const { owner } = team;
    const [revoked, expired, disabled, left, blocked] = await Promise.all(Array.from({ length: 5 }, () => guest()));
    const host = await guest('admin');
    const [bot, gone_bot, orphan] = [await botOf(owner), await botOf(owner), await botOf(host)];
    if (!revoked || !expired || !disabled || !left || !blocked) throw new Error('Nobody came.');
    const asked: [identity: Identity, is_good: boolean][] = [
      [callerOf(owner), true],
      [callerOf(revoked), false],
      [callerOf(expired), false],
      [callerOf(disabled), false],
      [{ ...callerOf(team.member), session_id: callerOf(owner).session_id }, false],
      [{ ...callerOf(team.member), session_id: newId() }, false],
      [await tokenOf(owner), true],
      [await tokenOf(revoked), true],
      [await tokenOf(expired), false],
      [await tokenOf(left), false],
      [await tokenOf(blocked), false],
      [await tokenOf(owner, bot), true],
      [await tokenOf(owner, bot), false],
      [await tokenOf(owner, gone_bot), false],
      [await tokenOf(host, orphan), false],
      [callerOf(team.viewer), true],
    ];
    const tokenAt = (place: number) => asked[place]?.[0].token?.id ?? '';
    await look('update sessions set revoked_at = now() where user_id = $1', revoked.user.id);
    await look('update sessions set expires_at = now() where user_id = $1', expired.user.id);
    await look('update users set disabled_at = now() where id = any ($1)', [disabled.user.id, blocked.user.id]);
    await look(`update api_tokens set expires_at = created_at + interval '1 microsecond' where id = $1`, tokenAt(8));
    await owner.client.revoke_token({ workspace_id, token_id: tokenAt(12) });
    await owner.client.remove_member({ workspace_id, user_id: left.user.id });
    await owner.client.remove_bot({ workspace_id, bot_id: gone_bot });
    await owner.client.remove_member({ workspace_id, user_id: host.user.id });
    const identities = asked.map(([identity]) => identity);
    const live = await readOnly(server.pool, { asker: {} }, (db) => liveAmong(db, identities));
    const expected = asked.map(([, is_good]) => is_good);
    expect(identities.map((identity) => live.includes(identity))).toEqual(expected);
    expect(await Promise.all(identities.map(byItself))).toEqual(expected);
    expect(await readOnly(server.pool, { asker: {} }, (db) => liveAmong(db, []))).toEqual([]);
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
    const caller = callerOf(team.stranger);
    await asPerson(caller, async (db) => {
      apply(db, caller, lineOf(everyone), workspace_id);
      await db.one(sql`select 1 as one`);
    });
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('with a line of the policy that is not for a workspace causes an error', async () => {
    const caller = callerOf(team.owner);
    const asked = asPerson(caller, async (db) => apply(db, caller, ['account'], workspace_id).actor);
    await expect(asked).rejects.toThrow('needs a list of roles');
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
