import { setTimeout as sleep } from 'node:timers/promises';
import type { Team } from './make.ts';
import { Wire } from './wire.ts';

/** So long nothing more may have been told before what is left counts as lost: leases of killed workers are over by then. */
const patience_ms = 40_000;
/** Between two acts: a small load, and so short that one is mostly about to be told. */
const act_every_ms = 300;
const pause_ms = 100;
const ask_again_ms = 5_000;

interface Entry {
  action: string;
  actor_id: string;
  created_at: string;
  after: { mentions?: string[] } | null;
}

interface Notification {
  ticket_id: string | null;
  actor_id: string | null;
  happened_at: string;
  kinds: string[];
}

const actOf = (ticket_id: string | null, at: string, actor_id: string | null) => `${ticket_id} ${at} ${actor_id}`;

/**
 * The inbox of an owner, through whatever happens to servers, workers and database. They watch tickets on which a member acts, and one of
 * their own on which the member mentions them and moves it, again and again. In the end they must have been told of each of these
 * acts, once, with each reason, and of nothing else.
 */
export class InboxFollower {
  readonly #wires: readonly Wire[];
  readonly #team: Team;
  /** The tickets that are watched; the last is its own. */
  readonly #tickets: string[];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  /** `watched`: tickets that the owner watches already, on which others act. */
  static async start(urls: readonly string[], team: Team, watched: readonly string[]): Promise<InboxFollower> {
    const follower = new InboxFollower(urls, team, watched);
    await follower.#beginTicket();
    // There is something to tell, whatever becomes of the others.
    while (!(await follower.#act(0))) await sleep(pause_ms);
    follower.#running = follower.#goOn();
    return follower;
  }

  private constructor(urls: readonly string[], team: Team, tickets: readonly string[]) {
    this.#wires = urls.map((url) => new Wire(url, 2));
    this.#team = team;
    this.#tickets = [...tickets];
  }

  /** By the servers that there are now: the team may have been made by others. */
  async #beginTicket(): Promise<void> {
    const { project_id, member, owner } = this.#team;
    const [by_member, by_owner] = [{ token: member.access_token }, { token: owner.access_token }];
    const path = `projects/${project_id}/tickets`;
    const created = await this.#send(0, { ...by_member, method: 'POST', path, body: { title: 'Followed' } });
    const { id = '' } = JSON.parse(created?.text ?? '{}') as { id?: string };
    this.#tickets.push(id);
    const watching = { method: 'PUT', path: `tickets/${id}/watching`, body: { choice: 'watching' } };
    const watched = await this.#send(0, { ...by_owner, ...watching });
    if (watched?.status !== 200) throw new Error(`The ticket of a follower: ${created?.text} ${watched?.text}`);
  }

  #send(n: number, request: { method: string; path: string; token: string; body?: object }) {
    const path = `/v1/workspaces/${this.#team.workspace_id}/${request.path}`;
    const wire = this.#wires[n % this.#wires.length] as Wire;
    return wire.send({ ...request, path, abort_after_ms: ask_again_ms }).catch(() => undefined);
  }

  /** Tells whether it was acknowledged. What was done of the others, the ticket's activity says. */
  async #act(n: number): Promise<boolean> {
    const { member, owner } = this.#team;
    const text = `@${owner.user.id} ${n}`;
    const ticket = `tickets/${this.#tickets.at(-1)}`;
    const moves = n % 2 === 1;
    const answer = await this.#send(n, {
      method: 'POST',
      path: moves ? `${ticket}/transitions` : `${ticket}/comments`,
      token: member.access_token,
      body: moves ? { to: n % 4 === 1 ? 'in_progress' : 'open', comment: text } : { body: text },
    });
    return answer?.status === 201;
  }

  async #goOn(): Promise<void> {
    for (let n = 1; !this.#stopped; n++) {
      await this.#act(n);
      await sleep(act_every_ms);
    }
  }

  /** All pages of a list, as the owner reads them; undefined where nobody gives one. */
  async #all<Item>(path: string): Promise<Item[] | undefined> {
    const items: Item[] = [];
    for (let [n, cursor] = [0, 'start'] as [number, string | null]; cursor !== null; n++) {
      const page = `${path}&limit=100&cursor=${cursor}`;
      const answer = await this.#send(n, { method: 'GET', path: page, token: this.#team.owner.access_token });
      if (answer?.status !== 200) return undefined;
      const { data, next_cursor } = JSON.parse(answer.text) as { data: Item[]; next_cursor: string | null };
      items.push(...data);
      cursor = next_cursor;
    }
    return items;
  }

  /** What the owner is to be told: of each act the reasons. */
  async #expected(): Promise<Map<string, string> | undefined> {
    const { owner } = this.#team;
    const acts = new Map<string, Set<string>>();
    for (const ticket of this.#tickets) {
      const entries = await this.#all<Entry>(`tickets/${ticket}/activity?fields=action,actor_id,created_at,after`);
      if (entries === undefined) return undefined;
      for (const { action, actor_id, created_at, after } of entries) {
        const reasons = [
          ...(action === 'ticket.transitioned' ? ['moved'] : []),
          ...(action === 'comment.created' ? ['commented'] : []),
          ...(action === 'comment.created' && after?.mentions?.includes(owner.user.id) === true ? ['mentioned'] : []),
        ];
        if (reasons.length === 0) continue;
        const act = actOf(ticket, created_at, actor_id);
        acts.set(act, new Set([...(acts.get(act) ?? []), ...reasons]));
      }
    }
    return new Map([...acts].map(([act, reasons]) => [act, [...reasons].sort().join()]));
  }

  /** How many acts the owner has been told of, and what is wrong with that by now; undefined where nobody says. */
  async #look(): Promise<{ told: number; faults: string[] } | undefined> {
    const expected = await this.#expected();
    const inbox = await this.#all<Notification>('notifications?folder=all&fields=ticket_id,actor_id,happened_at,kinds');
    if (expected === undefined || inbox === undefined) return undefined;
    const faults: string[] = [];
    const told = new Map<string, string>();
    for (const { ticket_id, happened_at, actor_id, kinds } of inbox) {
      const act = actOf(ticket_id, happened_at, actor_id);
      if (told.has(act)) faults.push(`inbox: an act was told twice: ${act}`);
      told.set(act, kinds.toSorted().join());
    }
    for (const [act, kinds] of expected) {
      const got = told.get(act) ?? 'nothing';
      if (got !== kinds) faults.push(`inbox: of ${act} "${kinds}" was to be told, and ${got} was`);
    }
    for (const [act, kinds] of told) if (!expected.has(act)) faults.push(`inbox: "${kinds}" was told of ${act}`);
    if (expected.size === 0) faults.push('inbox: there was nothing to tell');
    return { told: told.size, faults };
  }

  /** Ends when the owner has been told of everything. Gives what was wrong, in words. */
  async stop(): Promise<string[]> {
    this.#stopped = true;
    await this.#running;
    let faults = ['inbox: nobody said what was told'];
    for (let [told, since] = [-1, performance.now()]; faults.length > 0; await sleep(pause_ms)) {
      const seen = await this.#look();
      if (seen !== undefined) faults = seen.faults;
      if (seen !== undefined && seen.told > told) [told, since] = [seen.told, performance.now()];
      if (performance.now() - since > patience_ms) break;
    }
    for (const wire of this.#wires) wire.close();
    return faults.slice(0, 5);
  }
}

/** Has the owner watch a ticket. */
export async function watch({ owner, workspace_id }: Team, ticket: string): Promise<void> {
  await owner.client.set_watching({ workspace_id, ticket, body: { choice: 'watching' } });
}
