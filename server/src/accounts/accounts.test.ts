import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient } from '../../test/harness/conformance.ts';
import { type Person, registerPerson } from '../../test/harness/people.ts';
import { startServer, type TestServer } from '../../test/harness/server.ts';
import { disableUser } from './disable.ts';

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
        // The counters clear up after themselves at random; each asks as itself.
        return sent.filter((text) => !text.includes('limit 1000')).map((text) => text.replace(/user_id = '.*'/, ''));
      };
      const wrong = await statements({ email: known.email, password: disabled.password });
      expect(await statements({ email: 'nobody@example.com', password: disabled.password })).toEqual(wrong);
      expect(await statements({ email: disabled.email, password: disabled.password })).toEqual(wrong);
    } finally {
      await listened.stop();
    }
  });
});

describe('refreshing', () => {
  test('rotates, and a spent token ends the whole session', async () => {
    const person = await registerPerson(server);
    const first = await person.client.refresh({ body: { refresh_token: person.refresh_token } });
    person.client.access_token = first.access_token;
    await person.client.get_me();
    const reused = await person.client.raw.refresh({ body: { refresh_token: person.refresh_token } });
    expect(reused).toMatchObject({ status: 401, body: { code: 'invalid_refresh_token' } });
    expect(await statusOf(person.client.raw.get_me())).toBe(401);
    expect(await statusOf(person.client.raw.refresh({ body: { refresh_token: first.refresh_token } }))).toBe(401);
    const { client } = await again(person);
    const { data } = await client.list_my_audit();
    expect(data.map(({ action }) => action)).toEqual(['logged_in', 'refresh_token_reused', 'registered']);
  });

  test('of one token at once succeeds at most once', async () => {
    for (let round = 0; round < 10; round++) {
      const person = await registerPerson(server);
      const body = { refresh_token: person.refresh_token };
      const answers = await Promise.all(Array.from({ length: 4 }, () => person.client.raw.refresh({ body })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
      expect(await statusOf(person.client.raw.get_me())).toBe(401); // the reuse ended the family
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
    await person.client.change_password({ body: { ...wrong, current_password: person.password } });
    expect(await statusOf(other.client.raw.get_me())).toBe(401);
    await person.client.get_me();
    const old = await person.client.raw.login({ body: { email: person.email, password: person.password } });
    expect(old.status).toBe(401);
    await person.client.login({ body: { email: person.email, password: 'another long one' } });
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

describe('guessing', () => {
  test('is stopped per account on every process, whether the account exists or not', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_PER_ACCOUNT: '3' });
    const second = await startServer({ BATON_AUTH_LIMIT_PER_ACCOUNT: '3' }, { database: limited.database });
    try {
      const person = await registerPerson(limited);
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

  test('is stopped per address, and signing in right is not counted against the account', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_PER_ADDRESS: '6', BATON_AUTH_LIMIT_PER_ACCOUNT: '2' });
    try {
      const person = await registerPerson(limited);
      const login = () => person.client.raw.login({ body: { email: person.email, password: person.password } });
      const statuses: number[] = [];
      for (let n = 0; n < 6; n++) {
        statuses.push((await login()).status);
        // Its count is taken back once the answer is out.
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    } finally {
      await limited.stop();
    }
  });

  describe('by the whole world', () => {
    const limits = { BATON_AUTH_LIMIT_PER_ACCOUNT: '2', BATON_TRUST_PROXY: 'loopback' };
    const from = (url: string, address: string, path: string, body: unknown, method = 'POST', token = '') =>
      fetch(`${url}/v1/${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          'x-forwarded-for': address,
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      });

    test('keeps the owner out of no network where they were before, nor lets that one guess on', async () => {
      const limited = await startServer(limits);
      try {
        const { email, password } = await registerPerson(limited);
        const login = async (address: string, tried: string) =>
          (await from(limited.url, address, 'auth/login', { email, password: tried })).status;
        expect(await login('10.1.1.1', password)).toBe(200);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const guesses = [];
        for (let n = 0; n < 4; n++) guesses.push(await login(`10.2.2.${n}`, 'a guess'));
        expect(guesses).toEqual([401, 401, 429, 429]);
        expect([await login('10.3.3.3', password), await login('10.1.1.1', password)]).toEqual([429, 200]);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const at_home = [];
        for (let n = 0; n < 3; n++) at_home.push(await login('10.1.1.1', 'a guess'));
        expect(at_home).toEqual([401, 401, 429]);
      } finally {
        await limited.stop();
      }
    });

    test('counts only what could have signed in', async () => {
      const limited = await startServer(limits);
      try {
        const { email, password } = await registerPerson(limited);
        const statuses = [];
        for (const [query, body] of [
          ['', { email, password: '' }],
          ['', { email, password, more: 1 }],
          ['', { email }],
          ['?a=1', { email, password }],
          ['', { email, password }],
        ] as const) {
          statuses.push((await from(limited.url, '10.1.1.1', `auth/login${query}`, body)).status);
        }
        expect(statuses).toEqual([422, 422, 422, 422, 200]);
      } finally {
        await limited.stop();
      }
    });

    test('is stopped per account where the current password changes it', async () => {
      const limited = await startServer(limits);
      try {
        const { access_token, password } = await registerPerson(limited);
        const statuses = [];
        for (const [n, tried] of ['a guess', 'a guess', 'a guess', password].entries()) {
          const body = { current_password: tried, new_password: 'another long one' };
          statuses.push((await from(limited.url, `10.1.1.${n}`, 'me/password', body, 'PUT', access_token)).status);
        }
        expect(statuses).toEqual([401, 401, 429, 429]);
      } finally {
        await limited.stop();
      }
    });
  });
});
