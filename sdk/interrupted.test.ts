import { describe, expect, test } from 'vitest';
import { BatonApiError, createClient, type TokenPair } from './index.ts';

// What happens while a call is in progress: a person signs in or out, or the caller ends the call.

const base_url = 'http://baton.test';
const workspace_id = '0198c1f2-7a30-7c4e-9a55-3f2b6d1c8e90';

const answer = (body: object, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status === 200 ? 'application/json' : 'application/problem+json', ...headers },
  });
const refusal = (status: number, code: string, headers?: Record<string, string>) =>
  answer({ type: `/docs/errors#${code}`, title: 'A title', status, code }, status, headers);

describe('a renewal that ends after somebody has signed in', () => {
  const renewed = { access_token: 'access-2', refresh_token: 'refresh-2', user: {} };
  const theirs = { access_token: 'access-theirs', refresh_token: 'refresh-theirs' };

  /** A client whose access token has expired, and whose renewal waits for `respond`. */
  function expiring(on_tokens: (tokens: TokenPair) => void | Promise<void>) {
    const { promise: held, resolve: respond } = Promise.withResolvers<void>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const send: typeof fetch = async (url, init) => {
      const authorization = new Headers(init?.headers).get('authorization');
      if (authorization === 'Bearer access-1' && !new Request(url).url.endsWith('/refresh'))
        return refusal(401, 'invalid_token');
      if (!new Request(url).url.endsWith('/refresh')) return answer({ id: authorization });
      ask();
      await held;
      return answer(renewed);
    };
    const baton = createClient({
      base_url,
      fetch: send,
      access_token: 'access-1',
      refresh_token: 'refresh-1',
      on_tokens,
    });
    return { baton, asked, respond };
  }
  const tokensOf = ({ access_token, refresh_token }: { access_token?: unknown; refresh_token?: unknown }) => ({
    access_token,
    refresh_token,
  });

  test('leaves their tokens as they are, and stores none', async () => {
    const kept: TokenPair[] = [];
    const { baton, asked, respond } = expiring((tokens) => void kept.push(tokens));
    const called = baton.get_me();
    await asked;
    Object.assign(baton, theirs);
    respond();
    expect(await called).toEqual({ id: 'Bearer access-theirs' });
    expect([tokensOf(baton), kept]).toEqual([theirs, []]);
  });

  test('leaves their tokens as they are if they sign in while the renewed ones are being stored', async () => {
    const { baton, respond } = expiring(() => void Object.assign(baton, theirs));
    respond();
    await baton.get_me();
    expect(tokensOf(baton)).toEqual(theirs);
  });

  test('does not sign somebody in again who has signed out', async () => {
    const { baton, asked, respond } = expiring(() => undefined);
    const called = baton.get_me();
    await asked;
    Object.assign(baton, { access_token: undefined, refresh_token: undefined });
    respond();
    await called;
    expect(tokensOf(baton)).toEqual({});
  });

  test('control: uses the renewed tokens if nobody has, even if on_tokens has set a part of them', async () => {
    const { baton, respond } = expiring(({ access_token }) => void (baton.access_token = access_token));
    respond();
    expect(await baton.get_me()).toEqual({ id: 'Bearer access-2' });
    expect(tokensOf(baton)).toEqual({ access_token: 'access-2', refresh_token: 'refresh-2' });
  });
});

test('a call that is ended before it waits for a retry does not wait', async () => {
  const end = new AbortController();
  const baton = createClient({
    base_url,
    fetch: () => Promise.resolve(refusal(503, 'overloaded', { 'retry-after': '8' })),
    on_response: () => end.abort(),
  });
  const started = performance.now();
  await expect(baton.get_me({}, { signal: end.signal })).rejects.toMatchObject({ code: 'aborted' });
  expect(performance.now() - started).toBeLessThan(4_000);
});

test('follow yields no further event once it is ended, not even one that has arrived', async () => {
  const end = new AbortController();
  const data = ['1', '2', '3'].map((offset) => ({ offset }));
  const fetch: typeof globalThis.fetch = (_url, init) => {
    init?.signal?.throwIfAborted();
    return Promise.resolve(answer({ data, next_offset: '3', up_to_date: true }));
  };
  const seen: string[] = [];
  const following = async () => {
    for await (const { offset } of createClient({ base_url, fetch }).follow({ workspace_id }, { signal: end.signal })) {
      seen.push(offset);
      if (offset === '2') end.abort();
    }
  };
  await expect(following()).rejects.toMatchObject({ code: 'aborted' });
  expect(seen).toEqual(['1', '2']);
});

test('a download whose refusal is cut off fails with BatonApiError, and is repeated', async () => {
  let downloads = 0;
  const cutOff = () => {
    const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) });
    return new Response(body, { status: 503, headers: { 'content-type': 'application/problem+json' } });
  };
  const send: typeof fetch = (url) => {
    if (!new Request(url).url.endsWith('/file')) return Promise.resolve(answer({ path: '/file' }));
    downloads++;
    return Promise.resolve(downloads === 1 ? cutOff() : new Response('bytes'));
  };
  const place = { workspace_id, ticket: 'ENG-1', attachment_id: workspace_id };
  const failure = await createClient({ base_url, fetch: send, retries: 0 })
    .download(place)
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BatonApiError);
  expect(failure).toMatchObject({ code: 'unexpected_response', status: 503, retryable: true });
  downloads = 0;
  const baton = createClient({ base_url, fetch: send, max_wait_ms: 10 });
  expect(await (await baton.download(place)).text()).toBe('bytes');
});
