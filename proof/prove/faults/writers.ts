import { setTimeout as sleep } from 'node:timers/promises';
import type { Ticket } from '../../../sdk/index.ts';
import { watch } from '../../harness/inbox-follower.ts';
import { makeTeam, makeTicket, type Team } from '../../harness/make.ts';
import { Wire, type WireAnswer, type WireRequest } from '../../harness/wire.ts';
import { isSlice, type Run } from '../check.ts';
import type { Random } from '../random.ts';
import { Followers } from './followers.ts';
import type { Told, Write } from './ledger.ts';

const kinds = ['create', 'transition', 'transition', 'edit', 'comment'] as const;
const patience_ms = 30_000;
/**
 * After this long a question is asked again: a primary never closes a connection that it was handing to a process killed at that
 * moment.
 */
const ask_again_ms = 5_000;

interface Seen {
  version: number;
  next: string[];
}

/** The pause after a 503: at least what a client would wait, and time for the database to come back. */
const pause_ms = 100;

/** How many writers there are: all of them under the full load, few in a small run, where the steps matter and not the load. */
export const writersFor = (full: number, run: Run): number => (isSlice(run) ? Math.min(full, 8) : full);

/** For a control: a build that wrongly does a write twice does so only without a key. */
export const without_keys = 'without keys';

/** Clients that write without pause and record the response to each write. */
export class Writers {
  readonly writes: Write[] = [];
  readonly violations: string[] = [];
  readonly #wires: Wire[];
  readonly #prefix: string;
  readonly #settles: boolean;
  readonly #team: Team;
  readonly #random: Random;
  /** A ticket of two writers, which the workspace's owner watches. */
  readonly watched: string;
  #followers: Followers | undefined;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #longest_ms = 0;

  /**
   * Starts `count` writers on servers of one database, two per ticket. It also starts followers of the events, unless the servers
   * won't be running at the end.
   */
  static async start(
    urls: readonly string[],
    random: Random,
    { count = 32, prefix = 'w', settles = false, followed = true } = {},
  ): Promise<Writers> {
    const team = await makeTeam({ url: urls[0] ?? '' }, 'standard');
    const tickets = await Promise.all(Array.from({ length: Math.ceil(count / 2) }, () => makeTicket(team)));
    const watched = tickets[0]?.id ?? '';
    await watch(team, watched);
    const writers = new Writers(urls, team, random, { count, prefix, settles, watched });
    if (followed) writers.#followers = await Followers.start(urls, team, [watched]);
    writers.#running = Promise.all(
      Array.from({ length: count }, (_, n) => writers.#write(n, tickets[n >> 1]?.id ?? '')),
    ).then(() => undefined);
    return writers;
  }

  private constructor(
    urls: readonly string[],
    team: Team,
    random: Random,
    options: { count: number; prefix: string; settles: boolean; watched: string },
  ) {
    this.watched = options.watched;
    this.#prefix = options.prefix;
    this.#settles = options.settles;
    this.#wires = urls.map((url) => new Wire(url, options.count));
    this.#team = team;
    this.#random = random;
  }

  get team(): Team {
    return this.#team;
  }

  count(told: Told): number {
    return this.writes.filter((write) => write.told === told).length;
  }

  figures(): Record<string, number> {
    return { acknowledged: this.count('acknowledged'), refused: this.count('refused') };
  }

  /** Messages of webhooks whose sender was gone before it got a response. */
  get cut_off(): number {
    return this.#followers?.cut_off ?? 0;
  }

  /** The longest wait for a response. */
  get longest_ms(): number {
    return this.#longest_ms;
  }

