import { QueryClient } from '@tanstack/react-query';
import type { Notification } from 'baton-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settle } from '../store/testing.ts';

/** The bodies of the requests, and what responds to each. */
let sent: { body: unknown; respond: () => void }[] = [];

beforeEach(() => {
  sent = [];
  vi.resetModules();
  vi.stubGlobal('location', { origin: 'http://baton.example' });
  vi.stubGlobal('fetch', (_: URL, { body }: RequestInit) => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    const headers = { 'content-type': 'application/json' };
    sent.push({ body: JSON.parse(body as string), respond: () => resolve(new Response('{"id":"n1"}', { headers })) });
    return promise;
  });
});
afterEach(() => void vi.unstubAllGlobals());

test('the marks of a notification are sent in order, whichever part of the page makes them', async () => {
  const { InboxActs } = await import('./acts.ts');
  const queries = new QueryClient();
  const [opening, list] = [new InboxActs(queries, 'w'), new InboxActs(queries, 'w')];
  const note = { id: 'n1', read_at: null, archived_at: null, snoozed_until: null } as Notification;
  opening.open(note);
  await settle();
  list.unread({ ...note, read_at: '2026-11-30T10:00:00.000000Z' });
  await settle();
  expect(sent.map(({ body }) => body)).toEqual([{ read: true }]);
  sent[0]?.respond();
  await vi.waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ read: true }, { read: false }]));
  sent[1]?.respond();
});
