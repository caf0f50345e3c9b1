import { setTimeout as sleep } from 'node:timers/promises';
import { type Reaction, type Received, type Receiver, startReceiver, type Told } from './receiver.ts';
import { Wire } from './wire.ts';

/**
 * After this long without a new message, the rest counts as lost: the leases of killed workers have expired several times by
 * then.
 */
const patience_ms = 40_000;
/** The receiver's delay, so that a killed worker is likely to be waiting for it. */
const response_ms = 500;
/**
 * Each pair of a webhook and a project has one message in transit at a time, so workers are busy with some of them most of the
 * time.
 */
const [hooks, projects] = [2, 3];
const pause_ms = 100;
const ask_again_ms = 5_000;

/** Settings of a server that sends to a receiver on this machine, with short leases and quick retries. */
export const to_receivers = {
  BATON_WEBHOOK_PRIVATE: 'on',
  BATON_WEBHOOK_TIMEOUT_MS: '2000',
  BATON_WEBHOOK_RETRIES_S: Array(20).fill('1').join(),
};

interface Place {
  workspace_id: string;
  /** An owner's token. */
  token: string;
}

/** What one webhook has received. A message counts as accepted if its sender was still connected for the response. */
class Inbox {
  readonly accepted = new Set<string>();
  readonly faults: string[] = [];
  /** Messages whose sender was gone before it got a response. */
  cut_off = 0;
  readonly #bodies = new Map<string, string>();
  /** The number of accepted messages, by project; and below it the version of the last one. */
  readonly #counts = new Map<string, number>();
  readonly #versions = new Map<string, number>();

  take({ id, body }: Received): Reaction {
    const { subject_id, subject_version } = (JSON.parse(body) as Told).data;
    const version = subject_version ?? 0;
    const before = this.#bodies.get(id);
    if (before !== undefined && before !== body) this.faults.push('webhook: a message had other bytes than before');
    this.#bodies.set(id, body);
    const last = this.#versions.get(subject_id);
    if (last !== undefined && version > last + 1)
      this.faults.push(`webhook: version ${version} came when version ${last} was the last that was accepted`);
    const responds = (is_there: boolean) => {
      if (!is_there) {
        this.cut_off++;
        return;
      }
      if (!this.accepted.has(id)) this.#counts.set(subject_id, this.acceptedOf(subject_id) + 1);
      this.accepted.add(id);
      this.#versions.set(subject_id, Math.max(version, this.#versions.get(subject_id) ?? 0));
    };
    return { after_ms: response_ms, responds };
  }

  acceptedOf(project_id: string): number {
    return this.#counts.get(project_id) ?? 0;
  }
}

/**
 * Receives the messages of webhooks, whatever happens to servers, workers and the database. It renames projects of its own, each
 * again once the previous event has arrived. Each of these events must reach each webhook, with the same bytes at every attempt,
 * and each project's in order.
 */
export class HookFollower {
  readonly #urls: readonly string[];
  readonly #wires: readonly Wire[];
  readonly #place: Place;
  readonly #receiver: Receiver;
  /** By the path of the webhook's URL. */
  readonly #inboxes: ReadonlyMap<string, Inbox>;
  readonly #events = new Set<string>();
  #after = '-1';
  readonly #faults: string[] = [];
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();

