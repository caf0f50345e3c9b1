import type { Event, EventOffset } from 'baton-sdk';

/** The server sends a heartbeat every 15 s; a stream that misses two is dead. */
const silence_ms = 30_000;
/** After a longer gap, reloading the page's data is cheaper than reading every event since. */
const too_long_ms = 10 * 60_000;
const first_wait_ms = 1_000;
const max_wait_ms = 15_000;
/** More characters than any event has: the server ends a page of events after 1 MiB. */
const max_frame = 4 * 1024 * 1024;

export type LinkState =
  /** Events arrive. */
  | 'live'
  /** The stream has ended, and another is being opened. */
  | 'reconnecting'
  /** The server does not respond. */
  | 'offline';

export interface Listener {
  /** An event arrived. `offset` is the place after it. */
  event: (event: Event) => void;
  /** The stream has reached this offset. */
  reached: (offset: EventOffset) => void;
  /** Events may have been missed: whatever is shown must be reloaded. */
  gap: () => void;
  state: (state: LinkState) => void;
}

/** Opens a stream of the events after an offset. Throws only if there is no response at all. */
type OpenStream = (after: string, signal: AbortSignal) => Promise<Response>;

export interface FollowParts {
  open: OpenStream;
  /** Renews the access token. Returns whether the session is still valid. */
  renew: () => Promise<boolean>;
  now?: () => number;
  silence_ms?: number;
  /** Waits until the time has passed or the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Why a stream was refused, if opening another is pointless. */
export type Refused = 'signed_out' | 'no_access' | 'aborted';

/** Waits until the time has passed or the signal aborts. */
export const waited = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });

const chunkOf = async (
  reader: ReadableStreamDefaultReader<Uint8Array>,
  ms: number,
): Promise<Uint8Array | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silent = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The stream was silent for ${ms} ms.`)), ms);
  });
  try {
    return (await Promise.race([reader.read(), silent])).value;
  } finally {
    clearTimeout(timer);
  }
};

/** Reads a stream until it ends or is silent for too long. */
async function readStream(response: Response, listener: Listener, silent_ms: number, heard: () => void): Promise<void> {
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  try {
    const { createParser } = await import('eventsource-parser'); // loaded later, so that the page is visible sooner
    const parser = createParser({
      maxBufferSize: max_frame,
      onEvent: ({ event, data, id }) => {
        // The last event of a stream may be the problem that ended it. It is ignored: the stream is reopened in any case.
        if (event === undefined && id !== undefined) listener.event({ ...(JSON.parse(data) as Event), offset: id });
      },
      onId: (id) => listener.reached(id),
    });
    for (let chunk = await chunkOf(reader, silent_ms); chunk !== undefined; chunk = await chunkOf(reader, silent_ms)) {
      heard();
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** How long a response asks to wait, in milliseconds. A proxy may name a date instead of seconds. */
function retryAfter({ headers }: Response): number {
  const given = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.min(ms, too_long_ms);
}

/** Follows one workspace's events across streams. */
class Follower {
  readonly #parts: Required<FollowParts>;
  readonly #listener: Listener;
  readonly #signal: AbortSignal;
  #after: EventOffset | undefined;
  #heard: number;
  #failures = 0;

  constructor(parts: FollowParts, listener: Listener, after: EventOffset | undefined, signal: AbortSignal) {
    this.#parts = { now: Date.now, silence_ms, wait: waited, ...parts };
    this.#listener = {
      ...listener,
      event: (event) => {
        this.#after = event.offset;
        listener.event(event);
      },
      reached: (offset) => {
        this.#after = offset;
        listener.reached(offset);
      },
    };
    this.#signal = signal;
    this.#after = after;
    this.#heard = this.#parts.now();
  }

  async follow(): Promise<Refused> {
    while (!this.#signal.aborted) {
      const refused = await this.#once();
      if (refused !== undefined) return refused;
    }
    return 'aborted';
  }

  /** Opens one stream and reads it to its end. */
  async #once(): Promise<Refused | undefined> {
    const { now, open } = this.#parts;
    if (now() - this.#heard > too_long_ms) this.#after = undefined;
    const is_new = this.#after === undefined;
    const opening = new AbortController();
    // Only until the response begins: after that, heartbeats show that the stream is alive.
    const timer = setTimeout(() => opening.abort(), this.#parts.silence_ms);
    let response: Response;
    try {
      response = await open(this.#after ?? 'now', AbortSignal.any([this.#signal, opening.signal]));
    } catch {
      if (this.#signal.aborted) return 'aborted';
      this.#listener.state('offline');
      await this.#rest(0);
      return undefined;
    } finally {
      clearTimeout(timer);
    }
    if (!response.ok) return this.#refused(response);
    this.#listener.state('live');
    this.#failures = 0;
    this.#heard = now();
    // The stream is open already, so it delivers whatever happens after the reload.
    if (is_new) this.#listener.gap();
    const heard = () => {
      this.#heard = now();
    };
    await readStream(response, this.#listener, this.#parts.silence_ms, heard).catch(() => undefined);
    if (this.#signal.aborted) return 'aborted';
    this.#listener.state('reconnecting');
    await this.#parts.wait(Math.random() * first_wait_ms, this.#signal);
    return undefined;
  }

  async #refused(response: Response): Promise<Refused | undefined> {
    const { status } = response;
    void response.body?.cancel().catch(() => undefined);
    if (status === 401) {
      // If a renewed token is refused too, this must not become a tight loop.
      const is_renewed = await this.#parts.renew().catch(() => true);
      if (!is_renewed) return 'signed_out';
      await this.#rest(0);
      return undefined;
    }
    if (status === 403 || status === 404) return 'no_access';
    // The offset is beyond the last event: the database was restored from a backup.
    if (status === 400) this.#after = undefined;
    this.#listener.state('reconnecting');
    await this.#rest(retryAfter(response));
    return undefined;
  }

  /**
   * Waits before the next attempt, with exponential backoff and jitter, so that not all clients of a lost server come
   * back at once.
   */
  async #rest(at_least_ms: number): Promise<void> {
    const bound = Math.min(max_wait_ms, first_wait_ms * 2 ** this.#failures++);
    await this.#parts.wait(Math.max(at_least_ms, bound / 2 + (Math.random() * bound) / 2), this.#signal);
  }
}

/** Follows a workspace's events, from one stream to the next, until the signal aborts or the account loses access. */
export function follow(
  parts: FollowParts,
  listener: Listener,
  { after, signal }: { after?: EventOffset | undefined; signal: AbortSignal },
): Promise<Refused> {
  return new Follower(parts, listener, after, signal).follow();
}
