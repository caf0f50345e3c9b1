import { createHmac } from 'node:crypto';
import { inserted } from '../db/columns.ts';
import { sql } from '../db/sql.ts';
import type { Tx } from '../db/transaction.ts';
import { newId } from '../lib/ids.ts';
import { canWait, type MailOrder, sealOrder } from './orders.ts';

/**
 * Who counts as the cause of a mail: a person, or a network if they aren't signed in. For notifications it is the
 * person who created the workspace.
 */
export type Causer = { user_id: string } | { network: string };

interface Queueing {
  key: Buffer;
  ttl_s: number;
  /** Whose turn the mail uses. One person's backlog doesn't delay another's mails. */
  by: Causer;
  can_wait?: boolean;
}

/** The columns of a queued mail. */
export const mail_columns = {
  id: sql`id`,
  sealed: sql`sealed`,
  can_wait: sql`can_wait`,
  expires_at: sql`expires_at`,
  caused_by: sql`caused_by`,
  place: sql`place`,
};

/** Queues a mail for the worker to send after the commit. It expires after `ttl_s` seconds. */
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
