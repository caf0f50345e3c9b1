import type { ParsedMail } from 'mailparser';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { app_url, type Mailbox, mailSettings, sendMails, startMailbox } from '../../../proof/harness/mailbox.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { disableUser } from '../accounts/operator.ts';
import { unsubscribeToken } from './unsubscribe-token.ts';

let server: TestServer;
let mailbox: Mailbox;
let team: Team;
let ticket: { id: string; key: string };
const told: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => told.push(line) });

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer({ ...mailSettings(mailbox, { BATON_API_URL: 'https://api.example.com/' }) });
});
beforeEach(async () => {
  team = await makeTeam(server);
  ticket = await makeTicket(team);
  await server.database.owner.query(
    `delete from mails; update notifications set to_mail = false; delete from notification_mails;
     update users set email_confirmed_at = now() where email is not null`,
  );
  mailbox.mails = [];
  told.length = 0;
});
afterAll(async () => {
  await server.stop();
  await mailbox.stop();
});

/** Creates notifications for what has happened; their mail is due after some seconds. */
const tell = (mail_after_s = 0) => notifyPeople(server.database.url, { mail_after_s });
const send = (workers = 1) => sendMails(server, { workers, log });
const at = () => ({ workspace_id: team.workspace_id, ticket: ticket.id });
const say = ({ client }: Person, body: string) => client.create_comment({ ...at(), body: { body } });
const choose = ({ client }: Person, body: Parameters<Person['client']['update_notification_settings']>[0]['body']) =>
  client.update_notification_settings({ workspace_id: team.workspace_id, if_match: '*', body });
const receivers = () => mailbox.mails.map(({ to }) => (to as { text: string }).text);
const mentioned = ({ user }: Person) => `@${user.id}`;
/** Returns a header as it was sent. */
const raw = (mail: ParsedMail | undefined, name: string) =>
  mail?.headerLines
    .find(({ key }) => key === name.toLowerCase())
    ?.line.replace(/^[^:]*:\s*/, '')
    .replaceAll(/\s+/g, ' ');

