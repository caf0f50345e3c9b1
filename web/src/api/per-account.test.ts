import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { cell } from '../store/cell.ts';
import { forgetPerAccount } from './per-account.ts';
import type { Session } from './session.ts';

const user = (id: string) =>
  ({ id, email: `${id}@example.com`, name: id }) as Extract<Session, { state: 'in' }>['user'];

test('what one account has read is not shown to the next one that signs in on the same page', () => {
  const queries = new QueryClient();
  const session = cell<Session>({ state: 'unknown' });
  forgetPerAccount(queries, session);
  session.set({ state: 'in', user: user('ada') });
  queries.setQueryData(['workspaces'], ['Harbour']);
  session.set({ state: 'ended', user: user('ada') });
  session.set({ state: 'in', user: user('ada') });
  expect(queries.getQueryData(['workspaces'])).toEqual(['Harbour']);
  session.set({ state: 'out' });
  expect(queries.getQueryData(['workspaces'])).toBeUndefined();
  session.set({ state: 'in', user: user('grace') });
  queries.setQueryData(['workspaces'], ['Quay']);
  session.set({ state: 'ended', user: user('grace') });
  session.set({ state: 'in', user: user('ada') });
  expect(queries.getQueryData(['workspaces'])).toBeUndefined();
});
