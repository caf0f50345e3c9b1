import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepNumbering, numberEvents } from '../proof/harness/events.ts';
import { startServer, type TestServer } from '../proof/harness/server.ts';
import { type BatonClient, createClient } from './index.ts';

// Against a real server, which must handle what the client does by itself as intended.
let server: TestServer;
let baton: BatonClient;
let refresh_token: string;
let project: { workspace_id: string; project_id: string };

beforeAll(async () => {
  server = await startServer();
  baton = createClient({ base_url: server.url });
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const tokens = await baton.register({ body: { email, password: 'long enough to take', name: 'Ada' } });
  baton.access_token = tokens.access_token;
  refresh_token = tokens.refresh_token;
  const { id: workspace_id } = await baton.create_workspace({ body: { name: 'Harbour' } });
  const { id: project_id } = await baton.create_project({ workspace_id, body: { key: 'ENG', name: 'Engineering' } });
  project = { workspace_id, project_id };
});
afterAll(() => server.stop());

/** A network that loses requests and responses in this order, and counts the requests. */
function lossy(...losses: ('request' | 'response' | 'nothing')[]) {
  const seen = { sent: 0, keys: new Set<string>() };
  const carry: typeof fetch = async (input, init) => {
    const loss = losses[seen.sent++ % losses.length];
    const key = new Headers(init?.headers).get('idempotency-key');
    if (key !== null) seen.keys.add(key);
    if (loss === 'request') throw new TypeError('lost on the way there');
    const response = await fetch(input, init);
    if (loss === 'response') throw new TypeError('lost on the way back');
    return response;
  };
  return { carry, seen };
}

const through = (carry: typeof fetch) =>
  createClient({ base_url: server.url, access_token: baton.access_token, fetch: carry, max_wait_ms: 20 });

describe('a write', () => {
  test('is done once, even if its response is lost several times', async () => {
    const { carry, seen } = lossy('response', 'request', 'response', 'nothing');
    const client = through(carry);
    const titles = Array.from({ length: 20 }, (_, n) => `Ticket ${n}`);
    for (const title of titles)
      expect(await client.create_ticket({ ...project, body: { title } })).toMatchObject({ title });
    expect([seen.sent, seen.keys.size]).toEqual([80, 20]);
    const found: string[] = [];
    for await (const { title } of baton.pages.list_tickets({ ...project, sort: 'created_at' })) found.push(title);
    expect(found).toEqual(titles);
  });

  test('of a whole value does not conflict with its own repetition', async () => {
    const { carry } = lossy('response', 'nothing');
    const { workspace_id } = project;
    const renamed = await through(carry).update_workspace({ workspace_id, body: { name: 'Port', version: 1 } });
    expect(renamed).toMatchObject({ name: 'Port', version: 2 });
  });

  test('that failed after all retries can be done with its key by another call', async () => {
    const { carry } = lossy('response');
    const call = { ...project, body: { title: 'Once' } };
    const failure = await through(carry)
      .create_ticket(call)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'no_response', retryable: true });
    const { idempotency_key = '' } = failure as { idempotency_key?: string };
    const { id } = await baton.create_ticket({ ...call, idempotency_key });
    const { data } = await baton.list_outcomes({ key: idempotency_key });
    expect(data).toEqual([expect.objectContaining({ status: 201, location: expect.stringContaining(id) })]);
  });
});

test('an access token that the server refuses is renewed once for all calls, and all of them succeed', async () => {
  const kept: string[] = [];
  const client = createClient({
    base_url: server.url,
    access_token: `${baton.access_token}x`,
    refresh_token,
    on_tokens: (tokens) => void kept.push(tokens.refresh_token),
  });
  const write = (title: string) => client.create_ticket({ ...project, body: { title } });
  await Promise.all([...Array.from({ length: 8 }, () => client.get_me()), write('a'), write('b')]);
  expect(kept).toHaveLength(1);
  expect(client.refresh_token).toBe(kept[0]);
});