describe('a mail of notifications', () => {
  test('says who did what, and has a link to the ticket', async () => {
    const { owner, admin, member, workspace_id } = team;
    await owner.client.update_me({ if_match: '*', body: { name: 'Ida' } });
    await say(owner, `${mentioned(admin)} see ${mentioned(member)}:\n\nis it the brake?`);
    await tell();
    await send();
    const mail = mailbox.mails.find(({ to }) => (to as { text: string }).text === admin.email);
    expect(mail?.subject).toBe(`[${ticket.key}] A ticket`);
    expect(mail?.text).toContain(
      `${ticket.key}  A ticket\n${app_url}/w/${workspace_id}/t/${ticket.key}\n\nIda mentioned you:\n`,
    );
    expect(mail?.text).toContain('@you see @');
    expect(mail?.text).toContain('is it the brake?');
    expect(mail?.text).not.toContain(member.user.id);
    expect(told).toEqual([]);
  });

  test('is sent for mentions and not for other comments by default, as the member chooses, and never for their own acts', async () => {
    const { owner, admin, member } = team;
    await say(owner, 'A comment.'); // the member reported it
    await tell();
    await send();
    expect(receivers()).toEqual([]);
    await choose(member, { mail: { commented: true } });
    await say(owner, 'Another.');
    await say(member, mentioned(member));
    await choose(admin, { mail: { mentioned: false } });
    await say(owner, mentioned(admin));
    await tell();
    await send();
    expect(receivers()).toEqual([member.email]);
    expect(mailbox.mails[0]?.text?.match(/commented:/g)).toHaveLength(2);
  });

  test('is not sent for what the member has read or may no longer see', async () => {
    const { owner, admin, viewer, member, workspace_id } = team;
    await say(owner, [admin, viewer, member].map(mentioned).join(' '));
    await tell();
    const { data } = await admin.client.list_notifications({ workspace_id });
    const notification_id = data[0]?.id ?? '';
    await admin.client.update_notification({ workspace_id, notification_id, body: { read: true } });
    await owner.client.remove_member({ workspace_id, user_id: viewer.user.id });
    await send();
    expect(receivers()).toEqual([member.email]);
    expect((await server.database.owner.query('select 1 from notification_mails')).rows).toEqual([]);
  });

  test.each(['before it is put into the queue', 'while it is in the queue'])(
    'is not sent about a ticket that was deleted, or to an account that was disabled, %s',
    async (when) => {
      const { owner, admin, viewer, workspace_id } = team;
      const other = await makeTicket(team);
      await say(owner, mentioned(admin));
      await owner.client.create_comment({ workspace_id, ticket: other.id, body: { body: mentioned(viewer) } });
      await tell();
      if (when.startsWith('while')) {
        mailbox.refuses = () => ({ responseCode: 451 });
        await send();
        mailbox.refuses = () => undefined;
        expect((await server.database.owner.query('select 1 from mails')).rows).toHaveLength(2);
      }
      await owner.client.delete_ticket({ ...at(), if_match: '*' });
      await disableUser(server.database.owner, viewer.email);
      await server.database.owner.query('update mails set next_attempt_at = now()');
      await send();
      expect(receivers()).toEqual([]);
      expect((await server.database.owner.query('select 1 from mails')).rows).toEqual([]);
    },
  );

  test('waits for a while, and then has all notifications about its ticket', async () => {
    const { owner, admin } = team;
    await say(owner, mentioned(admin));
    await tell(60);
    await say(owner, `${mentioned(admin)} again`);
    await tell(60);
    await send();
    expect(receivers()).toEqual([]);
    await server.database.owner.query('update notification_mails set due_at = now()');
    await send(2);
    expect(receivers()).toEqual([admin.email]);
    expect(mailbox.mails[0]?.text?.match(/mentioned you/g)).toHaveLength(2);
    await send();
    expect(mailbox.mails).toHaveLength(1);
  });

  test('is about one ticket for up to three tickets, and about all of them if there are more', async () => {
    const { owner, admin, workspace_id } = team;
    const tickets = [ticket, ...(await Promise.all(Array.from({ length: 3 }, () => makeTicket(team))))];
    const mention = (count: number) =>
      Promise.all(
        tickets
          .slice(0, count)
          .map(({ id }) => owner.client.create_comment({ workspace_id, ticket: id, body: { body: mentioned(admin) } })),
      );
    await mention(3);
    await tell();
    await send();
    expect(mailbox.mails.map(({ subject }) => subject?.slice(0, 5)).sort()).toEqual(
      tickets
        .slice(0, 3)
        .map(({ key }) => `[${key}`.slice(0, 5))
        .sort(),
    );
    mailbox.mails = [];
    await mention(4);
    await tell();
    await send();
    expect(mailbox.mails.map(({ subject }) => subject)).toEqual(['4 tickets of Team']);
    for (const { key } of tickets) expect(mailbox.mails[0]?.text).toContain(`/t/${key}`);
  });

  test('shows 50 notifications, and says that there are more', async () => {
    const { owner, admin } = team;
    await choose(admin, { mail: { commented: true } });
    await admin.client.set_watching({ ...at(), body: { choice: 'watching' } });
    for (let n = 0; n < 53; n++) await say(owner, `Number ${n}.`);
    await tell();
    await send();
    expect(mailbox.mails[0]?.text?.match(/commented:/g)).toHaveLength(50);
    expect(mailbox.mails[0]?.text).toContain('And more, in your inbox');
    expect(mailbox.mails[0]?.text).toContain('Number 52.');
  });

  test('about a due ticket says the day, and is not sent if the ticket is no longer due', async () => {
    const { owner, admin, member, workspace_id, project_id } = team;
    const today = new Date().toISOString().slice(0, 10);
    const due = () =>
      owner.client.create_ticket({
        workspace_id,
        project_id,
        body: { title: 'Due', due_on: today, assignee_id: admin.user.id },
      });
    const [stays, moves, ends] = [await due(), await due(), await due()];
    await tell();
    const at_ticket = ({ id }: { id: string }) => ({ workspace_id, ticket: id });
    await owner.client.update_ticket({ ...at_ticket(moves), body: { due_on: '2099-01-01', version: moves.version } });
    await member.client.transition_ticket({ ...at_ticket(ends), body: { to: 'in_progress' } });
    await member.client.transition_ticket({ ...at_ticket(ends), body: { to: 'resolved', resolution: 'fixed' } });
    await send();
    const texts = mailbox.mails.map(({ text = '' }) => text).filter((text) => text.includes('It is due'));
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(`${stays.key}  Due`);
    expect(texts[0]).toContain(`It is due: ${today}.`);
  });

  test('in the queue waits if quiet hours have begun, and is not sent for snoozed notifications', async () => {
    const { owner, admin, member, workspace_id } = team;
    await say(owner, `${mentioned(admin)} ${mentioned(member)}`);
    await tell();
    mailbox.refuses = () => ({ responseCode: 451 });
    await send();
    mailbox.refuses = () => undefined;
    const { data } = await member.client.list_notifications({ workspace_id });
    const notification_id = data[0]?.id ?? '';
    const body = { snoozed_until: '2100-01-01' };
    await member.client.update_notification({ workspace_id, notification_id, body });
    const hour = (by: number) => new Date(Date.now() + by * 3_600_000).toISOString().slice(11, 16);
    await choose(admin, { quiet_hours: { from: hour(-1), to: hour(2), time_zone: 'UTC' } });
    await server.database.owner.query('update mails set next_attempt_at = now()');
    await send();
    expect(receivers()).toEqual([]);
    const { rows } = await server.database.owner.query<{ in_s: number }>(
      'select extract(epoch from due_at - now())::float as in_s from notification_mails',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.in_s).toBeGreaterThan(3_600);
  });

  test('stops waiting if the quiet hours are turned off', async () => {
    const { owner, admin } = team;
    const hour = (by: number) => new Date(Date.now() + by * 3_600_000).toISOString().slice(11, 16);
    await choose(admin, { quiet_hours: { from: hour(-1), to: hour(2), time_zone: 'UTC' } });
    await say(owner, mentioned(admin));
    await tell();
    await send();
    await choose(admin, { quiet_hours: null });
    const { rows } = await server.database.owner.query<{ in_s: number }>(
      'select extract(epoch from due_at - now())::float as in_s from notification_mails',
    );
    expect(rows[0]?.in_s).toBeLessThan(61);
  });

  test('is a single one even if thousands of notifications wait, and the rest of them are mailed later', async () => {
    const { owner, admin } = team;
    await say(owner, mentioned(admin));
    await tell();
    const rows = await server.database.owner.query(`
      insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, actor_id, sequence, happened_at, created_at, to_mail)
      select workspace_id, user_id, joined, gen_random_uuid(), kinds, ticket_id, actor_id, sequence, happened_at - n * interval '1 s',
        created_at - n * interval '1 s', true
      from notifications, generate_series(1, 3000) n where user_id = '${admin.user.id}'`);
    expect(rows.rowCount).toBe(3000);
    await send();
    expect(mailbox.mails).toHaveLength(1);
    const { rows: turns } = await server.database.owner.query<{ in_s: number }>(
      'select extract(epoch from due_at - now())::float as in_s from notification_mails',
    );
    expect(turns[0]?.in_s).toBeGreaterThan(60);
    await server.database.owner.query(`
      delete from notifications n using events e where n.workspace_id = e.workspace_id and n.sequence = e.sequence
        and n.happened_at <> e.created_at`);
  });

  test('leaves out an id that is cut off at the end of a comment’s excerpt', async () => {
    const { owner, admin } = team;
    await say(owner, `${mentioned(admin)} ${'x'.repeat(330)} ${mentioned(admin)}`);
    await tell();
    await send();
    expect(mailbox.mails[0]?.text).not.toMatch(/@[0-9a-f]{4}/);
  });

  test('waits for the end of the member’s quiet hours', async () => {
    const { owner, admin } = team;
    const hour = (by: number) => new Date(Date.now() + by * 3_600_000).toISOString().slice(11, 16);
    await choose(admin, { quiet_hours: { from: hour(-1), to: hour(2), time_zone: 'UTC' } });
    await say(owner, mentioned(admin));
    await tell();
    await send();
    expect(receivers()).toEqual([]);
    const { rows } = await server.database.owner.query<{ in_s: number }>(
      'select extract(epoch from due_at - now())::float as in_s from notification_mails',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.in_s).toBeGreaterThan(2 * 3_600 - 120);
    expect(rows[0]?.in_s).toBeLessThan(2 * 3_600 + 1);
    await choose(admin, { quiet_hours: null });
    await server.database.owner.query('update notification_mails set due_at = now()');
    await send();
    expect(receivers()).toEqual([admin.email]);
  });

  test.each([
    [{ from: '22:00', to: '22:00', time_zone: 'UTC' }, '/quiet_hours'],
    [{ from: '22:00', to: '07:00', time_zone: 'Nowhere/None' }, '/quiet_hours/time_zone'],
    [{ from: '24:00', to: '07:00', time_zone: 'UTC' }, '/quiet_hours/from'],
  ])('cannot be given invalid quiet hours: %j', async (quiet_hours, pointer) => {
    const { workspace_id, admin } = team;
    const body = { quiet_hours };
    const response = await admin.client.raw.update_notification_settings({ workspace_id, if_match: '*', body });
    expect(response).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  test('is threaded with the other mails about its ticket, and is marked as automatic', async () => {
    const { owner, admin } = team;
    for (const n of [1, 2]) {
      await say(owner, `${mentioned(admin)} ${n}`);
      await tell();
      await send();
    }
    const [first, second] = mailbox.mails;
    expect(first?.references).toEqual(`<ticket.${ticket.id}@tickets.example.com>`);
    expect(second?.references).toEqual(first?.references);
    expect(second?.messageId).not.toBe(first?.messageId);
    expect(second?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(raw(second, 'List-Id')).toBe(`<${team.workspace_id}.tickets.example.com>`);
  });

  test('is not queued if the installation sends no mail', async () => {
    const { owner, admin } = team;
    await say(owner, mentioned(admin));
    await notifyPeople(server.database.url);
    expect((await server.database.owner.query('select 1 from notification_mails')).rows).toEqual([]);
  });

  test('that cannot be queued for one member does not delay the others', async () => {
    const { owner, admin, member } = team;
    await choose(admin, { quiet_hours: { from: '00:00', to: '23:59', time_zone: 'Europe/Berlin' } });
    await server.database.owner.query(
      "update notification_settings set quiet_zone = 'Nowhere/None' where quiet_zone is not null",
    );
    await say(owner, `${mentioned(admin)} ${mentioned(member)}`);
    await tell();
    await send();
    expect(receivers()).toEqual([member.email]);
    expect(told.join()).toContain('notifications not put into a mail');
  });
});

describe('unsubscribing', () => {
  const link = async () => {
    const { owner, admin } = team;
    await say(owner, mentioned(admin));
    await tell();
    await send();
    const [, url = ''] =
      /^<(https:\/\/api\.example\.com\/unsubscribe\?token=[\w-]+)>$/.exec(
        raw(mailbox.mails[0], 'List-Unsubscribe') ?? '',
      ) ?? [];
    return url.replace('https://api.example.com', server.url);
  };
  const mailed = async ({ client }: Person) =>
    (await client.get_notification_settings({ workspace_id: team.workspace_id })).mail.mentioned;

  test('takes one POST by a mail program, while GET only shows a form', async () => {
    const url = await link();
    expect(raw(mailbox.mails[0], 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(mailbox.mails[0]?.text).toContain('https://api.example.com/unsubscribe?token=');
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
    const text = await page.text();
    expect(text).toContain('<form method="post">');
    expect(text).toContain('all mails about what happens in the workspace'); // those about webhooks, too
    expect(await mailed(team.admin)).toBe(true);
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
    for (const _ of [1, 2]) expect((await fetch(url, { method: 'POST', body })).status).toBe(200);
    const wrong = await fetch(url, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect(await mailed(team.admin)).toBe(false);
    expect(await mailed(team.viewer)).toBe(true);
    mailbox.mails = [];
    await say(team.owner, mentioned(team.admin));
    await tell();
    await send();
    expect(receivers()).toEqual([]);
    expect(await team.admin.client.get_unread_count({ workspace_id: team.workspace_id })).toEqual({ unread: 2 });
  });

  test('works with a multipart form, and is refused with a missing or forged token', async () => {
    const url = await link();
    const form = new FormData();
    form.set('List-Unsubscribe', 'One-Click');
    const [named, mac] = [url.slice(0, -10), url.slice(-10)];
    for (const wrong of [
      `${named}${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}`,
      `${server.url}/unsubscribe`,
      `${server.url}/unsubscribe?token=bun_`,
      `${server.url}/unsubscribe?token=${unsubscribeToken(Buffer.alloc(32), { ...at(), user_id: team.admin.user.id })}`,
    ]) {
      expect((await fetch(wrong, { method: 'POST', body: form })).status).toBe(404);
      expect((await fetch(wrong)).status).toBe(404);
    }
    expect(await mailed(team.admin)).toBe(true);
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(200);
    expect(await mailed(team.admin)).toBe(false);
  });
});
