import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTeam, makeTicket } from '../../harness/make.ts';
import { joinWorkspace, registerPerson, type Person } from '../../harness/people.ts';
import { default_limits } from '../../harness/server.ts';
import { Wire } from '../../harness/wire.ts';
import { type Check, type Finding, type Mutant, type Run, scaled } from '../check.ts';
import { at_once_ms, quantile, setStage, type Stage } from '../stage.ts';
import { attacks, type Outcome, type Target } from './attacks.ts';
import { everyList } from './lists.ts';

const max_resident_mb = 512;
/** The longest that a neighbour may wait because of others, however busy the machine is. */
const patience_ms = 2_500;
/** From this size on there are enough requests to judge their times. */
const judged_size = 0.3;
/** BATON_BODY_MEMORY_MIB and BATON_RESPONSE_MEMORY_MIB, and the quarter of them that one account may use. */
const max_held_mib = 64;
const max_held_of_one_mib = 16;
/** What the operating system buffers of unread responses. */
const max_sent_mib = 24;
/** Three eighths of BATON_POOL_SIZE. */
const max_waiting_for_locks = 7;
/** How often probes may query the database per second, however many there are. */
const max_looks_a_second = 10;
/** BATON_REFUSAL_DELAY_MS, less what a timer may fall short of it. */
const refusal_delay_ms = 250 - 5;
const attackers = 4;

const settings = { ...default_limits, BATON_ACCESS_TOKEN_TTL_S: '86400' };

/** A person who works in their own workspace, one request after the other. */
class Neighbour {
  readonly #wire: Wire;
  readonly #token: string;
  readonly #base: string;
  readonly #project_id: string;
  readonly #ticket_id: string;
  readonly faults: string[] = [];

  constructor(url: string, person: Person, place: { workspace_id: string; project_id: string; ticket_id: string }) {
    this.#wire = new Wire(url, 1);
    this.#token = person.access_token;
    this.#base = `/v1/workspaces/${place.workspace_id}`;
    this.#project_id = place.project_id;
    this.#ticket_id = place.ticket_id;
  }

