import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import type { Config } from '../../server/src/config.ts';
import { createPool } from '../../server/src/db/pool.ts';
import { Mailer } from '../../server/src/mail/mailer.ts';
import { type MailOrder, mailKey, openOrder } from '../../server/src/mail/orders.ts';
import type { Credentials } from './certificates.ts';
import type { TestServer } from './server.ts';

interface Refusal {
  responseCode: number;
  message?: string;
}

/** A mail server that accepts mails, on its own port. */
export interface Mailbox {
  port: number;
  mails: ParsedMail[];
  /** Every recipient that a client named, accepted or refused. */
  receivers: string[];
  /** Says which recipients it refuses, and how; by default none. */
  refuses: (address: string) => Refusal | undefined;
  refusesSender: boolean;
  /** What it waits for before it responds to a recipient. */
  before: (address: string) => Promise<void> | undefined;
  /** What it waits for before it accepts a mail; by default nothing. */
  waits: () => Promise<unknown>;
  stop: () => Promise<void>;
}

/** Starts a mail server. `tls`: it offers STARTTLS, with these credentials or with a self-signed certificate. */
export async function startMailbox({ tls = false }: { tls?: boolean | Credentials } = {}): Promise<Mailbox> {
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: tls === false,
    ...(typeof tls === 'object' ? tls : {}),
    disabledCommands: ['AUTH'],
    logger: false,
    onMailFrom: (_address, _session, callback) =>
      callback(mailbox.refusesSender ? Object.assign(new Error('refused'), { responseCode: 550 }) : null),
    onRcptTo: ({ address }, _session, callback) => {
      mailbox.receivers.push(address);
      const refusal = mailbox.refuses(address);
      const respond = () => callback(refusal === undefined ? null : Object.assign(new Error('refused'), refusal));
      void Promise.resolve(mailbox.before(address)).then(respond);
    },
    onData: (stream, _session, done) => {
      const take = async () => {
        await mailbox.waits();
        mailbox.mails.push(await simpleParser(stream));
      };
      void take().finally(done);
    },
  });
  server.on('error', () => undefined); // a client that doesn't trust the certificate hangs up
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mailbox: Mailbox = {
    port: (server.server.address() as AddressInfo).port,
    mails: [],
    receivers: [],
    refuses: () => undefined,
    before: () => undefined,
    refusesSender: false,
    waits: () => Promise.resolve(),
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
  return mailbox;
}

export const app_url = 'https://tickets.example.com/app';

/** The settings of a server that sends its mail to this mailbox. */
export const mailSettings = ({ port }: Pick<Mailbox, 'port'>, more: Record<string, string> = {}) => ({
  BATON_SMTP_URL: `smtp://127.0.0.1:${port}`,
  BATON_SMTP_TLS: 'off',
  BATON_MAIL_FROM: 'Baton <baton@example.com>',
  BATON_APP_URL: `${app_url}/`,
  ...more,
});

/** Runs this many workers, which send the mails that are due. */
export async function sendMails(
  { config, database }: { config: Config; database: { url: string } },
  { workers = 1, log, settings = config.mail }: { workers?: number; log: Logger; settings?: Config['mail'] },
): Promise<void> {
  if (settings === undefined) throw new Error('The server has no mail.');
  const limits = { max: 2, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const pool = createPool({ url: database.url, role: 'baton_worker', ...limits });
      const mailer = new Mailer({ ...config, pool, log, settings });
      const pass = { goesOn: () => true, count: () => undefined };
      await mailer.queue(pass);
      await mailer.pass(pass);
      await mailer.drained();
      mailer.stop();
      await pool.end();
    }),
  );
}

/** The queued mails, oldest first. */
export async function queuedMails({ config, database }: Pick<TestServer, 'config' | 'database'>): Promise<MailOrder[]> {
  const { rows } = await database.owner.query<{ sealed: Buffer }>('select sealed from mails order by created_at, id');
  return rows.map(({ sealed }) => openOrder(mailKey(config.secret), sealed)).filter((one) => one !== undefined);
}
