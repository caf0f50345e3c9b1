import { setTimeout as sleep } from 'node:timers/promises';
import { numberEvents } from '../../harness/events.ts';
import { nowhere } from '../../harness/make.ts';
import { type Person, registerPerson } from '../../harness/people.ts';
import { metrics_token } from '../../harness/server.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, isNoticed, type Mutant, type Run, scaled } from '../check.ts';
import { startWorker } from '../races/killing.ts';
import { setStage, type Stage } from '../stage.ts';

const pool_size = 4;
/** This many people send this many requests each at the same time: more people than there are connections. */
const [crowd, each] = [8, 20];
/**
 * With turns, few of the busy person's workspaces or webhooks come before another person's only one; in a single queue all of
 * them do.
 */
const most_before = 5;
/** With turns, each of the crowd gets a request or two before the newcomer; without turns, most of their requests come first. */
const most_requests_before = 3 * crowd;
/** One statement of the worker looks at no more rows than this; beyond it, they would not all be waiting at once. */
const most_found_at_once = 450;
const patience_ms = 60_000;
/** Shorter than a request may wait for a connection. */
const gate_ms = 1_500;
const tries = 3;

const settings = {
  BATON_WORKER: 'off',
  BATON_POOL_SIZE: String(pool_size),
  BATON_MAX_WORKSPACES_PER_ACCOUNT: '10000',
  BATON_NEW_WORKSPACES_PER_DAY: '10000',
};

/** Creates a workspace with a webhook for an event that never happens. */
async function furnish({ client }: Person): Promise<string> {
  const { id: workspace_id } = await client.create_workspace({ body: { name: 'W' } });
  await client.create_webhook({ workspace_id, body: { url: nowhere, types: ['workspace.deleted'] } });
  return workspace_id;
}

/** Whether the worker has processed every event, for notifications and for each webhook. */
async function isUpToDate({ database }: Stage): Promise<boolean> {
  const { rowCount } = await database.owner.query(
    `select 1 from event_heads h left join notification_places p using (workspace_id)
     where h.last_sequence > coalesce(p.last_sequence, 0)
     union all
     select 1 from webhooks w join event_heads h using (workspace_id) where h.last_sequence > w.last_sequence`,
  );
  return rowCount === 0;
}

/** How many rows the worker changed before that of this workspace. It changes each row once, in its own transaction. */
async function changedBefore({ database }: Stage, table: string, workspace_id: string): Promise<number> {
  const { rows } = await database.owner.query<{ n: number }>(
    `select count(*)::int as n from ${table} t
     where t.xmin::text::bigint < (select o.xmin::text::bigint from ${table} o where o.workspace_id = $1)`,
    [workspace_id],
  );
  return rows[0]?.n ?? Number.NaN;
}

/** One person has many workspaces and webhooks that wait for the worker, and another person has one of each. */
async function workBeside(run: Run, stage: Stage, many: number): Promise<{ faults: string[]; most: number }> {
  const [busy, other] = [await registerPerson(stage), await registerPerson(stage)];
  for (let n = 0; n < many; n++) {
    await furnish(busy);
    run.progress((0.8 * n) / many);
  }
  const workspace_id = await furnish(other);
  // Everything is waiting when the worker starts.
  await numberEvents(stage.database.url);
  const worker = await startWorker(run, stage, settings);
  const until = performance.now() + patience_ms;
  let is_done = false;
  while (!is_done && performance.now() < until) {
    await sleep(50);
    is_done = await isUpToDate(stage);
  }
  await worker.stop();
  if (!is_done) return { faults: [`the worker was not done within ${patience_ms} ms`], most: 0 };
  const workspaces = await changedBefore(stage, 'notification_places', workspace_id);
  const webhooks = await changedBefore(stage, 'webhooks', workspace_id);
  const faults: string[] = [];
  if (workspaces > most_before) faults.push(`${workspaces} workspaces of one person came before another’s only one`);
  if (webhooks > most_before) faults.push(`${webhooks} webhooks of one person came before another’s only one`);
  return { faults, most: Math.max(workspaces, webhooks) };
}

/** Waits until this many requests wait for a connection. Returns whether they do. */
async function doWait(wire: Wire, count: number): Promise<boolean> {
  for (const until = performance.now() + gate_ms; performance.now() < until; await sleep(10)) {
    const { text } = await wire.send({ method: 'GET', path: '/metrics', token: metrics_token });
    const found = /^baton_database_connections\{pool="requests",state="waited_for"\} (\d+)/m.exec(text);
    if (Number(found?.[1] ?? 0) >= count) return true;
  }
  return false;
}

