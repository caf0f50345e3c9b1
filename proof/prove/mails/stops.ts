import { setTimeout as sleep } from 'node:timers/promises';
import { startReceiver } from '../../harness/receiver.ts';
import { allSent, allTried, type Cast, mailsTo, type Office, patience_ms } from './office.ts';

/** Makes the worker stop a webhook of the owner: its receiver says that it is gone. */
async function stopOne({ say }: Office, { team: { workspace_id, owner } }: Cast): Promise<void> {
  const receiver = await startReceiver(() => ({ status: 410 }));
  const body = { url: receiver.url, types: ['workspace.deleted' as const] };
  const { id: webhook_id } = await owner.client.create_webhook({ workspace_id, body });
  const at = { workspace_id, webhook_id };
  await owner.client.ping_webhook(at);
  const until = performance.now() + patience_ms;
  while ((await owner.client.get_webhook(at)).state !== 'disabled') {
    if (performance.now() > until) {
      say('a webhook whose receiver responds with 410 was not disabled');
      break;
    }
    await sleep(50);
  }
  await receiver.stop();
}

/** Checks mails about a stopped webhook that wait in the queue while an admin loses the right to see it. */
export async function mailStops(office: Office, cast: Cast): Promise<void> {
  const { stage, mailbox, say } = office;
  const { workspace_id, owner, admin, member, viewer } = cast.team;
  mailbox.mails = [];
  mailbox.refuses = () => ({ responseCode: 451 });
  await stopOne(office, cast);
  await allTried(office, 2); // the owner's and the admin's
  await office.worker.stop();
  const demoted = { workspace_id, user_id: admin.user.id, if_match: '*', body: { role: 'member' } } as const;
  await owner.client.update_member(demoted);
  mailbox.refuses = () => undefined;
  await stage.database.owner.query('update mails set next_attempt_at = now()');
  office.worker = await office.startWorker();
  await allSent(office);
  const [mail, ...more] = mailsTo(office, owner);
  if (mail?.subject?.startsWith('Webhook disabled: ') !== true || more.length > 0)
    say(`the owner of a stopped webhook got “${mail?.subject}” and ${more.length} more mails`);
  if (mailsTo(office, admin).length > 0) say('a member who may no longer see webhooks was mailed that one was stopped');
  if ([member, viewer].some((person) => mailsTo(office, person).length > 0))
    say('a member who never saw webhooks was mailed that one was stopped');
}
