import { setTimeout as sleep } from 'node:timers/promises';
import { type Mailbox, startMailbox } from '../../harness/mailbox.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import { type Receiver, startReceiver } from '../../harness/receiver.ts';
import { type Served, startServed } from '../../harness/served.ts';
import { type Check, type Finding, isSlice, type Run, scaled } from '../check.ts';
import { servingOn, setStage, type Stage } from '../stage.ts';
import { followFor } from './followers.ts';

/** The time within which the promise says a takeover happens. */
const within_ms = 30_000;
/** How long the check waits for something before it counts as lost. */
const patience_ms = 50_000;
/** Longer than a lease, so that leases must be renewed. Shorter than the time for which a mail server may be silent. */
const working_ms = 22_000;
const following_ms = 1_000;

/** An attempt may take longer than a lease, and a statement may wait for the lock below until its worker is killed. */
const settings = {
  BATON_WORKER: 'off',
  BATON_WEBHOOK_PRIVATE: 'on',
  BATON_WEBHOOK_TIMEOUT_MS: '60000',
  BATON_LOCK_TIMEOUT_MS: '60000',
  BATON_STATEMENT_TIMEOUT_MS: '60000',
  BATON_SMTP_TLS: 'off',
  BATON_MAIL_FROM: 'Baton <baton@example.com>',
  BATON_APP_URL: 'https://tickets.example.com',
};

interface Scene {
  stage: Stage;
  team: Team;
  receiver: Receiver;
  mailbox: Mailbox;
}

async function until(what: () => Promise<boolean> | boolean, for_ms = patience_ms): Promise<boolean> {
  const end = performance.now() + for_ms;
  while (performance.now() < end) {
    if (await what()) return true;
    await sleep(50);
  }
  return false;
}

async function count({ stage }: Pick<Scene, 'stage'>, text: string, ...values: unknown[]): Promise<number> {
  return (await stage.database.owner.query(text, values)).rowCount ?? 0;
}

/** Makes a worker send a message and a mail to servers that don't respond. */
async function occupy(scene: Scene): Promise<string> {
  const { team, receiver, mailbox } = scene;
  const forever = new Promise<undefined>(() => undefined);
  receiver.react = () => ({ silent: true });
  mailbox.waits = () => forever;
  const { id: ticket } = await makeTicket(team);
  await team.viewer.client.request_password_reset({ body: { email: team.viewer.email } });
  await until(() => receiver.received.length > 0 && mailbox.receivers.length > 0);
  return ticket;
}