  /** Works until told to stop. Returns how long each request took. */
  async work(during: string, goOn: () => boolean): Promise<number[]> {
    const ticket = `${this.#base}/tickets/${this.#ticket_id}`;
    const day = [
      { method: 'GET', path: ticket },
      { method: 'GET', path: `${this.#base}/tickets` },
      { method: 'POST', path: `${ticket}/comments`, body: { body: 'At work' } },
      { method: 'GET', path: `${this.#base}/projects/${this.#project_id}` },
    ];
    const times: number[] = [];
    while (goOn()) {
      for (const request of day) {
        const begun = performance.now();
        const answer = await this.#wire
          .send({ ...request, token: this.#token, abort_after_ms: 4 * patience_ms })
          .catch((error: Error) => ({ status: 0, text: error.message }));
        const took = performance.now() - begun;
        times.push(took);
        if (answer.status >= 300 || answer.status === 0) this.#fault(during, `got ${answer.status}`);
        if (took > patience_ms) this.#fault(during, `waited ${Math.round(took)} ms`);
        await sleep(10);
      }
    }
    return times;
  }

  /** Probes as a load balancer does. */
  async probe(during: string, goOn: () => boolean): Promise<void> {
    const wire = new Wire(this.#wire.url, 1);
    while (goOn()) {
      const answer = await wire
        .send({ method: 'GET', path: '/readyz', abort_after_ms: patience_ms })
        .catch(() => ({ status: 0 }));
      if (answer.status !== 200) this.#fault(during, `saw /readyz respond ${answer.status}`);
      await sleep(200);
    }
    wire.close();
  }

  #fault(during: string, what: string): void {
    if (this.faults.length < 50) this.faults.push(`during ${during} a neighbour ${what}`);
  }

  leave(): void {
    this.#wire.close();
  }
}

/** Creates the attackers' workspace: many tickets, one of which stays locked. */
async function settle(
  stage: Stage,
  tickets: number,
  ms: number,
): Promise<{ target: Target; unlock: () => Promise<void> }> {
  const people = await Promise.all(Array.from({ length: attackers }, () => registerPerson(stage)));
  const [first] = people;
  if (first === undefined) throw new Error('There is no attacker.');
  const { id: workspace_id } = await first.client.create_workspace({ body: { name: 'Attackers' } });
  for (const other of people.slice(1)) await joinWorkspace(first, other, workspace_id, 'member');
  const body = { key: 'ATT', name: 'Attack' };
  const { id: project_id } = await first.client.create_project({ workspace_id, body });
  const { id: ticket } = await first.client.create_ticket({ workspace_id, project_id, body: { title: 'Locked' } });
  const long = { title: 'Long', description: '\u0001'.repeat(500_000) };
  const { id: long_ticket } = await first.client.create_ticket({ workspace_id, project_id, body: long });
  const { owner } = stage.database;
  await owner.query(
    `insert into tickets (workspace_id, id, project_id, number, title, description, initial_status, status, labels,
       assignee_id, reporter_id, created_at, updated_at)
     select $1, gen_random_uuid(), $2, n + 1, 'Ticket ' || n, repeat('x', case when n > $4 - 200 then 20000 else 100 end),
       'open', 'open', case when n % 1000 = 0 then '{rare}' else '{common}' end::text[], null, $3,
       now() - n * interval '1 second', now() - n * interval '1 second'
     from generate_series(2, $4::int) n`,
    [workspace_id, project_id, first.user.id, tickets],
  );
  await owner.query(
    `insert into ticket_labels (workspace_id, ticket_id, label, created_at)
     select workspace_id, id, unnest(labels), created_at from tickets where workspace_id = $1`,
    [workspace_id],
  );
  await owner.query('update projects set last_number = $2 where id = $1', [project_id, tickets + 1]);
  await owner.query(
    `with head as (update event_heads set last_sequence = last_sequence + $3 where workspace_id = $1
       returning last_sequence - $3 as before)
     insert into events (workspace_id, sequence, id, actor_id, action, subject_type, subject_id, subject_version, request_id,
       created_at)
     select workspace_id, head.before + number - 2, gen_random_uuid(), reporter_id, 'ticket.created', 'ticket', id, 1,
       'seed-0000', created_at
     from tickets, head where workspace_id = $1 and id <> all ($2)`,
    [workspace_id, [ticket, long_ticket], tickets - 1],
  );
  await owner.query('analyze');
  const locker = await owner.connect();
  await locker.query('begin');
  await locker.query('select 1 from tickets where id = $1 for update', [ticket]);
  const base = `/v1/workspaces/${workspace_id}`;
  const target = {
    url: stage.url,
    ms,
    tokens: people.map(({ access_token }) => access_token),
    email: first.email,
    lists: everyList({ workspace_id, project_id, ticket }),
    tickets_path: `${base}/projects/${project_id}/tickets`,
    ticket_path: `${base}/tickets/${ticket}`,
    long_path: `${base}/tickets/${long_ticket}`,
  };
  const unlock = async () => {
    await locker.query('rollback');
    locker.release();
  };
  return { target, unlock };
}

function attack(kind: string, target: Target): { over: Promise<void>; outcome: Promise<Outcome> } {
  const child = fork(path.join(import.meta.dirname, 'attacker.ts'));
  const over = Promise.withResolvers<void>();
  const outcome = Promise.withResolvers<Outcome>();
  const fail = (error: Error) => {
    over.reject(error);
    outcome.reject(error);
  };
  child.once('error', fail);
  child.once('exit', () => fail(new Error(`The attacker of ${kind} ended before its attack.`)));
  child.on('message', (said: { outcome?: Outcome }) => {
    over.resolve();
    if (said.outcome === undefined) return;
    outcome.resolve(said.outcome);
    child.kill();
  });
  child.send({ kind, target });
  return { over: over.promise, outcome: outcome.promise };
}

/** The most memory that the process ever had. */
function peakResident_mb(stage: Stage): number {
  const status = readFileSync(`/proc/${stage.child.pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}

/**
 * Counts how often probes query the database, by looking every 20 ms until told to stop. The counters of pg_stat_database are no
 * help: PostgreSQL adds a transaction that touches no table to them only along with one that does.
 */
async function looksOfProbes({ database }: Stage, goOn: () => boolean): Promise<number> {
  const seen = new Set<string>();
  while (goOn()) {
    const { rows } = await database.owner.query<{ look: string }>(
      `select pid || ' ' || query_start::text as look from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid() and query like 'select%pg_is_in_recovery() as standby'`,
    );
    for (const { look } of rows) seen.add(look);
    await sleep(20);
  }
  return seen.size;
}

/** The most connections that waited for a lock at one time, until told to stop. */
async function waitingForLocks({ database }: Stage, goOn: () => boolean): Promise<number> {
  let most = 0;
  while (goOn()) {
    const { rows } = await database.owner.query<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    most = Math.max(most, rows[0]?.n ?? 0);
    await sleep(100);
  }
  return most;
}

/** The p99; with fewer than seven hundred requests the seventh slowest, so that a handful doesn't decide. */
function slowest(times: readonly number[]): number {
  return quantile(times, Math.min(0.99, 1 - 7 / times.length));
}

const round = (ms: number) => Number(ms.toFixed(1));

interface Seen {
  kind: string;
  outcome: Outcome;
  seconds: number;
  /** Queries by probes. */
  looks: number;
  /** Connections that waited for a lock at one time. */
  waiting: number;
}

function brokenBounds({ kind, outcome, seconds, looks, waiting }: Seen): string[] {
  const { held_mib = 0, held_of_one_mib = 0, refused_after_ms = Infinity } = outcome;
  const [what, sent_mib] = kind === 'slow readers' ? ['responses', max_sent_mib] : ['bodies', 0];
  const found: string[] = [];
  if (held_mib > max_held_mib + sent_mib) found.push(`${held_mib} MiB of ${what} were kept`);
  if (held_of_one_mib > max_held_of_one_mib + sent_mib) {
    found.push(`${held_of_one_mib} MiB of ${what} were kept for one account`);
  }
  if (waiting > max_waiting_for_locks) found.push(`${waiting} connections waited for locks`);
  if (refused_after_ms < refusal_delay_ms) found.push(`a request was refused after ${round(refused_after_ms)} ms`);
  if (looks > max_looks_a_second * seconds) found.push(`the database was asked ${looks} times`);
  return found.map((fault) => `${kind}: ${fault}`);
}

async function liveBeside(run: Run, size: number): Promise<Finding> {
  const judged = size >= judged_size;
  const stage = await setStage(run, settings);
  const team = await makeTeam(stage);
  const { id: ticket_id } = await makeTicket(team);
  const neighbour = new Neighbour(stage.url, team.member, { ...team, ticket_id });
  const ms = scaled(8_000, size, 1_500);
  const { target, unlock } = await settle(stage, scaled(50_000, size, 2_000), ms);
  const during = async (name: string, work: Promise<unknown>) => {
    let over = false;
    const goOn = () => !over;
    const locks = name === 'locked rows' ? waitingForLocks(stage, goOn) : Promise.resolve(0);
    const asked = name === 'readiness' ? looksOfProbes(stage, goOn) : Promise.resolve(0);
    const watching = [neighbour.work(name, goOn), locks, asked, neighbour.probe(name, goOn)] as const;
    await work;
    over = true;
    const [times, waiting, looks] = await Promise.all(watching);
    return { times, waiting, looks };
  };
  await during('nothing', sleep(ms / 2)); // warms up: an idle server has compiled code and plans already
  const { times: idle_times } = await during('nothing', sleep(2 * ms));
  const idle = { p50: quantile(idle_times, 0.5), p99: slowest(idle_times) };
  const figures: Record<string, number> = { 'idle ms p50': round(idle.p50), 'idle ms p99': round(idle.p99) };
  const violations: string[] = [];
  const load: Record<string, number> = { different_lists: target.lists.length };
  const kinds = Object.keys(attacks);
  for (const [n, kind] of kinds.entries()) {
    const begun = performance.now();
    const attacking = attack(kind, target);
    const { times, waiting, looks } = await during(kind, attacking.over);
    const seconds = (performance.now() - begun) / 1000;
    const outcome = await attacking.outcome;
    const [p50, p99] = [quantile(times, 0.5), slowest(times)];
    figures[`${kind} ms p50`] = round(p50);
    figures[`${kind} ms p99`] = round(p99);
    if (kind === 'readiness') figures['questions of probes to the database'] = looks;
    if (kind === 'locked rows') figures['connections that waited for locks'] = waiting;
    if (outcome.responses !== undefined) load[kind] = outcome.responses;
    if (outcome.held_mib !== undefined) figures[`${kind} kept mib`] = outcome.held_mib;
    violations.push(...brokenBounds({ kind, outcome, seconds, looks, waiting }));
    if (judged && p50 > 2 * idle.p50) violations.push(`${kind}: the p50 is ${round(p50)} ms, idle ${round(idle.p50)}`);
    if (judged && p99 > Math.max(2 * idle.p99, at_once_ms)) {
      violations.push(`${kind}: the p99 is ${round(p99)} ms, idle ${round(idle.p99)}`);
    }
    run.progress((n + 1) / kinds.length);
  }
  const resident = peakResident_mb(stage);
  figures['resident mb at most'] = resident;
  if (!(resident <= max_resident_mb)) violations.push(`the process had ${resident} MB in memory`);
  violations.push(...neighbour.faults);
  neighbour.leave();
  await unlock();
  return { load, figures, violations: [...violations, ...(await stage.strike())] };
}

const broken = (file: string, find: string, replace: string): Mutant => ({ source: [{ file, find, replace }] });

export const neighbours: Check = {
  id: 'neighbours',
  promises: ['P32', 'P22'],
  says: 'Whatever one workspace, account or network sends, the median of another’s requests stays within twice its idle value, and the p99 within twice that or 100 ms.',
  run: liveBeside,
  alone: true,
  slice: 0,
  control_size: 0.3,
  controls: {
    'a workspace may use all connections': {
      ...broken(
        'db/turns.ts',
        'const part = (size: number, sixteenths: number) => Math.max(1, Math.floor((size * sixteenths) / 16));',
        'const part = (size: number, sixteenths: number) => Math.max(size, sixteenths);',
      ),
      noticed_by: 'connections waited for locks',
    },
    'each probe asks the database': {
      ...broken('http/readiness.ts', 'now - this.#asked.at > fresh_ms', 'now >= 0'),
      noticed_by: 'the database was asked',
    },
    'refusals come at once': { env: { BATON_REFUSAL_DELAY_MS: '0' }, noticed_by: 'a request was refused after' },
    // The default limit per minute would allow too few responses.
    'responses have no share of the memory': {
      ...broken('http/send.ts', 'responses.take(holder, bytes);', ''),
      env: { BATON_READ_MIB_PER_MINUTE: '1000000' },
      noticed_by: 'MiB of responses were kept',
    },
    'the event loop reads and writes large JSON': {
      source: [
        { file: 'http/large-json.ts', find: 'large_body_bytes = 128 * 1024;', replace: 'large_body_bytes = 1e9;' },
        { file: 'http/large-json.ts', find: 'long_text = 64 * 1024;', replace: 'long_text = 1e9;' },
      ],
      noticed_by: 'large bodies: the p',
    },
    'bodies have no share of the memory': {
      ...broken('http/byte-shares.ts', 'held === own || held + bytes <= share', 'held + share >= 0'),
      noticed_by: 'MiB of bodies were kept',
    },
  },
};
