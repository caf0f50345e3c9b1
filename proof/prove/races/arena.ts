import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../check.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import type { Person } from '../../harness/people.ts';
import { Wire } from '../../harness/wire.ts';
import type { Stage } from '../stage.ts';
import { chooseAction, type Mix, outcomeOf, requestFor, rules } from './actions.ts';
import { violationsOf } from './checker.ts';
import type { Operation, Outcome } from './history.ts';

/** One ticket in the arena, and all calls on it. */
export interface Bout {
  path: string;
  ticket_id: string;
  seen: number;
  operations: Operation[];
  under_way: number;
  comments: number;
}

export interface ArenaOptions {
  clients: number;
  mix: Mix;
  /** The share of calls that are aborted within 6 ms, unless their response has come by then. */
  cut: number;
}

/** Clients race for tickets here, and every call is recorded. */
export class Arena {
  readonly #wire: Wire;
  readonly #run: Run;
  readonly #options: ArenaOptions;
  readonly #stage: Stage;
  readonly #team: Team;
  readonly violations: string[] = [];
  readonly latencies_ms: number[] = [];
  readonly pairs = new Set<string>();
  readonly answers: Record<string, number> = {};
  #calls = 0;

  static async open(stage: Stage, run: Run, options: ArenaOptions): Promise<Arena> {
    return new Arena(stage, run, options, await makeTeam(stage, 'standard'));
  }

  constructor(stage: Stage, run: Run, options: ArenaOptions, team: Team) {
    this.#stage = stage;
    this.#run = run;
    this.#options = options;
    this.#team = team;
    this.#wire = new Wire(stage.url, options.clients);
  }

  get team(): Team {
    return this.#team;
  }

  /** Creates a new ticket to race for. */
  async open(): Promise<Bout> {
    const id = this.#name();
    const start = performance.now();
    const ticket = await makeTicket(this.#team, { title: id });
    const { status, resolution, assignee_id, title, priority, version } = ticket;
    const state = { status, resolution, assignee_id, title, priority, deleted: false };
    const outcome: Outcome = { kind: 'state', version, state };
    const action = { kind: 'create', title } as const;
    return {
      path: `/v1/workspaces/${this.#team.workspace_id}/tickets/${ticket.id}`,
      ticket_id: ticket.id,
      seen: version,
      operations: [{ id: 'create', start, end: performance.now(), action, outcome }],
      under_way: 0,
      comments: 0,
    };
  }

  #name(): string {
    return `op-${String(++this.#calls).padStart(8, '0')}`;
  }

