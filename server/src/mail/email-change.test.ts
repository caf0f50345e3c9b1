import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { conformingClient } from '../../../proof/harness/conformance.ts';
import { notifyPeople } from '../../../proof/harness/events.ts';
import {
  app_url,
  type Mailbox,
  mailSettings,
  queuedMails,
  sendMails,
  startMailbox,
} from '../../../proof/harness/mailbox.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { confirmAddresses, type Person, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { changeEmail, disableUser, offerPasswordReset } from '../accounts/operator.ts';

let server: TestServer;
let mailbox: Mailbox;
let person: Person;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer({
    ...mailSettings(mailbox),
    BATON_AUTH_LIMIT_PER_ADDRESS: '1000',
    BATON_AUTH_LIMIT_PER_ACCOUNT: '10',
  });
});
beforeEach(async () => {
  person = await registerPerson(server);
  await server.database.owner.query('delete from mails');
  mailbox.mails = [];
});
afterAll(async () => {
  await server.stop();
  await mailbox.stop();
});

const send = () => sendMails(server, { log });
const ask = (email: string, current_password = person.password) =>
  person.client.raw.request_email_change({ body: { email, current_password } });
const confirm = (token: string) => person.client.raw.confirm_email({ body: { token } });
/** Returns the token of the latest queued mail. */
async function queued(): Promise<string> {
  const order = (await queuedMails(server)).findLast(({ kind }) => kind === 'email_change');
  return order?.kind === 'email_change' ? order.token : '';
}
const address = async () => (await person.client.get_me()).email;
const signIn = (email: string) => person.client.raw.login({ body: { email, password: person.password } });

