import tls from 'node:tls';
import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeAuthority } from '../../../proof/harness/certificates.ts';
import { app_url, type Mailbox, mailSettings, sendMails, startMailbox } from '../../../proof/harness/mailbox.ts';
import { makeTeam as makeUnconfirmed, type Team } from '../../../proof/harness/make.ts';
import { confirmAddresses, type Person, registerPerson, someAddress } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { changeEmail, disableUser } from '../accounts/operator.ts';
import { readConfig } from '../config.ts';
import { createPool } from '../db/pool.ts';
import { mailLoops } from './mailer.ts';

let server: TestServer;
let mailbox: Mailbox;
let pool: pg.Pool;
const told: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => told.push(line) });

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer({ ...mailSettings(mailbox), BATON_AUTH_LIMIT_PER_ADDRESS: '1000' });
  const limits = { max: 2, statement_timeout_ms: 30_000, lock_timeout_ms: 1_000, on_error: () => undefined };
  pool = createPool({ url: server.database.url, role: 'baton_worker', ...limits });
});
beforeEach(() => {
  Object.assign(mailbox, {
    mails: [],
    receivers: [],
    refuses: () => undefined,
    before: () => undefined,
    refusesSender: false,
  });
  told.length = 0;
});
/** Registers somebody whose queued mails are deleted, including the one to confirm their address. */
async function register(fields: { name?: string } = {}): Promise<Person> {
  const person = await registerPerson(server, fields);
  await server.database.owner.query('delete from mails');
  return person;
}
/** Makes a team whose owner may invite by mail, and deletes its queued mails. */
async function makeTeam(): Promise<Team> {
  const team = await makeUnconfirmed(server);
  await confirmAddresses(server, team.owner);
  await server.database.owner.query('delete from mails');
  return team;
}
afterEach(() => server.database.owner.query('delete from mails'));
afterAll(async () => {
  await pool.end();
  await server.stop();
  await mailbox.stop();
});

const waiting = async () =>
  (await server.database.owner.query<{ attempts: number; sealed: Buffer }>('select attempts, sealed from mails')).rows;

/** Runs workers that send the due mails. */
async function send({ workers = 1, env = {} }: { workers?: number; env?: Record<string, string> } = {}): Promise<void> {
  const { mail } = Object.keys(env).length === 0 ? server.config : readConfig({ ...process.env, ...env });
  await sendMails(server, { workers, log, settings: mail });
}

const request = ({ client }: Pick<Person, 'client'>, email: string) =>
  client.raw.request_password_reset({ body: { email } });

/** Returns the token in the link of the first mail. */
function tokenIn(page: string): string {
  const [mail] = mailbox.mails;
  const [, token] = new RegExp(`^${app_url}/${page}#(\\S+)$`, 'm').exec(mail?.text ?? '') ?? [];
  return token ?? '';
}