  static async start(urls: readonly string[], place: Place): Promise<HookFollower> {
    const inboxes = new Map<string, Inbox>();
    for (let n = 0; n < hooks; n++) inboxes.set(`/hooks/${n}`, new Inbox());
    const receiver = await startReceiver((message) => inboxes.get(message.path)?.take(message) ?? { status: 404 });
    const follower = new HookFollower(urls, place, { receiver, inboxes });
    try {
      for (const path of inboxes.keys()) {
        await follower.#create('webhooks', { url: receiver.url.slice(0, -1) + path, types: ['project.updated'] });
      }
      const ids: string[] = [];
      for (let n = 0; n < projects; n++) {
        ids.push(await follower.#create('projects', { key: `HOOK${n}`, name: 'Followed' }));
      }
      // There is at least one event to send, even if all later acts fail.
      for (const id of ids) {
        while (!(await follower.#rename(id, 0))) await sleep(pause_ms);
      }
      follower.#running = Promise.all(ids.map((id) => follower.#goOn(id)));
      return follower;
    } catch (error) {
      await receiver.stop();
      throw error;
    }
  }

  private constructor(
    urls: readonly string[],
    place: Place,
    { receiver, inboxes }: { receiver: Receiver; inboxes: ReadonlyMap<string, Inbox> },
  ) {
    this.#urls = urls;
    this.#wires = urls.map((url) => new Wire(url, projects));
    this.#place = place;
    this.#receiver = receiver;
    this.#inboxes = inboxes;
  }

  /** How many messages had a sender that was gone before it got a response. */
  get cut_off(): number {
    return [...this.#inboxes.values()].reduce((sum, inbox) => sum + inbox.cut_off, 0);
  }

  #wire(n: number): Wire {
    return this.#wires[n % this.#urls.length] as Wire;
  }

  async #create(what: string, body: object): Promise<string> {
    const { workspace_id, token } = this.#place;
    const request = { method: 'POST', path: `/v1/workspaces/${workspace_id}/${what}`, token, body };
    const { status, text } = await this.#wire(0).send(request);
    if (status !== 201) throw new Error(`The ${what} of a follower: ${status} ${text}`);
    return (JSON.parse(text) as { id: string }).id;
  }

  /** Returns whether the renaming was acknowledged. For all others, the events say whether they happened. */
  async #rename(project_id: string, n: number): Promise<boolean> {
    const { workspace_id, token } = this.#place;
    const path = `/v1/workspaces/${workspace_id}/projects/${project_id}`;
    const request = { method: 'PATCH', path, token, headers: { 'if-match': '*' }, body: { name: `Name ${n}` } };
    const answer = await this.#wire(n)
      .send({ ...request, abort_after_ms: ask_again_ms })
      .catch(() => undefined);
    return answer?.status === 200;
  }

  /** Renames a project over and over, each time after every webhook has accepted one of its events. */
  async #goOn(project_id: string): Promise<void> {
    const accepted = () => Math.min(...[...this.#inboxes.values()].map((inbox) => inbox.acceptedOf(project_id)));
    for (let n = 1; !this.#stopped; n++) {
      const before = accepted();
      if (!(await this.#rename(project_id, n))) {
        await sleep(pause_ms); // no server is there; the next one may be
        continue;
      }
      const deadline = performance.now() + ask_again_ms;
      while (accepted() === before && !this.#stopped && performance.now() < deadline) await sleep(pause_ms);
    }
  }

  /** Reads the numbered events that the webhooks subscribe to, from where it last stopped. */
  async #read(): Promise<void> {
    const { workspace_id, token } = this.#place;
    const deadline = performance.now() + patience_ms;
    for (let n = 0; performance.now() < deadline; n++) {
      const path = `/v1/workspaces/${workspace_id}/events?types=project.updated&limit=100&after=${this.#after}`;
      const request = { method: 'GET', path, token, abort_after_ms: ask_again_ms };
      const answer = await this.#wire(n)
        .send(request)
        .catch(() => undefined);
      if (answer?.status !== 200) {
        await sleep(pause_ms);
        continue;
      }
      const page = JSON.parse(answer.text) as { data: { id: string }[]; next_offset: string; up_to_date: boolean };
      for (const { id } of page.data) this.#events.add(id);
      this.#after = page.next_offset;
      if (page.up_to_date) return;
    }
    this.#faults.push('webhook: no server returned the events');
  }

  /** The number of missing events of all webhooks together. */
  get #missing(): number {
    const missing = ({ accepted }: Inbox) => [...this.#events].filter((id) => !accepted.has(id)).length;
    return [...this.#inboxes.values()].reduce((sum, inbox) => sum + missing(inbox), 0);
  }

  /** Waits until every numbered event has arrived, and stops. Returns what was wrong. */
  async stop(): Promise<string[]> {
    this.#stopped = true;
    await this.#running;
    await this.#read();
    const isMissing = () => this.#missing > 0 || this.#events.size === 0;
    for (let left = this.#missing, since = performance.now(); isMissing() && this.#faults.length === 0; ) {
      if (performance.now() - since > patience_ms) break;
      await sleep(pause_ms);
      await this.#read();
      if (this.#missing === left) continue;
      [left, since] = [this.#missing, performance.now()];
    }
    for (const wire of this.#wires) wire.close();
    await this.#receiver.stop();
    const wanted = this.#events.size * hooks;
    if (this.#missing > 0) this.#faults.push(`webhook: ${this.#missing} of ${wanted} events never came`);
    if (this.#events.size === 0 && this.#faults.length === 0) this.#faults.push('webhook: there was nothing to send');
    return [...this.#faults, ...[...this.#inboxes.values()].flatMap(({ faults }) => faults.slice(0, 3))];
  }
}
