import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformingClient, nonconformities } from '../../../proof/harness/conformance.ts';
import { registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { type BatonClient, createClient } from '../../../sdk/index.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const keep = 'cookie' as const;
const password = 'a long enough password';

/** The name of a server's cookie over plain HTTP. */
const nameAt = ({ url }: TestServer = server) => `baton_refresh_${new URL(url).port}`;

/** A browser that keeps cookies, sends them below their path, and sends the headers of its page's origin. */
function openBrowser({ url }: TestServer = server, page: Record<string, string> = {}) {
  const jar = new Map<string, { value: string; path: string }>();
  const set: string[] = [];
  const browse: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(page)) headers.set(name, value);
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const sent = [...jar].filter(([, cookie]) => pathname.startsWith(`${cookie.path}/`));
    if (sent.length > 0) headers.set('cookie', sent.map(([name, { value }]) => `${name}=${value}`).join('; '));
    const response = await fetch(input, { ...init, headers });
    for (const given of response.headers.getSetCookie()) {
      set.push(given);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(given) ?? [];
      const [, path = '/'] = /; Path=([^;]+)/.exec(given) ?? [];
      if (given.includes('Max-Age=0')) jar.delete(name);
      else jar.set(name, { value, path });
    }
    return response;
  };
  /** A page of the browser, with or without an access token. */
  const openPage = (access_token?: string): BatonClient =>
    createClient({
      base_url: url,
      access_token,
      retries: 0,
      fetch: browse,
      on_response: (operation, response) => {
        const found = nonconformities(operation, response);
        if (found.length > 0) throw new Error(found.join('\n'));
      },
    });
  return { jar, set, openPage, cookie: () => [...jar.values()][0]?.value };
}

type Browser = ReturnType<typeof openBrowser>;

/** Signs somebody up in a browser. */
async function signUp(browser: Browser = openBrowser()) {
  const email = someAddress();
  const page = browser.openPage();
  const tokens = await page.register({ body: { email, password, name: 'Ada', keep } });
  page.access_token = tokens.access_token;
  return { browser, page, email, tokens };
}

const codeOf = async (call: Promise<{ status: number; body: unknown }>) => {
  const { status, body } = await call;
  return [status, (body as { code?: string } | undefined)?.code];
};

describe('a session that is kept in a cookie', () => {
  test('never shows its refresh token to a script, from sign-up to sign-out', async () => {
    const { browser, page, email, tokens } = await signUp();
    const signed_in = await page.login({ body: { email, password, keep } });
    const refreshed = await page.refresh({ body: { keep } });
    const change = { current_password: password, new_password: `${password} 2`, keep };
    const changed = await page.change_password({ body: change });
    for (const given of [tokens, signed_in, refreshed, changed]) {
      expect(Object.keys(given).sort()).toEqual(['access_token', 'expires_in', 'token_type', 'user']);
    }
    expect(browser.set).toHaveLength(4);
    for (const given of browser.set) {
      expect(given).toMatch(
        /^baton_refresh_\d+=brt_[\w-]{86}; Path=\/v1\/auth; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
      );
    }
    expect(new Set(browser.set).size).toBe(4);
    await page.logout();
    expect(browser.set.at(-1)).toBe(`${nameAt()}=; Path=/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict`);
    expect(browser.jar.size).toBe(0);
  });

  test('continues in a newly loaded page that has only the cookie', async () => {
    const { browser, tokens } = await signUp();
    for (let n = 0; n < 3; n++) {
      const { access_token, user } = await browser.openPage().refresh({ body: { keep } });
      expect(user).toEqual(tokens.user);
      const { data } = await browser.openPage(access_token).list_sessions();
      expect(data).toHaveLength(1);
    }
  });

  test('can continue a session whose refresh token a script had', async () => {
    const person = await registerPerson(server);
    const browser = openBrowser();
    await browser.openPage().refresh({ body: { refresh_token: person.refresh_token, keep } });
    await browser.openPage().refresh({ body: { keep } });
    expect((await person.client.list_sessions()).data).toHaveLength(1);
  });

  test('stays signed in in two tabs that refresh at the same time, fifty times', async () => {
    const { browser } = await signUp();
    for (let n = 0; n < 50; n++) {
      const both = await Promise.all([0, 1].map(() => browser.openPage().refresh({ body: { keep } })));
      expect(new Set(browser.set.slice(-2)).size).toBe(1);
      for (const { access_token } of both) await browser.openPage(access_token).get_me();
    }
    expect(new Set(browser.set).size).toBe(51);
  });

  test('is ignored by requests without `keep`, which set no cookie', async () => {
    const { browser, page, email } = await signUp();
    const before = browser.set.length;
    const { refresh_token } = await page.login({ body: { email, password } });
    expect(refresh_token).toMatch(/^brt_/);
    const { status, body } = await page.raw.refresh({ body: {} });
    expect([status, body]).toMatchObject([422, { errors: [{ pointer: '/refresh_token' }] }]);
    expect(browser.set).toHaveLength(before);
  });
});

