import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

interface Refusal {
  responseCode: number;
}

/** A mail server that takes what it is sent, on a port of its own. */
export interface Mailbox {
  port: number;
  mails: ParsedMail[];
  /** How often somebody was named as a receiver, taken or not. */
  receivers: string[];
  /** What it refuses: by default nothing. */
  refuses: (address: string) => Refusal | undefined;
  refusesSender: boolean;
  stop: () => Promise<void>;
}

/** `tls`: it offers STARTTLS, with a certificate that nobody has signed. */
export async function startMailbox({ tls = false } = {}): Promise<Mailbox> {
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: !tls,
    disabledCommands: ['AUTH'],
    logger: false,
    onMailFrom: (_address, _session, callback) =>
      callback(mailbox.refusesSender ? Object.assign(new Error('refused'), { responseCode: 550 }) : null),
    onRcptTo: ({ address }, _session, callback) => {
      mailbox.receivers.push(address);
      const refusal = mailbox.refuses(address);
      callback(refusal === undefined ? null : Object.assign(new Error('refused'), refusal));
    },
    onData: (stream, _session, done) => {
      const take = async () => mailbox.mails.push(await simpleParser(stream));
      void take().finally(done);
    },
  });
  server.on('error', () => undefined); // a client that doesn't trust it hangs up
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mailbox: Mailbox = {
    port: (server.server.address() as AddressInfo).port,
    mails: [],
    receivers: [],
    refuses: () => undefined,
    refusesSender: false,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
  return mailbox;
}
