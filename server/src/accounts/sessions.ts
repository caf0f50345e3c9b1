import type pg from 'pg';
import { permitted, requireLive, type SignedIn } from '../access/authorize.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Response } from '../http/contract.ts';
import type { Services } from '../services.ts';
import type { Context, OwnContext } from '../serving/context.ts';
import { requireNotEmail, requireUncommon } from './common-passwords.ts';
import type { change_password, logout, revoke_session } from './contract.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import {
  endOneTimeTokens,
  type Origin,
  recordAccountAudit,
  replacePassword,
  storedPassword,
  userById,
} from './queries.ts';
import { readRefreshToken } from './refresh-token.ts';
import { deleteRefreshTokens, lockSession, refreshToken, revokeSessions } from './session-queries.ts';
import { issueTokens, noteFailure } from './sign-in.ts';
import { revokeTokensOf } from '../tokens/revoke.ts';

/** Ends the session of the request. */
export function logOut(context: Context<typeof logout>): Promise<void> {
  return endSession(context, context.caller.session_id, 'logged_out');
}

/** Ends one of the caller's sessions. Throws `not_found` for another user's session. */
export function revokeSession(context: Context<typeof revoke_session>): Promise<void> {
  return endSession(context, context.params.session_id, 'session_revoked');
}

/** Ends the session of a refresh token, even a spent one. Returns whether the token was ours and its session live. */
export async function endSessionOf(
  pool: pg.Pool,
  token: string,
  { network, ...origin }: Origin & { network: string },
): Promise<boolean> {
  const read = readRefreshToken(token);
  if (read === undefined) return false;
  const { user_id, session_id } = read;
  return transaction(pool, { user_id, network }, async (tx) => {
    if ((await refreshToken(tx, read, { within_s: 0 })) === undefined) return false;
    const ended = await revokeSessions(tx, user_id, { only: session_id });
    if (ended.length === 0) return false;
    recordAccountAudit(tx, user_id, origin, { action: 'logged_out', detail: { session_id } });
    return true;
  });
}

async function endSession(
  { tx, caller, ...origin }: { tx: Tx; caller: SignedIn } & Origin,
  session_id: string,
  action: 'logged_out' | 'session_revoked',
): Promise<void> {
  const ended = await revokeSessions(tx, caller.user_id, { only: session_id });
  // The caller's own session was live when the request began, so another request has ended it since.
  if (ended.length === 0) throw new BatonError(session_id === caller.session_id ? 'session_ended' : 'not_found');
  recordAccountAudit(tx, caller.user_id, origin, { action, detail: { session_id } });
}

/**
 * Changes the password, given the current one, and ends every other session. This session gets a new refresh token,
 * because the old one may have been stolen. Using the old one is refused and doesn't end the session.
 */
export async function changePassword(
  services: Services,
  request: OwnContext<typeof change_password>,
): Promise<Response<typeof change_password>> {
  const { pool, config } = services;
  const { caller, commit } = request;
  const { user_id, session_id } = caller;
  const { current_password, new_password, revoke_tokens } = request.body;
  const [user, known] = await readOnly(pool, { user_id }, async (db) => {
    return permitted(requireLive(db, caller), Promise.all([userById(db, user_id), storedPassword(db, user_id)]));
  });
  requireNotEmail(new_password, user.email, '/new_password');
  await requireUncommon(new_password, '/new_password');
  const matches = await verifyPassword(current_password, known?.hash, config.bcrypt_cost, request);
  if (!matches || known === undefined) {
    request.after(() => noteFailure(services, user_id, request, 'password_change_failed'));
    throw new BatonError('invalid_credentials');
  }
  const hash = await hashPassword(new_password, config.bcrypt_cost, request);
  if (revoke_tokens === true) await revokeTokensOf(pool, caller);
  const tokens = await commit({}, async ({ tx, hold }) => {
    await hold();
    // Of two concurrent changes, the second finds a password other than the one it verified.
    if (!(await replacePassword(tx, user_id, known, hash))) throw new BatonError('invalid_credentials');
    const session = await lockSession(tx, user_id, session_id); // a refresh that is in progress comes first
    if (session?.live !== true) throw new BatonError('session_ended');
    const ended = await revokeSessions(tx, user_id, { except: session_id });
    endOneTimeTokens(tx, user_id);
    deleteRefreshTokens(tx, { user_id, session_id });
    recordAccountAudit(tx, user_id, request, { action: 'password_changed', detail: { sessions_ended: ended.length } });
    return issueTokens(tx, services, user, session_id);
  });
  // Again, because the other sessions could create tokens until they ended.
  if (revoke_tokens === true) await revokeTokensOf(pool, caller);
  return tokens;
}