describe('a cookie that is refused', () => {
  const removal = () => `${nameAt()}=; Path=/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict`;

  test('is removed if its session has ended or a new password has replaced its token', async () => {
    const { browser, page, email } = await signUp();
    const [other] = (await page.list_sessions()).data;
    const elsewhere = conformingClient(server.url);
    elsewhere.access_token = (await elsewhere.login({ body: { email, password } })).access_token;
    await elsewhere.revoke_session({ session_id: other?.id ?? '' });
    expect(await codeOf(browser.openPage().raw.refresh({ body: { keep } }))).toEqual([401, 'invalid_refresh_token']);
    expect(browser.set.at(-1)).toBe(removal());
    expect(browser.jar.size).toBe(0);

    const person = await signUp();
    const change = { current_password: password, new_password: `${password} 2` };
    await person.page.change_password({ body: change });
    expect(await codeOf(person.page.raw.refresh({ body: { keep } }))).toEqual([401, 'invalid_refresh_token']);
    expect(person.browser.jar.size).toBe(0);
  });

  test('is removed only by its own refusal, not by a wrong password or a request without a cookie', async () => {
    const nobody = openBrowser();
    expect(await codeOf(nobody.openPage().raw.refresh({ body: { keep } }))).toEqual([401, 'invalid_refresh_token']);
    expect(nobody.set).toEqual([]);
    const { browser, page, email } = await signUp();
    const before = browser.cookie();
    const wrong = { email, password: 'not this one', keep };
    expect(await codeOf(page.raw.login({ body: wrong }))).toEqual([401, 'invalid_credentials']);
    expect([browser.set.length, browser.cookie()]).toEqual([1, before]);
  });

  test('is neither used nor removed if there are two of its name, since another host may have set one', async () => {
    const { browser, tokens } = await signUp();
    const intruder = await signUp();
    const two = { value: `${intruder.browser.cookie()}; ${nameAt()}=${browser.cookie()}`, path: '/v1/auth' };
    browser.jar.set(nameAt(), two);
    expect(await codeOf(browser.openPage().raw.refresh({ body: { keep } }))).toEqual([401, 'invalid_refresh_token']);
    expect([browser.set.length, browser.jar.get(nameAt())]).toEqual([1, two]);
    await browser.openPage(tokens.access_token).get_me();
  });

  test('is removed by signing out, even if the session ended earlier', async () => {
    const { browser, page } = await signUp();
    const kept = browser.cookie() ?? '';
    await page.logout();
    browser.jar.set(nameAt(), { value: kept, path: '/v1/auth' });
    expect(await codeOf(page.raw.logout())).toEqual([401, 'session_ended']);
    expect(browser.set.at(-1)).toBe(removal());
  });

  test('counts as a failure of its network, unlike a refresh without a cookie', async () => {
    const limited = await startServer({ BATON_AUTH_LIMIT_PER_ADDRESS: '2' });
    try {
      const [nobody, forger] = [openBrowser(limited), openBrowser(limited)];
      const refresh = (browser: Browser) => codeOf(browser.openPage().raw.refresh({ body: { keep } }));
      const of_nobody: unknown[] = [];
      for (let n = 0; n < 5; n++) of_nobody.push(await refresh(nobody));
      expect(of_nobody).toEqual(Array.from({ length: 5 }, () => [401, 'invalid_refresh_token']));
      const forged: unknown[] = [];
      for (let n = 0; n < 3; n++) {
        forger.jar.set(nameAt(limited), { value: `brt_${randomBytes(64).toString('base64url')}`, path: '/v1/auth' });
        forged.push(await refresh(forger));
      }
      expect(forged).toEqual([
        [401, 'invalid_refresh_token'],
        [401, 'invalid_refresh_token'],
        [429, 'rate_limited'],
      ]);
      // Others in that network can still refresh.
      const { browser } = await signUp(openBrowser(limited));
      expect(await refresh(browser)).toEqual([200, undefined]);
    } finally {
      await limited.stop();
    }
  });
});

