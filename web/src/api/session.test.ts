import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const json = (status: number, body: object) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
const user = (id: string) => ({ id, email: `${id}@example.com`, name: id });
const expired = () => json(401, { type: '', title: '', status: 401, code: 'invalid_token' });

/** The requests that the server got, with their tokens. */
let sent: string[] = [];
/** Whose session the browser's cookie is of. */
let cookie = 'ada';

/** A server that knows one valid token for each account. */
const server = async (input: URL | RequestInfo, init?: RequestInit): Promise<Response> => {
  const { pathname } = new URL(input as URL);
  const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
  sent.push(`${pathname} ${token ?? ''}`);
  if (pathname.endsWith('/refresh')) return json(200, { user: user(cookie), access_token: `${cookie}-new` });
  return token?.endsWith('-new') === true ? json(200, user(token.replace('-new', ''))) : expired();
};

beforeEach(() => {
  sent = [];
  vi.resetModules();
  vi.stubGlobal('location', { origin: 'http://baton.example' });
  vi.stubGlobal('fetch', server);
});
afterEach(() => void vi.unstubAllGlobals());

async function open() {
  const [{ session }, { client }] = await Promise.all([import('./session.ts'), import('./client.ts')]);
  client.access_token = 'ada-old';
  session.set({ state: 'in', user: user('ada') as never });
  return { session, client };
}

test('an expired token is renewed without a question', async () => {
  cookie = 'ada';
  const { session, client } = await open();
  expect(await client.get_me()).toMatchObject({ id: 'ada' });
  expect(session.get().state).toBe('in');
});

test('after somebody else has signed in in another tab, nothing is sent in their name', async () => {
  cookie = 'grace';
  const { session, client } = await open();
  await expect(client.update_me({ body: { name: 'Ada', version: 1 } })).rejects.toMatchObject({ status: 401 });
  expect(sent.filter((one) => one.includes('grace'))).toEqual([]);
  expect(session.get()).toMatchObject({ state: 'ended', user: { id: 'ada' } });
  await expect(client.get_me()).rejects.toMatchObject({ status: 401 });
  expect(sent.filter((one) => one.includes('grace'))).toEqual([]);
});
