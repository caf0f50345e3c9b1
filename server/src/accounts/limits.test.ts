import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { type Person, registerPerson, signInAgain, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { offerPasswordReset } from './operator.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

describe('registration', () => {
  const serverFor = (registration: string) =>
    startServer({ BATON_REGISTRATION: registration }, { database: server.database });
  const signUp = ({ url }: TestServer, body: { email: string; invitation_token?: string }) =>
    conformingClient(url).raw.register({ body: { ...body, password: 'a long enough one', name: 'N' } });
  const codeOf = async (call: ReturnType<typeof signUp>) => ((await call).body as { code?: string }).code ?? 'ok';

  test('that is closed refuses new accounts, while existing ones can sign in', async () => {
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

  test('that is for invited people requires an open invitation to the same address', async () => {
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
  test('is limited per account across processes, whether the account exists or not', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_PER_ACCOUNT: '3' });
    const second = await startServer({ BATON_AUTH_LIMIT_PER_ACCOUNT: '3' }, { database: limited.database });
    try {
      const person = await registerPerson(server);
      for (const email of [person.email, 'unknown@example.com']) {
        const statuses: number[] = [];
        for (const { url } of [limited, second, limited, second, limited]) {
          const answer = await conformingClient(url).raw.login({ body: { email, password: 'a guess' } });
          statuses.push(answer.status);
          if (answer.status !== 429) continue;
          const retry_after = answer.headers.get('retry-after');
          expect(Number(retry_after)).toBeGreaterThan(0);
          expect(answer.headers.get('ratelimit')).toBe(`"sign-in-account";r=0;t=${retry_after}`);
          expect(answer.headers.get('ratelimit-policy')).toBe('"sign-in-account";q=3;w=900');
        }
        expect(statuses).toEqual([401, 401, 401, 429, 429]);
      }
    } finally {
      await second.stop();
      await limited.stop();
    }
  });

  describe('by network', () => {
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

    test('guesses from many networks do not lock the owner out where they signed in before, and guesses from there are limited, too', async () => {
      const { email, password } = await registerPerson(server);
      expect(await signIn('10.1.1.1', email, password)).toBe(200);
      expect(await several(4, (n) => signIn(`10.2.2.${n}`, email, 'a guess'))).toEqual([401, 401, 429, 429]);
      expect(await signIn('10.3.3.3', email, password)).toBe(429);
      expect(await signIn('10.1.1.1', email, password)).toBe(200);
      expect(await several(3, () => signIn('10.1.1.1', email, 'a guess'))).toEqual([401, 401, 429]);
    });

    test('guesses from many networks do not lock the owner out of the network where they signed up', async () => {
      const { email, password } = await signUp('10.1.2.3');
      expect(await several(3, (n) => signIn(`10.2.3.${n}`, email, 'a guess'))).toEqual([401, 401, 429]);
      expect(await signIn('10.1.2.3', email, password)).toBe(200);
    });

    test('failures in a network do not block others there from signing in, refreshing or changing a password', async () => {
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

    test('wrong one-time tokens in a network do not block others there from setting a new password', async () => {
      const office = '10.4.5.6';
      const { email } = await registerPerson(server);
      const token = await offerPasswordReset(server.database.owner, email, 60);
      const reset = async (given?: string) =>
        (await from(office, 'auth/reset-password', { token: given, new_password: 'another long one' })).status;
      const confirm = async () => (await from(office, 'auth/confirm-email', { token: 'bct_' })).status;
      expect(await several(4, confirm)).toEqual([401, 401, 401, 429]);
      expect(await several(4, () => reset('bpt_'))).toEqual([401, 401, 401, 429]);
      expect(await reset(token)).toBe(204);
    });

    test('successful sign-ins and refreshes do not count towards the limit of failures', async () => {
      const people = await Promise.all(Array.from({ length: 6 }, () => registerPerson(server)));
      const statuses = await Promise.all(people.map((one) => refresh('10.5.5.5', one.refresh_token)));
      for (const { email, password } of people) statuses.push(await signIn('10.5.5.5', email, password));
      expect(new Set(statuses)).toEqual(new Set([200]));
    });

    test('the networks of an IPv6 site are limited together, to four times as many guesses', async () => {
      const guess = (n: number) => signIn(`2001:db8:1:${n}::1`, someAddress(), 'a guess');
      expect(await several(13, guess)).toEqual([...Array.from({ length: 12 }, () => 401), 429]);
      expect(await signIn('2001:db8:2::1', someAddress(), 'a guess')).toBe(401);
    });

    test('invalid requests do not count', async () => {
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

    test('guesses of the current password are limited per session, and do not block the owner’s other sessions', async () => {
      const person = await registerPerson(server);
      const elsewhere = await signInAgain(server, person);
      const change = async (n: number, token = person.access_token) => {
        const current_password = n < 3 ? 'a guess' : person.password;
        const body = { current_password, new_password: 'another long one' };
        return (await from(`10.7.7.${n}`, 'me/password', body, 'PUT', token)).status;
      };
      expect(await several(4, change)).toEqual([401, 401, 429, 429]);
      expect(await change(4, elsewhere.access_token)).toBe(200);
    });

    test('other passwords under a used Idempotency-Key are limited like guesses of the password', async () => {
      const { access_token, password } = await registerPerson(server);
      const change = async (current_password: string) => {
        const body = JSON.stringify({ current_password, new_password: 'another long one' });
        const authorization = `Bearer ${access_token}`;
        const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': 'k' };
        return (await fetch(`${limited.url}/v1/me/password`, { method: 'PUT', headers, body })).status;
      };
      expect(await change(password)).toBe(200);
      expect(await several(3, () => change('a guess'))).toEqual([422, 422, 429]);
      expect(await change(password)).toBe(429);
    });

    test('guesses of an invitation are limited per session, and an acceptance under its key still gets its first response', async () => {
      const [{ access_token, email }, { client }] = [await registerPerson(server), await registerPerson(server)];
      const { id: workspace_id } = await client.create_workspace({ body: { name: 'W' } });
      const { token } = await client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
      const accept = async (guess: string) => {
        const headers = {
          authorization: `Bearer ${access_token}`,
          'content-type': 'application/json',
          'idempotency-key': guess === token ? 'accepted' : `guess-${Math.random()}`,
        };
        const body = JSON.stringify({ token: guess });
        return (await fetch(`${limited.url}/v1/invitations/accept`, { method: 'POST', headers, body })).status;
      };
      const accepted = await accept(token);
      expect(accepted).toBeLessThan(300);
      expect(await several(3, () => accept('bit_'))).toEqual([404, 404, 429]);
      expect(await accept(token)).toBe(accepted);
    });

    test('an invalid address in X-Forwarded-For counts as the proxy’s own, and a port does not make another network', async () => {
      const guess = (address: string) => signIn(address, someAddress(), 'a guess');
      expect(await several(4, (n) => guess(`10.9.9.9:${5000 + n}`))).toEqual([401, 401, 401, 429]);
      expect(await guess('10.9.9.8')).toBe(401);
      expect(await several(4, (n) => guess(`[2001:db8:9::1]:${n}`))).toEqual([401, 401, 401, 429]);
      // All four count as the proxy's own address.
      const texts = ['unknown', '10.9.9.7, _hidden', '999.1.1.1', '10.9.9.6;'];
      expect(await several(4, (n) => guess(texts[n] ?? ''))).toEqual([401, 401, 401, 429]);
    });
  });

  test('is limited separately from success: sign-ins that succeed count per account, and refreshes per session', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_SUCCESSES: '2' }, { database: server.database });
    try {
      const [person, other] = [await registerPerson(limited), await registerPerson(limited)];
      const login = () => person.client.raw.login({ body: { email: person.email, password: person.password } });
      expect([(await login()).status, (await login()).status]).toEqual([200, 429]); // signing up was the first
      const refresh = async ({ client }: Person, refresh_token: string) =>
        client.raw.refresh({ body: { refresh_token } });
      await refresh(person, person.refresh_token);
      await refresh(person, person.refresh_token); // getting the same successor again counts, too
      const third = await refresh(person, person.refresh_token);
      expect(third).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
      expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await refresh(other, other.refresh_token)).status).toBe(200);
    } finally {
      await limited.stop();
    }
  });
});

test('an account can create a limited number of workspaces a day across processes, including those that it deletes', async () => {
  const settings = { BATON_NEW_WORKSPACES_PER_DAY: '3' };
  const limited = await startServer(settings);
  const second = await startServer(settings, { database: limited.database });
  try {
    const [person, other] = [await registerPerson(limited), await registerPerson(limited)];
    const create = (on: TestServer, who = person) =>
      conformingClient(on.url, who.access_token).raw.create_workspace({ body: { name: 'W' } });
    for (const on of [limited, second, limited]) {
      const { status, body } = await create(on);
      expect(status).toBe(201);
      await person.client.delete_workspace({ workspace_id: (body as { id: string }).id });
    }
    const refused = await create(second);
    expect([refused.status, refused.headers.get('ratelimit')]).toEqual([
      429,
      expect.stringMatching(/^"new-workspaces"/),
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_600);
    expect((await create(limited, other)).status).toBe(201);
    const { rows } = await limited.database.owner.query('select 1 from workspaces where created_by = $1', [
      person.user.id,
    ]);
    expect(rows).toHaveLength(3);
  } finally {
    await second.stop();
    await limited.stop();
  }
});

test('creating a workspace again under its Idempotency-Key gets the first response, without being counted or limited', async () => {
  const limited = await startServer({ BATON_NEW_WORKSPACES_PER_DAY: '2' });
  try {
    const { access_token } = await registerPerson(limited);
    const create = async (key: string, name = 'W') => {
      const headers = {
        authorization: `Bearer ${access_token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      };
      const body = JSON.stringify({ name });
      const response = await fetch(`${limited.url}/v1/workspaces`, { method: 'POST', headers, body });
      return { status: response.status, text: await response.text() };
    };
    const first = await create('first');
    expect(first.status).toBe(201);
    for (let n = 0; n < 3; n++) expect(await create('first')).toEqual(first);
    // A refused request doesn't count.
    expect((await create('first', 'Another')).status).toBe(422);
    expect((await create('second')).status).toBe(201);
    expect((await create('third')).status).toBe(429);
    expect(await create('first')).toEqual(first);
  } finally {
    await limited.stop();
  }
});
