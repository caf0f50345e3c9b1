import { type Db, readOnly, transaction } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Request } from '../serving/request.ts';
import { newId } from '../lib/ids.ts';
import { newToken, readToken, type Token } from '../lib/tokens.ts';
import { requireNotEmail, requireUncommon } from './common-passwords.ts';
import type { reset_password, User } from './contract.ts';
import { hashPassword } from './passwords.ts';
import { revokeTokensOf } from '../tokens/revoke.ts';
import {
  enabledUser,
  endOneTimeTokens,
  isPasswordResetOpen,
  lockCredentials,
  recordAccountAudit,
  setPasswordHash,
  usePasswordReset,
} from './queries.ts';
import { revokeSessions } from './session-queries.ts';

const prefix = 'bpt_';

/** Creates a one-time token to set a new password, with a random secret by default. */
export function newResetToken(user_id: string, id: string, secret?: Buffer<ArrayBuffer>): Token {
  return newToken(prefix, [user_id, id], secret);
}

/** Returns the account of a token, if the token is open. Throws `invalid_reset_token`. */
async function accountOf(db: Db, user_id: string, looked_up: Promise<boolean>): Promise<User> {
  const [is_open, user] = await Promise.all([looked_up, enabledUser(db, user_id)]);
  if (user === undefined || !is_open) throw new BatonError('invalid_reset_token');
  return user;
}

/**
 * Sets a new password, given a one-time token, and ends every session. A token that is unknown, used, expired, or of a
 * disabled account is refused after the same amount of work and with the same bytes, before the password is hashed: so
 * wrong tokens cost little, and need not be refused before they are looked at.
 */
export async function resetPassword(services: Services, request: Request<typeof reset_password>): Promise<void> {
  const { pool, config, limits } = services;
  const { token: given, new_password, revoke_tokens } = request.body;
  const read = readToken(prefix, given);
  const [user_id, id] = read?.ids ?? [newId(), newId()];
  const token = { user_id, id, hash: read?.hash ?? Buffer.alloc(32) };
  await requireUncommon(new_password, '/new_password');
  const scope = { user_id, network: request.network };
  await readOnly(pool, scope, (db) => accountOf(db, user_id, isPasswordResetOpen(db, token)));
  const hash = await hashPassword(new_password, config.bcrypt_cost, request);
  const email = await transaction(pool, scope, async (tx) => {
    lockCredentials(tx, user_id); // first, like every other change of credentials
    const user = await accountOf(tx, user_id, usePasswordReset(tx, token));
    requireNotEmail(new_password, user.email, '/new_password');
    setPasswordHash(tx, user_id, hash);
    endOneTimeTokens(tx, user_id);
    const ended = await revokeSessions(tx, user_id, 'all');
    recordAccountAudit(tx, user_id, request, { action: 'password_reset', detail: { sessions_ended: ended.length } });
    return user.email;
  });
  if (revoke_tokens === true) await revokeTokensOf(pool, { user_id, request_id: request.request_id });
  // So that the owner can sign in from this network while others guess the password.
  await limits.noteKnown(email, request);
}
