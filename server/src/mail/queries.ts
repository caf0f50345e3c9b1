import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { canWait, type MailOrder, sealOrder } from './orders.ts';

/** Has the worker send a mail once this has committed, and no later than in so many seconds. */
export function queueMail(
  tx: Tx,
  order: MailOrder,
  { key, ttl_s, can_wait = canWait(order) }: { key: Buffer; ttl_s: number; can_wait?: boolean },
): void {
  tx.send(sql`
    insert into mails (id, sealed, can_wait, expires_at)
    values (${newId()}, ${sealOrder(key, order)}, ${can_wait}, now() + ${ttl_s} * interval '1 second')`);
}
