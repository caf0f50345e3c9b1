import { createTransport, type Transporter } from 'nodemailer';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import type { MailConfig } from '../config/mail.ts';
import { transaction } from '../db/transaction.ts';
import { describeError } from '../lib/describe-error.ts';
import { usual_lease_ms, whileRenewing } from '../work/lease.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { compose } from './compose.ts';
import type { Later } from './mail.ts';
import { putNotificationsBack } from './notification-queries.ts';
import { mailKey, openOrder } from './orders.ts';
import { queueNotificationMails } from './queue-notifications.ts';
import {
  delayMail,
  deleteMail,
  giveUpExpiredMails,
  giveUpMail,
  renewMail,
  takeMails,
  type TakenMail,
} from './worker-queries.ts';

const task = 'mail';
const queue_task = 'notification-mail';
const interval_ms = 2_000;
/** The number of mails that are sent at the same time, each over its own connection. */
const at_once = 4;
const look_again_ms = 1_000;
const rest_per_work = 0.5;
const expired_at_once = 500;
/** How long the lease of a mail lasts. It is renewed while the mail is being sent. */
const lease_ms = usual_lease_ms;
const send_ms = 120_000;
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
/** The waits after failed attempts. The last one repeats. */
const retries_s = [15, 60, 300, 900, 3_600];

const ended = new Counter({
  name: 'baton_mails_total',
  help: 'Mails whose attempt has ended, by outcome.',
  labelNames: ['outcome'],
});

/**
 * How an attempt ended. `void`: there was nobody to send the mail to, or it was no longer true. `refused`: the mail
 * server will never accept it. Refused and expired mails are given up and kept.
 */
type Outcome = 'sent' | 'failed' | 'refused' | 'void' | 'expired' | 'unreadable' | Later;

interface Options {
  pool: pg.Pool;
  log: Logger;
  settings: MailConfig;
  secret: Buffer;
  password_reset_ttl_s: number;
}

/**
 * Sends queued mails at least once. If the process dies after the mail server has accepted a mail and before that is
 * recorded, the mail is sent again with the same Message-ID.
 */
export class Mailer {
  readonly #options: Options;
  readonly #key: Buffer;
  readonly #transport: Transporter;
  readonly #running = new Set<Promise<void>>();
  /** How many of the running ones can wait. */
  #patient = 0;
  /** Alternates, so that new mails and retried ones do not delay each other. */
  #retries_first = false;

