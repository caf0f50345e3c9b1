import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { watch } from '../../harness/inbox-follower.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import { type OwnCluster, startOwnCluster } from '../../harness/own-cluster.ts';
import { noProcesses, signalFamily } from '../../harness/processes.ts';
import { type Proxy, startProxy, type Weather } from '../../harness/proxy.ts';
import { Wire, type WireAnswer } from '../../harness/wire.ts';
import { type Check, type Finding, patienceOf, type Run, scaled } from '../check.ts';
import { inParallel, quantile, setStageOn, type Stage } from '../stage.ts';
import { Followers } from './followers.ts';
import { settle, type Write } from './ledger.ts';

type Trouble = Exclude<Weather, 'fair'> | 'stopped' | 'exhausted';

const all: readonly Trouble[] = ['hanging', 'refusing', 'resetting', 'slow', 'muffled', 'stopped', 'exhausted'];
/** In these states the database is unreachable, and readiness must say so. */
const away: readonly Trouble[] = ['hanging', 'refusing', 'resetting', 'stopped'];
const pool_size = 8;
/** The connections of the worker, which the followers keep busy, and of readiness. */
const other_connections = 5;

interface Times {
  statement_timeout_ms: number;
  lock_timeout_ms: number;
  /** The time to wait for a connection and for a statement that never returns, plus a margin for a busy machine. */
  deadline_ms: number;
  live_ms: number;
}

function timesOf(run: Run): Times {
  const patience = patienceOf(run);
  const statement_timeout_ms = 500 * patience;
  const deadline_ms = 5_000 + statement_timeout_ms + 2_000 + 1_500 * patience;
  return { statement_timeout_ms, lock_timeout_ms: 300 * patience, deadline_ms, live_ms: 1_000 * patience };
}

const at_once = 24;
/** The connections of this check's own requests to the server, including probes. */
const client_connections = at_once + 4;

function troublesOf(size: number): readonly Trouble[] {
  if (size >= 0.5) return all;
  return size >= 0.1 ? ['hanging', 'refusing', 'muffled'] : ['refusing', 'muffled'];
}

/** A server that loses its database in every way and gets it back. */
class Patient {
  readonly violations: string[] = [];
  readonly writes: Write[] = [];
  readonly latencies_ms: number[] = [];
  readonly recoveries_ms: number[] = [];
  readonly answers: Record<string, number> = {};
  readonly #stage: Stage;
  readonly #cluster: OwnCluster;
  readonly #proxy: Proxy;
  readonly #team: Team;
  readonly #wire: Wire;
  readonly #times: Times;
  readonly #ticket: string;

  constructor(parts: { stage: Stage; cluster: OwnCluster; proxy: Proxy; team: Team; times: Times; ticket_id: string }) {
    this.#times = parts.times;
    this.#stage = parts.stage;
    this.#cluster = parts.cluster;
    this.#proxy = parts.proxy;
    this.#team = parts.team;
    this.#wire = new Wire(parts.stage.url, client_connections);
    this.#ticket = `/v1/workspaces/${parts.team.workspace_id}/tickets/${parts.ticket_id}`;
  }

  /** The server's open files, which would grow if it left connections open. */
  files(): number {
    return readdirSync(`/proc/${this.#stage.child.pid}/fd`).length;
  }

