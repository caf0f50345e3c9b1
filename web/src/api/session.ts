import { BatonApiError, type Input, type RawResponse, type User } from 'baton-sdk';
import { cell } from '../store/cell.ts';
import { client, renewals, responses } from './client.ts';
import { isCode } from './problems.ts';

export type Session =
  /** The page has just opened and is checking whether the browser still has a session. */
  | { state: 'unknown' }
  /** The check failed. */
  | { state: 'failed'; error: unknown }
  | { state: 'out' }
  | { state: 'in'; user: User }
  /**
   * The session was ended elsewhere. The page stays as it is, with the typed texts, and asks the person to sign in
   * again.
   */
  | { state: 'ended'; user: User };

/** Who is signed in. */
export const session = cell<Session>({ state: 'unknown' });

const keep = 'cookie';

/** Whether this browser has had a session that was not signed out. If not, the server isn't asked for one. */
const hint = {
  kept_as: 'baton.session',
  get(): boolean {
    try {
      return localStorage.getItem(this.kept_as) !== null;
    } catch {
      return true;
    }
  },
  set(is_in: boolean): void {
    try {
      if (is_in) localStorage.setItem(this.kept_as, 'yes');
      else localStorage.removeItem(this.kept_as);
    } catch {
      // Without storage, every visit asks the server.
    }
  },
};

/** The access token stays in memory. It is renewed with a cookie that scripts cannot read. */
function enter({ user, access_token }: { user: User; access_token: string }): void {
  client.access_token = access_token;
  hint.set(true);
  const before = session.get();
  // What is on the page belongs to another account.
  if (before.state === 'ended' && before.user.id !== user.id) location.assign('/');
  session.set({ state: 'in', user });
}

function out(): void {
  client.access_token = undefined;
  hint.set(false);
  session.set({ state: 'out' });
}

/** Resumes the browser's earlier session, if there is one. */
export async function restoreSession(): Promise<void> {
  if (!hint.get()) return out();
  session.set({ state: 'unknown' });
  try {
    enter(await client.refresh({ body: { keep } }));
  } catch (error) {
    if (isCode(error, 'invalid_refresh_token') || isCode(error, 'session_ended')) out();
    else session.set({ state: 'failed', error });
  }
}

export async function signIn(body: Pick<Input<'login'>['body'], 'email' | 'password'>): Promise<void> {
  enter(await client.login({ body: { ...body, keep } }));
}

export async function register(body: Omit<Input<'register'>['body'], 'keep'>): Promise<void> {
  enter(await client.register({ body: { ...body, keep } }));
}

/** Ends the session here and on the server. */
export async function signOut(): Promise<void> {
  if (session.get().state === 'in') await client.logout();
  out();
}

/** Returns whether a response means that the session has ended. */
function saysEnded(operation: string, { status, body }: RawResponse): boolean {
  if (status !== 401) return false;
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return code === 'session_ended' || (operation === 'refresh' && code === 'invalid_refresh_token');
}

/**
 * The response to a renewal that returned another account's token. All tabs share one cookie, so this happens after
 * somebody else has signed in in another tab.
 */
let foreign: RawResponse | undefined;

const isForeign = ({ status, body }: RawResponse, own: User): boolean =>
  status === 200 && typeof body === 'object' && body !== null && 'user' in body && (body.user as User).id !== own.id;

responses.add((operation, response) => {
  const now = session.get();
  if (!('user' in now)) return;
  if (operation === 'refresh') foreign = isForeign(response, now.user) ? response : undefined;
  const has_ended = foreign !== undefined || saysEnded(operation, response);
  if (now.state === 'in' && has_ended) session.set({ state: 'ended', user: now.user });
});

// What this page sends next would be done in the other account's name.
renewals.add(() => {
  if (foreign === undefined) return;
  const response = { ...foreign, status: 401, body: undefined };
  throw new BatonApiError('refresh', { code: 'session_ended', says: 'another account', retryable: false, response });
});