interface Crowd {
  stage: Stage;
  wire: Wire;
  /** Each reads one person's workspace and returns the status. The last one is not part of the crowd. */
  asks: readonly (() => Promise<number>)[];
}

/**
 * Creates people with a workspace each. The server has just confirmed them, so each of their requests takes one connection once.
 */
async function gather(stage: Stage): Promise<Crowd> {
  const wire = new Wire(stage.url, crowd * each);
  const asks: (() => Promise<number>)[] = [];
  for (let n = 0; n <= crowd; n++) {
    const { client, access_token: token } = await registerPerson(stage);
    const { id } = await client.create_workspace({ body: { name: 'W' } });
    const request = { method: 'GET', path: `/v1/workspaces/${id}`, token, from: `127.20.0.${n + 1}` };
    const ask = async () => (await wire.send(request)).status;
    await ask();
    asks.push(ask);
  }
  return { stage, wire, asks };
}

/**
 * Makes all requests of the crowd wait, and then one of another person. Returns that request's status and how many of the crowd's
 * got their responses first; undefined if they didn't wait.
 */
async function requestsBefore({ stage, wire, asks }: Crowd): Promise<{ before: number; status: number } | undefined> {
  const holder = await stage.database.owner.connect();
  try {
    await holder.query('begin; lock table workspaces in access exclusive mode');
    let responses = 0;
    const flood = Array.from({ length: crowd * each }, async (_, n) => {
      await asks[n % crowd]?.();
      responses++;
    });
    const crowd_waits = await doWait(wire, crowd * each - pool_size);
    const last = (async () => ({ status: (await asks[crowd]?.()) ?? 0, before: responses }))();
    const all_wait = await doWait(wire, crowd * each - pool_size + 1);
    await holder.query('rollback');
    const seen = await last;
    await Promise.all(flood);
    return crowd_waits && all_wait ? seen : undefined;
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

async function askBeside(stage: Stage): Promise<{ faults: string[]; before: number }> {
  const all = await gather(stage);
  let seen = await requestsBefore(all);
  for (let n = 1; n < tries && seen === undefined; n++) seen = await requestsBefore(all);
  all.wire.close();
  if (seen === undefined) return { faults: ['no requests waited: this load proves nothing'], before: 0 };
  const { before, status } = seen;
  const faults: string[] = [];
  if (before > most_requests_before) faults.push(`${before} requests of others came before somebody’s only one`);
  if (status !== 200) faults.push(`somebody’s only request got ${status}`);
  return { faults, before };
}

async function takeTurns(run: Run, size: number): Promise<Finding> {
  const stage = await setStage(run, settings);
  const many = Math.min(scaled(300, size, 60), most_found_at_once);
  const work = await workBeside(run, stage, many);
  const violations = [...work.faults];
  const asking = isNoticed(run, violations) ? undefined : await askBeside(stage);
  violations.push(...(asking?.faults ?? []));
  return {
    load: { workspaces: many, webhooks: many, people: crowd, requests: crowd * each, connections: pool_size },
    figures: { steps_before: work.most, requests_before: asking?.before ?? 0 },
    violations: [...violations, ...(await stage.strike())],
  };
}

const broken = (file: string, find: string, replace: string, noticed_by: string): Mutant => ({
  source: [{ file, find, replace }],
  noticed_by,
});

export const turns: Check = {
  id: 'turns',
  promises: ['P22', 'P32'],
  says: 'However many workspaces, webhooks or requests of others wait, the only one of somebody else has its turn after a few of them: in the notifier, in the deliverer, and for a connection to the database.',
  run: takeTurns,
  slice: 0.2,
  control_size: 0.2,
  controls: {
    'workspaces wait in one line of all people': broken(
      'notifications/notifier.ts',
      'if (is_behind) this.#turns.add(one.created_by',
      "if (is_behind) this.#turns.add('everybody'",
      'workspaces of one person came before',
    ),
    'webhooks wait in one line of all people': broken(
      'webhooks/deliverer.ts',
      'this.#turns.add(one.charged_to, one.id, one)',
      "this.#turns.add('everybody', one.id, one)",
      'webhooks of one person came before',
    ),
    'who had a turn is not behind the others': broken(
      'db/turns.ts',
      'if (this.#queues.delete(account)) this.#queues.set(account, queue);',
      '',
      'came before somebody’s only one',
    ),
  },
};