describe('a new password by mail', () => {
  test('is set with the single-use token in the link, and ends every session', async () => {
    const person = await register({ name: 'Zoë Ångström' });
    expect(await request(person, person.email.toUpperCase())).toMatchObject({ status: 202, body: undefined });
    await send();
    const [mail] = mailbox.mails;
    expect(mail).toMatchObject({ subject: 'Set a new password', from: { text: '"Baton" <baton@example.com>' } });
    expect(mail?.to).toMatchObject({ text: person.email });
    expect(mail?.text).toContain('Hello Zoë Ångström,');
    expect(mail?.text).toContain('within 60 minutes');
    const body = { token: tokenIn('reset-password'), new_password: 'correct horse battery' };
    await person.client.reset_password({ body });
    expect((await person.client.raw.reset_password({ body })).status).toBe(401);
    expect((await person.client.raw.get_me()).status).toBe(401);
    const again = await person.client.login({ body: { email: person.email, password: body.new_password } });
    person.client.access_token = again.access_token;
    const { data } = await person.client.list_my_audit({});
    expect(data.map(({ action }) => action)).toContain('password_reset_mailed');
  });

  test('is not mailed for an unknown or disabled account, though the response is the same', async () => {
    const [person, disabled] = [await register(), await register()];
    await disableUser(server.database.owner, disabled.email);
    const responses = [];
    for (const email of [person.email, disabled.email, someAddress()]) responses.push(await request(person, email));
    const shown = responses.map(({ status, body, headers }) => [
      status,
      body,
      [...headers.keys()].sort(),
      headers.get('content-length'),
    ]);
    expect(shown[1]).toEqual(shown[0]);
    expect(shown[2]).toEqual(shown[0]);
    const rows = await waiting();
    expect(new Set(rows.map(({ sealed }) => Math.abs(sealed.length - (rows[0]?.sealed.length ?? 0)) < 40))).toEqual(
      new Set([true]),
    );
    await send();
    expect(mailbox.mails.map(({ to }) => (to as { text: string }).text)).toEqual([person.email]);
    expect(await waiting()).toEqual([]);
  });

  test('can be requested three times for an address in 15 minutes, whether or not it is an account’s', async () => {
    const person = await register();
    for (const email of [person.email, someAddress()]) {
      const statuses = [];
      for (let n = 0; n < 4; n++) statuses.push((await request(person, email)).status);
      expect(statuses).toEqual([202, 202, 202, 429]);
    }
  });

  test('can be set with the token of the first of two mails, after which the second token is refused', async () => {
    const person = await register();
    await request(person, person.email);
    await send();
    const first = tokenIn('reset-password');
    await request(person, person.email);
    await send();
    expect(mailbox.mails).toHaveLength(2);
    await person.client.reset_password({ body: { token: first, new_password: 'correct horse battery' } });
    mailbox.mails.shift();
    const second = { token: tokenIn('reset-password'), new_password: 'another horse battery' };
    expect((await person.client.raw.reset_password({ body: second })).status).toBe(401);
  });

  test('is counted in one entry an hour in the account’s audit log, however many mails are requested', async () => {
    const person = await register();
    for (let n = 0; n < 3; n++) {
      await request(person, person.email);
      await send();
    }
    expect(mailbox.mails).toHaveLength(3);
    const { data } = await person.client.list_my_audit({});
    const last_at = expect.stringMatching(/Z$/) as string;
    expect(data.map(({ action, detail }) => [action, detail])).toEqual([
      ['password_reset_mailed', { mails: 3, last_at }],
      ['registered', {}],
    ]);
  });

  test('is refused if the server sends no mail', async () => {
    const without = await startServer({}, { database: server.database });
    const person = await registerPerson(without);
    expect(await request(person, person.email)).toMatchObject({ status: 403, body: { code: 'mail_not_configured' } });
    await without.stop();
  });
});

