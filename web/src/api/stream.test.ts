import type { Event } from 'baton-sdk';
import { afterEach, describe, expect, test } from 'vitest';
import type { LinkState } from './follow.ts';
import { type Channel, type Locks, shareStream } from './stream.ts';

const offset = (number: number) => String(number).padStart(16, '0');
const until = async (holds: () => boolean) => {
  for (let turn = 0; !holds(); turn++) {
    if (turn > 500) throw new Error('It did not happen within five seconds.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

type Stream = ReadableStreamDefaultController<Uint8Array>;
let feeds = 0;

/** An event server whose streams the test writes and cuts, and the tabs that follow it. */
function makeFeed() {
  const name = `feed-${++feeds}`;
  const asked: string[] = [];
  const streams = new Set<Stream>();
  const stops: AbortController[] = [];
  let status = 200;
  const write = (stream: Stream, text: string) => stream.enqueue(new TextEncoder().encode(text));

  /** Stands in for `fetch`: returns a response whose body continues until it is cut or the reader leaves. */
  async function open(after: string, signal: AbortSignal): Promise<Response> {
    asked.push(after);
    if (status === 0) throw new TypeError('fetch failed');
    if (status !== 200) return new Response(null, { status, headers: { 'retry-after': '0' } });
    let stream: Stream | undefined;
    const leave = () => void (stream && streams.delete(stream));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        stream = controller;
        streams.add(controller);
        write(controller, `retry: 1000\n\nid: ${offset(asked.length * 10)}\n\n`);
      },
      cancel: leave,
    });
    signal.addEventListener('abort', () => {
      leave();
      stream?.error(signal.reason);
    });
    return new Response(body);
  }

  function openTab(more: Partial<Parameters<typeof shareStream>[0]> = {}) {
    const seen: string[] = [];
    const states: LinkState[] = [];
    const stop = new AbortController();
    stops.push(stop);
    const parts = {
      open,
      renew: async () => true,
      wait: () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
      locks: navigator.locks as Locks,
      openChannel: (of: string) => new BroadcastChannel(of) as Channel,
      ...more,
    };
    const listener = {
      event: (event: Event) => void seen.push(event.type),
      reached: () => undefined,
      gap: () => void seen.push('gap'),
      state: (state: LinkState) => void states.push(state),
    };
    const ended = shareStream(parts, name, listener, stop.signal);
    return { seen, states, ended, close: () => stop.abort() };
  }

  return {
    asked,
    streams,
    openTab,
    /** Sets the status of later responses; 0 means that nothing responds. */
    respond: (with_status: number) => {
      status = with_status;
    },
    send: (number: number, type: string) => {
      for (const stream of streams) write(stream, `id: ${offset(number)}\ndata: {"type":"${type}"}\n\n`);
    },
    cut: () => {
      for (const stream of streams) stream.error(new TypeError('network error'));
      streams.clear();
    },
    stop: () => {
      for (const one of stops) one.abort();
    },
  };
}

describe('the stream of a workspace’s events', () => {
  let feed: ReturnType<typeof makeFeed>;
  afterEach(() => feed.stop());

  test('starts at the latest event, reloads the page’s data, and resumes where it was cut', async () => {
    feed = makeFeed();
    const tab = feed.openTab();
    await until(() => tab.seen.includes('gap'));
    feed.send(11, 'ticket.created');
    await until(() => tab.seen.length === 2);
    feed.cut();
    await until(() => feed.asked.length === 2);
    expect(feed.asked).toEqual(['now', offset(11)]);
    await until(() => tab.states.at(-1) === 'live');
    expect(tab.states).toEqual(['live', 'reconnecting', 'live']);
    expect(tab.seen).toEqual(['gap', 'ticket.created']);
  });

  test('is shared by all tabs, and another tab resumes it when its tab is closed', async () => {
    feed = makeFeed();
    const first = feed.openTab();
    await until(() => first.seen.length === 1);
    const [second, third] = [feed.openTab(), feed.openTab()];
    await until(() => second.seen.length === 1 && third.seen.length === 1);
    expect(second.states).toEqual(['live']);
    feed.send(12, 'ticket.updated');
    await until(() => second.seen.length === 2 && third.seen.length === 2);
    expect([feed.streams.size, feed.asked.length]).toEqual([1, 1]);
    first.close();
    await until(() => feed.asked.length === 2);
    expect(feed.asked[1]).toBe(offset(12));
    await until(() => feed.streams.size === 1);
    feed.send(21, 'ticket.deleted');
    await until(() => second.seen.length === 3 && third.seen.length === 3);
    expect(second.seen).toEqual(['gap', 'ticket.updated', 'ticket.deleted']);
    expect(first.seen).toEqual(['gap', 'ticket.updated']);
  });

  test('is opened by every tab if the browser has no locks', async () => {
    feed = makeFeed();
    const none = { locks: undefined };
    const tabs = [feed.openTab(none), feed.openTab(none)];
    await until(() => tabs.every((tab) => tab.seen.length === 1));
    expect(feed.streams.size).toBe(2);
  });

  test('is reopened when it is silent for too long', async () => {
    feed = makeFeed();
    const tab = feed.openTab({ silence_ms: 100 });
    await until(() => feed.asked.length === 2);
    expect(feed.asked[1]).toBe(offset(10));
    expect(tab.seen).toEqual(['gap']);
  });

  test('starts at the latest event after a long sleep, and reloads the page’s data', async () => {
    feed = makeFeed();
    let slept_ms = 0;
    const tab = feed.openTab({ now: () => Date.now() + slept_ms });
    await until(() => tab.seen.length === 1);
    slept_ms = 3_600_000;
    feed.cut();
    await until(() => tab.seen.length === 2);
    expect([feed.asked, tab.seen]).toEqual([
      ['now', 'now'],
      ['gap', 'gap'],
    ]);
  });

  test('starts at the latest event when the server no longer knows the offset', async () => {
    feed = makeFeed();
    const tab = feed.openTab();
    await until(() => tab.seen.length === 1);
    feed.respond(400);
    feed.cut();
    await until(() => feed.asked.length === 2);
    feed.respond(200);
    await until(() => tab.seen.length === 2);
    expect(feed.asked.slice(-1)).toEqual(['now']);
  });

  test('makes the page offline while the server does not respond, and live when it does again', async () => {
    feed = makeFeed();
    feed.respond(0);
    const tab = feed.openTab();
    await until(() => tab.states.length > 1);
    expect(new Set(tab.states)).toEqual(new Set(['offline']));
    feed.respond(200);
    await until(() => tab.states.includes('live'));
    expect(tab.seen[0]).toBe('gap');
  });

  test('renews an expired token, and ends without a session or access', async () => {
    feed = makeFeed();
    feed.respond(401);
    let renewals = 0;
    const renew = async () => {
      feed.respond(++renewals < 2 ? 401 : 200);
      return true;
    };
    const tab = feed.openTab({ renew });
    await until(() => tab.states.includes('live'));
    expect(renewals).toBe(2);
    const alone = { locks: undefined, renew: async () => false };
    feed.respond(401);
    expect(await feed.openTab(alone).ended).toBe('signed_out');
    feed.respond(404);
    expect(await feed.openTab(alone).ended).toBe('no_access');
  });
});
