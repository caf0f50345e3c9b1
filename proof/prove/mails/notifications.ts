import { makeTicket } from '../../harness/make.ts';
import type { Person } from '../../harness/people.ts';
import { allSent, allTried, type Cast, mailsTo, type Office } from './office.ts';

const readable = 'This may be read.';
const deleted = 'This was deleted.';

const mention = (...people: Person[]) => people.map(({ user }) => `@${user.id}`).join(' ');

/** Checks the mails about one ticket that exists, and one that was deleted before they were sent. */
function judge(office: Office, { team, unconfirmed, former }: Cast, key: string): void {
  const { mailbox, say } = office;
  const { owner, admin, member, viewer } = team;
  for (const person of [admin, member]) {
    const [mail, ...more] = mailsTo(office, person);
    const [subject, text] = [mail?.subject ?? '', mail?.text ?? ''];
    const says = subject === `[${key}] A ticket` && text.includes('mentioned you') && text.includes(readable);
    if (!says || more.length > 0)
      say(`a mentioned person got “${subject}”, ${JSON.stringify(text.slice(0, 200))}, and ${more.length} more`);
  }
  const none: [who: Person, fault: string][] = [
    [unconfirmed, 'notifications were mailed to an address that nobody has confirmed'],
    [former, 'a former member was mailed notifications from before their removal'],
    [viewer, 'somebody was mailed a notification that they had read'],
    [owner, 'somebody was mailed a notification of their own act'],
  ];
  for (const [who, fault] of none) if (mailsTo(office, who).length > 0) say(fault);
  if (mailbox.mails.some(({ text = '' }) => text.includes(deleted)))
    say('a mail contains a text that was deleted before it was sent');
}

/**
 * Checks notification mails that wait in the queue while rights, tickets and inboxes change. The worker is stopped meanwhile, so
 * every mail sent afterwards must be composed afterwards.
 */
export async function mailNotifications(office: Office, cast: Cast): Promise<void> {
  const { stage, mailbox, say } = office;
  const { team, unconfirmed, former } = cast;
  const { workspace_id, owner, admin, member, viewer } = team;
  mailbox.mails = [];
  mailbox.refuses = () => ({ responseCode: 451 });
  const [kept, gone] = [await makeTicket(team), await makeTicket(team)];
  const comment = ({ id: ticket }: { id: string }, body: string) =>
    owner.client.create_comment({ workspace_id, ticket, body: { body } });
  await comment(kept, `${mention(admin, member, viewer, unconfirmed, former)} ${readable}`);
  await comment(gone, `${mention(admin)} ${deleted}`);
  await allTried(office, 5); // two for the admin, and one each for the member, the viewer and the person who will be removed
  await office.worker.stop();
  if (mailbox.mails.length > 0) say('a mail was sent that the mail server refused');
  const { data } = await viewer.client.list_notifications({ workspace_id });
  for (const { id: notification_id } of data) {
    await viewer.client.update_notification({ workspace_id, notification_id, body: { read: true } });
  }
  await owner.client.delete_ticket({ workspace_id, ticket: gone.id, if_match: '*' });
  await owner.client.remove_member({ workspace_id, user_id: former.user.id });
  mailbox.refuses = () => undefined;
  await stage.database.owner.query('update mails set next_attempt_at = now()');
  office.worker = await office.startWorker();
  await allSent(office);
  judge(office, cast, kept.key);
}
