import type { Tx } from '../db/transaction.ts';
import type { Counters } from './rate-limit-store.ts';

/** Mails to one address in a window. */
export const mails_an_address = 3;
/** Mails to addresses of their choice that an account causes in a window. */
const mails_an_account = { 'email-change-mail': 5, 'invitation-mail': 50 };

/** A mail to an address that somebody names: nobody sends what they choose to any number of addresses. */
interface NamedMail {
  name: keyof typeof mails_an_account;
  email: string;
  user_id: string;
}

export type CountMail = (tx: Tx, mail: NamedMail) => Promise<void>;

/**
 * Counts a mail in the transaction that queues it, as its last lock: what is refused, fails, or has been done before under its key
 * counts for nothing, and whoever may not send one fills no counter. Address before account, so that no two wait for each other.
 */
export function countMails(counters: Counters): CountMail {
  return async (tx, { name, email, user_id }) => {
    await counters.takeIn(tx, { name, kind: `${name} to`, key: email, limit: mails_an_address });
    await counters.takeIn(tx, { name, kind: name, key: user_id, limit: mails_an_account[name] });
  };
}