describe('an address', () => {
  test('is confirmed by a correct token even in a network whose wrong ones have used up their limit', async () => {
    const own = await startServer({ BATON_AUTH_LIMIT_PER_ADDRESS: '1' }, { database: server.database });
    try {
      const guest = conformingClient(own.url);
      const wrong = async () => (await guest.raw.confirm_email({ body: { token: 'bct_' } })).status;
      expect([await wrong(), await wrong()].at(-1)).toBe(429);
      const to = someAddress();
      await ask(to);
      expect((await guest.raw.confirm_email({ body: { token: await queued() } })).status).toBe(204);
      expect(await address()).toBe(to);
    } finally {
      await own.stop();
    }
  });

  test('that was never confirmed gets no notice when it is replaced', async () => {
    await ask(someAddress());
    expect((await confirm(await queued())).status).toBe(204);
    mailbox.mails = [];
    await send();
    expect(mailbox.mails).toEqual([]);
  });

  test('is changed with a single-use token sent to the new address, and the old address gets a notice', async () => {
    await confirmAddresses(server, person);
    const new_email = someAddress();
    expect(await ask(new_email.toUpperCase())).toMatchObject({ status: 202, body: undefined });
    expect(await address()).toBe(person.email);
    await send();
    expect(mailbox.mails).toMatchObject([{ subject: 'Confirm your new address', to: { text: new_email } }]);
    const [, token = ''] =
      new RegExp(`^${app_url}/confirm-email#(\\S+)$`, 'm').exec(mailbox.mails[0]?.text ?? '') ?? [];
    expect((await confirm(token)).status).toBe(204);
    expect((await person.client.get_me()).email_confirmed_at).not.toBeNull();
    expect(await address()).toBe(new_email); // its session continues
    expect(await confirm(token)).toMatchObject({ status: 401, body: { code: 'invalid_confirmation_token' } });
    expect([(await signIn(person.email)).status, (await signIn(new_email)).status]).toEqual([401, 200]);
    mailbox.mails = [];
    await send();
    expect(mailbox.mails).toMatchObject([
      { subject: 'The address of your account has changed', to: { text: person.email } },
    ]);
    expect(mailbox.mails[0]?.text).toContain(new_email);
    const { data } = await person.client.list_my_audit({});
    expect(data.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['email_change_requested', 'email_changed']),
    );
  });

  test('cannot be changed without the password, and each wrong password counts as a guess', async () => {
    expect(await ask(someAddress(), 'not the password')).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    });
    expect(await queuedMails(server)).toEqual([]);
    await expect
      .poll(async () => (await person.client.list_my_audit({})).data.map(({ action }) => action))
      .toContain('email_change_failed');
    const change = { current_password: 'not it either', new_password: 'a long enough one' };
    let last = 0;
    for (let n = 0; n < server.config.auth_limit_per_account; n++) {
      const raw = n % 2 === 0 ? ask(someAddress(), 'wrong') : person.client.raw.change_password({ body: change });
      last = (await raw).status;
    }
    expect(last).toBe(429);
  });

  test('of a new account is confirmed with a mailed token, which can be requested again', async () => {
    const { client, email, password } = await registerPerson(server);
    const confirmedAt = async () => (await client.get_me()).email_confirmed_at;
    const again = () => client.raw.request_email_change({ body: { email, current_password: password } });
    expect(await queuedMails(server)).toMatchObject([{ kind: 'email_change', email }]);
    expect((await again()).status).toBe(202);
    await send();
    expect(mailbox.mails).toMatchObject([{ subject: 'Confirm your address' }, { subject: 'Confirm your address' }]);
    expect(await confirmedAt()).toBeNull();
    const [, other = ''] = /confirm-email#(\S+)/.exec(mailbox.mails[1]?.text ?? '') ?? [];
    const [, token = ''] =
      new RegExp(`^${app_url}/confirm-email#(\\S+)$`, 'm').exec(mailbox.mails[0]?.text ?? '') ?? [];
    expect((await confirm(token)).status).toBe(204);
    expect(await confirmedAt()).not.toBeNull();
    expect([(await confirm(token)).status, (await confirm(other)).status]).toEqual([401, 401]);
    expect(await again()).toMatchObject({ status: 422, body: { errors: [{ pointer: '/email' }] } });
    expect(await queuedMails(server)).toEqual([]); // the address has not changed, so there is no notice
    const actions = (await client.list_my_audit({})).data.map(({ action }) => action);
    expect(actions.slice(0, 2)).toEqual(['email_confirmed', 'email_change_requested']);
  });

  test('gets notifications by mail only once it is confirmed, and no earlier ones', async () => {
    const team = await makeTeam(server);
    const { owner, admin, workspace_id } = team;
    const { id: ticket } = await makeTicket(team);
    const mention = async (words: string) => {
      await owner.client.create_comment({ workspace_id, ticket, body: { body: `@${admin.user.id} ${words}` } });
      await notifyPeople(server.database.url, { mail_after_s: 0 });
      await send();
      const mails = mailbox.mails.filter(({ to }) => (to as { text: string }).text === admin.email);
      mailbox.mails = [];
      return mails
        .filter(({ subject }) => subject?.startsWith('['))
        .map(({ text }) => /\w+ time/.exec(text ?? '')?.[0]);
    };
    expect(await mention('first time')).toEqual([]);
    await admin.client.request_email_change({ body: { email: admin.email, current_password: admin.password } });
    await confirm(await queued());
    expect(await mention('second time')).toEqual(['second time']);
    // The operator changes the account's address while a mail waits.
    await owner.client.create_comment({ workspace_id, ticket, body: { body: `@${admin.user.id} third time` } });
    await notifyPeople(server.database.url, { mail_after_s: 0 });
    mailbox.refuses = () => ({ responseCode: 451 });
    await send();
    mailbox.refuses = () => undefined;
    await changeEmail(server.database.owner, { from: admin.email, to: someAddress() });
    await server.database.owner.query('update mails set next_attempt_at = now()');
    await send();
    expect(mailbox.mails).toEqual([]);
  });

  test('that the operator sets is unconfirmed', async () => {
    await server.database.owner.query('update users set email_confirmed_at = now() where id = $1', [person.user.id]);
    await changeEmail(server.database.owner, { from: person.email, to: someAddress() });
    expect((await person.client.get_me()).email_confirmed_at).toBeNull();
  });

  test('is refused on request if it is the confirmed one already, and on confirmation if somebody else has it', async () => {
    await server.database.owner.query('update users set email_confirmed_at = now() where id = $1', [person.user.id]);
    expect(await ask(person.email)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/email' }] } });
    const other = await registerPerson(server);
    expect((await ask(other.email)).status).toBe(202); // the response doesn't reveal that the address is taken
    expect(await confirm(await queued())).toMatchObject({ status: 409, body: { code: 'email_taken' } });
    expect(await address()).toBe(person.email);
  });

  test.each<[string, () => Promise<unknown>]>([
    [
      'the password was changed',
      async () => {
        const change = { current_password: person.password, new_password: 'another long enough one' };
        person.client.access_token = (await person.client.change_password({ body: change })).access_token;
      },
    ],
    ['the account was disabled', () => disableUser(server.database.owner, person.email)],
    [
      'a new password was set with a one-time token',
      async () => {
        const token = (await offerPasswordReset(server.database.owner, person.email, 60)) ?? '';
        await person.client.reset_password({ body: { token, new_password: 'another long enough one' } });
      },
    ],
    [
      'the token has expired',
      () => server.database.owner.query('update password_resets set expires_at = now() where new_email is not null'),
    ],
  ])('is not changed once %s, and its mail is not sent', async (_, end) => {
    await ask(someAddress());
    const token = await queued();
    await end();
    await send();
    expect(mailbox.mails).toEqual([]);
    expect((await confirm(token)).status).toBe(401);
  });

  test('cannot be confirmed with a token for a new password, nor can its token set a password', async () => {
    await ask(someAddress());
    const token = await queued();
    const reset = await offerPasswordReset(server.database.owner, person.email, 60);
    expect(reset).toBeDefined(); // it has ended the other token
    expect((await confirm((reset ?? '').replace(/^bpt_/, 'bct_'))).status).toBe(401);
    const body = { token: token.replace(/^bct_/, 'bpt_'), new_password: 'another long enough one' };
    expect((await person.client.raw.reset_password({ body })).status).toBe(401);
  });

  test('is changed by only one of two concurrent confirmations', async () => {
    await ask(someAddress());
    const token = await queued();
    const statuses = (await Promise.all([confirm(token), confirm(token)])).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, 401]);
  });

  test('can be sent three mails in 15 minutes, and an account can request five', async () => {
    const email = someAddress();
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await ask(email)).status);
    for (let n = 0; n < 3; n++) statuses.push((await ask(someAddress())).status);
    expect(statuses).toEqual([202, 202, 202, 429, 202, 202, 429]);
  });

  test('can’t be changed by mail if the server sends none', async () => {
    const without = await startServer({}, { database: server.database });
    const { client, password } = await registerPerson(without);
    const body = { email: someAddress(), current_password: password };
    expect(await client.raw.request_email_change({ body })).toMatchObject({
      status: 403,
      body: { code: 'mail_not_configured' },
    });
    await client.logout();
    expect((await client.raw.request_email_change({ body })).status).toBe(401); // the session is checked first
    await without.stop();
  });
});
