import { setTimeout as sleep } from 'node:timers/promises';
import { type Received, type Receiver, startReceiver, type Told } from './receiver.ts';
import { Wire } from './wire.ts';

/** What happens to leases of killed workers is over by then, several times. */
const patience_ms = 60_000;
const rename_every_ms = 100;
const pause_ms = 100;
const ask_again_ms = 5_000;

/** Settings of a server that sends to a receiver on this machine, and whose leases are short. */
export const to_receivers = { BATON_WEBHOOK_PRIVATE: 'on', BATON_WEBHOOK_TIMEOUT_MS: '1000' };

interface Place {
  workspace_id: string;
  project_id: string;
  /** Of an owner. */
  token: string;
}

interface Event {
  id: string;
  subject_version: number;
}

/**
 * A webhook's receiver, through whatever happens to servers, workers and database. Something small happens ten times a second, so
 * that it keeps up: a project gets another name. Each of these events must come, with the same bytes however often, in order.
 */
export class HookFollower {
  readonly #urls: readonly string[];
  readonly #wires: readonly Wire[];
  readonly #place: Place;
  readonly #receiver: Receiver;
  readonly #bodies = new Map<string, string>();
  readonly #versions: number[] = [];
  readonly #faults: string[] = [];
  #stopped = false;
  #running: Promise<void> = Promise.resolve();

  static async start(urls: readonly string[], place: Place): Promise<HookFollower> {
    const follower: HookFollower = new HookFollower(
      urls,
      place,
      await startReceiver((message) => follower.#take(message)),
    );
    const { workspace_id, token } = place;
    const body = { url: follower.#receiver.url, types: ['project.updated'] };
    const path = `/v1/workspaces/${workspace_id}/webhooks`;
    const { status, text } = await follower.#wire(0).send({ method: 'POST', path, token, body });
    if (status !== 201) throw new Error(`The webhook was not created: ${status} ${text}`);
    follower.#running = follower.#rename();
    return follower;
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

  #take({ id, body }: Received): { status: number } {
    const before = this.#bodies.get(id);
    if (before === undefined) this.#versions.push((JSON.parse(body) as Told).data.subject_version ?? 0);
    else if (before !== body) this.#faults.push('webhook: a message had other bytes than before');
    this.#bodies.set(id, body);
    return { status: 204 };
  }

  async #rename(): Promise<void> {
    const { workspace_id, project_id, token } = this.#place;
    const path = `/v1/workspaces/${workspace_id}/projects/${project_id}`;
    for (let n = 0; !this.#stopped; n++) {
      const request = { method: 'PATCH', path, token, headers: { 'if-match': '*' }, body: { name: `Name ${n}` } };
      await this.#wire(n)
        .send({ ...request, abort_after_ms: ask_again_ms })
        .catch(() => undefined); // what of it was done, the events say
      await sleep(rename_every_ms);
    }
  }

  /** Every event that the webhook is for. */
  async #events(): Promise<Event[]> {
    const { workspace_id, token } = this.#place;
    const deadline = performance.now() + patience_ms;
    const all: Event[] = [];
    for (let n = 0, after = '-1'; performance.now() < deadline; n++) {
      const path = `/v1/workspaces/${workspace_id}/events?types=project.updated&limit=100&after=${after}`;
      const request = { method: 'GET', path, token, abort_after_ms: ask_again_ms };
      const answer = await this.#wire(n)
        .send(request)
        .catch(() => undefined);
      if (answer?.status !== 200) {
        await sleep(pause_ms);
        continue;
      }
      const page = JSON.parse(answer.text) as { data: Event[]; next_offset: string; up_to_date: boolean };
      all.push(...page.data);
      if (page.up_to_date) return all;
      after = page.next_offset;
    }
    this.#faults.push('webhook: nobody said which events there are');
    return [];
  }

  /** Ends when everything that has happened has come. Gives what was wrong, in words. */
  async stop(): Promise<string[]> {
    this.#stopped = true;
    await this.#running;
    const deadline = performance.now() + patience_ms;
    let events = await this.#events();
    const missing = () => events.filter(({ id }) => !this.#bodies.has(id));
    while (missing().length > 0 && this.#faults.length === 0 && performance.now() < deadline) {
      await sleep(pause_ms);
      events = await this.#events(); // some had no number when that was asked
    }
    for (const wire of this.#wires) wire.close();
    await this.#receiver.stop();
    const left = missing().length;
    if (left > 0) this.#faults.push(`webhook: ${left} of ${events.length} events never came`);
    if (events.length === 0 && this.#faults.length === 0) this.#faults.push('webhook: there was nothing to send');
    const out_of_order = this.#versions.some((version, n) => n > 0 && version < (this.#versions[n - 1] ?? 0));
    if (out_of_order) this.#faults.push(`webhook: versions came as ${this.#versions.slice(0, 50).join(', ')}`);
    return this.#faults;
  }
}