describe('signing out', () => {
  const withSessions = async () => {
    const person = await registerPerson(server);
    const browser = openBrowser();
    const body = { refresh_token: person.refresh_token, keep };
    await browser.openPage().refresh({ body });
    return { person, browser, cookie: browser.cookie() ?? '' };
  };
  const bad: [string, string | undefined][] = [
    ['without one', undefined],
    ['with an invalid one', 'nonsense'],
    ['with one of another session that has ended', 'ended'],
  ];

  test.each(bad)('ends the session of the cookie whatever the access token: %s', async (_, given) => {
    const { person, browser, cookie } = await withSessions();
    const other = await signUp();
    await other.page.logout();
    const page = browser.openPage(given === 'ended' ? other.tokens.access_token : given);
    expect(await codeOf(page.raw.logout())).toEqual([204, undefined]);
    expect(browser.jar.size).toBe(0);
    expect(await codeOf(person.client.raw.get_me())).toEqual([401, 'session_ended']);
    browser.jar.set(nameAt(), { value: cookie, path: '/v1/auth' });
    expect(await codeOf(browser.openPage().raw.refresh({ body: { keep } }))).toEqual([401, 'invalid_refresh_token']);
  });

  test('ends both sessions if the access token and the cookie belong to different ones', async () => {
    const { person, browser } = await withSessions();
    const other = await registerPerson(server);
    await browser.openPage(other.access_token).logout();
    for (const { client } of [person, other]) {
      expect(await codeOf(client.raw.get_me())).toEqual([401, 'session_ended']);
    }
  });

  test('with a forged cookie ends no session', async () => {
    const { person, browser } = await withSessions();
    browser.jar.set(nameAt(), { value: `brt_${randomBytes(64).toString('base64url')}`, path: '/v1/auth' });
    expect(await codeOf(browser.openPage().raw.logout())).toEqual([401, 'unauthenticated']);
    await person.client.get_me();
  });
});

describe('two servers on one host', () => {
  test('each keep their own session in one browser', async () => {
    const other = await startServer({}, { database: server.database });
    try {
      const { browser } = await signUp();
      const elsewhere = await signUp(openBrowser(other));
      for (const [name, cookie] of elsewhere.browser.jar) browser.jar.set(name, cookie);
      expect(browser.jar.size).toBe(2);
      await browser.openPage().refresh({ body: { keep } });
      for (const [name, cookie] of browser.jar) elsewhere.browser.jar.set(name, cookie);
      await elsewhere.browser.openPage().refresh({ body: { keep } });
      await browser.openPage().refresh({ body: { keep } });
    } finally {
      await other.stop();
    }
  });
});

