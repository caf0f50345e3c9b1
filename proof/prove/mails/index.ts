import pg from 'pg';
import { mailSettings, startMailbox } from '../../harness/mailbox.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, isNoticed, type Mutant, type Run, scaled } from '../check.ts';
import { startWorker } from '../races/killing.ts';
import { setStage } from '../stage.ts';
import { confirmSignUps, inviteByMail } from './addresses.ts';
import { limitMails } from './limits.ts';
import { mailNotifications } from './notifications.ts';
import { type Cast, gather, type Office } from './office.ts';
import { resetPasswords } from './passwords.ts';
import { mailStops } from './stops.ts';

const processes = 2;
type Step = (office: Office, cast: Cast) => Promise<void>;
const steps: readonly Step[] = [confirmSignUps, inviteByMail, limitMails, mailNotifications, mailStops, resetPasswords];

async function correspond(run: Run, size: number): Promise<Finding> {
  const mailbox = await startMailbox();
  const env = mailSettings(mailbox, {
    WEB_CONCURRENCY: String(processes),
    BATON_POOL_SIZE: '8',
    BATON_WORKER: 'off', // the check runs the worker itself, to stop it while things change
    BATON_NOTIFICATION_MAIL_DELAY_S: '0',
    BATON_WEBHOOK_PRIVATE: 'on', // the receiver is on this machine
  });
  const stage = await setStage(run, env);
  const wire = new Wire(stage.url, 16);
  const violations: string[] = [];
  const start = () => startWorker(run, stage, env);
  const say = (fault: string) => violations.push(fault);
  const office: Office = { stage, mailbox, wire, worker: await start(), startWorker: start, say };
  const rounds = scaled(4, size);
  for (let n = 0; n < rounds && !isNoticed(run, violations); n++) {
    const cast = await gather(office);
    for (const step of steps) {
      await step(office, cast);
      if (isNoticed(run, violations)) break;
    }
    run.progress((n + 1) / rounds);
  }
  await office.worker.stop();
  wire.close();
  const struck = await stage.strike();
  void mailbox.stop();
  return {
    load: { rounds, processes },
    figures: { receivers: mailbox.receivers.length },
    violations: [...violations, ...struck],
  };
}

const source = (file: string, find: string, replace: string, noticed_by: string): Mutant => ({
  source: [{ file, find, replace }],
  noticed_by,
});
/** Rewrites the statement that composes a notification mail as it is sent. */
const saying = (find: string, replace: string, noticed_by: string): Mutant => ({
  ddl: [
    `do $$ begin execute replace(pg_get_functiondef('notifications_to_mail'::regproc), ${pg.escapeLiteral(find)}, ${pg.escapeLiteral(replace)}); end $$`,
  ],
  noticed_by,
});

export const mails: Check = {
  id: 'mails',
  promises: ['P9', 'P12', 'P31'],
  says: 'Mails go only to the people whom they concern, at confirmed addresses, and contain only what the receiver may read when they are sent. A token in a mail works once. An address gets no more mails than its limit, and refused requests do not count.',
  run: correspond,
  slice: 0.25,
  control_size: 0.25,
  controls: {
    'invitations are mailed in anybody’s name': source(
      'workspaces/invitations.ts',
      'if (email_confirmed_at === null || !(await limits.mails.fitsTo(tx, email))) return false;',
      'if (!(await limits.mails.fitsTo(tx, email))) return false;',
      'in the name of an address that nobody has confirmed',
    ),
    'a mail is counted outside of the transaction that queues it': source(
      'http/rate-limit-store.ts',
      'await this.#take(bucket, (statement) => tx.rows(statement));',
      'await this.#take(bucket, (statement) => this.#run(statement));',
      'counted for their address',
    ),
    'notifications are mailed to unconfirmed addresses': source(
      'mail/notification-queries.ts',
      'where exists (select from users u where u.id = ${user_id} and u.email_confirmed_at is not null)`',
      'where true`',
      'notifications were mailed to an address that nobody has confirmed',
    ),
    'a former member is mailed what they were told': saying(
      'and m.removed_at is null and m.joined = n.joined',
      '',
      'a former member was mailed',
    ),
    'a mail says what has been deleted since': saying(
      'and t.id = n.ticket_id and t.deleted_at is null',
      'and t.id = n.ticket_id',
      'that was deleted before',
    ),
    'who may not see webhooks any more is mailed about one': saying(
      'and h.deleted_at is null and may_see_webhooks(m.role)',
      'and h.deleted_at is null',
      'who may no longer see webhooks was mailed',
    ),
    'a token for a new password works again': source(
      'accounts/queries.ts',
      'and new_email is null and ended_at is null and expires_at > now()`',
      'and new_email is null and expires_at > now()`',
      'a token for a new password',
    ),
  },
};
