import { transaction } from '../db/transaction.ts';
import { BatonError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Request } from '../serving/request.ts';
import type { request_password_reset } from './contract.ts';
import { mailKey } from './orders.ts';
import { queueMail } from './queries.ts';

/** How long a mail that can't be sent is retried. After that, nobody waits for it any more. */
const ttl_s = 3_600;

/**
 * Queues a mail with a one-time token to an address. Whether an account has this address is looked up when the mail is
 * sent and not here, so that neither the response nor its time reveals it.
 */
export async function requestPasswordReset(
  { pool, config, hint }: Pick<Services, 'pool' | 'config' | 'hint'>,
  { body: { email }, network, request_id, ip }: Request<typeof request_password_reset>,
): Promise<void> {
  if (config.mail === undefined) throw new BatonError('mail_not_configured');
  const key = mailKey(config.secret);
  await transaction(pool, { network }, (tx) => {
    queueMail(tx, { kind: 'password_reset', email, request_id, ip }, { key, ttl_s, by: { network } });
    return Promise.resolve();
  });
  hint('mail');
}
