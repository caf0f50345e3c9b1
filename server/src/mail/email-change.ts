import { permitted, requireLive } from '../access/authorize.ts';
import { verifyPassword } from '../accounts/passwords.ts';
import {
  endConfirmations,
  endOneTimeTokens,
  enabledUser,
  holdPassword,
  insertOneTimeToken,
  lockCredentials,
  recordAccountAudit,
  setEmail,
  storedPassword,
  useEmailChange,
  userById,
} from '../accounts/queries.ts';
import type { ConfirmAddress } from '../accounts/register.ts';
import { noteFailure } from '../accounts/sign-in.ts';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { newId } from '../lib/ids.ts';
import { newToken, readToken } from '../lib/tokens.ts';
import type { Services } from '../services.ts';
import type { OwnContext } from '../serving/context.ts';
import type { Request } from '../serving/request.ts';
import type { confirm_email, request_email_change } from './contract.ts';
import { mailKey } from './orders.ts';
import { type Causer, queueMail } from './queries.ts';

const prefix = 'bct_';
/** How long the notice to the old address is retried. */
const notice_ttl_s = 86_400;

/** Queues a mail with a one-time token that confirms the address; a new address then becomes the account's. */
function queueToken(
  { config }: Services,
  tx: Tx,
  { user_id, email }: { user_id: string; email: string },
  turn: { by: Causer; can_wait?: boolean },
): void {
  const id = newId();
  const { token, hash } = newToken(prefix, [user_id, id]);
  const ttl_s = config.password_reset_ttl_s;
  insertOneTimeToken(tx, { user_id, id, hash, ttl_s, new_email: email });
  const key = mailKey(config.secret);
  queueMail(tx, { kind: 'email_change', user_id, email, token }, { key, ttl_s, ...turn });
}

/**
 * Queues the mail that confirms the address of a new account, if the installation sends mail. If the address has
 * reached its limit of mails, none is queued: the account works without, and its owner can ask for one later. Refusing
 * the sign-up would lock the address's owner out because of mails that others requested.
 */
export const confirmAddress: ConfirmAddress = async (services, tx, { id: user_id, email }, network) => {
  if (services.config.mail === undefined || !(await services.limits.mails.fitsTo(tx, email))) return;
  // Turns are taken per network, because anybody can create many accounts and each would have its own turn.
  queueToken(services, tx, { user_id, email }, { by: { network }, can_wait: true });
};

/**
 * Sends a one-time token to a new address, or again to the account's own. It requires the password, so that somebody
 * who has stolen a session cannot take over the account.
 */
export async function requestEmailChange(
  services: Services,
  request: OwnContext<typeof request_email_change>,
): Promise<void> {
  const { pool, config, hint, limits } = services;
  const { caller, commit, body } = request;
  const { user_id } = caller;
  const { email: new_email, current_password } = body;
  const [user, known] = await readOnly(pool, { user_id }, (db) =>
    permitted(requireLive(db, caller), Promise.all([userById(db, user_id), storedPassword(db, user_id)])),
  );
  if (config.mail === undefined) throw new BatonError('mail_not_configured');
  const matches = await verifyPassword(current_password, known?.hash, config.bcrypt_cost, request);
  if (!matches || known === undefined) {
    request.after(() => noteFailure(services, user_id, request, 'email_change_failed'));
    throw new BatonError('invalid_credentials');
  }
  if (new_email === user.email && user.email_confirmed_at !== null) {
    const detail = 'It is the address of the account already, and confirmed.';
    throw new BatonError('validation_failed', { errors: [{ pointer: '/email', detail }] });
  }
  await commit({}, async ({ tx, hold }) => {
    await hold();
    // If the password was changed meanwhile, that ended every token, and this one must not be created after it.
    if (!(await holdPassword(tx, user_id, known))) throw new BatonError('invalid_credentials');
    await limits.mails.countTo(tx, 'email-change-mail', new_email);
    await limits.mails.countBy(tx, 'email-change-mail', { user_id, ip: request.ip });
    queueToken(services, tx, { user_id, email: new_email }, { by: { user_id } });
    recordAccountAudit(tx, user_id, request, { action: 'email_change_requested', detail: { to: new_email } });
  });
  hint('mail');
}

/**
 * Sets the account's address to the one that the token was sent to, as confirmed. A change of address ends all open
 * one-time tokens, because those for a new password may lie in a mailbox that the owner has lost. Sessions continue.
 * The old address gets a notice if it was confirmed.
 */
export async function confirmEmail(
  { pool, config, hint, limits }: Services,
  request: Request<typeof confirm_email>,
): Promise<void> {
  const read = readToken(prefix, request.body.token);
  const [user_id, id] = read?.ids ?? [newId(), newId()];
  const token = { user_id, id, hash: read?.hash ?? Buffer.alloc(32) };
  const to = await transaction(pool, { user_id, network: request.network }, async (tx) => {
    lockCredentials(tx, user_id); // first, like everything else that ends tokens
    const [new_email, user] = await Promise.all([useEmailChange(tx, token), enabledUser(tx, user_id)]);
    if (user === undefined || new_email === undefined) throw new BatonError('invalid_confirmation_token');
    await setEmail(tx, user_id, { email: new_email, is_confirmed: true });
    if (new_email === user.email) {
      endConfirmations(tx, user_id);
      recordAccountAudit(tx, user_id, request, { action: 'email_confirmed', detail: { email: new_email } });
      return new_email;
    }
    endOneTimeTokens(tx, user_id);
    const change = { from: user.email, to: new_email };
    recordAccountAudit(tx, user_id, request, { action: 'email_changed', detail: change });
    // An unconfirmed old address gets no notice: anybody can sign up with an address that isn't theirs.
    if (config.mail !== undefined && user.email_confirmed_at !== null) {
      const order = { kind: 'email_changed' as const, name: user.name, ...change };
      queueMail(tx, order, { key: mailKey(config.secret), ttl_s: notice_ttl_s, by: { user_id } });
    }
    return new_email;
  });
  hint('mail');
  await limits.noteKnown(to, request);
}
