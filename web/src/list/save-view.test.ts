import { QueryClient } from '@tanstack/react-query';
import type { View } from 'baton-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const problem = (status: number, code: string) =>
  new Response(JSON.stringify({ type: `/docs/errors#${code}`, title: code, status, code }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('location', { origin: 'http://baton.example' });
  // The view was changed by somebody else, and deleted before it is read again.
  vi.stubGlobal('fetch', async (_input: unknown, init?: RequestInit) =>
    (init?.method ?? 'GET') === 'GET' ? problem(404, 'not_found') : problem(409, 'conflict'),
  );
});
afterEach(() => void vi.unstubAllGlobals());

test('a view that can’t be read after a conflict is reported as not saved', async () => {
  const { saveView } = await import('./save-view.ts');
  const { toasts } = await import('../ui/toast.tsx');
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await saveView(queries, 'w', { id: 'v', name: 'Mine', version: 1 } as View, { name: 'Ours' });
  expect(toasts.get()).toMatchObject([{ kind: 'error', text: expect.stringContaining('Mine was not saved') }]);
});
