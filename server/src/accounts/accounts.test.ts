import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { registerPerson, signInAgain, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { Turns } from '../db/turns.ts';
import { disableUser, offerPasswordReset } from './operator.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const jwtKeys = ({ config }: TestServer) =>
  config.jwt_keys.map(({ kid, secret }) => `${kid}:${secret.toString()}`).join(',');

const statusOf = async (call: Promise<{ status: number }>) => (await call).status;

describe('registering', () => {
  test('stores the address in lower case, and refuses it a second time in any case', async () => {
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
  ])('refuses %j and names each invalid field', async (body, pointers) => {
    const { status, body: problem } = await conformingClient(server.url).raw.register({ body });
    expect(status).toBe(422);
    expect((problem as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });
});

describe('a sign-in', () => {
  test('returns the same bytes for an unknown address, a wrong password and a disabled account', async () => {
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

  test('succeeds several times at once when the operator has changed the cost of hashes', async () => {
    const { email, password } = await registerPerson(server);
    const costlier = await startServer({ BATON_BCRYPT_COST: '5' }, { database: server.database });
    try {
      const signIn = () => conformingClient(costlier.url).raw.login({ body: { email, password } });
      const answers = await Promise.all([signIn(), signIn(), signIn()]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await statusOf(conformingClient(server.url).raw.login({ body: { email, password } }))).toBe(200);
    } finally {
      await costlier.stop();
    }
  });

  test('ends on the next request after its account is disabled', async () => {
    const person = await registerPerson(server);
    await person.client.get_me();
    await disableUser(server.database.owner, person.email);
    expect(await person.client.raw.get_me()).toMatchObject({ status: 401, body: { code: 'session_ended' } });
    const body = { refresh_token: person.refresh_token };
    expect(await statusOf(person.client.raw.refresh({ body }))).toBe(401);
  });

  test('returns tokens, after which no read shows a token, password or hash', async () => {
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

  test('sends the same statements for an unknown address, a disabled account and a wrong password, even after the response', async () => {
    const sent: string[] = [];
    const listened = await startServer({}, { patch: (text) => (sent.push(text), text) });
    const entering = vi.spyOn(Turns.prototype, 'enter');
    try {
      const [known, disabled] = [await registerPerson(listened), await registerPerson(listened)];
      await disableUser(listened.database.owner, disabled.email);
      const statements = async (body: { email: string; password: string }) => {
        sent.length = 0;
        entering.mockClear();
        expect(await statusOf(conformingClient(listened.url).raw.login({ body }))).toBe(401);
        await vi.waitFor(() => expect(sent.at(-2)).toContain('into failed_attempts')); // and its commit
        // Whatever address somebody tries, the attempt uses their network's turns.
        expect(entering.mock.calls.filter(([{ network }]) => network === undefined)).toEqual([]);
        return sent.map((text) => text.replace(/user_id = '.*'/, '')); // each account has its own id
      };
      const wrong = await statements({ email: known.email, password: disabled.password });
      expect(await statements({ email: 'nobody@example.com', password: disabled.password })).toEqual(wrong);
      expect(await statements({ email: disabled.email, password: disabled.password })).toEqual(wrong);
    } finally {
      entering.mockRestore();
      await listened.stop();
    }
  });
});

/** Moves the time at which the user's tokens were spent back by some seconds. */
const age = (user_id: string, seconds: number) =>
  server.database.owner.query(
    `update refresh_tokens set spent_at = spent_at - $2 * interval '1 second' where user_id = $1`,
    [user_id, seconds],
  );

describe('refreshing', () => {
  test('rotates the token; using a spent token after the grace period ends the session', async () => {
    const person = await registerPerson(server);
    const first = await person.client.refresh({ body: { refresh_token: person.refresh_token } });
    person.client.access_token = first.access_token;
    await person.client.get_me();
    await age(person.user.id, 31);
    const reused = await person.client.raw.refresh({ body: { refresh_token: person.refresh_token } });
    expect(reused).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
    expect(await statusOf(person.client.raw.refresh({ body: { refresh_token: first.refresh_token } }))).toBe(401);
    const { client } = await signInAgain(server, person);
    const { data } = await client.list_my_audit();
    expect(data.map(({ action }) => action)).toEqual(['logged_in', 'refresh_token_reused', 'registered']);
  });

  test('returns the same successor to four tabs with one token, on every process', async () => {
    const second = await startServer(
      {
        BATON_JWT_KEYS: `next:${Buffer.alloc(48, 'a1b2c3d4e5f6').toString('base64')},${jwtKeys(server).split(',')[0]}`,
      },
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

  test('returns the live token to a late retry, even after further refreshes', async () => {
    const { client, refresh_token } = await registerPerson(server);
    let latest = refresh_token;
    for (let n = 0; n < 3; n++) latest = (await client.refresh({ body: { refresh_token: latest } })).refresh_token;
    expect((await client.refresh({ body: { refresh_token } })).refresh_token).toBe(latest);
    await client.logout();
    expect(await statusOf(client.raw.refresh({ body: { refresh_token } }))).toBe(401);
  });

  test('refuses a retry whose successor was created with a removed key, without ending the session', async () => {
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

  test('ends the session if a token is used twice and there is no grace period', async () => {
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

  test('refuses every invalid token with the same bytes', async () => {
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
    const other = await signInAgain(server, person);
    const { data } = await person.client.list_sessions();
    expect(data.map(({ current }) => current)).toEqual([false, true]);
    const [theirs] = data;
    await person.client.revoke_session({ session_id: theirs?.id ?? '' });
    expect(await statusOf(other.client.raw.get_me())).toBe(401);
    expect(await statusOf(person.client.raw.revoke_session({ session_id: theirs?.id ?? '' }))).toBe(404);
    await person.client.logout();
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
  });

  test("of other users can't be revoked", async () => {
    const [person, stranger] = [await registerPerson(server), await registerPerson(server)];
    const { data } = await person.client.list_sessions();
    expect(await statusOf(stranger.client.raw.revoke_session({ session_id: data[0]?.id ?? '' }))).toBe(404);
    await person.client.get_me();
  });

  test('other than this one end when the password changes', async () => {
    const person = await registerPerson(server);
    const other = await signInAgain(server, person);
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

  test('get a new refresh token when the password changes; the old one is refused and ends no session', async () => {
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

  test('that have ended cannot change the password', async () => {
    const { client, password } = await registerPerson(server);
    await client.logout();
    const body = { current_password: password, new_password: 'another long one' };
    expect(await client.raw.change_password({ body })).toMatchObject({ status: 401, body: { code: 'session_ended' } });
  });
});

describe('an account', () => {
  test('can be renamed only with its current version', async () => {
    const { client } = await registerPerson(server);
    expect(await client.update_me({ body: { name: 'New' }, if_match: '"1"' })).toMatchObject({
      name: 'New',
      version: 2,
    });
    expect(await statusOf(client.raw.update_me({ body: { name: 'Newer' }, if_match: '"1"' }))).toBe(412);
  });
});

/** Waits for an effect that comes after the response. */
async function eventually<T>(look: () => Promise<T>, expected: (found: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const found = await look();
    if (expected(found) || tries > 100) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('failed attempts', () => {
  test('are counted in one entry an hour in the account’s audit log', async () => {
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
  test('refuses common passwords and the e-mail address, at sign-up, at a change and at a reset', async () => {
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
    await client.reset_password({ body: { token, new_password: 'a long enough one' } }); // the refusals did not use up the token
  });
});
