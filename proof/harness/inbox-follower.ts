import { setTimeout as sleep } from 'node:timers/promises';
import type { Team } from './make.ts';
import { Wire } from './wire.ts';

/**
 * After this long without a new notification, the missing ones count as lost: the leases of killed workers have expired by then.
 */
const patience_ms = 40_000;
/** The pause between two acts: long enough for a small load, short enough that a notification is nearly always due. */
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
 * Follows an owner's inbox, whatever happens to servers, workers and the database. The owner watches tickets on which a member
 * acts, and one more that the follower creates, on which the member mentions the owner in every act, and moves the ticket in
 * every second one. In the end the owner must have one notification of each of these acts, with every reason, and no other
 * notification.
 */
export class InboxFollower {
  readonly #wires: readonly Wire[];
  readonly #team: Team;
  /** The tickets that the owner watches; the last is the one that the follower created. */
  readonly #tickets: string[];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  /** `watched`: tickets that the owner already watches, on which others act. */
  static async start(urls: readonly string[], team: Team, watched: readonly string[]): Promise<InboxFollower> {
    const follower = new InboxFollower(urls, team, watched);
    await follower.#beginTicket();
    // There is at least one act to notify of, even if all later ones fail.
    while (!(await follower.#act(0))) await sleep(pause_ms);
    follower.#running = follower.#goOn();
    return follower;
  }

  private constructor(urls: readonly string[], team: Team, tickets: readonly string[]) {
    this.#wires = urls.map((url) => new Wire(url, 2));
    this.#team = team;
    this.#tickets = [...tickets];
  }

  /** Uses the servers that run now: others may have created the team. */
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

  /** Returns whether the act was acknowledged. For the other acts, the ticket's activity says whether they happened. */
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

  /** Reads all pages of a list as the owner; undefined if no server responds with them. */
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

  /** The acts that the owner must be notified of, each with its reasons. */
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

  /** Returns how many acts the owner has been notified of and what is wrong so far; undefined if no server responds. */
  async #look(): Promise<{ told: number; faults: string[] } | undefined> {
    const expected = await this.#expected();
    const inbox = await this.#all<Notification>('notifications?folder=all&fields=ticket_id,actor_id,happened_at,kinds');
    if (expected === undefined || inbox === undefined) return undefined;
    const faults: string[] = [];
    const told = new Map<string, string>();
    for (const { ticket_id, happened_at, actor_id, kinds } of inbox) {
      const act = actOf(ticket_id, happened_at, actor_id);
      if (told.has(act)) faults.push(`inbox: there are two notifications of one act: ${act}`);
      told.set(act, kinds.toSorted().join());
    }
    for (const [act, kinds] of expected) {
      const got = told.get(act) ?? 'nothing';
      if (got !== kinds)
        faults.push(`inbox: of ${act} there should be a notification for "${kinds}", and there is ${got}`);
    }
    for (const [act, kinds] of told)
      if (!expected.has(act))
        faults.push(`inbox: there is a notification for "${kinds}" of ${act}, and there should be none`);
    if (expected.size === 0) faults.push('inbox: there was no act to notify of');
    return { told: told.size, faults };
  }

  /** Waits until the owner has every notification, and stops. Returns what was wrong. */
  async stop(): Promise<string[]> {
    this.#stopped = true;
    await this.#running;
    let faults = ['inbox: no server returned the notifications'];
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

/** Makes the owner watch a ticket. */
export async function watch({ owner, workspace_id }: Team, ticket: string): Promise<void> {
  await owner.client.set_watching({ workspace_id, ticket, body: { choice: 'watching' } });
}
