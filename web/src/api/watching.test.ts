import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

const json = (status: number, body: object) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
const done = (watches: boolean) => json(200, { choice: watches ? 'watching' : 'muted', watches, reasons: [] });
const forbidden = () => json(403, { type: '', title: 'forbidden', status: 403, code: 'forbidden' });

/** The requests so far: what each wants, and the function that responds to it. */
let sent: { choice: string; respond: (response: Response) => void }[] = [];

beforeEach(() => {
  sent = [];
  vi.resetModules();
  vi.stubGlobal('location', { origin: 'http://baton.example' });
  vi.stubGlobal('fetch', (_input: unknown, init: { body: string }) => {
    const { choice } = JSON.parse(init.body) as { choice: string };
    return new Promise<Response>((respond) => sent.push({ choice, respond }));
  });
});
afterEach(() => void vi.unstubAllGlobals());

async function open() {
  const { toggleWatching, watchingQuery } = await import('./watching.ts');
  const queries = new QueryClient();
  const { queryKey } = watchingQuery('w', 't');
  queries.setQueryData(queryKey, { choice: 'automatic', watches: false, reasons: [] });
  const shown = () => queries.getQueryData(queryKey)?.watches;
  return { press: () => toggleWatching(queries, 'w', 't'), shown };
}

const sentSoFar = (count: number) => vi.waitFor(() => expect(sent).toHaveLength(count));

describe('two presses of Watch', () => {
  test('are sent one after another, and the last one is shown throughout', async () => {
    const { press, shown } = await open();
    const [first, second] = [press(), press()];
    expect(shown()).toBe(false);
    await sentSoFar(1);
    sent[0]?.respond(done(true));
    await first;
    expect(shown()).toBe(false);
    await sentSoFar(2);
    sent[1]?.respond(done(false));
    await second;
    expect([shown(), sent.map(({ choice }) => choice)]).toEqual([false, ['watching', 'muted']]);
  });

  test('show what the first one has saved if the last one fails', async () => {
    const { press, shown } = await open();
    const [first, second] = [press(), press()];
    const failing = expect(second).rejects.toMatchObject({ code: 'forbidden' });
    await sentSoFar(1);
    sent[0]?.respond(done(true));
    await first;
    await sentSoFar(2);
    sent[1]?.respond(forbidden());
    await failing;
    expect(shown()).toBe(true);
  });
});
