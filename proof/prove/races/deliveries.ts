import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Webhook as Verifier } from 'standardwebhooks';
import { recordAudits } from '../../../server/src/audit/record.ts';
import { createPool } from '../../../server/src/db/pool.ts';
import { transaction } from '../../../server/src/db/transaction.ts';
import { newId } from '../../../server/src/lib/ids.ts';
import { makeTeam } from '../../harness/make.ts';
import { type Reaction, type Received, type Receiver, startReceiver, type Told } from '../../harness/receiver.ts';
import { type Check, type Finding, isSlice, type Run, scaled } from '../check.ts';
import { type Stage, setStage } from '../stage.ts';
import { killWorkers } from './killing.ts';

/**
 * For a control: one webhook gets its events one after the other, from two live workers, of which one queues while the other
 * delivers.
 */
const in_step = 'a version a second for one webhook';
const isInStep = ({ mutant }: Run) => mutant?.other === in_step;
/** Each webhook sends few messages at a time, and three in ten fail, so a high rate needs many webhooks. */
const hooksOf = (run: Run) => (isInStep(run) ? 1 : isSlice(run) ? 4 : 16);
/** After this long without a new message, the rest counts as lost: several leases have expired by then. */
const patience_ms = 40_000;
const env = {
  BATON_WORKER: 'off', // the check runs and kills workers of its own
  BATON_WEBHOOK_PRIVATE: 'on',
  BATON_WEBHOOK_TIMEOUT_MS: '700',
  BATON_WEBHOOK_RETRIES_S: Array(20).fill('0').join(),
};

/** What one webhook has received, and what is wrong with it. */
class Inbox {
  readonly accepted = new Map<string, number>();
  readonly faults: string[] = [];
  readonly #bodies = new Map<string, string>();
  readonly #verifier: Verifier;
  readonly #last = new Map<string, number>();
  duplicates = 0;

  constructor(secret: string) {
    this.#verifier = new Verifier(secret);
  }

  /**
   * Checks an incoming message: signed, the same bytes as at every earlier attempt, and not before a predecessor was accepted.
   */
  arrives({ id, body, headers }: Received): void {
    try {
      this.#verifier.verify(body, headers as Record<string, string>);
    } catch (error) {
      this.faults.push(`a message without a good signature: ${(error as Error).message}`);
    }
    const before = this.#bodies.get(id);
    if (before !== undefined && before !== body) this.faults.push('a message with other bytes than before');
    this.#bodies.set(id, body);
    const { data } = JSON.parse(body) as Told;
    const last = this.#last.get(data.subject_id) ?? 0;
    if ((data.subject_version ?? 0) > last + 1)
      this.faults.push(`version ${data.subject_version} was sent when version ${last} was the last that was taken`);
  }

  accepts({ id, body }: Received): void {
    const { data } = JSON.parse(body) as Told;
    if (this.accepted.has(id)) this.duplicates++;
    this.accepted.set(id, (this.accepted.get(id) ?? 0) + 1);
    const version = data.subject_version ?? 0;
    this.#last.set(data.subject_id, Math.max(version, this.#last.get(data.subject_id) ?? 0));
  }
}

interface Scene {
  run: Run;
  stage: Stage;
  workspace_id: string;
  user_id: string;
  receiver: Receiver;
  inboxes: ReadonlyMap<string, Inbox>;
}

/** The ways in which a receiver fails, three times in ten. */
const failures: Reaction[] = [
  { status: 500 },
  { status: 503 },
  { status: 302, headers: { location: '/elsewhere' } },
  { status: 500, body: 'x'.repeat(4_000) },
  { cut: true },
];

function failureOf({ random, mutant }: Run): Reaction | undefined {
  // A broken build gets few messages, so more of them must be in transit when a worker is killed.
  if (random.below(mutant === undefined ? 1_000 : 50) === 0) return { silent: true };
  if (random.below(1_000) === 0) return { status: 429, headers: { 'retry-after': '1' } };
  return random.below(10) < 3 ? failures[random.below(failures.length)] : undefined;
}

