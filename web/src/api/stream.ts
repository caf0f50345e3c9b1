import type { Event, EventOffset } from 'baton-sdk';
import { type FollowParts, follow, type LinkState, type Listener, type Refused } from './follow.ts';

/** The messages between tabs. */
type Message =
  | { kind: 'event'; event: Event }
  | { kind: 'reached'; offset: EventOffset }
  | { kind: 'gap' }
  | { kind: 'state'; state: LinkState }
  /** A tab was opened; the tab with the stream responds with its state. */
  | { kind: 'hello' }
  | { kind: 'welcome'; state: LinkState; offset: EventOffset | undefined };

/** The channel between the tabs of one browser: BroadcastChannel. */
export interface Channel {
  postMessage: (message: Message) => void;
  addEventListener: (type: 'message', listener: (message: { data: unknown }) => void) => void;
  close: () => void;
}

/** The part of LockManager that elects the tab that opens the stream. */
export interface Locks {
  request: (name: string, options: { signal: AbortSignal }, hold: () => Promise<unknown>) => Promise<unknown>;
}

interface StreamParts extends FollowParts {
  /** Undefined on plain HTTP under a host name; then each tab opens its own stream. */
  locks: Locks | undefined;
  openChannel: ((name: string) => Channel) | undefined;
}

/**
 * Passes a workspace's events to the listener until the signal aborts. All tabs of a browser share one stream: over
 * HTTP/1.1 a browser opens six connections to a host, so the seventh tab would wait for ever.
 */
export async function shareStream(
  parts: StreamParts,
  name: string,
  listener: Listener,
  signal: AbortSignal,
): Promise<Refused> {
  const { locks, openChannel } = parts;
  if (locks === undefined || openChannel === undefined) return follow(parts, listener, { signal });
  const channel = openChannel(name);
  const tab = new Tab(channel, listener);
  let refused: Refused = 'aborted';
  try {
    await locks.request(name, { signal }, async () => {
      refused = await tab.lead(parts, signal);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    channel.close();
  }
  return refused;
}

/** One tab's part in sharing the stream. */
class Tab {
  readonly #channel: Channel;
  readonly #listener: Listener;
  #leads = false;
  #state: LinkState = 'reconnecting';
  #offset: EventOffset | undefined;

  constructor(channel: Channel, listener: Listener) {
    this.#channel = channel;
    this.#listener = listener;
    channel.addEventListener('message', ({ data }) => this.#receive(data as Message));
    channel.postMessage({ kind: 'hello' });
  }

  /** Opens the stream for all tabs, from the offset that they have reached. */
  lead(parts: FollowParts, signal: AbortSignal): Promise<Refused> {
    this.#leads = true;
    const tell = (message: Message) => {
      this.#take(message);
      this.#channel.postMessage(message);
    };
    const shared: Listener = {
      event: (event) => tell({ kind: 'event', event }),
      reached: (offset) => tell({ kind: 'reached', offset }),
      gap: () => tell({ kind: 'gap' }),
      state: (state) => tell({ kind: 'state', state }),
    };
    return follow(parts, shared, { after: this.#offset, signal });
  }

  #receive(message: Message): void {
    if (message.kind === 'hello') {
      if (this.#leads) this.#channel.postMessage({ kind: 'welcome', state: this.#state, offset: this.#offset });
    } else if (!this.#leads) {
      this.#take(message);
    }
  }

  #take(message: Message): void {
    switch (message.kind) {
      case 'event':
        this.#offset = message.event.offset;
        return this.#listener.event(message.event);
      case 'reached':
        this.#offset = message.offset;
        return this.#listener.reached(message.offset);
      case 'gap':
        return this.#listener.gap();
      case 'state':
        this.#state = message.state;
        return this.#listener.state(message.state);
      case 'welcome':
        // Every tab receives the welcome, but only the new one needs it.
        if (this.#offset !== undefined || message.offset === undefined) return;
        this.#offset = message.offset;
        this.#state = message.state;
        this.#listener.state(message.state);
        return this.#listener.gap();
      case 'hello':
    }
  }
}
