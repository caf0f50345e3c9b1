import { randomUUID } from 'node:crypto';
import { createClient, type Ticket } from '../../../../sdk/index.ts';
import { startLossyLine } from '../../../harness/lossy-line.ts';
import { makeTicket } from '../../../harness/make.ts';
import type { Random } from '../../random.ts';
import { isReplayed, outcomesOf, type Principal, type Stand } from './stand.ts';

/** For a control: the client generates a key for each attempt instead of one for each write. */
export const new_keys = 'a new key for each attempt';

const lanes = 16;
const lost_part = 0.3;
const kinds = ['create', 'comment', 'transition', 'edit'] as const;

/** A write that the client wants done once. */
interface Intent {
  kind: (typeof kinds)[number];
  text: string;
}

/** A client of the SDK with its own ticket, and the writes that it intended. */
class Lane {
  readonly intents: Intent[] = [];
  attempts = 0;
  readonly #stand: Stand;
  readonly #who: Principal;
  readonly #ticket: Ticket;
  readonly #client: ReturnType<typeof createClient>;
  readonly #random: Random;
  #sent: { url: URL; init: RequestInit } | undefined;
  #next: string[];

  constructor(stand: Stand, lane: { url: string; who: Principal; ticket: Ticket }) {
    this.#stand = stand;
    this.#who = lane.who;
    this.#ticket = lane.ticket;
    this.#next = lane.ticket.allowed_transitions;
    this.#random = stand.run.random;
    const forgets = stand.run.mutant?.other === new_keys;
    this.#client = createClient({
      base_url: lane.url,
      access_token: lane.who.access_token,
      retries: 40,
      max_wait_ms: 2_500,
      fetch: (url, init = {}) => {
        this.attempts++;
        const headers = new Headers(init.headers);
        if (forgets) headers.set('idempotency-key', randomUUID());
        this.#sent = { url: new URL(url), init: { ...init, headers } };
        return fetch(url, this.#sent.init);
      },
    });
  }

  get ticket_id(): string {
    return this.#ticket.id;
  }

  async write(text: string): Promise<void> {
    // A closed ticket has no transition left.
    const possible = kinds.filter((kind) => kind !== 'transition' || this.#next.length > 0);
    const intent = { kind: this.#random.pick(possible), text };
    this.intents.push(intent);
    const before = this.attempts;
    let result: unknown;
    try {
      result = await this.#do(intent);
    } catch (error) {
      this.#stand.violate(`a ${intent.kind} whose responses were lost: ${String(error)}`);
      return;
    }
    await this.#askAgain(intent, result, this.attempts - before > 1);
  }

  async #do({ kind, text }: Intent): Promise<unknown> {
    const { workspace_id, project_id } = this.#stand.team;
    const at = { workspace_id, ticket: this.#ticket.id };
    switch (kind) {
      case 'create':
        return this.#client.create_ticket({ workspace_id, project_id, body: { title: text } });
      case 'comment':
        return this.#client.create_comment({ ...at, body: { body: text } });
      case 'edit':
        return this.#client.update_ticket({ ...at, if_match: '*', body: { title: text } });
      case 'transition': {
        const to = this.#random.pick(this.#next);
        const resolution = to === 'resolved' || to === 'closed' ? { resolution: 'fixed' } : {};
        const moved = await this.#client.transition_ticket({ ...at, body: { to, comment: text, ...resolution } });
        this.#next = moved.ticket.allowed_transitions;
        return moved;
      }
    }
  }

  /** Sends the last attempt again, directly to the server: the recorded response must be the one that the client got. */
  async #askAgain({ kind }: Intent, result: unknown, was_repeated: boolean): Promise<void> {
    if (this.#sent === undefined) return;
    const { violate, wire } = this.#stand;
    const { url, init } = this.#sent;
    const headers = Object.fromEntries(new Headers(init.headers));
    const bytes = Buffer.from(init.body as string);
    const request = {
      method: init.method ?? '',
      path: url.pathname,
      headers: { ...headers, 'content-length': String(bytes.length) },
      bytes,
    };
    const kept = await wire.send(request);
    if (!isReplayed(kept))
      violate(`a ${kind} has no recorded response under its key: ${kept.status} ${kept.text.slice(0, 200)}`);
    else if (kept.text !== JSON.stringify(result)) violate(`a ${kind} got another response than the recorded one`);
    if (!was_repeated) return;
    const known = await outcomesOf(this.#stand, this.#who, headers['idempotency-key'] ?? '');
    if (known.length !== 1) violate(`a ${kind} that was sent again has ${known.length} outcomes`);
  }
}

async function countedBy(stand: Stand, statement: string, values: unknown[]): Promise<Map<string, number>> {
  const { rows } = await stand.stage.database.owner.query<{ id: string; n: number }>(statement, values);
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/** Compares what exists with what was intended: each intent once. */
async function compare(stand: Stand, walked: readonly Lane[]): Promise<{ rows: number; intents: number }> {
  const { team, violate } = stand;
  const texts = await countedBy(
    stand,
    `select id, count(*)::integer as n from (
       select title as id from tickets where workspace_id = $1 and id <> all ($2)
       union all select body from comments where workspace_id = $1
       union all select after ->> 'title' from audit_log where workspace_id = $1 and action = 'ticket.updated'
     ) texts group by 1`,
    [team.workspace_id, walked.map(({ ticket_id }) => ticket_id)],
  );
  const versions = await countedBy(stand, `select id, version as n from tickets where workspace_id = $1`, [
    team.workspace_id,
  ]);
  let rows = 0;
  for (const { intents, ticket_id } of walked) {
    const changes = intents.filter(({ kind }) => kind === 'edit' || kind === 'transition').length;
    const version = versions.get(ticket_id);
    if (version !== 1 + changes) violate(`a ticket changed ${changes} times has version ${version}`);
    for (const { kind, text } of intents) {
      const times = texts.get(text) ?? 0;
      rows += times;
      if (times !== 1) violate(`a ${kind} whose responses were lost: done ${times} times`);
    }
  }
  return { rows, intents: walked.reduce((sum, { intents }) => sum + intents.length, 0) };
}

/** Makes several people and an API token write through the SDK, over a line that loses 30 % of the responses. */
export async function writeOverLossyLine(stand: Stand, writes: number) {
  const { run, stage, team, agent } = stand;
  const { random } = run;
  const line = await startLossyLine(stage.url, () => {
    if (!random.chance(lost_part)) return undefined;
    return random.chance(0.5) ? 'nothing arrives' : 'a part arrives';
  });
  const people = [team.owner, team.admin, team.member].map(({ access_token }) => ({ name: 'a person', access_token }));
  const principals = [...people, agent];
  const walked: Lane[] = [];
  let begun = 0;
  const walk = async (n: number) => {
    const who = principals[n % principals.length] ?? agent;
    const lane = new Lane(stand, { url: line.url, who, ticket: await makeTicket(team) });
    walked.push(lane);
    while (begun < writes) {
      await lane.write(`lost ${++begun}`);
      run.progress(begun / writes);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, writes) }, (_, n) => walk(n)));
  const { rows, intents } = await compare(stand, walked);
  const attempts = walked.reduce((sum, lane) => sum + lane.attempts, 0);
  const figures = { intents, rows, attempts, responses_lost: line.lost() };
  await line.close();
  return figures;
}
