import type pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { keepDelivering } from '../../../proof/harness/deliveries.ts';
import { numberEvents } from '../../../proof/harness/events.ts';
import { type Mailbox, startMailbox } from '../../../proof/harness/mailbox.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import { confirmAddresses, registerPerson } from '../../../proof/harness/people.ts';
import { type Receiver, startReceiver } from '../../../proof/harness/receiver.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { Sequencer } from '../audit/sequencer.ts';
import { createPool } from '../db/pool.ts';
import { Mailer } from '../mail/mailer.ts';
import { jobsWork, runJobs } from './command.ts';
import type { Report } from './report.ts';

let server: TestServer;
let mailbox: Mailbox;
let pool: pg.Pool;
const quiet = pino({ level: 'silent' });

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer({
    BATON_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}`,
    BATON_SMTP_TLS: 'off',
    BATON_MAIL_FROM: 'Baton <baton@example.com>',
    BATON_APP_URL: 'https://tickets.example.com',
    BATON_WEBHOOK_PRIVATE: 'on',
    BATON_WEBHOOK_RETRIES_S: '0',
  });
  const limits = { max: 4, statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  pool = createPool({ url: server.database.url, role: 'baton_worker', ...limits });
});
beforeEach(async () => {
  Object.assign(mailbox, { mails: [], receivers: [], refuses: () => undefined });
  await look('delete from mails');
});
afterAll(async () => {
  await pool.end();
  await server.stop();
  await mailbox.stop();
});

const look = async <Row>(text: string, ...values: unknown[]) =>
  (await server.database.owner.query(text, values)).rows as Row[];

/** Does what `npm run jobs -- …` does, without starting a process. */
async function jobs(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const work = jobsWork(words);
  if (work === undefined) return { code: 2, out: '', err: '' };
  const printing = { print: (text: string) => out.push(text), warn: (line: string) => err.push(line) };
  const code = await runJobs(work, { ...server.config, url: server.database.url }, printing);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const report = async () => JSON.parse((await jobs('--json')).out) as Report;
const waits = async (what: string) => (await report()).waiting.find((one) => one.what === what);

/** Numbers events, notifies and delivers until the end of the test. */
function work(): void {
  const worker = keepDelivering(server, () => undefined);
  onTestFinished(() => worker.stop());
}

async function hook({ owner, workspace_id }: Team, react?: Receiver['react']) {
  const receiver = await startReceiver(react);
  onTestFinished(() => receiver.stop());
  const body = { url: `${receiver.url}?key=secret`, types: ['ticket.created' as const] };
  const { id } = await owner.client.create_webhook({ workspace_id, body });
  return { receiver, id };
}

describe('a delivery that was given up', () => {
  const of = async (webhook_id: string) =>
    (await report()).given_up_deliveries.listed.filter((one) => one.webhook_id === webhook_id);

  test('is listed without its address and text, does not affect other webhooks, and is sent after a retry', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner } = team;
    let is_poison = true;
    const dead = await hook(team, () => (is_poison ? { status: 422, body: 'A private response' } : {}));
    const sound = await hook(team);
    work();
    await makeTicket(team, { title: 'A private title' });
    await expect.poll(() => of(dead.id), { timeout: 15_000 }).toHaveLength(1);
    await expect.poll(() => sound.receiver.accepted().length).toBe(1);
    const [given_up] = await of(dead.id);
    expect(given_up).toMatchObject({ workspace_id, attempts: 2, last_status: 422, last_error: null });
    for (const { out } of [await jobs(), await jobs('--json')]) {
      expect(out).toContain(dead.id);
      expect(out).not.toMatch(/private|secret|127\.0\.0\.1/);
    }
    is_poison = false;
    const { event_id = '' } = given_up ?? {};
    expect(await jobs('retry', 'delivery', dead.id, event_id)).toEqual({
      code: 0,
      out: 'Retried 1 delivery.',
      err: '',
    });
    await expect.poll(() => dead.receiver.accepted().length, { timeout: 15_000 }).toBe(1);
    expect(await of(dead.id)).toEqual([]);
    expect(sound.receiver.received.length).toBe(1);
    const { data } = await owner.client.list_audit({ workspace_id, action: 'webhook.redelivered' });
    expect(data).toMatchObject([{ subject_id: dead.id, request_id: 'operator', after: { queued: 1 } }]);
    // It has been sent, so it can't be retried again.
    const again = await jobs('retry', 'delivery', dead.id, event_id);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('has not given up event') });
    expect((await owner.client.list_audit({ workspace_id, action: 'webhook.redelivered' })).data.length).toBe(1);
  });

  test('is retried with all others of its workspace, without those of other workspaces', async () => {
    const [team, other] = [await makeTeam(server), await makeTeam(server)];
    let is_down = true;
    const react = () => (is_down ? { status: 500 } : {});
    const [mine, theirs] = [await hook(team, react), await hook(other, react)];
    work();
    for (let n = 0; n < 3; n++) await makeTicket(team);
    await makeTicket(other);
    await expect.poll(() => of(mine.id), { timeout: 20_000 }).toHaveLength(3);
    await expect.poll(() => of(theirs.id), { timeout: 20_000 }).toHaveLength(1);
    is_down = false;
    expect(await jobs('retry', 'workspace', team.workspace_id)).toMatchObject({
      code: 0,
      out: 'Retried 3 deliveries.',
    });
    await expect.poll(() => mine.receiver.accepted().length, { timeout: 15_000 }).toBe(3);
    expect(await of(theirs.id)).toHaveLength(1);
    expect((await jobs('retry', 'all', 'deliveries')).code).toBe(0);
    await expect.poll(() => theirs.receiver.accepted().length, { timeout: 15_000 }).toBe(1);
  });

  test('is reported if its webhook is paused, disabled or no longer gets such events', async () => {
    const team = await makeTeam(server);
    const { workspace_id, owner } = team;
    const { id, receiver } = await hook(team, () => ({ status: 500 }));
    const worker = keepDelivering(server, () => undefined);
    await makeTicket(team);
    await makeTicket(team);
    await expect.poll(() => of(id), { timeout: 15_000 }).toHaveLength(2);
    await worker.stop();
    const at = { workspace_id, webhook_id: id, if_match: '*' as const };
    const [first, second] = (await of(id)).map(({ event_id }) => event_id) as [string, string];
    await owner.client.update_webhook({ ...at, body: { types: ['comment.created'] } });
    const unwanted = await jobs('retry', 'delivery', id, first);
    expect(unwanted).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no longer gets 1 of the events'),
    });
    await owner.client.update_webhook({ ...at, body: { types: null } });
    await look(`update webhooks set state = 'disabled', state_reason = 'gone' where id = $1`, id);
    const disabled = await jobs('retry', 'delivery', id, first);
    expect(disabled).toMatchObject({ code: 1, out: '', err: expect.stringContaining('is disabled') });
    expect(await of(id)).toHaveLength(2);
    await owner.client.update_webhook({ ...at, body: { state: 'paused' } });
    const paused = await jobs('retry', 'delivery', id, second);
    expect(paused).toMatchObject({ code: 0, out: 'Retried 1 delivery.', err: expect.stringContaining('is paused') });
    expect(await waits('webhook_deliveries, of webhooks that are paused or disabled')).toMatchObject({ count: 1 });
    expect(receiver.received.length).toBe(4);
  });
});

describe('a workspace that is set aside', () => {
  /** Adds a second outbox entry for a ticket's version, which no write of the server does. */
  async function poison(): Promise<Team> {
    const team = await makeTeam(server);
    const { id: ticket } = await makeTicket(team);
    await numberEvents(server.database.url);
    await look(
      `insert into outbox (workspace_id, id, actor_id, action, subject_type, subject_id, subject_version, request_id)
       values ($1, gen_random_uuid(), $2, 'ticket.updated', 'ticket', $3, 1, 'seed-0001')`,
      team.workspace_id,
      team.owner.user.id,
      ticket,
    );
    return team;
  }

  const sequencer = (log = quiet) => new Sequencer(pool, log);
  const pass = { goesOn: () => true, count: () => undefined };
  const asideOf = async ({ workspace_id }: Team) =>
    (await report()).set_aside.listed.filter((one) => one.workspace_id === workspace_id);
  const remove = ({ workspace_id }: Team) => look('delete from outbox where workspace_id = $1', workspace_id);

  test('is listed with the kind of its error, whichever process failed, and does not block other workspaces', async () => {
    const [broken, sound] = [await poison(), await makeTeam(server)];
    await makeTicket(sound);
    await sequencer().pass(pass);
    expect(await look('select distinct workspace_id from outbox')).toEqual([{ workspace_id: broken.workspace_id }]);
    const [row] = await asideOf(broken);
    expect(row).toMatchObject({ task: 'events', subject_id: broken.workspace_id, failures: 1, error: '23505' });
    expect(row?.failing_s).toBeLessThan(60);
    expect(await waits('events, without a number')).toMatchObject({ count: 1, oldest_s: expect.any(Number) as number });
    // The list has the kind of the error, but neither its message nor values.
    expect((await jobs()).out).not.toMatch(/duplicate|Key \(|seed-0001/);
    // Another process continues the count.
    await sequencer().pass(pass);
    expect(await asideOf(broken)).toMatchObject([{ failures: 2 }]);
    await remove(broken);
    await look('delete from set_aside');
  });

  test('is tried at once after a retry, and is no longer listed once that has succeeded', async () => {
    const broken = await poison();
    const failures: number[] = [];
    const log = pino(
      { level: 'error' },
      { write: (line) => failures.push((JSON.parse(line) as { failures: number }).failures) },
    );
    const one = sequencer(log);
    const keep = async (until: () => boolean) => {
      while (!until()) {
        await one.pass(pass);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await keep(() => failures.length === 3); // after 1 and 2 s; without a look at the rows, the next try comes after 4 s
    const began = performance.now();
    expect(await jobs('retry', 'set-aside', broken.workspace_id)).toMatchObject({
      code: 0,
      out: 'Retried 1 workspace or webhook that was set aside.',
    });
    await keep(() => failures.length === 4);
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(failures.at(-1)).toBe(1);
    await remove(broken);
    await makeTicket(broken);
    await expect.poll(() => look('select 1 from outbox where workspace_id = $1', broken.workspace_id)).toHaveLength(1);
    await jobs('retry', 'all', 'set-aside');
    const until = performance.now() + 5_000;
    await keep(() => performance.now() > until);
    expect(await look('select 1 from outbox where workspace_id = $1', broken.workspace_id)).toEqual([]);
    expect(await asideOf(broken)).toEqual([]);
    const again = await jobs('retry', 'set-aside', broken.workspace_id);
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('is set aside') });
  }, 60_000);

  test('is also listed for the notifier and the deliverer, and no longer once the cause is fixed', async () => {
    const team = await makeTeam(server);
    const { receiver, id: webhook_id } = await hook(team);
    const { workspace_id } = team;
    const poisons = [
      `alter table notifications add constraint poison check (workspace_id <> '${workspace_id}') not valid`,
      `alter table deliveries add constraint poison check (workspace_id <> '${workspace_id}') not valid`,
    ];
    for (const poison of poisons) await look(poison);
    onTestFinished(async () => {
      await look('alter table notifications drop constraint if exists poison');
      await look('alter table deliveries drop constraint if exists poison');
    });
    work();
    const { id: ticket } = await makeTicket(team, { assignee_id: team.admin.user.id });
    const seen = async () =>
      (await asideOf(team)).map(({ task, subject_id, error }) => [task, subject_id, error]).sort();
    await expect.poll(seen, { timeout: 15_000 }).toEqual([
      ['notifier', workspace_id, '23514'],
      ['webhook_deliveries', webhook_id, '23514'],
    ]);
    expect(await waits('notifier, events')).toMatchObject({ oldest_s: expect.any(Number) as number });
    expect(await waits('webhook_deliveries, events to queue')).toMatchObject({
      oldest_s: expect.any(Number) as number,
    });
    await look('alter table notifications drop constraint poison');
    await look('alter table deliveries drop constraint poison');
    expect((await jobs('retry', 'workspace', workspace_id)).out).toContain('2 workspaces or webhooks');
    await expect.poll(() => receiver.accepted().length, { timeout: 15_000 }).toBe(1);
    const told = 'select count(*)::int as n from notifications where ticket_id = $1';
    await expect.poll(() => look(told, ticket), { timeout: 15_000 }).toEqual([{ n: 1 }]);
    await expect.poll(() => asideOf(team), { timeout: 15_000 }).toEqual([]);
  }, 60_000);
});

describe('a mail that was given up', () => {
  async function send(): Promise<void> {
    const { mail } = server.config;
    if (mail === undefined) throw new Error('The server has no mail.');
    const mailer = new Mailer({ ...server.config, pool, log: quiet, settings: mail });
    await mailer.pass({ goesOn: () => true, count: () => undefined });
    mailer.stop();
  }
  const givenUp = async () => (await report()).given_up_mails.listed;
  const request = async () => {
    const queued = await look<{ id: string }>('select id from mails');
    const person = await registerPerson(server);
    // Remove the mail that confirms the address.
    await look(
      'delete from mails where id <> all ($1)',
      queued.map(({ id }) => id),
    );
    await person.client.request_password_reset({ body: { email: person.email } });
    return person;
  };
  beforeEach(() => look('delete from given_up_mails'));

  test('is listed without its address, does not block other mails, and is sent with a fresh token after a retry', async () => {
    const [refused, sound] = [await request(), await request()];
    mailbox.refuses = (address) => (address === refused.email ? { responseCode: 550 } : undefined);
    await send();
    expect(mailbox.mails.map(({ to }) => (to as { text: string }).text)).toEqual([sound.email]);
    const [mail] = await givenUp();
    expect(mail).toMatchObject({ kind: 'password_reset', reason: 'refused', attempts: 1 });
    for (const { out } of [await jobs(), await jobs('--json')]) expect(out).not.toContain(refused.email);
    const [kept] = await look<{ sealed: Buffer }>('select sealed from given_up_mails');
    expect(kept?.sealed.toString('latin1')).not.toContain(refused.email);
    // Much later, when the token of the first attempt has expired.
    await look(`update password_resets set expires_at = now() - interval '1 hour' where user_id = $1`, refused.user.id);
    mailbox.refuses = () => undefined;
    expect(await jobs('retry', 'mail', mail?.id ?? '')).toEqual({ code: 0, out: 'Retried 1 mail.', err: '' });
    expect(await givenUp()).toEqual([]);
    await send();
    const [, token = ''] = /reset-password#(\S+)/.exec(mailbox.mails.at(-1)?.text ?? '') ?? [];
    await refused.client.reset_password({ body: { token, new_password: 'correct horse battery' } });
    expect(await look('select 1 from mails')).toEqual([]);
    const again = await jobs('retry', 'mail', mail?.id ?? '');
    expect(again).toMatchObject({ code: 1, out: '', err: expect.stringContaining('was not given up') });
  });

  test('keeps its priority after a retry, behind mails that somebody waits for', async () => {
    const { owner, workspace_id } = await makeTeam(server);
    await confirmAddresses(server, owner);
    await look('delete from mails');
    await owner.client.create_invitation({ workspace_id, body: { email: 'waits@example.com', role: 'viewer' } });
    await request();
    mailbox.refuses = () => ({ responseCode: 550 });
    await send();
    expect(await jobs('retry', 'all', 'mails')).toMatchObject({ code: 0, out: 'Retried 2 mails.' });
    expect(await look('select can_wait from mails order by can_wait')).toEqual([
      { can_wait: false },
      { can_wait: true },
    ]);
  });

  test('is listed once it has expired, in a bounded list, and all can be retried', async () => {
    for (let n = 0; n < 22; n++) await request();
    await look("update mails set expires_at = now() - interval '1 second'");
    await send();
    const { out } = await jobs();
    expect(out).toContain('Mails given up: 22   (npm run jobs -- retry mail MAIL)');
    expect(out.match(/^ {2}mail \S+ {2}password_reset {2}expired after 1 attempt/gm)?.length).toBe(20);
    expect(out).toContain('  and 2 more');
    expect(await jobs('retry', 'all', 'mails')).toEqual({ code: 0, out: 'Retried 22 mails.', err: '' });
    expect(await waits('mail, due')).toMatchObject({ count: 22 });
    await send();
    expect(mailbox.mails.length).toBe(22);
  });

  test('is not retried if its invitation has expired', async () => {
    const { owner, workspace_id } = await makeTeam(server);
    await confirmAddresses(server, owner);
    await look('delete from mails');
    await owner.client.create_invitation({ workspace_id, body: { email: 'late@example.com', role: 'viewer' } });
    await look("update mails set expires_at = now() - interval '1 second'");
    await send();
    const [mail] = await givenUp();
    expect(mail).toMatchObject({ kind: 'invitation', reason: 'expired' });
    const refused = await jobs('retry', 'mail', mail?.id ?? '');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('its token has expired') });
    expect(await givenUp()).toHaveLength(1);
    expect(await look('select 1 from mails')).toEqual([]);
  });

  test('is kept while it is among the latest 10,000', async () => {
    await look(
      `insert into given_up_mails (id, sealed, reason, attempts, queued_at, expires_at, given_up_at)
       select gen_random_uuid(), '', 'expired', 1, now(), now(), now() - interval '1 day' from generate_series(1, 10000)`,
    );
    await request();
    await look("update mails set expires_at = now() - interval '1 second'");
    await send();
    const { given_up_mails } = await report();
    expect(given_up_mails.count).toBe(10_000);
    expect(given_up_mails.listed.length).toBe(1_000);
    expect(given_up_mails.listed[0]).toMatchObject({ kind: 'password_reset' });
  });
});

test('unknown commands and invalid ids are refused', async () => {
  for (const words of [
    'retry',
    'retry mail',
    'retry all',
    'retry all mails now',
    'list',
    '--json 1',
    'retry delivery x',
  ]) {
    expect([words, (await jobs(...words.split(' '))).code]).toEqual([words, 2]);
  }
  expect(await jobs('retry', 'mail', 'x')).toEqual({
    code: 1,
    out: '',
    err: '"x" is not an id. npm run jobs lists them.',
  });
});
