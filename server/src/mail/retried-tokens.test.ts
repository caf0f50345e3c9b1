import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Mailbox, mailSettings, sendMails, startMailbox } from '../../../proof/harness/mailbox.ts';
import { type Person, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let mailbox: Mailbox;
let person: Person;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer(mailSettings(mailbox));
});
afterAll(async () => {
  await server.stop();
  await mailbox.stop();
});

describe('a mail with a one-time token that is retried after a failed attempt', () => {
  beforeEach(async () => {
    const { owner } = server.database;
    person = await registerPerson(server);
    await owner.query('delete from mails');
    const { client, email, password: current_password } = person;
    await client.request_password_reset({ body: { email } });
    await client.request_email_change({ body: { email: someAddress(), current_password } });
    mailbox.mails = [];
    mailbox.refuses = () => ({ responseCode: 451 });
    await sendMails(server, { log });
    const { rows } = await owner.query('update mails set next_attempt_at = now() returning attempts');
    expect(rows).toEqual([{ attempts: 1 }, { attempts: 1 }]);
    mailbox.refuses = () => undefined;
  });

  test('says how long the token is still valid', async () => {
    const passes = `set expires_at = expires_at - interval '45 minutes' where user_id = $1`;
    await server.database.owner.query(`update password_resets ${passes}`, [person.user.id]);
    await sendMails(server, { log });
    const said = mailbox.mails.map(({ text }) => /within ([\w ]+):/.exec(text ?? '')?.[1]);
    expect(said).toEqual(['15 minutes', '15 minutes']);
  });

  test('is not sent if the token has ended', async () => {
    const body = { current_password: person.password, new_password: 'correct horse battery' };
    await person.client.change_password({ body });
    await sendMails(server, { log });
    const { rowCount: waiting } = await server.database.owner.query('select from mails');
    expect([mailbox.mails, waiting]).toEqual([[], 0]);
  });
});