/** Makes the worker also write a notification that waits for a lock. Returns the function that releases the lock. */
async function occupyNotifier({ stage, team }: Scene, ticket: string): Promise<() => Promise<void>> {
  const holder = await stage.database.owner.connect();
  await holder.query('begin; lock table notifications in share row exclusive mode');
  const { workspace_id, member, admin } = team;
  await member.client.set_assignee({ workspace_id, ticket, if_match: '*', body: { assignee_id: admin.user.id } });
  const telling = `select 1 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%notify_of_events%'`;
  await until(async () => (await count({ stage }, telling)) > 0);
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

/** The effects in the database, each of which must be there once. */
const effects = (ticket: string, { team }: Scene): [what: string, text: string, values: unknown[]][] => [
  [
    'delivery',
    `select 1 from deliveries d join events e on e.workspace_id = d.workspace_id and e.sequence = d.sequence
     where e.subject_id = $1 and d.outcome = 'delivered' and d.attempt = 2`,
    [ticket],
  ],
  [
    'mail',
    `select 1 from password_resets r where r.user_id = $1 and r.new_email is null and r.created_at > now() - interval '2 minutes'
     and not exists (select 1 from mails)`,
    [team.viewer.user.id],
  ],
  ['notification', 'select 1 from notifications where ticket_id = $1', [ticket]],
];

/** Kills the worker that has begun all of it. Returns how long each part took until another worker had finished it. */
async function takeOver(run: Run, scene: Scene, start: () => Promise<Served>) {
  const violations: string[] = [];
  const { receiver, mailbox } = scene;
  receiver.received.length = 0;
  Object.assign(mailbox, { mails: [], receivers: [] });
  const victim = await start();
  const ticket = await occupy(scene);
  const heir = await start();
  if (!isSlice(run)) await sleep(working_ms);
  // This comes last: while one statement of a workspace waits, the workspace's other statements wait for their turn, and none of
  // its leases is renewed.
  const release = await occupyNotifier(scene, ticket);
  for (const [what, times] of [
    ['message', receiver.received.length],
    ['mail', mailbox.receivers.length],
  ] as const)
    if (times !== 1) violations.push(`a ${what} was begun ${times} times while its worker lived`);
  const killed_at = performance.now();
  victim.child.kill('SIGKILL');
  await victim.ended;
  receiver.react = () => ({});
  mailbox.waits = () => Promise.resolve();
  await release();
  const waits = effects(ticket, scene).map(async ([what, text, values]) => {
    const is_done = await until(async () => (await count(scene, text, ...values)) > 0);
    const took_ms = Math.round(performance.now() - killed_at);
    if (!is_done) violations.push(`a ${what} was not taken up within ${patience_ms / 1000} s`);
    else if (took_ms > within_ms) violations.push(`a ${what} was taken up after ${took_ms} ms`);
    return [what, took_ms] as const;
  });
  const took = new Map(await Promise.all(waits));
  await sleep(2_000); // time for anything that would be done twice
  for (const [what, text, values] of effects(ticket, scene)) {
    const times = await count(scene, text, ...values);
    if (times > 1) violations.push(`a ${what} is ${times} times in the database`);
  }
  if (took.get('mail') !== undefined && mailbox.mails.length > 1)
    violations.push(`a mail was taken ${mailbox.mails.length} times`);
  violations.push(...(await followFor(following_ms, [scene.stage.url], scene.team)));
  await heir.stop();
  return { took, violations };
}

async function killHolders(run: Run, size: number): Promise<Finding> {
  const mailbox = await startMailbox();
  const env = { ...settings, BATON_SMTP_URL: `smtp://127.0.0.1:${mailbox.port}` };
  const stage = await setStage(run, env);
  const receiver = await startReceiver();
  const rounds = scaled(3, size);
  const longest = new Map<string, number>();
  const violations: string[] = [];
  for (let n = 0; n < rounds && violations.length === 0; n++) {
    const team = await makeTeam(stage);
    await stage.database.owner.query('delete from mails'); // the mails of invitations
    const body = { url: receiver.url, types: ['ticket.created' as const] };
    await team.owner.client.create_webhook({ workspace_id: team.workspace_id, body });
    const start = async () => {
      const worker = await startServed({ ...servingOn(stage.database, run.mutant, env), verb: 'work' });
      await until(() => worker.output().includes('Ctrl-C stops it'));
      return worker;
    };
    const { took, violations: found } = await takeOver(run, { stage, team, receiver, mailbox }, start);
    violations.push(...found);
    for (const [what, ms] of took) longest.set(what, Math.max(ms, longest.get(what) ?? 0));
    run.progress((n + 1) / rounds);
  }
  await receiver.stop();
  const struck = await stage.strike();
  void mailbox.stop(); // the connection of the killed worker may still be open
  const figures = Object.fromEntries([...longest].map(([what, ms]) => [`longest_ms_${what}`, ms]));
  return { load: { kills: rounds }, figures, violations: [...violations, ...struck] };
}

const source = (file: string, find: string, replace: string) => [{ file, find, replace }];

export const takeovers: Check = {
  id: 'takeovers',
  promises: ['P19', 'P15'],
  says: 'If a worker is killed by SIGKILL while it sends a webhook’s message, sends a mail or creates notifications, another worker takes over within 30 s, and the work is in the database and in the events once. While a worker lives, no other one takes its work.',
  run: killHolders,
  slice: 0.34,
  control_size: 0.34,
  controls: {
    'a mail is its process’s for three minutes': {
      source: source('mail/mailer.ts', 'const lease_ms = usual_lease_ms;', 'const lease_ms = 180_000;'),
      noticed_by: 'a mail was not taken up',
    },
    'a delivery is its process’s for three times its timeout': {
      source: source(
        'webhooks/deliverer.ts',
        'Math.min(3 * timeout_ms + 1_000, usual_lease_ms)',
        '3 * timeout_ms + 1_000',
      ),
      noticed_by: 'a delivery was not taken up',
    },
    'no lease is renewed': {
      source: source('work/lease.ts', 'lease_ms / renewals', 'lease_ms * 100'),
      noticed_by: 'while its worker lived',
    },
  },
};
