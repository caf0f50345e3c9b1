import { createHmac } from 'node:crypto';
import { newResetToken } from '../accounts/password-reset.ts';
import { readOnly, transaction } from '../db/transaction.ts';
import { hashOf } from '../lib/tokens.ts';
import { composeNotifications } from './compose-notifications.ts';
import { type Later, type Mail, type Parts, unlinked } from './mail.ts';
import type { MailOrder } from './orders.ts';
import { accountToMail, addPasswordReset, emailChangeToMail, invitationToMail } from './worker-queries.ts';

/** A time in words. Hours are rounded down, so that nobody comes too late. */
const inWords = (seconds: number) => {
  const count = Math.max(1, Math.round(seconds / 60));
  if (count > 120) return `${Math.floor(count / 60)} hours`;
  return count === 1 ? 'one minute' : `${count} minutes`;
};

/**
 * Composes a mail with current data. Returns undefined if there is nobody to send it to, or nothing to say any more.
 */
export function compose(parts: Parts, order: MailOrder): Promise<Mail | Later | undefined> {
  switch (order.kind) {
    case 'password_reset':
      return composeReset(parts, order);
    case 'invitation':
      return composeInvitation(parts, order);
    case 'email_change':
      return composeEmailChange(parts, order);
    case 'email_changed':
      return Promise.resolve(composeEmailChanged(parts, order));
    case 'notifications':
      return composeNotifications(parts, order);
  }
}

/**
 * Creates the token when the mail is sent, so that it is stored nowhere else. Retries of one mail create the same
 * token. The link has the token after `#`, which browsers don't send to servers.
 */
async function composeReset(
  { pool, settings: { app_url }, password_reset_ttl_s: ttl_s, key, mail_id: id }: Parts,
  { email, request_id, ip }: Extract<MailOrder, { kind: 'password_reset' }>,
): Promise<Mail | undefined> {
  const account = await readOnly(pool, {}, (db) => accountToMail(db, email));
  if (account === undefined) return undefined;
  const secret = createHmac('sha256', key).update(`token of mail ${id}`).digest();
  const { token, hash } = newResetToken(account.id, id, secret);
  const row = { id, hash, ttl_s, request_id, ip, email };
  const left_s = await transaction(pool, { user_id: account.id }, (tx) => addPasswordReset(tx, row));
  if (left_s === null) return undefined;
  return {
    to: email,
    subject: 'Set a new password',
    text: `Hello ${unlinked(account.name)},

somebody, probably you, asked for a new password for your account at ${app_url}.
Set it here within ${inWords(left_s)}:

${app_url}/reset-password#${token}

If it wasn't you, do nothing: your password stays as it is.
`,
  };
}

async function composeInvitation(
  { pool, settings: { app_url } }: Parts,
  { workspace_id, invitation_id, token }: Extract<MailOrder, { kind: 'invitation' }>,
): Promise<Mail | undefined> {
  const found = await readOnly(pool, { workspace_id }, (db) => invitationToMail(db, invitation_id));
  if (found === undefined) return undefined;
  const { email, role } = found;
  const [workspace, inviter] = [unlinked(found.workspace), unlinked(found.inviter)];
  return {
    to: email,
    subject: `${inviter} invites you to ${workspace}`,
    text: `Hello,

${inviter} invites you to the workspace "${workspace}" as ${/^[aeiou]/.test(role) ? 'an' : 'a'} ${role}.
Accept the invitation here:

${app_url}/accept-invitation#${token}

Only the account with this address can accept it. If you don't know what this is about, do nothing.
`,
  };
}

async function composeEmailChange(
  { pool, settings: { app_url } }: Parts,
  { user_id, email, token }: Extract<MailOrder, { kind: 'email_change' }>,
): Promise<Mail | undefined> {
  const found = await readOnly(pool, { user_id }, (db) => emailChangeToMail(db, hashOf(token)));
  if (found === undefined) return undefined;
  const { left_s } = found;
  const link = `${app_url}/confirm-email#${token}`;
  if (found.email === email) {
    return {
      to: email,
      subject: 'Confirm your address',
      text: `Hello ${unlinked(found.name)},

this is the address of an account at ${app_url}. Notifications are mailed to it
once you have confirmed that it is yours. Confirm it here within ${inWords(left_s)}:

${link}

If you don't know what this is about, do nothing.
`,
    };
  }
  return {
    to: email,
    subject: 'Confirm your new address',
    text: `Hello ${unlinked(found.name)},

this is to become the address of the account that has been ${found.email} at ${app_url}.
Once you confirm it, the account's mail goes to this address. Confirm it here within ${inWords(left_s)}:

${link}

If you don't know what this is about, do nothing: nothing will change.
`,
  };
}

function composeEmailChanged(
  { settings: { app_url } }: Parts,
  { name, from, to }: Extract<MailOrder, { kind: 'email_changed' }>,
): Mail {
  return {
    to: from,
    subject: 'The address of your account has changed',
    text: `Hello ${unlinked(name)},

the address of your account at ${app_url} is now ${to}.
Sign in with the new address from now on.

If it wasn't you, somebody knows your password. Tell the people who run ${app_url}: they can change the address back.
`,
  };
}