  constructor(options: Options) {
    this.#options = options;
    this.#key = mailKey(options.secret);
    const { host, port, secure, tls, auth } = options.settings;
    this.#transport = createTransport({
      ...{ host, port, secure, requireTLS: tls, ignoreTLS: !tls, pool: true, maxConnections: at_once },
      // With a password configured, no mail goes to a server that doesn't offer authentication.
      ...(auth === undefined ? {} : { auth, forceAuth: true }),
      ...timeouts,
      // The content of a mail can't make the library read a file or a URL.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** The mail server's name, to be shown to a person. */
  get server(): string {
    const { host, port } = this.#options.settings;
    return `${host}:${port}`;
  }

  /** Starts sending due mails while there is room. A slow receiver delays only its own mail. */
  async pass({ goesOn, count }: Pass): Promise<'done' | 'more'> {
    while (goesOn()) {
      const taken = await this.#take();
      for (const mail of taken) this.#begin(mail);
      count(taken.length);
      if (taken.length > 0) continue;
      if (this.#running.size === 0) return 'done';
      // There is room again once a mail has ended. A mail that somebody waits for may have room before that.
      await Promise.race([...this.#running, sleep(look_again_ms)]);
    }
    return 'more';
  }

  /** Puts due notifications into mails. */
  queue({ goesOn }: Pass): Promise<void> {
    return queueNotificationMails(this.#options.pool, { key: this.#key, log: this.#options.log, goesOn });
  }

  /** Waits for the mails that are being sent. */
  async drained(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Closes the connections. A mail that is being sent is due again when its lease ends. */
  stop(): void {
    this.#transport.close();
  }

  /** Takes as many mails as there is room for. One place is reserved for mails that somebody waits for. */
  #take(): Promise<TakenMail[]> {
    const free = at_once - this.#running.size;
    if (free === 0) return Promise.resolve([]);
    this.#retries_first = !this.#retries_first;
    const retries_first = this.#retries_first;
    return transaction(this.#options.pool, {}, async (tx) => {
      const waited_for = await takeMails(tx, { can_wait: false, retries_first, limit: free, lease_ms });
      const limit = Math.min(free - waited_for.length, at_once - 1 - this.#patient);
      if (limit <= 0) return waited_for;
      return [...waited_for, ...(await takeMails(tx, { can_wait: true, retries_first, limit, lease_ms }))];
    });
  }

  #begin(mail: TakenMail): void {
    if (mail.can_wait) this.#patient++;
    const running = this.#attempt(mail).finally(() => {
      this.#running.delete(running);
      if (mail.can_wait) this.#patient--;
    });
    this.#running.add(running);
  }

  /** Sends a mail and records the outcome. If that can't be recorded, the mail is sent again when its lease ends. */
  async #attempt(mail: TakenMail): Promise<void> {
    const { pool, log } = this.#options;
    try {
      const renew = () => transaction(pool, {}, (tx) => Promise.resolve(renewMail(tx, mail, lease_ms)));
      // A mail that can't be composed is retried as slowly as one that can't be sent.
      const work = () =>
        this.#send(mail).catch((error: unknown): Outcome => {
          log.warn({ mail: mail.id, err: describeError(error) }, 'worker: mail failed before it was sent');
          return 'failed';
        });
      const outcome = await whileRenewing({ lease_ms, renew, work });
      ended.inc({ outcome: typeof outcome === 'object' ? 'later' : outcome });
      // A mail sealed under another BATON_SECRET waits for a process with the right one, until it expires.
      const is_kept = outcome === 'failed' || outcome === 'unreadable';
      const again_in_s = retries_s[Math.min(mail.attempts, retries_s.length) - 1] ?? 0;
      const kind = this.#kindOf(mail);
      if (typeof outcome === 'object') {
        await putBack(pool, mail, outcome);
        return;
      }
      await transaction(pool, {}, (tx) => {
        if (is_kept) delayMail(tx, mail, again_in_s * (1 + Math.random() / 4));
        else if (outcome === 'sent' || outcome === 'void') deleteMail(tx, mail.id);
        else giveUpMail(tx, mail.id, { kind, reason: outcome });
        return Promise.resolve();
      });
    } catch (error) {
      log.warn({ mail: mail.id, err: describeError(error) }, 'worker: mail not worked on');
    }
  }

  /** Returns the kind of the mail; null if it can't be read, for example because of another BATON_SECRET. */
  #kindOf({ sealed }: TakenMail): string | null {
    try {
      return openOrder(this.#key, sealed)?.kind ?? null;
    } catch {
      return null; // queued by a newer version
    }
  }

  async #send({ id, sealed, attempts, is_over }: TakenMail): Promise<Outcome> {
    const { log, settings } = this.#options;
    if (is_over) {
      log.error({ mail: id, attempts }, 'worker: mail given up: it could not be sent in time');
      return 'expired';
    }
    const order = openOrder(this.#key, sealed);
    if (order === undefined) {
      log.error({ mail: id }, 'worker: mail not sent: it was queued under another BATON_SECRET');
      return 'unreadable';
    }
    const mail = await compose({ ...this.#options, key: this.#key, mail_id: id }, order);
    if (mail === undefined) return 'void';
    if ('notification_ids' in mail) return mail;
    const messageId = `<${id}@${new URL(settings.app_url).hostname}>`;
    try {
      const to = { name: '', address: mail.to };
      const signal = AbortSignal.timeout(send_ms); // socketTimeout never fires if the server keeps sending bytes
      const headers = { ...mail.headers, 'Auto-Submitted': 'auto-generated' }; // RFC 3834: so that no automatic response is sent
      // Mail programs would decode text that looks like an encoded word (RFC 2047), including line ends.
      const subject = mail.subject.replaceAll('=?', '= ?');
      await this.#transport.sendMail({ ...mail, subject, to, from: settings.from, messageId, headers, signal });
      return 'sent';
    } catch (error) {
      const { responseCode = 0, code, command, response } = error as SmtpError;
      // The log doesn't get the mail server's text, because that repeats addresses.
      const refused = isRefusal({ responseCode, code, command, response });
      const how = refused ? 'refused, and given up' : 'failed';
      log.warn({ mail: id, kind: order.kind, attempts, code, responseCode }, `worker: mail ${how}`);
      return refused ? 'refused' : 'failed';
    }
  }
}

/**
 * Puts a mail's notifications back until its receiver's next turn. If the mail stayed in the queue, it would not follow
 * changes of their quiet hours.
 */
function putBack(pool: pg.Pool, mail: TakenMail, later: Later): Promise<void> {
  return transaction(pool, { workspace_id: later.workspace_id }, (tx) => {
    putNotificationsBack(tx, later);
    deleteMail(tx, mail.id);
    return Promise.resolve();
  });
}

interface SmtpError {
  responseCode?: number;
  code?: string | undefined;
  command?: string | undefined;
  /** The server's response. */
  response?: string | undefined;
}

/** Codes for a full mailbox, network faults, quotas and policies (RFC 3463, section 3), which somebody can fix. */
const may_change = /^\d{3}[ -]5\.(?:2\.2|[347]\.\d{1,3})\b/;

/** Returns whether the server will never accept this receiver or mail. Other failures may be temporary. */
function isRefusal({ responseCode = 0, code, command, response = '' }: SmtpError): boolean {
  if (code === 'EENVELOPE' && command === 'API') return true; // not a valid address
  const permanent = responseCode >= 500 && responseCode !== 503 && !may_change.test(response);
  return permanent && (code === 'EMESSAGE' || (code === 'EENVELOPE' && command === 'RCPT TO'));
}

/**
 * Creates the loops that send mails. Any number of processes may run them; each mail is sent by one at a time. A
 * process without a mailer gives up expired mails that other processes queued and nobody has sent.
 */
export function mailLoops(pool: pg.Pool, mailer: Mailer | undefined, log: Logger): Loop[] {
  const giveUpExpired = async ({ count }: Pass): Promise<'done'> => {
    const expired = await transaction(pool, {}, (tx) => giveUpExpiredMails(tx, expired_at_once));
    if (expired > 0) {
      ended.inc({ outcome: 'expired' }, expired);
      log.error(
        { mails: expired },
        'worker: mails given up: no process has sent them; is BATON_SMTP_URL set where the worker runs?',
      );
    }
    count(expired);
    return 'done';
  };
  const pass = (one: Pass) => (mailer === undefined ? giveUpExpired(one) : mailer.pass(one));
  const times = { interval_ms, rest_per_work, quiet: true, log };
  const mails = new Loop({ ...times, name: task, pass });
  if (mailer === undefined) return [mails];
  const queue = async (one: Pass): Promise<'done'> => {
    await mailer.queue(one);
    return 'done';
  };
  // A loop of its own, so that a slow pass doesn't delay mails.
  return [mails, new Loop({ ...times, name: queue_task, pass: queue })];
}
