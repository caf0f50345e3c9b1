import { transaction } from '../db/transaction.ts';
import { endMail } from '../notifications/settings.ts';
import type { Services } from '../services.ts';
import { unsubscriberOf } from './unsubscribe-token.ts';

/** The actions of the unsubscribe page (http/unsubscribe.ts). */
export const unsubscribing = ({ pool, config: { secret } }: Pick<Services, 'pool' | 'config'>) => ({
  isValid: (token: string) => unsubscriberOf(secret, token) !== undefined,
  end: async (token: string) => {
    const member = unsubscriberOf(secret, token);
    if (member !== undefined) await transaction(pool, member, (tx) => endMail(tx, member));
  },
});
