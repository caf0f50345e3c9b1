import type { Event, EventOffset } from 'baton-sdk';

/** The server sends a sign of life every 15 s; a stream that is silent for two of them is dead. */
const silence_ms = 30_000;
/** Beyond this, reading what is on the page anew is less work than every event since. */
const too_long_ms = 10 * 60_000;
const first_wait_ms = 1_000;
const max_wait_ms = 15_000;
/** More characters than any event has: the server ends a page of events after 1 MiB. */
const max_frame = 4 * 1024 * 1024;

export type LinkState =
  /** What happens elsewhere arrives here. */
  | 'live'
  /** The stream has ended, and another is being opened. */
  | 'reconnecting'
  /** There is no server that responds. */
  | 'offline';

export interface Listener {
  /** Something happened. `offset` is the place after it. */
  event: (event: Event) => void;
  /** The stream has come this far. */
  reached: (offset: EventOffset) => void;
  /** Something may have happened that is not told: whatever is shown is to be read anew. */
  gap: () => void;
  state: (state: LinkState) => void;
}

/** Opens a stream of the events after a place. Throws only where there is no response at all. */
type OpenStream = (after: string, signal: AbortSignal) => Promise<Response>;

export interface FollowParts {
  open: OpenStream;
  /** Renews the access token. Gives whether there is one again. */
  renew: () => Promise<boolean>;
  now?: () => number;
  silence_ms?: number;
  /** A wait that the signal ends. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Why a stream was refused, when there is no point in opening another. */
export type Refused = 'signed_out' | 'no_access' | 'aborted';

/** Waits, and less so when the signal says so. */
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

/** Reads a stream to its end, or until it is silent for too long. */
async function readStream(response: Response, listener: Listener, silent_ms: number, heard: () => void): Promise<void> {
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  const decoder = new TextDecoder();
  const { createParser } = await import('eventsource-parser'); // not a part of what is loaded before the page is seen
  const parser = createParser({
    maxBufferSize: max_frame,
    onEvent: ({ event, data, id }) => {
      // The stream's last event may be the problem that ended it: it is opened again as after any end.
      if (event === undefined && id !== undefined) listener.event({ ...(JSON.parse(data) as Event), offset: id });
    },
    onId: (id) => listener.reached(id),
  });
  try {
    for (let chunk = await chunkOf(reader, silent_ms); chunk !== undefined; chunk = await chunkOf(reader, silent_ms)) {
      heard();
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

const retryAfter = (response: Response): number => Number(response.headers.get('retry-after') ?? 0) * 1_000;

/** The state of following one workspace's events, from one stream to the next. */
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
    let response: Response;
    try {
      response = await open(this.#after ?? 'now', this.#signal);
    } catch {
      if (this.#signal.aborted) return 'aborted';
      this.#listener.state('offline');
      await this.#rest(0);
      return undefined;
    }
    if (!response.ok) return this.#refused(response);
    this.#listener.state('live');
    this.#failures = 0;
    this.#heard = now();
    // The stream has begun, so that whatever happens after this read arrives by it.
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
      // A renewal that succeeds and helps nothing must not become a loop.
      const is_renewed = await this.#parts.renew().catch(() => true);
      if (!is_renewed) return 'signed_out';
      await this.#rest(0);
      return undefined;
    }
    if (status === 403 || status === 404) return 'no_access';
    // The place is beyond the last event: the database was restored from a backup.
    if (status === 400) this.#after = undefined;
    this.#listener.state('reconnecting');
    await this.#rest(retryAfter(response));
    return undefined;
  }

  /** Waits before the next try: longer each time, and at random, so that not all who lost a server come back at once. */
  async #rest(at_least_ms: number): Promise<void> {
    const bound = Math.min(max_wait_ms, first_wait_ms * 2 ** this.#failures++);
    await this.#parts.wait(Math.max(at_least_ms, bound / 2 + (Math.random() * bound) / 2), this.#signal);
  }
}

/** Follows a workspace's events from one stream to the next, until the signal ends it or there is no access any more. */
export function follow(
  parts: FollowParts,
  listener: Listener,
  { after, signal }: { after?: EventOffset | undefined; signal: AbortSignal },
): Promise<Refused> {
  return new Follower(parts, listener, after, signal).follow();
}
