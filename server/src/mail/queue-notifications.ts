import type pg from 'pg';
import type { Logger } from 'pino';
import { readOnly, transaction, type Tx } from '../db/transaction.ts';
import { describeError } from '../lib/describe-error.ts';
import type { Pass } from '../work/loop.ts';
import {
  deferMail,
  endTurn,
  lockTurn,
  mailTheRest,
  type Member,
  membersToMail,
  quietUntil,
  type TakenNotification,
  takeNotifications,
} from './notification-queries.ts';
import { max_notifications } from './orders.ts';
import { queueMail } from './queries.ts';

const members_at_once = 20;
const notifications_at_once = 1_000;
/** A member gets one mail per ticket or webhook, up to this many at a time; for more, a single mail about all. */
const max_single = 3;
/** How long a mail is retried. After that, its notifications are old news. */
const ttl_s = 86_400;
const retry_s = 60;
const rest_s = 120;

interface Options {
  key: Buffer;
  log: Logger;
  goesOn: Pass['goesOn'];
}

/**
 * Puts due notifications into mails. Any number of processes may do it; each member's notifications are taken by one.
 */
export async function queueNotificationMails(pool: pg.Pool, { key, log, goesOn }: Options): Promise<void> {
  while (goesOn()) {
    const members = await readOnly(pool, {}, (db) => membersToMail(db, members_at_once));
    let taken = 0;
    for (const member of members) {
      const { workspace_id, user_id } = member;
      try {
        if (await transaction(pool, { workspace_id }, (tx) => queueFor(tx, member, key))) taken++;
      } catch (error) {
        log.warn({ workspace_id, user_id, err: describeError(error) }, 'worker: notifications not put into a mail');
        // One member's fault must not delay the others.
        await transaction(pool, {}, (tx) => Promise.resolve(deferMail(tx, member, retry_s)));
      }
    }
    // Other processes are working on all of these members, or there are no more.
    if (taken === 0 || members.length < members_at_once) return;
  }
}

/** Queues a member's mails. Returns whether this transaction got the member's turn. */
async function queueFor(tx: Tx, member: Member, key: Buffer): Promise<boolean> {
  const turn = await lockTurn(tx, member);
  if (turn === undefined) return false;
  if (turn.created_by === null) {
    endTurn(tx, member);
    return true;
  }
  const quiet_s = await quietUntil(tx, member.user_id);
  if (quiet_s !== null) {
    deferMail(tx, member, quiet_s);
    return true;
  }
  const taken = await takeNotifications(tx, member.user_id, notifications_at_once);
  // Turns are per person, so that somebody with many workspaces has only one, as in every task of the worker.
  const by = { user_id: turn.created_by };
  for (const [index, mail] of mailsOf(taken.filter(({ is_wanted }) => is_wanted)).entries()) {
    const notification_ids = mail.slice(0, max_notifications).map(({ id }) => id);
    const more = mail.length - notification_ids.length + (index === 0 ? turn.more : 0);
    queueMail(tx, { kind: 'notifications', ...member, notification_ids, more }, { key, ttl_s, by });
  }
  // However many there are, no more are mailed at once. The rest is mailed later, as if it had just come.
  if (taken.length === notifications_at_once) mailTheRest(tx, member, rest_s);
  else endTurn(tx, member);
  return true;
}

/** Groups notifications into mails. */
function mailsOf(notifications: TakenNotification[]): TakenNotification[][] {
  const by_subject = Map.groupBy(notifications, ({ subject_id }) => subject_id);
  if (by_subject.size > max_single) return [notifications];
  return [...by_subject.values()];
}