  /** Waits until this many further writes have been acknowledged. */
  async progress(more: number, within_ms = 30_000): Promise<void> {
    const target = this.count('acknowledged') + more;
    const deadline = performance.now() + within_ms;
    while (this.count('acknowledged') < target && performance.now() < deadline) await sleep(5);
    if (this.count('acknowledged') < target) this.violations.push(`nothing was acknowledged for ${within_ms} ms`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    if (this.#followers !== undefined) this.violations.push(...(await this.#followers.stop()));
    for (const wire of this.#wires) wire.close();
  }

  async #write(n: number, ticket_id: string): Promise<void> {
    const wire = this.#wires[n % this.#wires.length] as Wire;
    const seen: Seen = { version: 1, next: ['in_progress'] };
    while (!this.#stopped) {
      const kind = this.#random.pick(kinds);
      const id = `${this.#prefix}-${String(this.writes.length).padStart(8, '0')}`;
      const write: Write = { id, kind, told: 'unknown', made: undefined };
      this.writes.push(write);
      const started = performance.now();
      try {
        const answer = await wire.send(this.#request(write, ticket_id, seen));
        this.#longest_ms = Math.max(this.#longest_ms, performance.now() - started);
        this.#note(write, seen, answer);
        if (answer.status === 503) await sleep(pause_ms);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') write.told = 'refused';
        await sleep(100); // no server is there
      }
      if (this.#settles && write.told === 'unknown') await this.#settle(write);
    }
  }

  /** Asks for the outcomes of a write's key, at each server in turn, until one responds. */
  async #settle(write: Write): Promise<void> {
    const path = `/v1/outcomes/${write.id}`;
    const deadline = performance.now() + patience_ms;
    for (let n = 0; performance.now() < deadline; n++) {
      const wire = this.#wires[n % this.#wires.length] as Wire;
      const request = { method: 'GET', path, token: this.#team.member.access_token, abort_after_ms: ask_again_ms };
      const answer = await wire.send(request).catch(() => undefined);
      if (answer?.status === 200) {
        const { data } = JSON.parse(answer.text) as { data: unknown[] };
        write.known_done = data.length > 0;
        return;
      }
      await sleep(pause_ms);
    }
    this.violations.push(`${write.id}: no server returned the outcomes of its key`);
  }

  #request({ id, kind }: Write, ticket_id: string, seen: Seen): WireRequest {
    const { workspace_id, project_id, member } = this.#team;
    const here = `/v1/workspaces/${workspace_id}`;
    const common = {
      token: member.access_token,
      headers: { 'x-request-id': id, ...(this.#settles ? { 'idempotency-key': id } : {}) },
      abort_after_ms: patience_ms,
    };
    const ticket = `${here}/tickets/${ticket_id}`;
    switch (kind) {
      case 'create':
        return { ...common, method: 'POST', path: `${here}/projects/${project_id}/tickets`, body: { title: id } };
      case 'comment':
        return { ...common, method: 'POST', path: `${ticket}/comments`, body: { body: id } };
      case 'edit': {
        const body = { description: id, version: seen.version };
        return { ...common, method: 'PATCH', path: ticket, body };
      }
      case 'transition': {
        const to = this.#random.pick(seen.next);
        const resolution = to === 'resolved' || to === 'closed' ? { resolution: 'fixed' } : {};
        return { ...common, method: 'POST', path: `${ticket}/transitions`, body: { to, comment: id, ...resolution } };
      }
    }
  }

  #note(write: Write, seen: Seen, { status, text }: WireAnswer): void {
    const body = JSON.parse(text) as {
      id: string;
      code?: string;
      transition?: { id: string };
      ticket?: Ticket;
      current_version?: number;
      allowed_transitions?: string[];
    };
    if (status < 300) {
      write.told = 'acknowledged';
      write.made = body.transition?.id ?? body.id;
    } else if (body.code !== 'outcome_unknown') write.told = 'refused';
    if (status >= 500 && status !== 503) this.violations.push(`${write.id}: responded ${status} ${text.slice(0, 200)}`);
    if (status >= 400 && ![409, 503].includes(status))
      this.violations.push(`${write.id}: responded ${status}: ${text}`);
    const ticket = write.kind === 'edit' && status < 300 ? (body as unknown as Ticket) : body.ticket;
    seen.version = ticket?.version ?? body.current_version ?? seen.version;
    const next = ticket?.allowed_transitions ?? body.allowed_transitions;
    if (next !== undefined && next.length > 0) seen.next = next;
  }
}