  /** Makes one call; `as` may be a person whose role changes meanwhile. */
  async act(bout: Bout, as: Person, roleOf?: (start: number, end: number) => Set<string>): Promise<void> {
    const { random } = this.#run;
    const { owner, admin, member } = this.#team;
    const people = [owner, admin, member].map(({ user }) => user.id);
    const id = this.#name();
    const action = chooseAction(random, this.#options.mix, { id, seen: bout.seen, people });
    const cut = random.chance(this.#options.cut);
    const request = requestFor(action, bout.path);
    bout.under_way++;
    const start = performance.now();
    const answer = await this.#wire
      .send({
        ...request,
        token: as.access_token,
        headers: { ...request.headers, 'x-request-id': id },
        ...(cut ? { abort_after_ms: 6 * random.next() } : {}),
      })
      .catch((error: unknown) => (cut ? undefined : (error as Error)));
    const end = performance.now();
    bout.under_way--;
    if (answer instanceof Error) {
      this.violations.push(`${action.kind}: no response: ${answer.message}`);
      return;
    }
    if (answer !== undefined) {
      this.latencies_ms.push(end - start);
      this.answers[answer.status] = (this.answers[answer.status] ?? 0) + 1;
    }
    const outcome = answer === undefined ? ({ kind: 'unknown' } as const) : outcomeOf(action, answer);
    if (outcome === undefined) {
      this.violations.push(`${action.kind}: responded ${answer?.status} ${answer?.text.slice(0, 200)}`);
      return;
    }
    if (roleOf !== undefined && outcome.kind !== 'unknown') {
      const fault = roleFault(action.kind, outcome, roleOf(start, end));
      if (fault !== undefined) this.violations.push(fault);
    }
    this.#note(bout, { id, start, end: outcome.kind === 'unknown' ? Infinity : end, action, outcome });
  }

  #note(bout: Bout, operation: Operation): void {
    const { action, outcome } = operation;
    if (outcome.kind === 'refused' && outcome.code === 'forbidden') return; // refused for the role, whatever the state of the ticket
    if (outcome.kind === 'state') bout.seen = Math.max(bout.seen, outcome.version);
    if (action.kind === 'comment' && outcome.kind === 'done') bout.comments++;
    if (action.kind === 'transition' && outcome.kind === 'refused' && outcome.status !== undefined) {
      this.pairs.add(`${outcome.status} ${action.to}`);
    }
    bout.operations.push(operation);
  }

  /** Waits for all calls on a ticket, then checks whether one order of single steps explains them all. */
  async close(bout: Bout): Promise<void> {
    while (bout.under_way > 0) await sleep(5);
    const id = 'last-read';
    await sleep(50); // aborted calls may still be in progress at the server
    const start = performance.now();
    const answer = await this.#wire.send({ method: 'GET', path: bout.path, token: this.#team.owner.access_token });
    const outcome = outcomeOf({ kind: 'read' }, answer);
    if (outcome === undefined) this.violations.push(`read: responded ${answer.status}`);
    else bout.operations.push({ id, start, end: performance.now(), action: { kind: 'read' }, outcome });
    const order = await this.#order(bout);
    for (const step of order) if (step.pair !== undefined) this.pairs.add(step.pair);
    const ids = order.map(({ request_id }, index) => (index === 0 ? 'create' : request_id));
    this.violations.push(
      ...violationsOf({ operations: bout.operations, order: ids }, rules).map((text) => `${bout.ticket_id}: ${text}`),
    );
    await this.#countComments(bout);
  }

  async #order({ ticket_id }: Bout): Promise<{ request_id: string; pair: string | undefined }[]> {
    const { rows } = await this.#stage.database.owner.query<{ request_id: string; from: string; to: string }>(
      `select request_id, before ->> 'status' as from, after ->> 'status' as to from audit_log
       where workspace_id = $1 and subject_id = $2 and subject_type = 'ticket' order by subject_version, created_at`,
      [this.#team.workspace_id, ticket_id],
    );
    return rows.map(({ request_id, from, to }) => ({ request_id, pair: from === null ? undefined : `${from} ${to}` }));
  }

  async #countComments({ ticket_id, comments, operations }: Bout): Promise<void> {
    const { rows } = await this.#stage.database.owner.query<{ n: number }>(
      'select count(*)::integer as n from comments where workspace_id = $1 and ticket_id = $2',
      [this.#team.workspace_id, ticket_id],
    );
    const unknown = operations.filter(
      ({ action, outcome }) => action.kind === 'comment' && outcome.kind === 'unknown',
    ).length;
    const kept = rows[0]?.n ?? 0;
    if (kept < comments || kept > comments + unknown) {
      this.violations.push(`${ticket_id}: ${comments} comments acknowledged, ${unknown} unknown, ${kept} kept`);
    }
  }

  get calls(): number {
    return this.#calls;
  }

  leave(): void {
    this.#wire.close();
  }
}

/** Says whether a call was allowed or refused for a role that the person can't have had at any moment of the call. */
function roleFault(kind: string, outcome: Outcome, roles: Set<string>): string | undefined {
  const forbidden = outcome.kind === 'refused' && outcome.code === 'forbidden';
  if (forbidden && !roles.has('viewer')) return `${kind}: refused a member as a viewer`;
  const wrote = kind !== 'read' && (outcome.kind === 'done' || outcome.kind === 'state');
  if (wrote && !roles.has('member')) return `${kind}: let a viewer write`;
  return undefined;
}
