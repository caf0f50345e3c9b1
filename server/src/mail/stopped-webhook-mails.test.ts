import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { app_url, type Mailbox, mailSettings, sendMails, startMailbox } from '../../../proof/harness/mailbox.ts';
import { makeTeam, makeTicket, type Team } from '../../../proof/harness/make.ts';
import type { Person } from '../../../proof/harness/people.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';
import { stopWebhook } from '../../../proof/harness/stops.ts';

let server: TestServer;
let mailbox: Mailbox;
let team: Team;
const warned: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => warned.push(line) });

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer(mailSettings(mailbox));
});
beforeEach(async () => {
  team = await makeTeam(server);
  await server.database.owner.query(
    `delete from mails; update notifications set to_mail = false; delete from notification_mails;
     update users set email_confirmed_at = now() where email is not null`,
  );
  mailbox.mails = [];
});
afterAll(async () => {
  await server.stop();
  await mailbox.stop();
  expect(warned.filter((line) => !line.includes('mail failed'))).toEqual([]);
});

const tell = () => notifyPeople(server.database.url, { mail_after_s: 0 });
const send = () => sendMails(server, { log });
const receivers = () => mailbox.mails.map(({ to }) => (to as { text: string }).text).sort();
const mailTo = ({ email }: Person) => mailbox.mails.find(({ to }) => (to as { text: string }).text === email);

async function webhook(description = '') {
  const { workspace_id, owner } = team;
  const url = 'https://receiver.invalid/hook?key=hidden';
  const body = { url, description, types: ['workspace.deleted' as const] };
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body });
  return { workspace_id, webhook_id };
}
type At = Awaited<ReturnType<typeof webhook>>;
const stop = (at: At, reason?: 'failing' | 'gone') => stopWebhook(server.database, at, reason);

describe('a mail about a stopped webhook', () => {
  test.each([
    [
      'failing',
      'Webhook paused: https://receiver.invalid',
      /Baton paused it: .* since 2\d{3}-\d\d-\d\d \d\d:\d\d UTC\./,
    ],
    ['gone', 'Webhook disabled: https://receiver.invalid', /Baton disabled it: its receiver responded with 410 Gone\./],
  ] as const)(
    'names the webhook and the reason, without the path of its address: %s',
    async (reason, subject, says) => {
      const { owner, admin, workspace_id } = team;
      const at = await webhook('To the crane');
      await stop(at, reason);
      await tell();
      await send();
      expect(receivers()).toEqual([owner.email, admin.email].sort());
      const mail = mailTo(admin);
      expect(mail?.subject).toBe(subject);
      expect(mail?.text).toMatch(says);
      expect(mail?.text).toContain(
        `Webhook to https://receiver.invalid  To the crane\n${app_url}/w/${workspace_id}/inbox`,
      );
      expect(mail?.text).not.toContain('hidden');
      expect(mail?.references).toBe(`<webhook.${at.webhook_id}@tickets.example.com>`);
    },
  );

  type Change = (at: At) => Promise<unknown>;
  const as_member: Change = ({ workspace_id }) =>
    team.owner.client.update_member({
      workspace_id,
      user_id: team.admin.user.id,
      if_match: '*',
      body: { role: 'member' },
    });
  const off: Change = ({ workspace_id }) =>
    team.admin.client.update_notification_settings({
      workspace_id,
      if_match: '*',
      body: { mail: { webhook_stopped: false } },
    });
  const read: Change = async ({ workspace_id }) => {
    const { data } = await team.admin.client.list_notifications({ workspace_id });
    const notification_id = data[0]?.id ?? '';
    await team.admin.client.update_notification({ workspace_id, notification_id, body: { read: true } });
  };
  const active: Change = (at) => team.owner.client.update_webhook({ ...at, if_match: '*', body: { state: 'active' } });
  const deleted: Change = (at) => team.owner.client.delete_webhook(at);

  test.each([
    ['somebody who may no longer see webhooks', as_member],
    ['somebody who has turned such mails off', off],
    ['somebody who has read the notification', read],
    ['anybody once the webhook is active again', active],
    ['anybody once the webhook is deleted', deleted],
  ] as const)('is not sent to %s, even if it was queued before', async (who, change) => {
    const { owner, admin } = team;
    for (const is_queued of [false, true]) {
      const at = await webhook();
      await stop(at);
      await tell();
      if (is_queued) {
        mailbox.refuses = () => ({ responseCode: 451 });
        await send();
        mailbox.refuses = () => undefined;
        expect((await server.database.owner.query('select 1 from mails')).rows).not.toEqual([]);
      }
      await change(at);
      await server.database.owner.query('update mails set next_attempt_at = now()');
      await send();
      expect([who, receivers()]).toEqual([who, who.startsWith('anybody') ? [] : [owner.email]]);
      expect((await server.database.owner.query('select 1 from mails')).rows).toEqual([]);
      mailbox.mails = [];
      await team.owner.client.update_member({
        workspace_id: at.workspace_id,
        user_id: admin.user.id,
        if_match: '*',
        body: { role: 'admin' },
      });
      const body = { mail: { webhook_stopped: true } };
      await admin.client.update_notification_settings({ workspace_id: at.workspace_id, if_match: '*', body });
    }
  });

  test('is combined with other notifications into one mail if they are about more than three things', async () => {
    const { owner, admin, workspace_id } = team;
    for (let n = 0; n < 3; n++) {
      const { id: ticket } = await makeTicket(team);
      await owner.client.create_comment({ workspace_id, ticket, body: { body: `@${admin.user.id}` } });
    }
    await stop(await webhook());
    await tell();
    await send();
    expect(mailTo(admin)?.subject).toBe('3 tickets and 1 webhook of Team');
    expect(mailTo(admin)?.text).toContain('Baton disabled it');
    expect(mailTo(admin)?.text?.match(/mentioned you/g)).toHaveLength(3);
    expect(mailTo(owner)?.subject).toBe('Webhook disabled: https://receiver.invalid');
  });
});