describe('a mail', () => {
  test('does not show its receiver’s address in the database or the log', async () => {
    const person = await register();
    await request(person, person.email);
    const [row] = await waiting();
    expect(row?.sealed.toString('latin1')).not.toContain(person.email);
    mailbox.refuses = () => ({ responseCode: 451 });
    await send();
    expect(told).toHaveLength(1);
    expect(told.join()).not.toContain(person.email);
  });

  test('is retried after a temporary failure, with the same Message-ID', async () => {
    const person = await register();
    await request(person, person.email);
    mailbox.refuses = () => ({ responseCode: 451 });
    await send();
    await send(); // it is not due yet
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);
    expect(mailbox.receivers).toHaveLength(1);
    const tokens = 'select count(*)::int as n from password_resets where user_id = $1 and new_email is null';
    expect((await server.database.owner.query(tokens, [person.user.id])).rows).toEqual([{ n: 1 }]);
    const { rows } = await server.database.owner.query<{ id: string }>(
      'update mails set next_attempt_at = now() returning id',
    );
    mailbox.refuses = () => undefined;
    await send();
    expect(mailbox.mails.map(({ messageId }) => messageId)).toEqual([`<${rows[0]?.id}@tickets.example.com>`]);
    expect(await waiting()).toEqual([]);
    expect((await server.database.owner.query(tokens, [person.user.id])).rows).toEqual([{ n: 1 }]);
  });

  test('is given up if the mail server refuses it permanently', async () => {
    const person = await register();
    await request(person, person.email);
    mailbox.refuses = () => ({ responseCode: 550 });
    await send();
    expect(await waiting()).toEqual([]);
    expect(told.join()).toContain('refused, and given up');
    // A refusal of the sender may be caused by the settings, so the mail is retried.
    await request(person, person.email);
    mailbox.refusesSender = true;
    await send();
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);
  });

  test.each([
    ['554 5.7.1 Relay access denied', false],
    ['550 5.4.5 Daily user sending quota exceeded', false],
    ['552 5.2.2 Mailbox full', false],
    ['550 5.1.1 No such user', true],
    ['550 No such user', true],
  ])('that is refused with “%s” is given up: %s', async (message, is_given_up) => {
    const person = await register();
    await request(person, person.email);
    mailbox.refuses = () => ({ responseCode: Number(message.slice(0, 3)), message: message.slice(4) });
    await send();
    expect(await waiting()).toHaveLength(is_given_up ? 0 : 1);
  });

  test('that somebody waits for is sent while slow mails are in progress, and before mails that can wait', async () => {
    const { owner, workspace_id } = await makeTeam();
    const slow = Promise.withResolvers<void>();
    mailbox.before = (address) => (address === owner.email ? undefined : slow.promise);
    for (let n = 0; n < 5; n++) {
      await owner.client.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } });
    }
    const sending = send();
    const within = { timeout: 20_000 };
    await expect.poll(() => mailbox.receivers.length, within).toBe(3); // one place stays free
    await request(owner, owner.email);
    await expect.poll(() => mailbox.mails.map(({ subject }) => subject), within).toEqual(['Set a new password']);
    slow.resolve();
    await sending;
    expect(mailbox.mails).toHaveLength(6);
  });

  test('caused by one person is not delayed by many mails that another caused', async () => {
    const [one, other] = [await makeTeam(), await makeTeam()];
    const invite = async ({ owner, workspace_id }: Team, email = someAddress()) => {
      await owner.client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
      return email;
    };
    // Three mails are sent at a time. Each waits for the other two, so
    // that a slow connection doesn't change their order.
    const held: (() => void)[] = [];
    mailbox.before = () =>
      new Promise((resolve) => {
        if (held.push(resolve) === 3) for (const go of held.splice(0)) go();
      });
    for (let n = 0; n < 8; n++) await invite(one);
    const first = await invite(other);
    await send();
    expect(mailbox.receivers.slice(0, 3)).toContain(first);
    for (let n = 0; n < 8; n++) await invite(one);
    // Half of the mails have been sent.
    await server.database.owner.query(
      'delete from mails where id in (select id from mails order by created_at limit 4)',
    );
    const second = [await invite(other), await invite(other)];
    mailbox.receivers = [];
    await send();
    expect(mailbox.receivers.slice(0, 6)).toEqual(expect.arrayContaining(second));
  });

  test('has no encoded words in its subject', async () => {
    const { owner, workspace_id } = await makeTeam();
    const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;
    await owner.client.update_me({ if_match: '*', body: { name: encoded('Your account\r\nBcc: x') } });
    await owner.client.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } });
    await send();
    expect(mailbox.mails[0]?.subject).toContain('invites you to Team');
    expect(mailbox.mails[0]?.subject).not.toMatch(/=\?|Bcc/);
  });

  test('is given up once it has expired, and waits if it was queued under another BATON_SECRET', async () => {
    const person = await register();
    await request(person, person.email);
    await server.database.owner.query("update mails set expires_at = now() - interval '1 second'");
    await send();
    await request(person, person.email);
    await server.database.owner.query("update mails set sealed = sealed || '\\x00'");
    await send();
    // It waits for a process that has the right secret.
    expect(await waiting()).toMatchObject([{ attempts: 1 }]);
    expect(mailbox.receivers).toEqual([]);
    expect(told).toHaveLength(2);
  });

  test('is given up once it has expired, even by a worker that sends no mail', async () => {
    const [person, other] = [await register(), await register()];
    await request(person, person.email);
    await server.database.owner.query("update mails set expires_at = now() - interval '1 second'");
    await request(other, other.email);
    const [loop] = mailLoops(pool, undefined, log);
    loop?.start();
    await expect.poll(waiting).toHaveLength(1);
    await loop?.stop(1_000);
  });

  test('is sent by only one of two workers', async () => {
    const people = await Promise.all(Array.from({ length: 30 }, () => register()));
    await Promise.all(people.map((person) => request(person, person.email)));
    await send({ workers: 2 });
    expect(mailbox.mails.map(({ to }) => (to as { text: string }).text).sort()).toEqual(
      people.map(({ email }) => email).sort(),
    );
  });

  test('is not sent unencrypted or to a server with an untrusted certificate if TLS is required', async () => {
    const person = await register();
    await request(person, person.email);
    const doubtful = await startMailbox({ tls: true });
    const strict = (box: Mailbox) => mailSettings(box, { BATON_SMTP_TLS: 'required' });
    await send({ env: strict(mailbox) });
    await server.database.owner.query('update mails set next_attempt_at = now()');
    await send({ env: strict(doubtful) });
    await doubtful.stop();
    expect([...mailbox.receivers, ...doubtful.receivers]).toEqual([]);
    expect(await waiting()).toMatchObject([{ attempts: 2 }]);
    // Control: a certificate signed by a trusted authority.
    const authority = await makeAuthority();
    const usual = tls.getCACertificates('default');
    onTestFinished(() => tls.setDefaultCACertificates(usual));
    tls.setDefaultCACertificates([...usual, authority.certificate]);
    const sound = await startMailbox({ tls: await authority.vouchFor('localhost') });
    onTestFinished(() => sound.stop());
    await server.database.owner.query('update mails set next_attempt_at = now()');
    await send({ env: { ...strict(sound), BATON_SMTP_URL: `smtp://localhost:${sound.port}` } });
    expect(sound.mails).toHaveLength(1);
    expect(await waiting()).toEqual([]);
  });
});