/** Creates webhooks of a workspace, each with its own path at one receiver, and two whose receiver is silent. */
async function makeScene(run: Run, stage: Stage): Promise<Scene> {
  const { workspace_id, owner } = await makeTeam(stage);
  const inboxes = new Map<string, Inbox>();
  const receiver = await startReceiver((message) => {
    const inbox = inboxes.get(message.path);
    if (inbox === undefined) return { silent: true };
    inbox.arrives(message);
    const reaction = isInStep(run) ? undefined : failureOf(run);
    if (reaction === undefined) inbox.accepts(message);
    return reaction ?? {};
  });
  const create = (path: string) =>
    owner.client.create_webhook({
      workspace_id,
      body: { url: receiver.url.slice(0, -1) + path, types: ['project.archived'] },
    });
  await Promise.all([create('/silent/1'), create('/silent/2')]);
  for (let n = 0; n < hooksOf(run); n++) {
    const path = `/hooks/${n}`;
    inboxes.set(path, new Inbox((await create(path)).secret));
  }
  return { run, stage, workspace_id, user_id: owner.user.id, receiver, inboxes };
}

/** Writes versions of several subjects, one version of each per transaction. */
async function write({ run, stage, workspace_id, user_id }: Scene, subjects: number, versions: number): Promise<void> {
  const limits = { statement_timeout_ms: 30_000, lock_timeout_ms: 5_000, on_error: () => undefined };
  const pool = createPool({ url: stage.database.url, role: 'baton_app', max: 1, ...limits });
  const actor = { workspace_id, user_id, request_id: 'seed-0001', token: null };
  const ids = Array.from({ length: subjects }, newId);
  const is = { name: 'P', archived: true };
  for (let version = 1; version <= versions; version++) {
    const entries = ids.map((subject_id) => {
      const at = new Date().toISOString();
      return { action: 'project.archived', subject_id, subject_version: version, at, before: is, after: is } as const;
    });
    await transaction(pool, { workspace_id }, (tx) => {
      recordAudits(tx, actor, entries);
      return Promise.resolve();
    });
    await sleep(isInStep(run) ? 400 : 2); // the next version must have a later time
  }
  await pool.end();
}

async function deliverAll(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, env);
  const scene = await makeScene(run, stage);
  const hooks = hooksOf(run);
  const subjects = isInStep(run) ? 5 : isSlice(run) ? 10 : 25;
  const versions = isInStep(run) ? 40 : scaled(100_000 / hooks / subjects, size, 3);
  const wanted = hooks * subjects * versions;
  const all = [...scene.inboxes.values()];
  const taken = () => all.reduce((sum, { accepted }) => sum + accepted.size, 0);
  const killing = new AbortController();
  if (isInStep(run)) killing.abort();
  const killed = killWorkers(run, stage, env, killing.signal);
  if (isInStep(run)) await killed; // both workers run
  const began = performance.now();
  await write(scene, subjects, versions);
  let [last, since] = [0, performance.now()];
  while (taken() < wanted && performance.now() - since < patience_ms) {
    await sleep(50);
    if (taken() > last) [last, since] = [taken(), performance.now()];
    const is_killed_enough = taken() >= wanted * 0.8 && (run.mutant === undefined || performance.now() - began > 5_000);
    if (is_killed_enough || performance.now() - since > patience_ms / 2) killing.abort();
    run.progress(taken() / wanted);
  }
  const seconds = (performance.now() - began) / 1000;
  killing.abort();
  const { kills, workers } = await killed;
  await sleep(500); // the workers record the last responses
  await Promise.all(workers.map((worker) => worker.stop()));
  await scene.receiver.stop();
  const violations = all.flatMap(({ faults }) => faults.slice(0, 3));
  if (taken() < wanted) violations.unshift(`${wanted - taken()} of ${wanted} messages never came`);
  const given_up = await countGivenUp(scene);
  if (given_up > 0) violations.push(`${given_up} messages were given up`);
  return {
    load: { deliveries: wanted, webhooks: hooks, silent: 2, subjects, kills },
    figures: {
      requests: scene.receiver.received.length,
      taken_twice: all.reduce((sum, { duplicates }) => sum + duplicates, 0),
      per_second: Math.round(taken() / seconds),
    },
    violations: [...violations, ...(await stage.strike())],
  };
}

