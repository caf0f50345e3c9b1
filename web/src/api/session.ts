import type { Input, RawResponse, User } from 'baton-sdk';
import { cell } from '../store/cell.ts';
import { client, responses } from './client.ts';

export type Session =
  /** The page was opened a moment ago: whether the browser still has a session is being asked. */
  | { state: 'unknown' }
  | { state: 'out' }
  | { state: 'in'; user: User }
  /** It ended elsewhere. The page stays as it is, with what was typed, and asks to sign in again. */
  | { state: 'ended'; user: User };

/** Who is signed in. */
export const session = cell<Session>({ state: 'unknown' });

interface Tokens {
  user: User;
  access_token: string;
  refresh_token: string;
}

/** The access token stays in memory. What renews it is a cookie that no script can read. */
function enter({ user, access_token, refresh_token }: Tokens): void {
  Object.assign(client, { access_token, refresh_token });
  const before = session.get();
  // What is on the page belongs to somebody else.
  if (before.state === 'ended' && before.user.id !== user.id) location.assign('/');
  session.set({ state: 'in', user });
}

/** Takes up the session that the browser has from before, if any. */
export async function restoreSession(): Promise<void> {
  session.set({ state: 'out' });
}

export async function signIn(body: Input<'login'>['body']): Promise<void> {
  enter(await client.login({ body }));
}

export async function register(body: Input<'register'>['body']): Promise<void> {
  enter(await client.register({ body }));
}

/** Ends the session here and on the server. */
export async function signOut(): Promise<void> {
  await client.logout();
  Object.assign(client, { access_token: undefined, refresh_token: undefined });
  session.set({ state: 'out' });
}

/** The account has changed: its name, or its address. */
export function accountChanged(user: User): void {
  const now = session.get();
  if (now.state === 'in' && now.user.id === user.id) session.set({ state: 'in', user });
}

/** Whether a response says that the session is over. */
function saysEnded(operation: string, { status, body }: RawResponse): boolean {
  if (status !== 401) return false;
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return code === 'session_ended' || (operation === 'refresh' && code === 'invalid_refresh_token');
}

responses.add((operation, response) => {
  const now = session.get();
  if (now.state === 'in' && saysEnded(operation, response)) session.set({ state: 'ended', user: now.user });
});
