import type { Config } from '../config.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { type Bucket, type Counters, networkBuckets } from './rate-limit-store.ts';

/** Mails to one address in a window, and as many with tokens for a new password. */
export const mails_an_address = 3;
/** Mails to addresses of their choice that an account causes in a window. */
const mails_an_account = { 'email-change-mail': 5, 'invitation-mail': 50 };

type Name = keyof typeof mails_an_account;

/**
 * Limits on mails to an address that somebody names. A mail is counted in the transaction that queues it, as its last lock: what is
 * refused, fails, or has been done before under its key counts for nothing, and who may not send one fills no counter. First for its
 * address, then for who causes it, so that no two transactions wait for each other.
 */
export interface MailLimits {
  /** Counts a mail for its address. Throws `rate_limited`. */
  countTo: (tx: Tx, name: Name, email: string) => Promise<void>;
  /** Counts a mail that is left out where it doesn't fit; tells whether it does. */
  fitsTo: (tx: Tx, email: string) => Promise<boolean>;
  /** Counts a mail for the account and the network that cause it. Throws `rate_limited`. */
  countBy: (tx: Tx, name: Name, from: { user_id: string; ip: string }) => Promise<void>;
}

export function createMailLimits(config: Config, counters: Counters): MailLimits {
  // Whatever they say and whoever causes them. Those for a new password count apart: strangers' invitations keep nobody from one.
  const countTo: MailLimits['countTo'] = (tx, name, email) =>
    counters.takeIn(tx, { name, kind: 'mail to', key: email, limit: mails_an_address });
  return {
    countTo,
    fitsTo: async (tx, email) => {
      try {
        await countTo(tx, 'invitation-mail', email);
        return true;
      } catch (error) {
        if (error instanceof BatonError && error.code === 'rate_limited') return false;
        throw error;
      }
    },
    countBy: async (tx, name, { user_id, ip }) => {
      const account: Bucket = { name, kind: name, key: user_id, limit: mails_an_account[name] };
      // Accounts are free, so their limits alone would be none.
      const networks = networkBuckets(name, { ip }, config.auth_limit_per_address, 'mail');
      for (const bucket of [account, ...networks]) await counters.takeIn(tx, bucket);
    },
  };
}