  async suffer(trouble: Trouble, requests: number): Promise<void> {
    // So that connections are open when the trouble begins: one that is still being opened has a timeout of its own.
    await inParallel(at_once, at_once, (n) => this.#ask(undefined, n));
    const relieve = await this.#afflict(trouble);
    let over = false;
    const watching = this.#watchProbes(trouble, () => over);
    await inParallel(requests, at_once, (n) => this.#ask(trouble, n));
    if (away.includes(trouble)) await sleep(1_200); // long enough for at least one probe
    over = true;
    await watching;
    await relieve();
    await this.#recover(trouble);
  }

  leave(): void {
    this.#wire.close();
  }

  async #afflict(trouble: Trouble): Promise<() => Promise<void>> {
    const pid = this.#cluster.pid();
    if (trouble === 'stopped') {
      signalFamily(pid, 'SIGSTOP');
      return () => {
        signalFamily(pid, 'SIGCONT');
        return Promise.resolve();
      };
    }
    if (trouble === 'exhausted') {
      const holder = await this.#cluster.owner.connect();
      await holder.query('begin; lock table projects in access exclusive mode');
      return async () => {
        await holder.query('rollback');
        holder.release();
      };
    }
    this.#proxy.turn(trouble);
    return () => Promise.resolve(this.#proxy.turn('fair'));
  }

  #send(method: string, path: string, options: { id?: string; body?: unknown } = {}): Promise<WireAnswer> {
    const { id, body } = options;
    return this.#wire.send({
      method,
      path,
      body,
      token: this.#team.member.access_token,
      ...(id === undefined ? {} : { headers: { 'x-request-id': id } }),
      abort_after_ms: this.#times.deadline_ms,
    });
  }

  async #ask(trouble: Trouble | undefined, n: number): Promise<void> {
    const started = performance.now();
    const write: Write | undefined =
      n % 3 === 0
        ? { id: `a-${String(this.writes.length).padStart(8, '0')}`, kind: 'comment', told: 'unknown', made: undefined }
        : undefined;
    if (write !== undefined) this.writes.push(write);
    const asked =
      write === undefined
        ? this.#send('GET', n % 3 === 1 ? this.#ticket : `${this.#ticket}/transitions`)
        : this.#send('POST', `${this.#ticket}/comments`, { id: write.id, body: { body: write.id } });
    const answer = await asked.catch(() => undefined);
    this.latencies_ms.push(performance.now() - started);
    const when = trouble ?? 'fair again';
    if (answer === undefined) {
      this.violations.push(`${when}: no response within ${this.#times.deadline_ms} ms`);
      return;
    }
    const { code, id } = JSON.parse(answer.text) as { code?: string; id?: string };
    this.answers[code ?? answer.status] = (this.answers[code ?? answer.status] ?? 0) + 1;
    if (write !== undefined) {
      if (answer.status === 201) Object.assign(write, { told: 'acknowledged', made: id });
      else if (code !== 'outcome_unknown') write.told = 'refused';
    }
    const ok = answer.status < 300;
    const honest = answer.status === 503 && Number(answer.headers['retry-after']) > 0 && code !== undefined;
    if (!ok && !(honest && trouble !== undefined && trouble !== 'slow')) {
      this.violations.push(`${when}: responded ${answer.status} ${answer.text.slice(0, 200)}`);
    }
  }

  async #watchProbes(trouble: Trouble, isOver: () => boolean): Promise<void> {
    let ready = 0;
    let unready = 0;
    while (!isOver()) {
      const started = performance.now();
      const live = await this.#send('GET', '/livez').catch(() => undefined);
      if (live?.status !== 200 || performance.now() - started > this.#times.live_ms) {
        this.violations.push(`${trouble}: liveness responded ${live?.status ?? 'nothing'}`);
      }
      const readiness = await this.#send('GET', '/readyz').catch(() => undefined);
      if (readiness?.status === 200) ready++;
      else unready++;
      await sleep(50);
    }
    if (away.includes(trouble) && (ready > 0 || unready === 0)) {
      this.violations.push(`${trouble}: readiness said yes ${ready} times and no ${unready} times`);
    }
    if (trouble === 'slow' && unready > 0) this.violations.push(`${trouble}: readiness said no ${unready} times`);
  }

  async #recover(trouble: Trouble): Promise<void> {
    const started = performance.now();
    while ((await this.#send('GET', '/readyz').catch(() => undefined))?.status !== 200) {
      if (performance.now() - started > this.#times.deadline_ms) {
        this.violations.push(`${trouble}: not ready again within ${this.#times.deadline_ms} ms`);
        return;
      }
      await sleep(20);
    }
    this.recoveries_ms.push(performance.now() - started);
    await inParallel(at_once, at_once, (n) => this.#ask(undefined, n));
    const { rows } = await this.#cluster.owner.query<{ n: number }>(
      "select count(*)::integer as n from pg_stat_activity where application_name = 'baton'",
    );
    const open = rows[0]?.n ?? 0;
    const most = pool_size + other_connections;
    if (open > most) this.violations.push(`${trouble}: ${open} connections are open, of ${most} at most`);
  }
}

