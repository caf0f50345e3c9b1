import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient } from '../../test/harness/conformance.ts';
import { joinWorkspace, type Person, registerPerson } from '../../test/harness/people.ts';
import { startServer, type TestServer } from '../../test/harness/server.ts';
import { brokenInvariants } from '../../test/invariants.ts';
import { addUser, changeEmail, disableUser, enableUser, offerPasswordReset } from './operator.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

/** The same person, signed in once more. */
async function again(person: Person) {
  const client = conformingClient(server.url);
  const answer = await client.login({ body: { email: person.email, password: person.password } });
  client.access_token = answer.access_token;
  return { client, ...answer };
}

const someAddress = () => `${randomBytes(8).toString('hex')}@example.com`;

const jwtKeys = ({ config }: TestServer) =>
  config.jwt_keys.map(({ kid, secret }) => `${kid}:${secret.toString()}`).join(',');

const statusOf = async (call: Promise<{ status: number }>) => (await call).status;

describe('registering', () => {
  test('keeps the address in lower case, once', async () => {
    const client = conformingClient(server.url);
    const body = { email: '  Ada.Lovelace@Example.com ', password: 'a long enough one', name: ' Ada ' };
    const { user } = await client.register({ body });
    expect(user).toMatchObject({ email: 'ada.lovelace@example.com', name: 'Ada' });
    const taken = await client.raw.register({ body: { ...body, email: 'ada.lovelace@EXAMPLE.com' } });
    expect(taken).toMatchObject({ status: 409, body: { code: 'email_taken' } });
    expect((await client.login({ body: { email: body.email, password: body.password } })).user).toEqual(user);
  });

  test.each([
    [{ email: 'nobody', password: 'long enough 1', name: 'N' }, ['/email']],
    [{ email: 'a@example.com', password: 'short', name: '' }, ['/password', '/name']],
    [{ email: 'abc@example.com', password: 'ABC@example.com', name: 'N' }, ['/password']],
    [{ email: 'a@example.com', password: 'nul \0 inside it', name: 'N' }, ['/password']],
    [{ email: 'a@example.com', password: 'half \ud800 a character', name: 'N' }, ['/password']],
    [{ email: 'a@example.com', password: 'long enough 1', name: 'N', role: 'owner' }, ['/role']],
  ])('says what is wrong with %j', async (body, pointers) => {
    const { status, body: problem } = await conformingClient(server.url).raw.register({ body });
    expect(status).toBe(422);
    expect((problem as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('signing in', () => {
  test('answers the same bytes for an unknown address, a wrong password and a disabled account', async () => {
    const [known, disabled] = [await registerPerson(server), await registerPerson(server)];
    expect(await disableUser(server.database.owner, disabled.email)).toBe(true);
    const client = conformingClient(server.url);
    const answers = await Promise.all([
      client.raw.login({ body: { email: 'unknown@example.com', password: 'whatever it is' } }),
      client.raw.login({ body: { email: known.email, password: 'whatever it is' } }),
      client.raw.login({ body: { email: disabled.email, password: disabled.password } }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  test('ends with the account, on the very next request', async () => {
    const person = await registerPerson(server);
    await person.client.get_me();
    await disableUser(server.database.owner, person.email);
    expect(await person.client.raw.get_me()).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    const body = { refresh_token: person.refresh_token };
    expect(await statusOf(person.client.raw.refresh({ body }))).toBe(401);
  });

  test('hands out tokens and never a hash or secret again', async () => {
    const person = await registerPerson(server);
    const shown = JSON.stringify([
      await person.client.get_me(),
      await person.client.list_sessions(),
      await person.client.list_my_audit(),
    ]);
    for (const secret of [person.password, person.refresh_token, person.access_token, '$2b$']) {
      expect(shown).not.toContain(secret);
    }
  });

  test('sends the database as much for a disabled account and an unknown one as for a wrong password', async () => {
    const sent: string[] = [];
    const listened = await startServer({}, { patch: (text) => (sent.push(text), text) });
    try {
      const [known, disabled] = [await registerPerson(listened), await registerPerson(listened)];
      await disableUser(listened.database.owner, disabled.email);
      const statements = async (body: { email: string; password: string }) => {
        sent.length = 0;
        expect(await statusOf(conformingClient(listened.url).raw.login({ body }))).toBe(401);
        await new Promise((resolve) => setTimeout(resolve, 200)); // what is noted after the response is out
        const noting = sent.findIndex((text) => text.includes('failed_attempts'));
        const before = noting === -1 ? sent : sent.slice(0, noting - 1);
        // The counters clear up after themselves at random; each asks as itself.
        return before.filter((text) => !text.includes('limit 1000')).map((text) => text.replace(/user_id = '.*'/, ''));
      };
      const wrong = await statements({ email: known.email, password: disabled.password });
      expect(await statements({ email: 'nobody@example.com', password: disabled.password })).toEqual(wrong);
      expect(await statements({ email: disabled.email, password: disabled.password })).toEqual(wrong);
    } finally {
      await listened.stop();
    }
  });
});

/** Makes it a while since the session's tokens were spent. */
const age = (user_id: string, seconds: number) =>
  server.database.owner.query(
    `update refresh_tokens set spent_at = spent_at - $2 * interval '1 second' where user_id = $1`,
    [user_id, seconds],
  );

describe('refreshing', () => {
  test('rotates, and a token that was spent a while ago ends the whole session', async () => {
    const person = await registerPerson(server);
    const first = await person.client.refresh({ body: { refresh_token: person.refresh_token } });
    person.client.access_token = first.access_token;
    await person.client.get_me();
    await age(person.user.id, 31);
    const reused = await person.client.raw.refresh({ body: { refresh_token: person.refresh_token } });
    expect(reused).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
    expect(await statusOf(person.client.raw.refresh({ body: { refresh_token: first.refresh_token } }))).toBe(401);
    const { client } = await again(person);
    const { data } = await client.list_my_audit();
    expect(data.map(({ action }) => action)).toEqual(['logged_in', 'refresh_token_reused', 'registered']);
  });

  test('gives four tabs with one token the same successor, on every process, and one branch', async () => {
    const second = await startServer(
      { BATON_JWT_KEYS: `next:${Buffer.alloc(48, 'a1b2c3d4e5f6').toString('base64')},${jwtKeys(server)}` },
      { database: server.database },
    );
    try {
      const person = await registerPerson(server);
      const other = conformingClient(second.url);
      const body = { refresh_token: person.refresh_token };
      const answers = await Promise.all(Array.from({ length: 4 }, () => person.client.refresh({ body })));
      const elsewhere = await other.refresh({ body }); // by a process that signs with a newer key
      expect(new Set([...answers, elsewhere].map(({ refresh_token }) => refresh_token)).size).toBe(1);
      for (const access_token of [answers[0]?.access_token, elsewhere.access_token]) {
        expect((await conformingClient(second.url, access_token).list_sessions()).data).toHaveLength(1);
      }
    } finally {
      await second.stop();
    }
  });

  test('gives a late retry the live token although others have refreshed since', async () => {
    const { client, refresh_token } = await registerPerson(server);
    let latest = refresh_token;
    for (let n = 0; n < 3; n++) latest = (await client.refresh({ body: { refresh_token: latest } })).refresh_token;
    expect((await client.refresh({ body: { refresh_token } })).refresh_token).toBe(latest);
    await client.logout();
    expect(await statusOf(client.raw.refresh({ body: { refresh_token } }))).toBe(401);
  });

  test('refuses a retry whose successor was made with a key that is gone, and the session goes on', async () => {
    const person = await registerPerson(server);
    const body = { refresh_token: person.refresh_token };
    const { refresh_token } = await person.client.refresh({ body });
    const second = await startServer(
      { BATON_JWT_KEYS: `next:${Buffer.alloc(48, 'a1b2c3d4e5f6').toString('base64')}` },
      { database: server.database },
    );
    try {
      expect(await statusOf(conformingClient(second.url).raw.refresh({ body }))).toBe(401);
      await conformingClient(second.url).refresh({ body: { refresh_token } });
    } finally {
      await second.stop();
    }
  });

  test('without a grace ends the session of who uses a token twice', async () => {
    const strict = await startServer({ BATON_REFRESH_GRACE_S: '0' }, { database: server.database });
    try {
      const { client, refresh_token } = await registerPerson(strict);
      await client.refresh({ body: { refresh_token } });
      expect(await statusOf(client.raw.refresh({ body: { refresh_token } }))).toBe(401);
      expect(await statusOf(client.raw.get_me())).toBe(401);
    } finally {
      await strict.stop();
    }
  });

  test('refuses everything else with the same bytes', async () => {
    const person = await registerPerson(server);
    const altered = person.refresh_token.slice(0, -4) + (person.refresh_token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    const answers = await Promise.all(
      ['', 'brt_', 'nonsense', `brt_${'A'.repeat(86)}`, altered].map((refresh_token) =>
        person.client.raw.refresh({ body: { refresh_token } }),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    await person.client.get_me();
  });
});

describe('sessions', () => {
  test('are listed, and end at once when revoked or signed out', async () => {
    const person = await registerPerson(server);
    const other = await again(person);
    const { data } = await person.client.list_sessions();
    expect(data.map(({ current }) => current)).toEqual([false, true]);
    const [theirs] = data;
    await person.client.revoke_session({ session_id: theirs?.id ?? '' });
    expect(await statusOf(other.client.raw.get_me())).toBe(401);
    expect(await statusOf(person.client.raw.revoke_session({ session_id: theirs?.id ?? '' }))).toBe(404);
    await person.client.logout();
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
  });

  test("of others can't be revoked", async () => {
    const [person, stranger] = [await registerPerson(server), await registerPerson(server)];
    const { data } = await person.client.list_sessions();
    expect(await statusOf(stranger.client.raw.revoke_session({ session_id: data[0]?.id ?? '' }))).toBe(404);
    await person.client.get_me();
  });

  test('other than this one end when the password changes', async () => {
    const person = await registerPerson(server);
    const other = await again(person);
    const wrong = { current_password: 'not this one', new_password: 'another long one' };
    expect(await statusOf(person.client.raw.change_password({ body: wrong }))).toBe(401);
    await other.client.get_me();
    const changed = await person.client.change_password({ body: { ...wrong, current_password: person.password } });
    expect(changed.user).toEqual(person.user);
    expect(await statusOf(other.client.raw.get_me())).toBe(401);
    await person.client.get_me();
    const old = await person.client.raw.login({ body: { email: person.email, password: person.password } });
    expect(old.status).toBe(401);
    await person.client.login({ body: { email: person.email, password: 'another long one' } });
  });

  test('get a new refresh token with a new password; the old one is refused, and ends nothing', async () => {
    const person = await registerPerson(server);
    const before = await person.client.refresh({ body: { refresh_token: person.refresh_token } });
    const body = { current_password: person.password, new_password: 'another long one' };
    const { access_token, refresh_token } = await person.client.change_password({ body });
    for (const old of [before.refresh_token, person.refresh_token]) {
      expect(await statusOf(person.client.raw.refresh({ body: { refresh_token: old } }))).toBe(401);
    }
    for (const token of [person.access_token, access_token]) await conformingClient(server.url, token).get_me();
    await person.client.refresh({ body: { refresh_token } });
  });

  test('that have ended change no password', async () => {
    const { client, password } = await registerPerson(server);
    await client.logout();
    const body = { current_password: password, new_password: 'another long one' };
    expect(await client.raw.change_password({ body })).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  });
});

describe('the account', () => {
  test('is renamed on the version it was read at', async () => {
    const { client } = await registerPerson(server);
    expect(await client.update_me({ body: { name: 'New' }, if_match: '"1"' })).toMatchObject({
      name: 'New',
      version: 2,
    });
    expect(await statusOf(client.raw.update_me({ body: { name: 'Newer' }, if_match: '"1"' }))).toBe(412);
  });
});

/** Waits for what is done after the response. */
async function eventually<T>(look: () => Promise<T>, expected: (found: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const found = await look();
    if (expected(found) || tries > 100) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('failures', () => {
  test('leave one counting entry an hour in the account’s own audit log', async () => {
    const person = await registerPerson(server);
    const { client, email, user } = person;
    const guess = { email, password: 'not this one' };
    for (let n = 0; n < 3; n++) await client.raw.login({ body: guess });
    const body = { current_password: 'not this one', new_password: 'another long one' };
    await client.raw.change_password({ body });
    const { data } = await eventually(
      () => client.list_my_audit(),
      (page) =>
        page.data.length === 3 &&
        page.data.every(({ action, detail }) => action !== 'sign_in_failed' || detail['failures'] === 3),
    );
    const failures = data.filter(({ action }) => action !== 'registered');
    expect(failures).toMatchObject([
      { action: 'password_change_failed', detail: { failures: 1 } },
      { action: 'sign_in_failed', detail: { failures: 3, last_at: expect.stringMatching(/Z$/) }, ip: '127.0.0.1' },
    ]);
    await server.database.owner.query(
      `update failed_attempts set hour = hour - interval '1 hour', created_at = created_at - interval '1 hour'
       where user_id = $1`,
      [user.id],
    );
    await client.raw.login({ body: guess });
    const page = await eventually(
      () => client.list_my_audit({ limit: 2 }),
      ({ data: [first] }) => first?.action === 'sign_in_failed',
    );
    expect(page.data.map(({ action, detail }) => [action, detail['failures']])).toEqual([
      ['sign_in_failed', 1],
      ['registered', undefined],
    ]);
    const rest = await client.list_my_audit({ cursor: page.next_cursor ?? '' });
    expect(rest.data.map(({ action }) => action)).toEqual(['password_change_failed', 'sign_in_failed']);
  });
});

describe('choosing a password', () => {
  test('refuses the most common ones and the address, wherever one is chosen', async () => {
    const person = await registerPerson(server);
    const { client, email, password } = person;
    const token = (await offerPasswordReset(server.database.owner, email, 60)) ?? '';
    for (const chosen of ['Password123!', email.toUpperCase()]) {
      const answers = [
        await client.raw.register({
          body: { email: chosen.includes('@') ? email : someAddress(), password: chosen, name: 'N' },
        }),
        await client.raw.change_password({ body: { current_password: password, new_password: chosen } }),
        await client.raw.reset_password({ body: { token, new_password: chosen } }),
      ];
      expect(
        answers.map(({ status, body }) => [status, (body as { errors: { pointer: string }[] }).errors[0]?.pointer]),
      ).toEqual([
        [422, '/password'],
        [422, '/new_password'],
        [422, '/new_password'],
      ]);
    }
    await client.reset_password({ body: { token, new_password: 'a long enough one' } }); // not used up by that
  });
});

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
    expect(await statusOf(reset(older))).toBe(401); // another one was made since
    const statuses = await Promise.all([1, 2, 3].map(() => statusOf(reset(token))));
    expect(statuses.sort()).toEqual([204, 401, 401]);
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
    expect([await signIn(person, person.password), await signIn(person, 'another long one')]).toEqual([401, 200]);
    const { client } = await again({ ...person, password: 'another long one' });
    const actions = (await client.list_my_audit()).data.map(({ action }) => action);
    expect(actions).toContain('password_reset');
    expect(actions).toContain('password_reset_offered');
  });

  test('is refused with the same bytes and as many statements when it is unknown, altered, expired, used up or of a disabled account', async () => {
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

  test('gives a password to somebody whom the operator added, who then signs in', async () => {
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

describe('disabling', () => {
  test('is undone by enabling, but for sessions and tokens', async () => {
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
    const { client } = await again(person);
    const actions = (await client.list_my_audit()).data.map(({ action }) => action);
    expect(actions.slice(0, 3)).toEqual(['logged_in', 'account_enabled', 'account_disabled']);
  });
});

describe('another address', () => {
  test('is given by the operator, unless it is taken; the account stays the same', async () => {
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
    expect(await changeEmail(owner, { from: to, to })).toBe(true); // changes nothing, and leaves no entry
    expect(await guest.client.get_me()).toMatchObject({ id: guest.user.id, email: to, version: 2 });
    expect(await statusOf(guest.client.raw.login({ body: { email: guest.email, password: guest.password } }))).toBe(
      401,
    );
    const { client } = await again({ ...guest, email: to });
    expect((await client.list_my_audit()).data[1]).toMatchObject({
      action: 'email_changed',
      detail: { from: guest.email, to },
    });
    expect(await brokenInvariants(owner)).toEqual({}); // the invitation was to the address of then
  });
});

describe('registration', () => {
  const serverFor = (registration: string) =>
    startServer({ BATON_REGISTRATION: registration }, { database: server.database });
  const signUp = ({ url }: TestServer, body: { email: string; invitation_token?: string }) =>
    conformingClient(url).raw.register({ body: { ...body, password: 'a long enough one', name: 'N' } });
  const codeOf = async (call: ReturnType<typeof signUp>) => ((await call).body as { code?: string }).code ?? 'ok';

  test('that is closed refuses everybody, and lets those in who have an account', async () => {
    const closed = await serverFor('closed');
    try {
      const { email, password } = await registerPerson(server);
      expect(await codeOf(signUp(closed, { email: someAddress() }))).toBe('registration_closed');
      expect(await codeOf(signUp(closed, { email }))).toBe('registration_closed');
      await conformingClient(closed.url).login({ body: { email, password } });
    } finally {
      await closed.stop();
    }
  });

  test('that is for invited people takes an open invitation to the very address, and nothing else', async () => {
    const invited = await serverFor('invited');
    try {
      const { client } = await registerPerson(server);
      const { id: workspace_id } = await client.create_workspace({ body: { name: 'W' } });
      const invite = async () => {
        const email = someAddress();
        const { id, token } = await client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
        return { email, id, invitation_token: token };
      };
      const [one, other, revoked] = [await invite(), await invite(), await invite()];
      await client.revoke_invitation({ workspace_id, invitation_id: revoked.id });
      const code = ({ email, invitation_token }: { email: string; invitation_token?: string }) =>
        codeOf(signUp(invited, invitation_token === undefined ? { email } : { email, invitation_token }));
      expect(await code({ email: one.email })).toBe('invitation_required');
      expect(await code({ email: one.email, invitation_token: other.invitation_token })).toBe('invitation_required');
      expect(await code({ email: one.email, invitation_token: 'bit_' })).toBe('invitation_required');
      expect(await code(revoked)).toBe('invitation_required');
      expect(await codeOf(signUp(server, { email: one.email, invitation_token: other.invitation_token }))).toBe(
        'invitation_required',
      );
      const { status, body } = await signUp(invited, { email: one.email, invitation_token: one.invitation_token });
      expect(status).toBe(201);
      const { access_token } = body as { access_token: string };
      const joined = await conformingClient(invited.url, access_token).accept_invitation({
        body: { token: one.invitation_token },
      });
      expect(joined).toMatchObject({ id: workspace_id, role: 'viewer' });
      expect(await code(one)).toBe('invitation_required'); // accepted by now
    } finally {
      await invited.stop();
    }
  });
});

describe('guessing', () => {
  test('is stopped per account on every process, whether the account exists or not', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_PER_ACCOUNT: '3' });
    const second = await startServer({ BATON_AUTH_LIMIT_PER_ACCOUNT: '3' }, { database: limited.database });
    try {
      const person = await registerPerson(server);
      for (const email of [person.email, 'unknown@example.com']) {
        const statuses: number[] = [];
        for (const { url } of [limited, second, limited, second, limited]) {
          const answer = await conformingClient(url).raw.login({ body: { email, password: 'a guess' } });
          statuses.push(answer.status);
          if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
        }
        expect(statuses).toEqual([401, 401, 401, 429, 429]);
      }
    } finally {
      await second.stop();
      await limited.stop();
    }
  });

  describe('from somewhere', () => {
    const limits = { BATON_AUTH_LIMIT_PER_ACCOUNT: '2', BATON_TRUST_PROXY: 'loopback' };
    let limited: TestServer;
    beforeAll(async () => {
      limited = await startServer({ ...limits, BATON_AUTH_LIMIT_PER_ADDRESS: '3' }, { database: server.database });
    });
    afterAll(() => limited.stop());

    const from = (address: string, path: string, body: unknown, method = 'POST', token = '') =>
      fetch(`${limited.url}/v1/${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': address,
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });
    const signIn = async (address: string, email: string, password: string) =>
      (await from(address, 'auth/login', { email, password })).status;
    const signUp = async (address: string) => {
      const body = { email: someAddress(), password: 'a long enough one', name: 'N' };
      const response = await from(address, 'auth/register', body);
      return {
        ...body,
        status: response.status,
        ...((await response.json()) as { refresh_token: string; access_token: string }),
      };
    };
    const several = async (count: number, ask: (n: number) => Promise<number>) => {
      const statuses = [];
      for (let n = 0; n < count; n++) statuses.push(await ask(n));
      return statuses;
    };
    const refresh = async (address: string, refresh_token: string) =>
      (await from(address, 'auth/refresh', { refresh_token })).status;

    test('the whole world keeps the owner out of no network where they were before, nor may that one guess on', async () => {
      const { email, password } = await registerPerson(server);
      expect(await signIn('10.1.1.1', email, password)).toBe(200);
      expect(await several(4, (n) => signIn(`10.2.2.${n}`, email, 'a guess'))).toEqual([401, 401, 429, 429]);
      expect(await signIn('10.3.3.3', email, password)).toBe(429);
      expect(await signIn('10.1.1.1', email, password)).toBe(200);
      expect(await several(3, () => signIn('10.1.1.1', email, 'a guess'))).toEqual([401, 401, 429]);
    });

    test('the whole world keeps nobody out of the network where they signed up', async () => {
      const { email, password } = await signUp('10.1.2.3');
      expect(await several(3, (n) => signIn(`10.2.3.${n}`, email, 'a guess'))).toEqual([401, 401, 429]);
      expect(await signIn('10.1.2.3', email, password)).toBe(200);
    });

    test('a neighbour’s failures keep nobody from signing in, refreshing or changing a password', async () => {
      const office = '10.4.4.4';
      const { email, password, refresh_token, access_token } = await signUp(office);
      expect(await several(4, () => refresh(office, 'garbage'))).toEqual([401, 401, 401, 429]);
      expect(await several(4, () => signIn(office, someAddress(), 'a guess'))).toEqual([401, 401, 401, 429]);
      expect(await refresh(office, refresh_token)).toBe(200);
      expect(await signIn(office, email, password)).toBe(200);
      const body = { current_password: password, new_password: 'another long one' };
      expect((await from(office, 'me/password', body, 'PUT', access_token)).ok).toBe(true);
      expect(await several(3, async () => (await signUp(office)).status)).toEqual([201, 201, 429]);
      expect(await signIn(office, email, 'another long one')).toBe(200);
    });

    test('an office that signs in and refreshes more often than anybody may fail is not locked out', async () => {
      const people = await Promise.all(Array.from({ length: 6 }, () => registerPerson(server)));
      const statuses = await Promise.all(people.map((one) => refresh('10.5.5.5', one.refresh_token)));
      for (const { email, password } of people) statuses.push(await signIn('10.5.5.5', email, password));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });

    test('the networks of an IPv6 site are stopped together after four times as many guesses', async () => {
      const guess = (n: number) => signIn(`2001:db8:1:${n}::1`, someAddress(), 'a guess');
      expect(await several(13, guess)).toEqual([...Array.from({ length: 12 }, () => 401), 429]);
      expect(await signIn('2001:db8:2::1', someAddress(), 'a guess')).toBe(401);
    });

    test('only what could have signed in is counted', async () => {
      const { email, password } = await registerPerson(server);
      const statuses = [];
      for (const [query, body] of [
        ['', { email, password: '' }],
        ['', { email, password, more: 1 }],
        ['', { email }],
        ['?a=1', { email, password }],
        ['', { email, password }],
      ] as const) {
        statuses.push((await from('10.6.6.6', `auth/login${query}`, body)).status);
      }
      expect(statuses).toEqual([422, 422, 422, 422, 200]);
    });

    test('guesses of the current password are stopped per account', async () => {
      const { access_token, password } = await registerPerson(server);
      const change = async (n: number) => {
        const current_password = n < 3 ? 'a guess' : password;
        const body = { current_password, new_password: 'another long one' };
        return (await from(`10.7.7.${n}`, 'me/password', body, 'PUT', access_token)).status;
      };
      expect(await several(4, change)).toEqual([401, 401, 429, 429]);
    });

    test('guesses of an invitation are stopped per account', async () => {
      const { access_token } = await registerPerson(server);
      const accept = async () =>
        (await from('10.8.8.8', 'invitations/accept', { token: 'bit_' }, 'POST', access_token)).status;
      expect(await several(3, accept)).toEqual([404, 404, 429]);
    });
  });

  test('is no matter for those who succeed: their limits are their own', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_SUCCESSES: '2' }, { database: server.database });
    try {
      const [person, other] = [await registerPerson(limited), await registerPerson(limited)];
      const login = () => person.client.raw.login({ body: { email: person.email, password: person.password } });
      expect([(await login()).status, (await login()).status]).toEqual([200, 429]); // signing up was the first
      const refresh = async ({ client }: Person, refresh_token: string) =>
        client.raw.refresh({ body: { refresh_token } });
      await refresh(person, person.refresh_token);
      await refresh(person, person.refresh_token); // the same successor again counts, too
      const third = await refresh(person, person.refresh_token);
      expect(third).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await refresh(other, other.refresh_token)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});