describe('a page of another origin', () => {
  const foreign: [string, Record<string, string>][] = [
    ['another site according to the browser', { 'sec-fetch-site': 'cross-site' }],
    ['the same site', { 'sec-fetch-site': 'same-site' }],
    ['another host in its origin', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['another scheme', { origin: 'https://OWN' }],
    ['a user in its origin', { origin: 'http://user@OWN' }],
    ['a path in its origin', { origin: 'http://OWN/path' }],
    [
      'a user in its origin, though the browser says same-origin',
      { origin: 'http://user@OWN', 'sec-fetch-site': 'same-origin' },
    ],
  ];

  test.each(foreign)('is refused without changing any session, token or cookie: %s', async (_, headers) => {
    const { browser, email, tokens } = await signUp();
    const { host } = new URL(server.url);
    const sent = Object.entries(headers).map(([name, value]) => [name, value.replace('OWN', host)]);
    const page = openBrowser(server, Object.fromEntries(sent) as Record<string, string>);
    for (const [name, cookie] of browser.jar) page.jar.set(name, cookie);
    const { raw } = page.openPage(tokens.access_token);
    const change = { current_password: password, new_password: `${password} 2`, keep };
    const address = someAddress();
    const refused = await Promise.all([
      codeOf(raw.refresh({ body: { keep } })),
      codeOf(raw.login({ body: { email, password, keep } })),
      codeOf(raw.register({ body: { email: address, password, name: 'Eve', keep } })),
      codeOf(raw.change_password({ body: change })),
      codeOf(raw.logout()),
    ]);
    expect(refused).toEqual(Array.from({ length: 5 }, () => [403, 'cross_origin_request']));
    expect(page.set).toEqual([]);
    const own = browser.openPage(tokens.access_token);
    expect((await own.list_sessions()).data).toHaveLength(1);
    expect(await codeOf(own.raw.login({ body: { email: address, password } }))).toEqual([401, 'invalid_credentials']);
    await own.refresh({ body: { keep } });
    await own.login({ body: { email, password } });
  });

  test('can sign in and out without the cookie', async () => {
    const { browser, email } = await signUp();
    const page = openBrowser(server, { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' });
    const client = page.openPage();
    const tokens = await client.login({ body: { email, password } });
    client.access_token = (await client.refresh({ body: { refresh_token: tokens.refresh_token } })).access_token;
    await client.logout();
    expect([page.set, browser.jar.size]).toEqual([[], 1]);
  });

  test('is not confused with a page of the server’s own origin', async () => {
    const { url } = server;
    const { browser } = await signUp(openBrowser(server, { origin: url, 'sec-fetch-site': 'same-origin' }));
    await browser.openPage().refresh({ body: { keep } });
    expect(browser.set).toHaveLength(2);
  });
});

describe('behind a proxy that ends TLS', () => {
  const headers = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'tickets.example:443',
    origin: 'https://tickets.example',
  };

  test('the cookie is marked as secure if the proxy is trusted', async () => {
    const trusting = await startServer({ BATON_TRUST_PROXY: '127.0.0.1' }, { database: server.database });
    try {
      const { browser, page } = await signUp(openBrowser(trusting, headers));
      await browser.openPage().refresh({ body: { keep } });
      await page.logout();
      expect(browser.set.map((given) => given.replace(/brt_[\w-]{86}/, 'TOKEN'))).toEqual(
        [
          ['TOKEN', 2592000],
          ['TOKEN', 2592000],
          ['', 0],
        ].map(
          ([token, seconds]) =>
            `__Secure-baton_refresh=${token}; Path=/v1/auth; Max-Age=${seconds}; HttpOnly; SameSite=Strict; Secure`,
        ),
      );
    } finally {
      await trusting.stop();
    }
  });

  test('an untrusted proxy’s headers about the host and TLS are ignored', async () => {
    const { raw } = openBrowser(server, headers).openPage();
    const body = { email: someAddress(), password, name: 'Ada', keep };
    expect(await codeOf(raw.register({ body }))).toEqual([403, 'cross_origin_request']);
    const { 'x-forwarded-proto': proto } = headers;
    const { browser } = await signUp(openBrowser(server, { 'x-forwarded-proto': proto }));
    expect(browser.set[0]).toMatch(/^baton_refresh_\d+=.*SameSite=Strict$/);
  });
});

describe('a new password under an Idempotency-Key', () => {
  test('sets the same cookie again, and stores it nowhere in clear text', async () => {
    const { browser, page } = await signUp();
    const change = {
      idempotency_key: 'a-new-password',
      body: { current_password: password, new_password: `${password} 2`, keep },
    };
    const first = await page.raw.change_password(change);
    const again = await page.raw.change_password(change);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.body).not.toHaveProperty('refresh_token');
    expect(browser.set).toHaveLength(3);
    expect(browser.set[2]).toBe(browser.set[1]);
    const { rows } = await server.database.owner.query<{ kept: string; body: Buffer }>(
      `select o::text as kept, o.body from outcomes o where user_id = $1 and status is not null`,
      [(first.body as { user: { id: string } }).user.id],
    );
    expect(rows).toHaveLength(1);
    const token = browser.cookie() ?? 'none';
    expect(rows[0]?.kept).not.toMatch(/brt_|cookie/i);
    expect(rows[0]?.body.includes(token)).toBe(false);
    // `keep` is part of the request, so leaving it out makes it another request under the same key.
    const { keep: _, ...body } = change.body;
    expect(await codeOf(page.raw.change_password({ ...change, body }))).toEqual([422, 'idempotency_key_reused']);
    await browser.openPage().refresh({ body: { keep } });
  });
});
