import { createHmac } from 'node:crypto';
import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { canWait, type MailOrder, sealOrder } from './orders.ts';

/** Who a mail is counted as caused by: a person, of notifications who created the workspace, or a network of people who aren't signed in. */
export type Causer = { user_id: string } | { network: string };

interface Queueing {
  key: Buffer;
  ttl_s: number;
  /** With whose mails it takes turns: nobody's backlog keeps another's waiting. */
  by: Causer;
  can_wait?: boolean;
}

/** Has the worker send a mail once this has committed, and no later than in so many seconds. */
export function queueMail(tx: Tx, order: MailOrder, { key, ttl_s, by, can_wait = canWait(order) }: Queueing): void {
  const [[kind, id] = []] = Object.entries(by);
  const caused_by = createHmac('sha256', key).update(`${kind} ${id}`).digest('base64url');
  tx.send(sql`
    insert into mails (id, sealed, can_wait, expires_at, caused_by, place)
    values (${newId()}, ${sealOrder(key, order)}, ${can_wait}, now() + ${ttl_s} * interval '1 second', ${caused_by},
      mail_place(${caused_by}, ${can_wait}))`);
}
