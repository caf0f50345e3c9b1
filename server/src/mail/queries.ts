import { createHmac } from 'node:crypto';
import { inserted } from '../db/columns.ts';
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

/** The columns of a mail as it is queued. */
export const mail_columns = {
  id: sql`id`,
  sealed: sql`sealed`,
  can_wait: sql`can_wait`,
  expires_at: sql`expires_at`,
  caused_by: sql`caused_by`,
  place: sql`place`,
};

/** Has the worker send a mail once this has committed, and no later than in so many seconds. */
export function queueMail(tx: Tx, order: MailOrder, { key, ttl_s, by, can_wait = canWait(order) }: Queueing): void {
  const [[kind, id] = []] = Object.entries(by);
  const caused_by = createHmac('sha256', key).update(`${kind} ${id}`).digest('base64url');
  const row = {
    id: newId(),
    sealed: sealOrder(key, order),
    can_wait,
    expires_at: sql`now() + ${ttl_s} * interval '1 second'`,
    caused_by,
    place: sql`mail_place(${caused_by}, ${can_wait})`,
  };
  tx.send(sql`insert into mails ${inserted(mail_columns, row)}`);
}
