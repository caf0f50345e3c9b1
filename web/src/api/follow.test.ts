import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { follow, type LinkState } from './follow.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Follows a server that responds like this, until the test ends. Returns the states and the waits between attempts. */
function start(open: (after: string, signal: AbortSignal) => Promise<Response>) {
  const states: LinkState[] = [];
  const waits: number[] = [];
  const stop = new AbortController();
  const wait = async (ms: number) => {
    waits.push(ms);
    if (waits.length === 3) stop.abort();
  };
  const listener = {
    event: () => undefined,
    reached: () => undefined,
    gap: () => undefined,
    state: (state: LinkState) => void states.push(state),
  };
  const ended = follow({ open, renew: async () => true, wait, silence_ms: 1_000 }, listener, { signal: stop.signal });
  return { states, waits, ended };
}

describe('the stream of events', () => {
  test('counts as offline if the server takes the connection and never responds', async () => {
    const { states, ended } = start(
      (_, signal) =>
        new Promise((__, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(states).toEqual(['offline', 'offline', 'offline']);
    expect(await ended).toBe('aborted');
  });

  test.each(['Wed, 21 Oct 2015 07:28:00 GMT', 'soon', '99999999999'])(
    'is opened again after a bounded wait if a proxy says Retry-After: %s',
    async (retry_after) => {
      const headers = { 'retry-after': retry_after };
      const { waits, ended } = start(async () => new Response(null, { status: 503, headers }));
      await ended;
      for (const ms of waits) {
        expect(ms).toBeGreaterThanOrEqual(500);
        expect(ms).toBeLessThanOrEqual(600_000);
      }
    },
  );

  test('leaves no connection open if the script that reads it can’t be loaded', async () => {
    vi.doMock('eventsource-parser', () => {
      throw new Error('Failed to fetch dynamically imported module');
    });
    let left = 0;
    const { ended } = start(async () => new Response(new ReadableStream({ cancel: () => void left++ })));
    await ended;
    vi.doUnmock('eventsource-parser');
    expect(left).toBe(3);
  });
});