test('a page that was just loaded continues the session of its cookie, and sees no refresh token', async () => {
  let cookie = '';
  const browse: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== '' && (input as URL).pathname.startsWith('/v1/auth/')) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) cookie = set.split(';', 1)[0] ?? '';
    return response;
  };
  const load = () => createClient({ base_url: server.url, keep: 'cookie', fetch: browse });
  const email = `${randomBytes(8).toString('hex')}@example.com`;
  const body = { email, password: 'long enough to take', name: 'Grace' };
  const tokens = await load().register({ body: { ...body, keep: 'cookie' } });
  // @ts-expect-error with `keep` there may be none
  const none: string = tokens.refresh_token;
  expect(none).toBeUndefined();
  const page = load();
  expect(await Promise.all([page.get_me(), page.get_me()])).toMatchObject([{ name: 'Grace' }, { name: 'Grace' }]);
  expect((await page.list_sessions()).data).toHaveLength(1);
  await page.logout();
  await expect(load().get_me()).rejects.toMatchObject({ code: 'unauthenticated', cause: { operation: 'refresh' } });
});

test('aborting a call aborts its request', async () => {
  const ending = new AbortController();
  const call = baton.list_tickets(project, { signal: ending.signal });
  ending.abort();
  await expect(call).rejects.toMatchObject({ name: 'BatonApiError', code: 'aborted' });
  expect(await baton.get_me()).toMatchObject({ name: 'Ada' });
});

test('a conditional read of something unchanged fails with not_modified', async () => {
  const { headers } = await baton.raw.get_project(project);
  const again = baton.get_project({ ...project, if_none_match: headers.get('etag') ?? '' });
  await expect(again).rejects.toMatchObject({ code: 'not_modified', status: 304 });
});

describe('following events', () => {
  test('returns each event once despite lost requests and responses, and can resume after any event', async () => {
    await numberEvents(server.database.url);
    const { carry } = lossy('nothing', 'response', 'request');
    const { workspace_id } = project;
    const { next_offset: after } = await baton.read_events({ workspace_id, after: 'now' });
    const numbering = keepNumbering(server.database.url);
    const end = new AbortController();
    const seen: { offset: string; type: string }[] = [];
    const titles = async () => {
      for (let n = 0; n < 6; n++) await baton.create_ticket({ ...project, body: { title: `Event ${n}` } });
    };
    try {
      const creating = titles();
      const types = 'ticket.created';
      for await (const event of through(carry).follow({ workspace_id, after, types }, { signal: end.signal })) {
        seen.push(event);
        if (seen.length === 6) break;
      }
      await creating;
      const { data } = await baton.read_events({ workspace_id, types, after });
      expect(seen).toEqual(data);
      const again: string[] = [];
      const following = async () => {
        const from = { workspace_id, types, after: seen.at(-2)?.offset ?? '' };
        for await (const { offset } of baton.follow(from, { signal: end.signal })) again.push(offset);
      };
      const ended = following().catch((error: unknown) => error);
      await expect.poll(() => again, { timeout: 5_000 }).toEqual([seen.at(-1)?.offset]);
      end.abort();
      expect(await ended).toMatchObject({ code: 'aborted' });
    } finally {
      await numbering.stop();
    }
  });

  test('sends at most one request per second, even with a short timeout', async () => {
    await numberEvents(server.database.url);
    const { workspace_id } = project;
    const { next_offset: after } = await baton.read_events({ workspace_id, after: 'now' });
    const { carry, seen } = lossy('nothing');
    const end = new AbortController();
    const following = async () => {
      for await (const _ of through(carry).follow({ workspace_id, after }, { signal: end.signal, timeout_ms: 1_500 }));
    };
    const ended = following().catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    end.abort();
    await ended;
    expect(seen.sent).toBeLessThan(4);
  });

  test('survives a server that is away for longer than a call is repeated', async () => {
    const { workspace_id } = project;
    let attempts = 0;
    const carry: typeof fetch = async (input, init) => {
      if (++attempts < 9) throw new TypeError('nobody is there');
      return fetch(input, init);
    };
    for await (const { type } of through(carry).follow({ workspace_id, after: '-1' })) {
      expect(type).toBe('workspace.created');
      break;
    }
    expect(attempts).toBe(9);
  });
});
