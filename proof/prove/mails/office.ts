import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedMail } from 'mailparser';
import { app_url, type Mailbox } from '../../harness/mailbox.ts';
import { makeTeam, type Team } from '../../harness/make.ts';
import { joinWorkspace, type Person, registerPerson } from '../../harness/people.ts';
import type { Served } from '../../harness/served.ts';
import type { Wire, WireRequest } from '../../harness/wire.ts';
import type { Stage } from '../stage.ts';

/** How long mails may take before they count as lost. */
export const patience_ms = 30_000;
/** How many people use one token at once. */
const hands = 6;

/** Servers that send no mail, and one worker at a time, which does. */
export interface Office {
  stage: Stage;
  mailbox: Mailbox;
  wire: Wire;
  worker: Served;
  startWorker: () => Promise<Served>;
  say: (fault: string) => void;
}

/** The people of a round: mails confirm all their addresses except one. */
export interface Cast {
  team: Team;
  /** An admin whose address stays unconfirmed. */
  unconfirmed: Person;
  /** A viewer who will be removed. */
  former: Person;
}

/** The number of events and notifications that are not yet queued as mails. */
const untold = `(select count(*)::int from outbox) + (select count(*)::int from notification_mails)
  + (select count(*)::int from event_heads h left join notification_places p using (workspace_id)
     where h.last_sequence > coalesce(p.last_sequence, 0))`;

interface Queue {
  waiting: number;
  tried: number;
}

/** Waits until the queue satisfies a condition, and reports a fault if it never does. */
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

/** Waits until everybody is notified and every mail is sent. */
export const allSent = (office: Office): Promise<void> =>
  untilQueue(office, ({ waiting, tried }) => waiting + tried === 0, 'sent');

/** Waits until this many mails that the mail server refuses have been tried, and all others sent. */
export const allTried = (office: Office, count: number): Promise<void> =>
  untilQueue(office, ({ waiting, tried }) => waiting === 0 && tried >= count, 'tried');

export const receiverOf = ({ to }: ParsedMail): string => (to as { text: string }).text;

export const mailsTo = ({ mailbox }: Office, { email }: { email: string }): ParsedMail[] =>
  mailbox.mails.filter((mail) => receiverOf(mail) === email);

/** The token in a mail's link to this page of the app; empty if there is none. */
export function tokenIn(mail: ParsedMail | undefined, page: string): string {
  const [, token] = new RegExp(`^${app_url}/${page}#(\\S+)$`, 'm').exec(mail?.text ?? '') ?? [];
  return token ?? '';
}

/** Makes several people use a token at the same moment. Returns how many succeeded; the others must get 401. */
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

/** Registers new people, and waits until the mails to them are sent. */
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
