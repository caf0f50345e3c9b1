import { createTransport, type Transporter } from 'nodemailer';
import type pg from 'pg';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import type { MailConfig } from '../config/mail.ts';
import { transaction } from '../db/transaction.ts';
import { describeError } from '../lib/describe-error.ts';
import { Loop, type Pass } from '../work/loop.ts';
import { compose } from './compose.ts';
import { mailKey, openOrder } from './orders.ts';
import { delayMail, deleteMail, removeExpiredMails, takeMails, type TakenMail } from './worker-queries.ts';

const task = 'mail';
const interval_ms = 2_000;
/** Mails that one pass takes, which are sent at the same time over a few connections. */
const batch_size = 20;
const connections = 4;
const expired_at_once = 500;
/** For so long a mail is this process's alone: longer than sending it may take. */
const lease_ms = 180_000;
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };
/** How long it waits after each attempt that failed; after the last, as long as after that. */
const retries_s = [15, 60, 300, 900, 3_600];

const ended = new Counter({
  name: 'baton_mails_total',
  help: 'Mails whose attempt has ended, by outcome.',
  labelNames: ['outcome'],
});

/** How an attempt ended: `void` said nothing any more to anybody, `refused` never will be accepted. */
type Outcome = 'sent' | 'failed' | 'refused' | 'void' | 'expired' | 'unreadable';

interface Options {
  pool: pg.Pool;
  log: Logger;
  settings: MailConfig;
  secret: Buffer;
  password_reset_ttl_s: number;
}

/**
 * Sends what is queued, at least once: a process that dies between a mail's acceptance and writing that down leaves it to be sent
 * again, with the same Message-ID.
 */
export class Mailer {
  readonly #options: Options;
  readonly #key: Buffer;
  readonly #transport: Transporter;

  constructor(options: Options) {
    this.#options = options;
    this.#key = mailKey(options.secret);
    const { host, port, secure, tls, auth } = options.settings;
    this.#transport = createTransport({
      ...{ host, port, secure, requireTLS: tls, ignoreTLS: !tls, pool: true, maxConnections: connections },
      ...(auth === undefined ? {} : { auth }),
      ...timeouts,
      // Nothing that a mail says makes it read a file or a URL.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** For a person. */
  get server(): string {
    const { host, port } = this.#options.settings;
    return `${host}:${port}`;
  }

  async pass({ goesOn, count }: Pass): Promise<'done' | 'more'> {
    while (goesOn()) {
      const taken = await transaction(this.#options.pool, {}, (tx) => takeMails(tx, { limit: batch_size, lease_ms }));
      if (taken.length === 0) return 'done';
      await Promise.all(taken.map((one) => this.#attempt(one)));
      count(taken.length);
    }
    return 'more';
  }

  /** Ends its connections. A mail that is being sent is due again when its lease ends. */
  stop(): void {
    this.#transport.close();
  }

  /** Sends a mail and writes down how that ended. What can't be written down is sent again when the lease ends. */
  async #attempt(mail: TakenMail): Promise<void> {
    const { pool, log } = this.#options;
    try {
      const outcome = await this.#send(mail);
      ended.inc({ outcome });
      const again_in_s = retries_s[Math.min(mail.attempts, retries_s.length) - 1] ?? 0;
      await transaction(pool, {}, (tx) => {
        if (outcome === 'failed') delayMail(tx, mail, again_in_s * (1 + Math.random() / 4));
        else deleteMail(tx, mail.id);
        return Promise.resolve();
      });
    } catch (error) {
      log.warn({ mail: mail.id, err: describeError(error) }, 'worker: mail not worked on');
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
      log.error({ mail: id }, 'worker: mail given up: it was queued under another BATON_SECRET');
      return 'unreadable';
    }
    const mail = await compose(this.#options, order);
    if (mail === undefined) return 'void';
    const messageId = `<${id}@${new URL(settings.app_url).hostname}>`;
    try {
      await this.#transport.sendMail({ ...mail, from: settings.from, messageId });
      return 'sent';
    } catch (error) {
      const { responseCode = 0, code } = error as { responseCode?: number; code?: string };
      // Of what the mail server says no text: it repeats addresses.
      const refused = code === 'EENVELOPE' && responseCode >= 500;
      const how = refused ? 'refused, and given up' : 'failed';
      log.warn({ mail: id, kind: order.kind, attempts, code, responseCode }, `worker: mail ${how}`);
      return refused ? 'refused' : 'failed';
    }
  }
}

/**
 * Any number of processes may run it: each mail is sent by one at a time. One without a mailer removes what was queued elsewhere and
 * nobody has sent in time.
 */
export function mailLoop(pool: pg.Pool, mailer: Mailer | undefined, log: Logger): Loop {
  const removeExpired = async ({ count }: Pass): Promise<'done'> => {
    count(await transaction(pool, {}, (tx) => removeExpiredMails(tx, expired_at_once)));
    return 'done';
  };
  const pass = (one: Pass) => (mailer === undefined ? removeExpired(one) : mailer.pass(one));
  return new Loop({ name: task, interval_ms, quiet: true, log, pass });
}