describe('an invitation', () => {
  test('is mailed to its address with the link to accept it', async () => {
    const { owner, stranger, workspace_id } = await makeTeam();
    await owner.client.update_me({ if_match: '*', body: { name: 'Ida' } });
    const invited = { workspace_id, body: { email: stranger.email, role: 'admin' as const } };
    const { token } = await owner.client.create_invitation(invited);
    await send();
    expect(mailbox.mails).toHaveLength(1);
    expect(mailbox.mails[0]).toMatchObject({ subject: 'Ida invites you to Team' });
    expect(mailbox.mails[0]?.text).toContain('as an admin');
    expect(tokenIn('accept-invitation')).toBe(token);
    await stranger.client.accept_invitation({ body: { token } });
  });

  test('is not mailed if the inviter’s address is unconfirmed, and the response says so', async () => {
    const { owner, stranger, workspace_id } = await makeTeam();
    const invite = (email: string) => owner.client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
    expect(await invite(someAddress())).toMatchObject({ mailed: true });
    await changeEmail(server.database.owner, { from: owner.email, to: someAddress() });
    const { mailed, token } = await invite(stranger.email);
    expect(mailed).toBe(false);
    expect(await waiting()).toHaveLength(1);
    await stranger.client.accept_invitation({ body: { token } });
  });

  test('shows names without links, and an account can send 50 in 15 minutes', async () => {
    const { owner, workspace_id } = await makeTeam();
    const name = 'Win at https://evil.example.com/now';
    await owner.client.update_workspace({ if_match: '*', workspace_id, body: { name } });
    const invite = () =>
      owner.client.raw.create_invitation({ workspace_id, body: { email: someAddress(), role: 'viewer' } });
    const statuses = new Map<number, number>();
    for (let n = 0; n < 50; n++) {
      const { status } = await invite();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([[201, 50]]);
    expect((await invite()).status).toBe(429);
    await server.database.owner.query('delete from mails where id not in (select id from mails limit 1)');
    await send();
    expect(mailbox.mails[0]?.subject).toContain('https: / / evil. example. com/ now');
    expect(mailbox.mails[0]?.text).not.toContain('evil.example.com');
  });

  test('that was revoked, accepted or refused is not mailed', async () => {
    const { owner, viewer, stranger, workspace_id } = await makeTeam();
    const invite = (email: string) => owner.client.create_invitation({ workspace_id, body: { email, role: 'viewer' } });
    const { id: invitation_id } = await invite(someAddress());
    await owner.client.revoke_invitation({ workspace_id, invitation_id });
    const { token } = await invite(stranger.email);
    await stranger.client.accept_invitation({ body: { token } });
    expect(
      (await owner.client.raw.create_invitation({ workspace_id, body: { email: viewer.email, role: 'viewer' } }))
        .status,
    ).toBe(409);
    expect(await waiting()).toHaveLength(2);
    await send();
    expect(mailbox.mails).toEqual([]);
    expect(await waiting()).toEqual([]);
  });
});
