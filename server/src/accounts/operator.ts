import type pg from 'pg';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { newId, operators_id } from '../lib/ids.ts';
import type { User } from './contract.ts';
import { settleMemberships, withdrawInvitationsOf } from '../workspaces/cleanup.ts';
import { newResetToken } from './password-reset.ts';
import {
  anyUserByEmail,
  endOneTimeTokens,
  failuresWhileDisabled,
  insertOneTimeToken,
  insertUser,
  lockCredentials,
  lockUser,
  recordAccountAudit,
  setDisabled,
  setEmail,
  settleUser,
} from './queries.ts';
import { revokeSessions } from './session-queries.ts';

// Only the operator may do these things to an account. Addresses are in the form that `email` of contract.ts returns.

/** The origin of the operator's changes in an account's audit log. */
const operator = { request_id: operators_id, ip: null };

type Account = User & { disabled: boolean };

/** Runs the work on the account with this address, and returns undefined if there is none. */
async function withAccount<T>(
  pool: pg.Pool,
  email: string,
  work: (tx: Tx, account: Account) => Promise<T>,
): Promise<T | undefined> {
  const found = await readOnly(pool, {}, (db) => anyUserByEmail(db, email));
  if (found === undefined) return undefined;
  return transaction(pool, { user_id: found.id }, async (tx) => {
    await lockUser(tx, found.id);
    const account = await anyUserByEmail(tx, email);
    return account?.id === found.id ? work(tx, account) : undefined; // undefined: its address was changed meanwhile
  });
}

function offerReset(
  tx: Tx,
  user_id: string,
  ttl_s: number,
  action: 'account_added' | 'password_reset_offered',
): string {
  const id = newId();
  const { token, hash } = newResetToken(user_id, id);
  endOneTimeTokens(tx, user_id);
  insertOneTimeToken(tx, { user_id, id, hash, ttl_s });
  recordAccountAudit(tx, user_id, operator, { action });
  return token;
}

/** Creates an account without a password, and returns the one-time token to set one. Throws `email_taken`. */
export function addUser(pool: pg.Pool, { email, name, ttl_s }: { email: string; name: string; ttl_s: number }) {
  const id = newId();
  return transaction(pool, { user_id: id }, async (tx) => {
    if ((await insertUser(tx, { id, email, name })) === undefined) throw new BatonError('email_taken');
    return offerReset(tx, id, ttl_s, 'account_added');
  });
}

/** Creates a token for a new password and ends the earlier ones. Returns undefined if there is no enabled account. */
export function offerPasswordReset(pool: pg.Pool, email: string, ttl_s: number): Promise<string | undefined> {
  return withAccount(pool, email, async (tx, { id, disabled }) =>
    disabled ? undefined : offerReset(tx, id, ttl_s, 'password_reset_offered'),
  );
}

/**
 * Disables an account. Its sessions, its one-time tokens and the open invitations that it sent end permanently:
 * enabling the account again does not bring them back. Its API tokens work again then. Once this returns, none of the
 * account's writes commits. Returns whether there was an enabled account.
 */
export async function disableUser(pool: pg.Pool, email: string): Promise<boolean> {
  const done = await withAccount(pool, email, async (tx, { id, disabled }) => {
    if (disabled) return { id, now: false };
    lockCredentials(tx, id); // waits for sign-ins that have checked the password, so that their sessions end too
    setDisabled(tx, id, true);
    endOneTimeTokens(tx, id);
    const ended = await revokeSessions(tx, id, 'all');
    settleUser(tx, id); // accepting an invitation from this account relies on its being enabled
    recordAccountAudit(tx, id, operator, { action: 'account_disabled', detail: { sessions_ended: ended.length } });
    return { id, now: true };
  });
  // Only after that has settled: until then, its requests in progress could still invite people.
  if (done !== undefined) {
    await settleMemberships(pool, done.id);
    await withdrawInvitationsOf(pool, done.id, operator.request_id);
  }
  return done?.now === true;
}

/** Counts the sign-ins of a disabled account that have failed since the hour in which it was disabled. */
export async function failedWhileDisabled(pool: pg.Pool, email: string): Promise<number> {
  const found = await readOnly(pool, {}, (db) => anyUserByEmail(db, email));
  if (found === undefined) return 0;
  return readOnly(pool, { user_id: found.id }, (db) => failuresWhileDisabled(db, found.id));
}

/** Lets a disabled account sign in again. Returns whether there was one. */
export async function enableUser(pool: pg.Pool, email: string): Promise<boolean> {
  const found = await readOnly(pool, {}, (db) => anyUserByEmail(db, email));
  if (found?.disabled !== true) return false;
  // Open invitations may remain from a disabling that was interrupted or
  // done by an older version. They would be valid again.
  await withdrawInvitationsOf(pool, found.id, operator.request_id);
  const done = await withAccount(pool, email, async (tx, { id, disabled, version }) => {
    if (!disabled || version !== found.version) return false;
    setDisabled(tx, id, false);
    recordAccountAudit(tx, id, operator, { action: 'account_enabled' });
    return true;
  });
  return done === true;
}

/**
 * Changes an account's address and ends its tokens for a new password, because they may
 * lie in a mailbox that now belongs to somebody else. Does nothing if the address is the
 * same. Returns whether there was an account; throws `email_taken`.
 */
export async function changeEmail(pool: pg.Pool, { from, to }: { from: string; to: string }): Promise<boolean> {
  const done = await withAccount(pool, from, async (tx, { id }) => {
    if (to === from) return true;
    await setEmail(tx, id, { email: to, is_confirmed: false });
    endOneTimeTokens(tx, id);
    recordAccountAudit(tx, id, operator, { action: 'email_changed', detail: { from, to } });
    return true;
  });
  return done === true;
}
