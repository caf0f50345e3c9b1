import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { type Served, startServing } from '../harness/served.ts';
import { quantile } from '../prove/stage.ts';
import type { Bed } from './bed.ts';
import { peakResident_mb } from './cpu.ts';
import { load, middle, type Sample } from './load.ts';
import { makeScenarios, type Scenario } from './scenarios.ts';
import type { Place } from './seed.ts';
import { baton_environment } from './targets.ts';

/** How long after a change its event reached a stream, measured from the event's timestamp, which is before the commit. */
interface Delivery {
  connections: number;
  requests_per_s: number;
  errors: number;
  events: number;
  p50_ms: number;
  p99_ms: number;
  /** The most events that were seen waiting for a number. */
  most_waiting: number;
}

interface Backlog {
  entries: number;
  seconds: number;
  /** The connections that write at the same time, and what they achieved. */
  writers: number;
  writes_per_s: number;
  errors: number;
  resident_mb: number;
}

/** What numbering and sending events costs concurrent writes, and how far behind it falls. */
export interface EventFigures {
  /** Transitions of tickets with a worker on the same cores, and without one. */
  with_worker: Sample;
  without_worker: Sample;
  deliveries: Delivery[];
  backlogs: Backlog[];
}

interface Options {
  connections: number;
  pool_size: number;
  seconds: number;
  rounds: number;
  /** The sizes of a backlog that is worked off while others write, and of one that is worked off alone. */
  backlog: number;
  long_backlog: number;
}

const look_ms = 50;
const patience_ms = 600_000;

/** Opens a stream of a workspace's events and records their delays until it is closed. */
function openStream(url: string, token: string, { workspace_id }: Place) {
  const delays_ms: number[] = [];
  const path = `/v1/workspaces/${workspace_id}/events?after=now`;
  const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  let refused: number | undefined;
  const outgoing = request(new URL(path, url), { headers }, (incoming) => {
    if (incoming.statusCode !== 200) refused = incoming.statusCode;
    const lines = createInterface({ input: incoming });
    lines.on('line', (line) => {
      const [, at] = /^data: .*"created_at":"([^"]+)"/.exec(line) ?? [];
      if (at !== undefined) delays_ms.push(Date.now() - Date.parse(at));
    });
    lines.on('error', () => undefined); // emitted when it is closed
  });
  outgoing.on('error', () => undefined);
  outgoing.end();
  const close = () => {
    outgoing.destroy();
    if (refused !== undefined) throw new Error(`The stream got ${refused}.`);
  };
  return { delays_ms, close };
}

/** How many events have no number yet. */
async function waiting(owner: pg.Pool): Promise<number> {
  const { rows } = await owner.query<{ n: number }>('select count(*)::int as n from outbox');
  return rows[0]?.n ?? 0;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience_ms;
  while (!(await done())) {
    if (performance.now() > deadline) throw new Error(`Events were not numbered within ${patience_ms / 1000} s.`);
    await sleep(look_ms);
  }
}

const untilNumbered = (owner: pg.Pool) => until(async () => (await waiting(owner)) === 0);

/** The number of a workspace's last event: one row, so reading it costs next to nothing. */
async function lastSequence(owner: pg.Pool, { workspace_id }: Place): Promise<number> {
  const { rows } = await owner.query<{ last: number }>(
    'select last_sequence::float8 as last from event_heads where workspace_id = $1',
    [workspace_id],
  );
  return rows[0]?.last ?? 0;
}

/** Inserts committed entries without numbers. */
async function fillOutbox(owner: pg.Pool, { workspace_id }: Place, entries: number): Promise<void> {
  await owner.query(
    `insert into outbox (workspace_id, created_at, id, actor_id, action, subject_type, subject_id, after, request_id)
     select w.id, now() - ($2::int - n) * interval '1 microsecond', gen_random_uuid(), w.created_by, 'bot.created', 'bot',
       gen_random_uuid(), jsonb_build_object('name', 'B' || n, 'role', 'member'), 'bench'
     from generate_series(1, $2::int) n, workspaces w where w.id = $1`,
    [workspace_id, entries],
  );
}

/** Sends transitions of many tickets to a Baton that this measurement starts. */
class Steps {
  readonly #bed: Bed;
  readonly #steps: Scenario;
  readonly #options: Options;

  constructor(bed: Bed, steps: Scenario, options: Options) {
    this.#bed = bed;
    this.#steps = steps;
    this.#options = options;
  }

