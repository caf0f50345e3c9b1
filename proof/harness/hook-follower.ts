import { setTimeout as sleep } from 'node:timers/promises';
import { type Reaction, type Received, type Receiver, startReceiver, type Told } from './receiver.ts';
import { Wire } from './wire.ts';

/** So long nothing may come before what is left counts as lost: leases of killed workers are over by then, several times. */
const patience_ms = 40_000;
/** How long the receiver takes: so that a worker that is killed is likely to be at it. */
const response_ms = 200;
const pause_ms = 100;
const ask_again_ms = 5_000;

/** Settings of a server that sends to a receiver on this machine: whose leases are short, and which tries again soon. */
export const to_receivers = {
  BATON_WEBHOOK_PRIVATE: 'on',
  BATON_WEBHOOK_TIMEOUT_MS: '2000',
  BATON_WEBHOOK_RETRIES_S: Array(20).fill('1').join(),
};

interface Place {
  workspace_id: string;
  /** Of an owner. */
  token: string;
}

/**
 * A webhook's receiver, through whatever happens to servers, workers and database. Something small happens again and again, once what
 * happened before has come: a project of its own gets another name. Each of these events must come, with the same bytes however
 * often, in order.
 */
export class HookFollower {
  readonly #urls: readonly string[];
  readonly #wires: readonly Wire[];
  readonly #place: Place;
  readonly #receiver: Receiver;
  readonly #bodies = new Map<string, string>();
  readonly #versions: number[] = [];
  readonly #events = new Set<string>();
  #after = '-1';
  readonly #faults: string[] = [];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  static async start(urls: readonly string[], place: Place): Promise<HookFollower> {
    const follower: HookFollower = new HookFollower(
      urls,
      place,
      await startReceiver((message) => follower.#take(message)),
    );
    try {
      const types = ['project.updated'];
      await follower.#create('webhooks', { url: follower.#receiver.url, types });
      const project_id = await follower.#create('projects', { key: 'HOOK', name: 'Followed' });
      const path = `/v1/workspaces/${place.workspace_id}/projects/${project_id}`;
      // There is something to send, whatever becomes of the others.
      while (!(await follower.#rename(path, 0))) await sleep(pause_ms);
      follower.#running = follower.#goOn(path);
      return follower;
    } catch (error) {
      await follower.#receiver.stop();
      throw error;
    }
  }

  private constructor(urls: readonly string[], place: Place, receiver: Receiver) {
    this.#urls = urls;
    this.#wires = urls.map((url) => new Wire(url, 1));
    this.#place = place;
    this.#receiver = receiver;
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

  #take({ id, body }: Received): Reaction {
    const before = this.#bodies.get(id);
    if (before === undefined) this.#versions.push((JSON.parse(body) as Told).data.subject_version ?? 0);
    else if (before !== body) this.#faults.push('webhook: a message had other bytes than before');
    this.#bodies.set(id, body);
    return { after_ms: response_ms };
  }

  /** Tells whether it was acknowledged. What was done of the others, the events say. */
  async #rename(path: string, n: number): Promise<boolean> {
    const { token } = this.#place;
    const request = { method: 'PATCH', path, token, headers: { 'if-match': '*' }, body: { name: `Name ${n}` } };
    const answer = await this.#wire(n)
      .send({ ...request, abort_after_ms: ask_again_ms })
      .catch(() => undefined);
    return answer?.status === 200;
  }

  async #goOn(path: string): Promise<void> {
    for (let n = 1; !this.#stopped; n++) {
      const come = this.#bodies.size;
      await this.#rename(path, n);
      const deadline = performance.now() + ask_again_ms;
      while (this.#bodies.size === come && !this.#stopped && performance.now() < deadline) await sleep(pause_ms);
    }
  }

  /** Reads the events that the webhook is for, from where it stopped reading, as far as they have numbers. */
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
    this.#faults.push('webhook: nobody said which events there are');
  }

  get #missing(): number {
    return [...this.#events].filter((id) => !this.#bodies.has(id)).length;
  }

  /** Ends when every event that has a number has come. Gives what was wrong, in words. */
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
    if (this.#missing > 0) this.#faults.push(`webhook: ${this.#missing} of ${this.#events.size} events never came`);
    if (this.#events.size === 0 && this.#faults.length === 0) this.#faults.push('webhook: there was nothing to send');
    const out_of_order = this.#versions.some((version, n) => n > 0 && version < (this.#versions[n - 1] ?? 0));
    if (out_of_order) this.#faults.push(`webhook: versions came as ${this.#versions.slice(0, 50).join(', ')}`);
    return this.#faults;
  }
}
