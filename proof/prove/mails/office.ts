import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedMail } from 'mailparser';
import { app_url, type Mailbox } from '../../harness/mailbox.ts';
import { makeTeam, type Team } from '../../harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../harness/people.ts';
import type { Served } from '../../harness/served.ts';
import type { Wire, WireRequest } from '../../harness/wire.ts';
import type { Stage } from '../stage.ts';

/** For so long mails may take before they count as lost. */
export const patience_ms = 30_000;
/** As many people use one token at once. */
const hands = 6;

/** Servers that send no mail, and the worker that does, one at a time. */
export interface Office {
  stage: Stage;
  mailbox: Mailbox;
  wire: Wire;
  worker: Served;
  startWorker: () => Promise<Served>;
  say: (fault: string) => void;
}

/** Whom a round is about: their addresses are confirmed by mail, one of them excepted. */
export interface Cast {
  team: Team;
  /** An admin whose address nobody confirms. */
  unconfirmed: Person;
  /** A viewer, who is removed. */
  former: Person;
}

/** What is not in the queue of mails yet. */
const untold = `(select count(*)::int from outbox) + (select count(*)::int from notification_mails)
  + (select count(*)::int from event_heads h left join notification_places p using (workspace_id)
     where h.last_sequence > coalesce(p.last_sequence, 0))`;

interface Queue {
  waiting: number;
  tried: number;
}

/** Waits until the queue is as it should be; says so where it never is. */
async function untilQueue({ stage, say }: Office, isDone: (queue: Queue) => boolean, what: string): Promise<void> {
  const ask = `select ${untold} + (select count(*)::int from mails where attempts = 0) as waiting,
    (select count(*)::int from mails where attempts > 0) as tried`;
  const until = performance.now() + patience_ms;
  while (performance.now() < until) {
    const { rows } = await stage.database.owner.query<Queue>(ask);
    if (rows.some(isDone)) return;
    await sleep(50);
  }
  say(`mails were not ${what} within ${patience_ms / 1000} s`);
}

/** Waits until everybody is told, and every mail is sent. */
export const allSent = (office: Office): Promise<void> =>
  untilQueue(office, ({ waiting, tried }) => waiting + tried === 0, 'sent');

/** Waits until so many mails have been tried that the mail server doesn't take, and all others. */
export const allTried = (office: Office, count: number): Promise<void> =>
  untilQueue(office, ({ waiting, tried }) => waiting === 0 && tried >= count, 'tried');

export const receiverOf = ({ to }: ParsedMail): string => (to as { text: string }).text;

export const mailsTo = ({ mailbox }: Office, { email }: { email: string }): ParsedMail[] =>
  mailbox.mails.filter((mail) => receiverOf(mail) === email);

/** The token of a mail's link to this page of the app; nothing where it has none. */
export function tokenIn(mail: ParsedMail | undefined, page: string): string {
  const [, token] = new RegExp(`^${app_url}/${page}#(\\S+)$`, 'm').exec(mail?.text ?? '') ?? [];
  return token ?? '';
}

/** Has several people do the same at the same moment. Gives for how many it worked; the others must get 401. */
export async function useAtOnce(
  { wire, say }: Office,
  path: string,
  bodyOf: () => Record<string, string>,
): Promise<number> {
  const requests = Array.from({ length: hands }, (): WireRequest => ({ method: 'POST', path, body: bodyOf() }));
  const answers = await Promise.all(requests.map((request) => wire.send(request)));
  const odd = answers.find(({ status }) => status !== 204 && status !== 401);
  if (odd !== undefined) say(`${path} responded ${odd.status} ${odd.text.slice(0, 200)}`);
  return answers.filter(({ status }) => status === 204).length;
}

/** New people, who have been sent what there is to be sent. */
export async function gather(office: Office): Promise<Cast> {
  const { stage, mailbox } = office;
  mailbox.mails = [];
  const team = await makeTeam(stage);
  const [unconfirmed, former] = [await registerPerson(stage), await registerPerson(stage)];
  await joinWorkspace(team.owner, unconfirmed, team.workspace_id, 'admin');
  await joinWorkspace(team.owner, former, team.workspace_id, 'viewer');
  await allSent(office);
  return { team, unconfirmed, former };
}
