import { setTimeout as sleep } from 'node:timers/promises';

interface Page {
  data: { id: string; offset: string }[];
  next_offset: string;
  up_to_date: boolean;
}

const patience_ms = 30_000;
/** The pause before the next request after a failure or a refusal. */
const pause_ms = 100;

type Way = 'pages' | 'stream';

/** Parses server-sent events (WHATWG HTML, 9.2) as far as Baton uses them. */
export async function* framesIn(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ id?: string; event?: string; data?: string }> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    const frames = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      const lines = frame
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
      yield Object.fromEntries(lines) as { id?: string; event?: string; data?: string };
    }
  }
}

/**
 * Follows a workspace's events as its owner, by pages or by a stream, whatever happens to servers and the database. The owner
 * sees every event, so the offsets are 1 to n: a gap or a repetition is a fault.
 */
export class Follower {
  readonly #urls: readonly string[];
  readonly #path: string;
  readonly #token: string;
  readonly #way: Way;
  /** The ids of the events, in the order of their arrival. */
  readonly #seen: string[] = [];
  readonly #faults: string[] = [];
  readonly #end = new AbortController();
  readonly #running: Promise<void>;

  constructor(urls: readonly string[], who: { workspace_id: string; token: string }, way: Way) {
    this.#urls = urls;
    this.#path = `/v1/workspaces/${who.workspace_id}/events`;
    this.#token = who.token;
    this.#way = way;
    this.#running = this.#follow();
  }

  get #offset(): string {
    return this.#seen.length === 0 ? '-1' : String(this.#seen.length).padStart(16, '0');
  }

  #ask(n: number, query: string, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    const url = `${this.#urls[n % this.#urls.length]}${this.#path}?${query}`;
    const limits = [AbortSignal.timeout(patience_ms), ...(signal === undefined ? [] : [signal])];
    return fetch(url, {
      headers: { authorization: `Bearer ${this.#token}`, ...headers },
      signal: AbortSignal.any(limits),
    });
  }

  #note({ id, offset }: Page['data'][number]): void {
    this.#seen.push(id);
    if (Number(offset) !== this.#seen.length)
      this.#faults.push(`${this.#way}: event ${offset} came as number ${this.#seen.length}`);
  }

  async #follow(): Promise<void> {
    const { signal } = this.#end;
    for (let n = 0; !signal.aborted && this.#faults.length === 0; n++) {
      try {
        if (this.#way === 'pages') await this.#readPage(n, signal);
        else await this.#readStream(n, signal);
      } catch {
        await sleep(pause_ms); // no server is there, or the connection was cut
      }
    }
  }

  async #readPage(n: number, signal: AbortSignal): Promise<void> {
    const response = await this.#ask(n, `after=${this.#offset}&limit=10&wait=5`, {}, signal);
    if (response.status !== 200) return this.#refused(response);
    const { data, next_offset } = (await response.json()) as Page;
    for (const event of data) this.#note(event);
    if (data.length > 0 && next_offset !== this.#offset)
      this.#faults.push(`pages: ${next_offset} follows ${this.#offset}`);
  }

  async #readStream(n: number, signal: AbortSignal): Promise<void> {
    const last = this.#seen.length === 0 ? undefined : { 'last-event-id': this.#offset };
    const response = await this.#ask(n, 'after=-1&limit=10', { accept: 'text/event-stream', ...last }, signal);
    if (response.status !== 200) return this.#refused(response);
    for await (const { id, data } of framesIn(response.body ?? new Blob([]).stream())) {
      if (id !== undefined && data !== undefined) this.#note(JSON.parse(data) as Page['data'][number]);
    }
  }

  /** A 503 is expected while nothing works; any other refusal is a fault of the feed. */
  async #refused(response: Response): Promise<void> {
    const text = await response.text();
    if (response.status !== 503) this.#faults.push(`${this.#way}: ${response.status} ${text.slice(0, 200)}`);
    await sleep(pause_ms);
  }

  /** Waits until it has read every event that exists by now, and stops. Returns what was wrong. */
  async stop(): Promise<string[]> {
    const deadline = performance.now() + patience_ms;
    const left = () => performance.now() < deadline && this.#faults.length === 0;
    const all: string[] = [];
    for (let n = 0, after = '-1', ended = false; !ended && left(); n++) {
      const page = await this.#ask(n, `after=${after}&limit=100`).then(
        (response) => (response.status === 200 ? (response.json() as Promise<Page>) : undefined),
        () => undefined,
      );
      if (page === undefined) await sleep(pause_ms);
      else {
        all.push(...page.data.map(({ id }) => id));
        ({ next_offset: after, up_to_date: ended } = page);
      }
    }
    while (this.#seen.length < all.length && left()) await sleep(20);
    this.#end.abort();
    await this.#running;
    const faults = [...this.#faults];
    if (this.#seen.length < all.length) faults.push(`${this.#way}: of ${all.length} events ${this.#seen.length} came`);
    const other = all.findIndex((id, n) => n < this.#seen.length && this.#seen[n] !== id);
    if (other >= 0) faults.push(`${this.#way}: event ${other + 1} differed when it came`);
    return faults;
  }
}