async function countGivenUp({ stage, workspace_id }: Scene): Promise<number> {
  const { rows } = await stage.database.owner.query<{ n: number }>(
    `select count(*)::int as n from deliveries d join webhooks w on w.workspace_id = d.workspace_id and w.id = d.webhook_id
     where d.workspace_id = $1 and d.outcome = 'given_up' and w.url like '%/hooks/%'`,
    [workspace_id],
  );
  return rows[0]?.n ?? 0;
}

/** Rewrites queue_deliveries. */
const queueing = (find: string, replace: string): string =>
  `do $$ begin execute replace(pg_get_functiondef('queue_deliveries'::regproc), ${pg.escapeLiteral(find)}, ${pg.escapeLiteral(replace)}); end $$`;
const source = (file: string, find: string, replace: string) => [{ file: `webhooks/${file}`, find, replace }];
const queries = 'worker-queries.ts';
const of_batches = (size: number) => source('deliverer.ts', 'const batch_size = 500;', `const batch_size = ${size};`);

export const deliveries: Check = {
  id: 'deliveries',
  promises: ['P2', 'P15', 'P18', 'P20'],
  says: 'Although workers are killed by SIGKILL, three of ten requests fail and some receivers never respond, each webhook gets each event: signed, with the same id and bytes at every attempt, and in order for each subject.',
  run: deliverAll,
  slice: 0.001,
  control_size: 0.006,
  controls: {
    'the place moves in a transaction of its own, before the events are queued': {
      source: [
        ...of_batches(20),
        ...source(
          'deliverer.ts',
          'const queued = await queueDeliveries(tx, { workspace_id, webhook_id: id, first, last }, false);',
          `const range = { workspace_id, webhook_id: id, first, last };
           const queued = await queueDeliveries(tx, range, false);
           const later = () => transaction(pool, { workspace_id }, (then) => queueDeliveries(then, range, true));
           setTimeout(() => void later().catch(() => undefined), 4_000);`,
        ),
      ],
      ddl: [queueing('where e.workspace_id = scope', 'where again and e.workspace_id = scope')],
    },
    'what a worker has taken is not due again': {
      source: source(
        queries,
        "next_attempt_at = now() + ${lease_ms} * interval '1 millisecond'",
        'next_attempt_at = null',
      ),
    },
    'any response is a success': { source: source('delivery.ts', 'status >= 200 && status < 300', 'status >= 200') },
    'the earlier events of a subject are not waited for': {
      source: source(
        queries,
        'select min(b.sequence) from deliveries b',
        'select coalesce(d.sequence, min(b.sequence)) from deliveries b',
      ),
      ddl: [queueing('select min(b.sequence)', 'select coalesce(d.sequence, min(b.sequence))')],
      noticed_by: 'was the last that was taken',
    },
    'the body says when it is sent': {
      source: source('delivery.ts', 'timestamp: row.created_at', 'timestamp: new Date().toISOString()'),
      noticed_by: 'other bytes',
    },
    'the time of an attempt is not signed': {
      source: source('secrets.ts', '${id}.${timestamp}.${body}', '${id}.${body}'),
      noticed_by: 'signature',
    },
    'what ends a delivery does not wait for what queues behind it': {
      source: [
        ...source(queries, 'and w.deleted_at is null for no key update of w`', 'and w.deleted_at is null`'),
        ...source('deliverer.ts', 'webhook.is_due || queued > 0', 'webhook.is_due && queued === 0'),
      ],
      ddl: [queueing('if again then', `if the.url like '%/hooks/%' then perform pg_sleep(1); end if; if again then`)],
      other: in_step,
    },
  },
};