async function takeAway(run: Run, size: number): Promise<Finding> {
  const cluster = await startOwnCluster();
  const proxy = await startProxy(cluster.url);
  const times = timesOf(run);
  const env = {
    BATON_POOL_SIZE: String(pool_size),
    BATON_STATEMENT_TIMEOUT_MS: String(times.statement_timeout_ms),
    BATON_LOCK_TIMEOUT_MS: String(times.lock_timeout_ms),
  };
  const stage = await setStageOn({ ...cluster, url: proxy.url }, run.mutant, env);
  const team = await makeTeam(stage, 'standard');
  const ticket = await makeTicket(team);
  await watch(team, ticket.id);
  const followers = await Followers.start([stage.url], team, [ticket.id]);
  const patient = new Patient({ stage, cluster, proxy, team, times, ticket_id: ticket.id });
  const rounds = scaled(2, size);
  const troubles = troublesOf(size);
  const files = patient.files();
  const requests = scaled(120, size, at_once);
  for (let n = 0; n < rounds * troubles.length && stage.child.exitCode === null; n++) {
    await patient.suffer(troubles[n % troubles.length] ?? 'refusing', requests);
    run.progress((n + 1) / (rounds * troubles.length));
  }
  const { violations, writes, latencies_ms, recoveries_ms, answers } = patient;
  if (stage.child.exitCode !== null) violations.push('the server ended');
  else if (patient.files() > files + pool_size + other_connections + client_connections) {
    violations.push(`${patient.files()} files are open, ${files} were before`);
  }
  patient.leave();
  violations.push(...(await followers.stop()));
  const settled = await settle(cluster.owner, writes);
  const broken = await stage.strike();
  await proxy.close();
  return {
    load: { rounds, troubles: troubles.length, requests: latencies_ms.length, clients: at_once, pool_size },
    figures: {
      responses: Object.entries(answers)
        .map(([code, count]) => `${count} × ${code}`)
        .join(', '),
      unknown_and_done: settled.unknown_done,
      longest_response_ms: Math.round(Math.max(...latencies_ms)),
      ready_again_after_ms_p50: Math.round(quantile(recoveries_ms, 0.5)),
      ready_again_after_ms_max: Math.round(Math.max(...recoveries_ms)),
    },
    violations: [...violations, ...settled.violations, ...broken],
  };
}

export const database_away: Check = {
  id: 'database-away',
  promises: ['P20', 'P21'],
  says: 'While PostgreSQL hangs, refuses connections, resets them, is slow, stopped, exhausted or lost during a commit, each request gets 503 with Retry-After in time, liveness stays up and readiness goes down. Afterwards everything works again without a restart or a leaked connection, and events, webhooks and inboxes contain everything that was done.',
  impossible: noProcesses,
  run: takeAway,
  slice: 0.05,
  control_size: 0.1,
  controls: {
    'a connection lost in a commit is taken for a no': {
      source: [
        { file: 'db/errors.ts', find: "new BatonError('outcome_unknown'", replace: "new BatonError('overloaded'" },
      ],
    },
    'nobody listens for lost connections': {
      source: [
        { file: 'db/pool.ts', find: "pool.on('error', onError);", replace: '' },
        { file: 'db/pool.ts', find: "(client) => client.on('error', onError)", replace: '() => undefined' },
      ],
    },
    'waits for a hung database': {
      source: [{ file: 'db/pool.ts', find: 'options.statement_timeout_ms + 2_000', replace: 'Infinity' }],
      noticed_by: 'no response within',
    },
    'a lost connection is a fault of ours': {
      source: [{ file: 'db/errors.ts', find: 'if (isConnectionError(error) || isUnable(error) ||', replace: 'if (' }],
    },
    'readiness does not ask the database': {
      source: [{ file: 'http/probes.ts', find: 'await readiness.requireDatabase();', replace: '' }],
    },
  },
};