  start(worker: boolean): Promise<Served> {
    const own = { BATON_POOL_SIZE: String(this.#options.pool_size), BATON_WORKER: worker ? 'on' : 'off' };
    return startServing({ database_url: this.#bed.database_url, env: { ...baton_environment, ...own } });
  }

  send({ url, child }: Served, connections: number, seconds: number): Promise<Sample> {
    const target = { url, pid: child.pid ?? 0, token: this.#bed.person.access_token };
    return load(target, this.#steps, { connections, seconds, postmaster: this.#bed.postmaster });
  }

  /** Runs one round on a server of its own, then stops it and numbers the events that it left. */
  async round(worker: boolean): Promise<Sample> {
    const { connections, seconds } = this.#options;
    const served = await this.start(worker);
    await this.send(served, connections, 2);
    const sample = await this.send(served, connections, seconds);
    await served.stop();
    const numbering = await this.start(true);
    await untilNumbered(this.#bed.owner);
    await numbering.stop();
    return sample;
  }

  async delivery(served: Served, place: Place, connections: number): Promise<Delivery> {
    const { owner, person } = this.#bed;
    const stream = openStream(served.url, person.access_token, place);
    await sleep(500);
    let most_waiting = 0;
    const over = new AbortController();
    const look = async () => {
      for (; !over.signal.aborted; await sleep(look_ms)) most_waiting = Math.max(most_waiting, await waiting(owner));
    };
    const looking = look();
    const sample = await this.send(served, connections, 2 * this.#options.seconds);
    over.abort();
    await looking;
    await untilNumbered(owner);
    await sleep(1_000);
    stream.close();
    const { delays_ms } = stream;
    const [p50_ms, p99_ms] = [quantile(delays_ms, 0.5), quantile(delays_ms, 0.99)];
    const { requests_per_s, errors } = sample;
    return { connections, requests_per_s, errors, events: delays_ms.length, p50_ms, p99_ms, most_waiting };
  }

  async catchUp(
    served: Served,
    place: Place,
    { entries, writers }: { entries: number; writers: number },
  ): Promise<Backlog> {
    const { owner } = this.#bed;
    await untilNumbered(owner);
    const before = await lastSequence(owner, place);
    await fillOutbox(owner, place, entries);
    const begun = performance.now();
    const rates: number[] = [];
    let errors = 0;
    const over = new AbortController();
    const write = async () => {
      while (!over.signal.aborted) {
        const sample = await this.send(served, writers, 1);
        rates.push(sample.requests_per_s);
        errors += sample.errors;
      }
    };
    const writing = writers > 0 ? write() : undefined;
    // Entries are numbered in the order of their times, and the writers' entries are later.
    await until(async () => (await lastSequence(owner, place)) >= before + entries);
    const seconds = (performance.now() - begun) / 1000;
    over.abort();
    await writing;
    return {
      entries,
      writers,
      seconds,
      writes_per_s: quantile(rates, 0.5),
      errors,
      resident_mb: peakResident_mb(served.child.pid ?? 0),
    };
  }
}

/** Measures with servers of its own; no other server uses the database meanwhile. */
export async function measureEvents(bed: Bed, options: Options, say: (text: string) => void): Promise<EventFigures> {
  const { connections, rounds, backlog, long_backlog } = options;
  const [, place] = bed.places;
  if (place === undefined) throw new Error('There is no place to write in.');
  const all = await makeScenarios(bed.owner, place, { person: bed.person, connections });
  const transition = all.find(({ name }) => name === 'transition');
  if (transition === undefined) throw new Error('There are no steps.');
  const steps = new Steps(bed, transition, options);
  const samples: Record<'with' | 'without', Sample[]> = { with: [], without: [] };
  for (let round = 0; round < rounds; round++) {
    say(`writes without a worker and with one: round ${round + 1} of ${rounds} …`);
    // Each comes first equally often, because the tables grow.
    const order = round % 2 === 0 ? (['without', 'with'] as const) : (['with', 'without'] as const);
    for (const which of order) samples[which].push(await steps.round(which === 'with'));
  }
  const served = await steps.start(true);
  const deliveries: Delivery[] = [];
  const backlogs: Backlog[] = [];
  try {
    for (const busy of [Math.max(1, Math.floor(connections / 4)), connections]) {
      say(`Events of ${busy} connections in transit …`);
      deliveries.push(await steps.delivery(served, place, busy));
    }
    for (const [entries, writers] of [
      [backlog, 2],
      [long_backlog, 0],
    ] as const) {
      say(`${entries.toLocaleString('en')} events without a number …`);
      backlogs.push(await steps.catchUp(served, place, { entries, writers }));
    }
  } finally {
    await served.stop();
  }
  return { with_worker: middle(samples.with), without_worker: middle(samples.without), deliveries, backlogs };
}
