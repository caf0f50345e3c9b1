import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOnly, transaction } from '../db/transaction.ts';
import type { Role, TokenScope } from '../http/contract.ts';
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
  type SignedIn,
  type TokenIdentity,
} from './authorize.ts';
import type { Line } from './policy.ts';

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

const lineOf = (access: readonly Role[]): Line => [access, 'tickets:write'];
const look = (statement: string, ...values: unknown[]) => server.database.owner.query(statement, values);

async function guest(role: 'admin' | 'member' = 'member'): Promise<Person> {
  const person = await registerPerson(server);
  await joinWorkspace(team.owner, person, workspace_id, role);
  return person;
}

async function botOf({ client }: Person, role: 'member' | 'viewer' = 'member'): Promise<string> {
  return (await client.create_bot({ workspace_id, body: { name: 'Bot', role } })).id;
}

/** An API token of a person, or of a bot for which they created it. */
async function tokenOf(
  { user, client }: Person,
  bot_id?: string,
  scopes: TokenScope[] = ['events:read'],
): Promise<TokenIdentity> {
  const body = { name: 'T', scopes, ...(bot_id !== undefined && { user_id: bot_id }) };
  const { id } = await client.create_token({ workspace_id, body });
  const token = { workspace_id, id, scopes, on_behalf_of: bot_id === undefined ? null : user.id };
  return { user_id: bot_id ?? user.id, session_id: null, token };
}

describe('credentials that are checked together', () => {
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

/** What a caller becomes who reads, and one who writes, with an API token. */
const ways = {
  reads: (identity: TokenIdentity, line: Line) =>
    readOnly(
      server.pool,
      { workspace_id, user_id: personOf(identity) },
      (db) => apply(db, { ...identity, request_id: 'r' }, line, workspace_id).actor,
    ),
  writes: (identity: TokenIdentity, line: Line) =>
    transaction(server.pool, { workspace_id, user_id: personOf(identity) }, (tx) =>
      applyToWrite(tx, { ...identity, request_id: 'r' }, line, workspace_id).hold(),
    ),
};

describe.each(['reads', 'writes'] as const)('a caller who %s with an API token', (way) => {
  const become = ways[way];

  test('has the role of the token’s person', async () => {
    expect(await become(await tokenOf(team.admin, undefined, ['tickets:write']), lineOf(everyone))).toMatchObject({
      user_id: team.admin.user.id,
      role: 'admin',
    });
  });

  test('has as a bot its own role, but none higher than that of the person who created the token', async () => {
    const host = await guest('admin');
    const [member, viewer] = [await botOf(host), await botOf(host, 'viewer')];
    const [able, limited] = [
      await tokenOf(host, member, ['tickets:write']),
      await tokenOf(host, viewer, ['tickets:write']),
    ];
    expect(await become(able, lineOf(writers))).toMatchObject({ user_id: member, role: 'member' });
    expect(await become(limited, lineOf(everyone))).toMatchObject({ user_id: viewer, role: 'viewer' });
    const owners = await tokenOf(team.owner, await botOf(team.owner), ['tickets:write']);
    expect(await become(owners, lineOf(writers))).toMatchObject({ role: 'member' });
    const lower = { code: 'forbidden', data: { role: 'viewer', required: [...writers] } };
    await expect(become(limited, lineOf(writers))).rejects.toMatchObject(lower);
    const at = { workspace_id, user_id: host.user.id };
    await team.owner.client.update_member({ ...at, if_match: '*', body: { role: 'viewer' } });
    expect(await become(able, lineOf(everyone))).toMatchObject({ user_id: member, role: 'viewer' });
    await expect(become(able, lineOf(writers))).rejects.toMatchObject(lower);
  });

  test('is refused if the token’s scopes do not cover the operation, and told which scope does', async () => {
    const reader = await tokenOf(team.owner, undefined, ['tickets:read']);
    const refusal = { code: 'insufficient_scope', data: { scopes: ['tickets:read'], required: 'tickets:write' } };
    await expect(become(reader, lineOf(everyone))).rejects.toMatchObject(refusal);
    const none = { code: 'insufficient_scope', data: { scopes: ['tickets:read'], required: null } };
    await expect(become(reader, [everyone, 'session'])).rejects.toMatchObject(none);
  });

  test('is refused for the token before the scope and the role if the token was revoked', async () => {
    const revoked = await tokenOf(team.owner);
    await team.owner.client.revoke_token({ workspace_id, token_id: revoked.token.id });
    await expect(become(revoked, lineOf([]))).rejects.toMatchObject({ code: 'invalid_token' });
  });
});

test('a bot that writes locks its own membership and that of its person', async () => {
  const host = await guest('admin');
  const bot_id = await botOf(host);
  const identity = await tokenOf(host, bot_id, ['tickets:write']);
  await transaction(server.pool, { workspace_id, user_id: host.user.id }, async (tx) => {
    await applyToWrite(tx, { ...identity, request_id: 'r' }, lineOf(writers), workspace_id).hold();
    const free = await look(
      'select user_id from memberships where workspace_id = $1 and user_id = any ($2) for update skip locked',
      workspace_id,
      [bot_id, host.user.id, team.viewer.user.id],
    );
    expect(free.rows).toEqual([{ user_id: team.viewer.user.id }]);
  });
});
