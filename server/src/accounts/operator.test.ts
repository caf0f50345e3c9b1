import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { joinWorkspace, type Person, registerPerson, signInAgain, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { brokenInvariants } from '../../../proof/harness/invariants.ts';
import { addUser, changeEmail, disableUser, enableUser, failedWhileDisabled, offerPasswordReset } from './operator.ts';
import { account_verbs } from './verbs.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const statusOf = async (call: Promise<{ status: number }>) => (await call).status;

describe('the operator’s one-time token', () => {
  const reset = (token: string, new_password = 'another long one') =>
    conformingClient(server.url).raw.reset_password({ body: { token, new_password } });
  const offer = async ({ email }: Person, ttl_s = 60) =>
    (await offerPasswordReset(server.database.owner, email, ttl_s)) ?? '';
  const signIn = ({ email }: Person, password: string) =>
    statusOf(conformingClient(server.url).raw.login({ body: { email, password } }));

  test('sets a new password once, and ends every session', async () => {
    const person = await registerPerson(server);
    const [older, token] = [await offer(person), await offer(person)];
    expect(await statusOf(reset(older))).toBe(401); // a newer token replaced it
    const statuses = await Promise.all([1, 2, 3].map(() => statusOf(reset(token))));
    expect(statuses.sort()).toEqual([204, 401, 401]);
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
    expect([await signIn(person, person.password), await signIn(person, 'another long one')]).toEqual([401, 200]);
    const { client } = await signInAgain(server, { ...person, password: 'another long one' });
    const actions = (await client.list_my_audit()).data.map(({ action }) => action);
    expect(actions).toContain('password_reset');
    expect(actions).toContain('password_reset_offered');
  });

  test('is refused with the same bytes and statements if it is unknown, altered, expired, used or for a disabled account', async () => {
    const sent: string[] = [];
    const listened = await startServer({}, { database: server.database, patch: (text) => (sent.push(text), text) });
    try {
      const [expired, changed, disabled] = [
        await registerPerson(server),
        await registerPerson(server),
        await registerPerson(server),
      ];
      const tokens = [await offer(expired), await offer(changed), await offer(disabled)];
      await server.database.owner.query(`update password_resets set expires_at = now() where user_id = $1`, [
        expired.user.id,
      ]);
      await changed.client.change_password({
        body: { current_password: changed.password, new_password: 'another long one' },
      });
      await disableUser(server.database.owner, disabled.email);
      const [first = ''] = tokens;
      const refusals = [];
      for (const token of [...tokens, '', 'nonsense', `bpt_${'A'.repeat(86)}`, first.slice(0, -4) + 'AAAA']) {
        sent.length = 0;
        const { status, body } = await conformingClient(listened.url).raw.reset_password({
          body: { token, new_password: 'another long one' },
        });
        const texts = sent
          .filter((text) => !text.includes('limit 1000'))
          .map((text) => text.replace(/user_id = '.*'/, ''));
        refusals.push(JSON.stringify([status, body, texts]));
      }
      expect(new Set(refusals).size).toBe(1);
      expect(refusals[0]).toContain('invalid_reset_token');
    } finally {
      await listened.stop();
    }
  });

  test('lets somebody whom the operator added set a password and sign in', async () => {
    const email = someAddress();
    const token = await addUser(server.database.owner, { email, name: 'Added', ttl_s: 60 });
    const sign_in = (password: string) => conformingClient(server.url).raw.login({ body: { email, password } });
    expect(await statusOf(sign_in('another long one'))).toBe(401);
    expect(await statusOf(reset(token))).toBe(204);
    expect(await statusOf(sign_in('another long one'))).toBe(200);
    await expect(addUser(server.database.owner, { email, name: 'Twice', ttl_s: 60 })).rejects.toMatchObject({
      code: 'email_taken',
    });
  });
});

describe('enabling', () => {
  test('lets a disabled account sign in again, without its earlier sessions and tokens', async () => {
    const person = await registerPerson(server);
    const { owner } = server.database;
    const token = await offerPasswordReset(owner, person.email, 60);
    expect([await disableUser(owner, person.email), await disableUser(owner, person.email)]).toEqual([true, false]);
    expect(await offerPasswordReset(owner, person.email, 60)).toBeUndefined();
    expect([await enableUser(owner, person.email), await enableUser(owner, person.email)]).toEqual([true, false]);
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
    expect(await statusOf(person.client.raw.refresh({ body: { refresh_token: person.refresh_token } }))).toBe(401);
    expect(
      await statusOf(
        person.client.raw.reset_password({ body: { token: token ?? '', new_password: 'another long one' } }),
      ),
    ).toBe(401);
    const { client } = await signInAgain(server, person);
    const actions = (await client.list_my_audit()).data.map(({ action }) => action);
    expect(actions.slice(0, 3)).toEqual(['logged_in', 'account_enabled', 'account_disabled']);
  });
});

describe('a disabled account', () => {
  test('counts its sign-ins in its audit log, whatever the password, and enabling it prints how many there were', async () => {
    const person = await registerPerson(server);
    const { owner } = server.database;
    await disableUser(owner, person.email);
    for (const password of [person.password, 'not this one']) {
      expect(await statusOf(person.client.raw.login({ body: { email: person.email, password } }))).toBe(401);
    }
    await expect.poll(() => failedWhileDisabled(owner, person.email)).toBe(2);
    expect(await account_verbs['enable-user']?.run(owner, [person.email], server.config)).toEqual({
      done: true,
      says: `Enabled ${person.email}. 2 sign-ins have failed since the hour in which it was disabled.`,
    });
    const { client } = await signInAgain(server, person);
    const { data } = await client.list_my_audit();
    expect(data.filter(({ action }) => action === 'sign_in_failed')).toMatchObject([{ detail: { failures: 2 } }]);
  });
});

describe('the operator', () => {
  test('can change the address of an account to one that is not taken', async () => {
    const [host, guest] = [await registerPerson(server), await registerPerson(server)];
    const { id: workspace_id } = await host.client.create_workspace({ body: { name: 'W' } });
    await joinWorkspace(host, guest, workspace_id, 'member');
    const { owner } = server.database;
    const to = someAddress();
    await expect(changeEmail(owner, { from: guest.email, to: host.email })).rejects.toMatchObject({
      code: 'email_taken',
    });
    expect(await changeEmail(owner, { from: someAddress(), to })).toBe(false);
    const token = (await offerPasswordReset(owner, guest.email, 60)) ?? '';
    expect(await changeEmail(owner, { from: guest.email, to })).toBe(true);
    const reset = { token, new_password: 'sent to the address before' };
    expect(await statusOf(guest.client.raw.reset_password({ body: reset }))).toBe(401);
    expect(await guest.client.get_me()).toMatchObject({ id: guest.user.id, email: to, version: 2 });
    expect(await statusOf(guest.client.raw.login({ body: { email: guest.email, password: guest.password } }))).toBe(
      401,
    );
    const { client } = await signInAgain(server, { ...guest, email: to });
    expect((await client.list_my_audit()).data[1]).toMatchObject({
      action: 'email_changed',
      detail: { from: guest.email, to },
    });
    expect(await brokenInvariants(owner)).toEqual({}); // the invitation was to the earlier address
  });
});
