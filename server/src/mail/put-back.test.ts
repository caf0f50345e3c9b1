import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { notifyPeople } from '../../../proof/harness/events.ts';
import { type Mailbox, mailSettings, sendMails, startMailbox } from '../../../proof/harness/mailbox.ts';
import { makeTeam, makeTicket } from '../../../proof/harness/make.ts';
import { startServer, type TestServer } from '../../../proof/harness/server.ts';

let server: TestServer;
let mailbox: Mailbox;

beforeAll(async () => {
  mailbox = await startMailbox();
  server = await startServer(mailSettings(mailbox));
});
afterAll(async () => {
  await server.stop();
  await mailbox.stop();
});

test.each([
  ['one notification', 0, false],
  ['more notifications than a mail shows', 55, true],
])('a queued mail with %s is put back during quiet hours, and follows their changes', async (_, others, has_more) => {
  mailbox.mails = [];
  const { owner, admin, workspace_id, ...team } = await makeTeam(server);
  const { id: ticket } = await makeTicket({ owner, admin, workspace_id, ...team });
  const look = async <Row>(text: string) => (await server.database.owner.query(text)).rows as Row[];
  await look('delete from mails; update users set email_confirmed_at = now() where email is not null');
  const send = () => sendMails(server, { log: pino({ level: 'warn' }) });
  const turns = () =>
    look<{ in_s: number }>('select extract(epoch from due_at - now())::float as in_s from notification_mails');
  const hour = (by: number) => new Date(Date.now() + by * 3_600_000).toISOString().slice(11, 16);
  const choose = (quiet_hours: { from: string; to: string; time_zone: string } | null) =>
    admin.client.update_notification_settings({ workspace_id, if_match: '*', body: { quiet_hours } });

  await owner.client.create_comment({ workspace_id, ticket, body: { body: `@${admin.user.id}` } });
  await notifyPeople(server.database.url, { mail_after_s: 0 });
  await look(`
    insert into notifications (workspace_id, user_id, joined, id, kinds, ticket_id, actor_id, happened_at, created_at, to_mail)
    select workspace_id, user_id, joined, gen_random_uuid(), kinds, ticket_id, gen_random_uuid(), happened_at, created_at, true
    from notifications, generate_series(1, ${others}) where user_id = '${admin.user.id}'`);
  mailbox.refuses = () => ({ responseCode: 451 });
  await send();
  mailbox.refuses = () => undefined;
  await choose({ from: hour(-1), to: hour(2), time_zone: 'UTC' });
  await look('update mails set next_attempt_at = now()');
  await send();
  expect(mailbox.mails).toEqual([]);
  expect(await look('select 1 from mails')).toEqual([]);
  const [turn] = await turns();
  expect(turn?.in_s).toBeGreaterThan(3_600);
  await choose(null);
  expect((await turns())[0]?.in_s).toBeLessThan(61);
  await look('update notification_mails set due_at = now()');
  await send();
  expect(mailbox.mails).toHaveLength(1);
  expect(mailbox.mails[0]?.text).toContain('mentioned you');
  expect(mailbox.mails[0]?.text?.includes('And more, in your inbox')).toBe(has_more);
  expect(await turns()).toEqual([]);
  await look('delete from notifications where actor_id not in (select id from users)'); // no event has caused them
});
