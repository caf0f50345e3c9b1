import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '../../harness/database.ts';
import { watch } from '../../harness/inbox-follower.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import { type Served, type ServeOptions, startServing } from '../../harness/served.ts';
import { Wire, type WireAnswer } from '../../harness/wire.ts';
import { brokenInvariants } from '../../harness/invariants.ts';
import { type Check, type Finding, type Run, scaled } from '../check.ts';
import { Followers } from './followers.ts';
import { servingOn } from '../stage.ts';

const clients = 16;
const probe_every_ms = 50;
/** How long the balancer considers a server ready after a probe succeeded: several probes. */
const believed_ms = 300;
/**
 * Far longer than that: the processes of a server learn of the stop one after the other, and on a busy machine a request takes a
 * while.
 */
const drain_ms = 1_500;
/** The pause between two requests of a client: enough load, but the next server can still start. */
const pause_ms = 15;

/** One of the servers behind the balancer. */
interface Backend {
  served: Served;
  serving: ServeOptions;
  wire: Wire;
  /** When the last successful probe was sent. */
  ready_at: number;
}

const isReady = ({ ready_at }: Backend) => performance.now() - ready_at < believed_ms;

async function startBackend(serving: ServeOptions): Promise<Backend> {
  const served = await startServing(serving);
  const port = Number(new URL(served.url).port);
  return { served, serving: { ...serving, port }, wire: new Wire(served.url, clients), ready_at: performance.now() };
}

/** Sends requests to the servers that are ready, over kept connections, and never retries one. */
class Balancer {
  readonly violations: string[] = [];
  requests = 0;
  closing_answers = 0;
  readonly #backends: readonly Backend[];
  readonly #team: Team;
  readonly #ticket_id: string;
  #over = false;

  constructor(backends: readonly Backend[], team: Team, ticket_id: string) {
    this.#backends = backends;
    this.#team = team;
    this.#ticket_id = ticket_id;
  }

  async run(): Promise<void> {
    await Promise.all([
      ...this.#backends.map((backend) => this.#probe(backend)),
      ...Array.from({ length: clients }, (_, n) => this.#client(n)),
    ]);
  }

  stop(): void {
    this.#over = true;
  }

  async #probe(backend: Backend): Promise<void> {
    while (!this.#over) {
      const sent_at = performance.now();
      const answer = await backend.wire.send({ method: 'GET', path: '/readyz' }).catch(() => undefined);
      backend.ready_at = answer?.status === 200 ? sent_at : -Infinity;
      await sleep(probe_every_ms);
    }
  }

  async #client(n: number): Promise<void> {
    while (!this.#over) {
      const ready = this.#backends.filter(isReady);
      const backend = ready[(n + this.requests) % Math.max(1, ready.length)];
      if (backend === undefined) {
        await sleep(5); // the servers are never all down, but a probe may be late
        continue;
      }
      this.requests++;
      const answer = await this.#ask(backend).catch((error: unknown) => error as Error);
      if (answer instanceof Error) this.violations.push(`no response: ${answer.message}`);
      else if (answer.status >= 300) this.violations.push(`responded ${answer.status} ${answer.text.slice(0, 200)}`);
      else if (answer.headers['connection'] === 'close') this.closing_answers++;
      await sleep(pause_ms);
    }
  }

  #ask(backend: Backend): Promise<WireAnswer> {
    const { workspace_id, member } = this.#team;
    const ticket = `/v1/workspaces/${workspace_id}/tickets/${this.#ticket_id}`;
    const token = member.access_token;
    return this.requests % 4 === 0
      ? backend.wire.send({ method: 'POST', path: `${ticket}/comments`, token, body: { body: 'A word.' } })
      : backend.wire.send({ method: 'GET', path: ticket, token });
  }
}

/** Stops one server and starts its successor on the same port, while the others serve. */
async function replace(backend: Backend): Promise<string[]> {
  const code = await backend.served.stop();
  backend.served = await startServing(backend.serving);
  while (!isReady(backend)) await sleep(10);
  return code === 0 ? [] : [`a server that was told to stop ended with ${code}`];
}

async function restart(run: Run, size: number): Promise<Finding> {
  const database = await createDatabase();
  const processes = size < 0.05 ? 1 : 2;
  const env = { WEB_CONCURRENCY: String(processes), BATON_DRAIN_MS: String(drain_ms), BATON_POOL_SIZE: '8' };
  const serving = servingOn(database, run.mutant, env);
  const backends = await Promise.all([startBackend(serving), startBackend(serving)]);
  const team = await makeTeam(backends[0].served, 'standard');
  const ticket = await makeTicket(team);
  await watch(team, ticket.id);
  const followers = await Followers.start(
    backends.map(({ served }) => served.url),
    team,
    [ticket.id],
  );
  const balancer = new Balancer(backends, team, ticket.id);
  const running = balancer.run();
  const restarts = scaled(15, size);
  const violations: string[] = [];
  for (let n = 0; n < restarts; n++) {
    const backend = backends[n % 2] ?? backends[0];
    violations.push(...(await replace(backend)));
    run.progress((n + 1) / restarts);
  }
  balancer.stop();
  await running;
  violations.push(...(await followers.stop()));
  const codes = await Promise.all(
    backends.map(({ served, wire }) => {
      wire.close();
      return served.stop();
    }),
  );
  violations.push(...codes.filter((code) => code !== 0).map((code) => `a server ended with ${code}, not 0`));
  const broken = await brokenInvariants(database.owner);
  await database.drop();
  return {
    load: { restarts, servers: 2, processes_each: processes, clients, requests: balancer.requests },
    figures: { failed: balancer.violations.length, responses_that_closed: balancer.closing_answers },
    violations: [...balancer.violations, ...violations, ...Object.keys(broken).map((name) => `invariant ${name}`)],
  };
}

export const rolling_restart: Check = {
  id: 'rolling-restart',
  promises: ['P23'],
  says: 'Servers that are stopped one after the other under load fail no request of a load balancer that follows readiness: readiness turns off, the server drains, finishes its requests and exits with 0. Webhooks and notifications continue.',
  run: restart,
  slice: 0.06,
  control_size: 0.4,
  controls: {
    'closes the port at once': { env: { BATON_DRAIN_MS: '0' } },
    'readiness stays on while it stops': {
      source: [{ file: 'http/probes.ts', find: 'if (lifecycle.stopping)', replace: 'if (lifecycle.stopped)' }],
    },
    'does not wait for requests in progress': {
      source: [
        {
          file: 'process/http.ts',
          find: 'await sleep(this.#config.drain_ms);',
          replace: 'server.closeAllConnections();',
        },
      ],
    },
  },
};
