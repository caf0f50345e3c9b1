import type { Response } from '../http/contract.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Request } from '../serving/request.ts';
import { auth_window_s } from '../http/rate-limits.ts';
import { newId } from '../lib/ids.ts';
import { rateLimited } from '../lib/limit.ts';
import type { login, refresh, User } from './contract.ts';
import { hashPassword, needsRehash, verifyPassword } from './passwords.ts';
import {
  anyUserByEmail,
  enabledUser,
  holdPassword,
  recordAccountAudit,
  recordFailedAttempt,
  rehashPassword,
  storedPassword,
} from './queries.ts';
import { liveSuccessor, newRefreshToken, type RefreshToken, readRefreshToken, successorOf } from './refresh-token.ts';
import {
  countRefresh,
  insertRefreshToken,
  insertSession,
  lockSession,
  recentRefreshTokens,
  refreshToken,
  revokeSessions,
  sessionsSince,
  spendRefreshToken,
} from './session-queries.ts';

type Tokens = Response<typeof login>;

/** Adds a refresh token to the session's family and signs an access token for it. */
export function issueTokens(tx: Tx, services: Services, user: User, session_id: string): Tokens {
  const owner = { user_id: user.id, session_id };
  const { token, hash } = newRefreshToken(owner);
  insertRefreshToken(tx, { ...owner, hash });
  return { user, ...services.tokens.sign(owner), refresh_token: token };
}

type Origin = Pick<Request<typeof login>, 'request_id' | 'ip' | 'user_agent'>;

export function startSession(tx: Tx, services: Services, user: User, origin: Origin): Tokens {
  const id = newId();
  const { user_agent, ip } = origin;
  insertSession(tx, { user_id: user.id, id, user_agent, ip, ttl_s: services.config.refresh_token_ttl_s });
  return issueTokens(tx, services, user, id);
}

/** Counts a wrong password in the account's audit log, if the account exists. Runs after the response. */
export function noteFailure(
  { pool }: Services,
  user_id: string,
  origin: Pick<Origin, 'request_id' | 'ip'> & { network: string },
  action: 'sign_in_failed' | 'password_change_failed' | 'email_change_failed',
): Promise<void> {
  // Somebody who tries many addresses uses up the turns of their network, not those of each address.
  const network = action === 'sign_in_failed' ? origin.network : undefined;
  return transaction(pool, { user_id, network }, async (tx) => recordFailedAttempt(tx, user_id, origin, action));
}

/**
 * Signs in. An unknown address, a wrong password and a disabled account take equally long and get the same response.
 * Failed sign-ins are counted for the account. For a disabled account every sign-in counts, whatever the password, so
 * that the operator who enables it again sees them.
 */
export async function signIn(services: Services, request: Request<typeof login>): Promise<Tokens> {
  const { config, pool } = services;
  const { email, password } = request.body;
  const found = await readOnly(pool, { network: request.network }, (db) => anyUserByEmail(db, email));
  // As many statements and as much hashing for an unknown address or a disabled account as for an enabled one.
  const user_id = found?.disabled === false ? found.id : newId();
  const known = await readOnly(pool, { user_id, network: request.network }, (db) => storedPassword(db, user_id));
  const matches = await verifyPassword(password, known?.hash, config.bcrypt_cost, request);
  if (!matches || known === undefined) {
    // For an unknown address, too: when only known ones did this work, responses differed by 0.1 to 0.2 ms (AUC 0.43);
    // now by 0.02 ms (0.49).
    const tried = found?.id ?? user_id;
    request.after(() => noteFailure(services, tried, request, 'sign_in_failed'));
    throw new BatonError('invalid_credentials');
  }
  const rehashed = needsRehash(known.hash, config.bcrypt_cost)
    ? await hashPassword(password, config.bcrypt_cost, request)
    : undefined;
  return transaction(pool, { user_id, network: request.network }, async (tx) => {
    // Read again in the transaction: the account may have been disabled, or its password changed, while we were
    // hashing. The lock comes first, so that the other reads see what the lock's previous owners committed.
    const [is_current, user, recent] = await Promise.all([
      holdPassword(tx, user_id, known, { rehashes: rehashed !== undefined }),
      enabledUser(tx, user_id),
      sessionsSince(tx, user_id, Date.now() - auth_window_s * 1000, config.auth_limit_successes),
    ]);
    if (user === undefined || !is_current) throw new BatonError('invalid_credentials');
    if (recent.count >= config.auth_limit_successes) {
      const retry_after_s = Math.max(1, auth_window_s - (recent.oldest_s ?? 0));
      throw rateLimited(
        { name: 'sign-in-success', quota: config.auth_limit_successes, window_s: auth_window_s },
        retry_after_s,
      );
    }
    if (rehashed !== undefined) rehashPassword(tx, user_id, rehashed);
    recordAccountAudit(tx, user_id, request, { action: 'logged_in' });
    return startSession(tx, services, user, request);
  });
}

/**
 * Rotates a refresh token. A token that was spent a moment ago gets the same successor again, for two tabs that refresh
 * at once or a client that lost the response. A token that was spent longer ago has been stolen or copied: its session
 * ends, and that is committed although the request is refused. Every other fault is refused with the same bytes.
 */
export async function refreshSession(services: Services, request: Request<typeof refresh>): Promise<Tokens> {
  const token = readRefreshToken(request.body.refresh_token ?? '');
  if (token === undefined) throw new BatonError('invalid_refresh_token');
  const tokens = await transaction(services.pool, { user_id: token.user_id, network: request.network }, (tx) =>
    rotate(tx, services, token, request),
  );
  if (tokens === undefined) throw new BatonError('invalid_refresh_token');
  return tokens;
}

async function rotate(tx: Tx, services: Services, token: RefreshToken, origin: Origin): Promise<Tokens | undefined> {
  const { user_id, session_id } = token;
  const { jwt_keys, refresh_grace_s, refresh_token_ttl_s, auth_limit_successes } = services.config;
  const grace = { within_s: refresh_grace_s };
  const session = await lockSession(tx, user_id, session_id);
  const [user, known] = await Promise.all([enabledUser(tx, user_id), refreshToken(tx, token, grace)]);
  if (user === undefined || session?.live !== true || known === undefined) return undefined;
  if (known.spent && !known.just_spent) {
    await revokeSessions(tx, user_id, { only: session_id });
    recordAccountAudit(tx, user_id, origin, { action: 'refresh_token_reused', detail: { session_id } });
    return undefined;
  }
  // Per session, not per address: an office full of people shares one address, and each person has their own limit.
  const window_s = auth_window_s;
  if (session.refreshes >= auth_limit_successes) {
    throw rateLimited({ name: 'refresh-success', quota: auth_limit_successes, window_s }, session.resets_in_s);
  }
  const access = { user, ...services.tokens.sign({ user_id, session_id }) };
  if (known.spent) {
    countRefresh(tx, token, { window_s });
    const kept = await recentRefreshTokens(tx, token, grace);
    const successor = liveSuccessor(token, kept, jwt_keys);
    // The successor was created with a key that has been removed. It
    // can't be returned again, but that is no sign of theft.
    return successor === undefined ? undefined : { ...access, refresh_token: successor };
  }
  countRefresh(tx, token, { window_s, prolong_s: refresh_token_ttl_s });
  spendRefreshToken(tx, token);
  const { token: refresh_token, hash } = successorOf(token, jwt_keys[0]);
  insertRefreshToken(tx, { user_id, session_id, hash });
  return { ...access, refresh_token };
}
