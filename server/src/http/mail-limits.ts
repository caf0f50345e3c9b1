import type { Config } from '../config.ts';
import type { Tx } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import { type Bucket, type Counters, networkBuckets } from './rate-limit-store.ts';

/** Mails to one address in a window. Mails with a token for a new password have a separate limit of the same size. */
export const mails_an_address = 3;
/** Mails that an account may cause in a window, to addresses of its choice. */
const mails_an_account = { 'email-change-mail': 5, 'invitation-mail': 50 };

type Name = keyof typeof mails_an_account;

/**
 * Limits on mails to an address that a caller names. A mail is counted in the transaction that queues it, as its last
 * lock. So a request that is refused, fails or is replayed under its key doesn't count, and a caller without permission
 * fills no counter. Each transaction counts for the address before it counts for the account, so that two of them never
 * deadlock.
 */
export interface MailLimits {
  /** Counts a mail for its address. Throws `rate_limited`. */
  countTo: (tx: Tx, name: Name, email: string) => Promise<void>;
  /** Counts a mail for its address if it fits, and returns whether it does. For mails that may be left out. */
  fitsTo: (tx: Tx, email: string) => Promise<boolean>;
  /** Counts a mail for the account and the network that cause it. Throws `rate_limited`. */
  countBy: (tx: Tx, name: Name, from: { user_id: string; ip: string }) => Promise<void>;
}

export function createMailLimits(config: Config, counters: Counters): MailLimits {
  // One counter for all these mails to an address. Mails for a new password count separately, so that strangers'
  // invitations don't block them.
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
      // Accounts are free, so a limit per account alone would limit nobody.
      const networks = networkBuckets(name, { ip }, config.auth_limit_per_address, 'mail');
      for (const bucket of [account, ...networks]) await counters.takeIn(tx, bucket);
    },
  };
}
