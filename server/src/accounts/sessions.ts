import { type Caller, holdSession, permitted, requireSession } from '../access/authorize.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Request, Services } from '../http/handle.ts';
import type { change_password } from './contract.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { type Origin, passwordHash, recordAccountAudit, replacePasswordHash, revokeSessions } from './queries.ts';

/** Ends one of the caller's sessions; somebody else's is not there. */
export async function endSession(
  tx: Tx,
  caller: Caller,
  origin: Origin,
  session_id: string,
  action: 'logged_out' | 'session_revoked',
): Promise<void> {
  const ended = await revokeSessions(tx, caller.user_id, { only: session_id });
  // One's own was there when the request began: another request has ended it since.
  if (ended.length === 0) throw new BatonError(session_id === caller.session_id ? 'session_ended' : 'not_found');
  recordAccountAudit(tx, caller.user_id, origin, action, { session_id });
}

/** Changes the password, given the current one, and ends every other session. */
export async function changePassword(
  services: Services,
  caller: Caller,
  request: Request<typeof change_password>,
): Promise<void> {
  const { pool, config } = services;
  const { user_id, session_id } = caller;
  const known = await readOnly(pool, { user_id }, async (db) => {
    return permitted(requireSession(db, caller), passwordHash(db, user_id));
  });
  const matches = await verifyPassword(request.body.current_password, known, config.bcrypt_cost, request);
  if (!matches || known === undefined) throw new BatonError('invalid_credentials');
  const hash = await hashPassword(request.body.new_password, config.bcrypt_cost, request);
  await transaction(pool, { user_id }, async (tx) => {
    await holdSession(tx, caller);
    // Of two changes at once the second finds another password than it verified.
    if (!(await replacePasswordHash(tx, user_id, known, hash))) throw new BatonError('invalid_credentials');
    const ended = await revokeSessions(tx, user_id, { except: session_id });
    recordAccountAudit(tx, user_id, request, 'password_changed', { sessions_ended: ended.length });
  });
}
