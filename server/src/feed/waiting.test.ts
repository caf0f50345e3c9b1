import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Identity } from '../access/authorize.ts';
import { most, Waiting } from './waiting.ts';

const identityOf = (session_id: string): Identity => ({ user_id: `user of ${session_id}`, session_id, token: null });

/** Sessions that wait in a workspace where nothing happens, and a way to end some of them. */
function scene(session_ids: readonly string[]) {
  const ended = new Set<string>();
  const asked: number[] = [];
  let over = false;
  const waiting = new Waiting({
    lastOf: () => Promise.resolve(new Map()),
    endedOf: async (identities) => {
      asked.push(identities.length);
      await sleep(5);
      return identities.filter(({ session_id }) => ended.has(session_id ?? ''));
    },
    isStopping: () => over,
  });
  const wait = { workspace_id: 'w', sequence: 0, isGone: () => false, ms: 60_000, rest_ms: 0 };
  const waits = session_ids.map((session_id) => waiting.forEvents({ ...wait, identity: identityOf(session_id) }));
  return {
    waits,
    asked,
    end: (session_id: string) => ended.add(session_id),
    stop: async () => {
      over = true;
      await Promise.all(waits);
    },
  };
}

test('the end of one session among two thousand is noticed in about a second, with few and bounded statements', async () => {
  const { waits, asked, end, stop } = scene(Array.from({ length: most.all }, (_, n) => `session ${n}`));
  const began = performance.now();
  for (const n of [most.all - 1, 0, 1_000]) {
    const since = performance.now();
    end(`session ${n}`);
    expect(await waits[n]).toBe('something');
    expect(performance.now() - since).toBeLessThan(1_500);
  }
  const elapsed_s = (performance.now() - began) / 1000;
  expect(Math.max(...asked)).toBeLessThanOrEqual(500);
  expect(asked.length / elapsed_s).toBeLessThan(12);
  await stop();
});

test('all requests of a session end with it and are checked as one; those of other sessions keep waiting', async () => {
  const { waits, asked, end, stop } = scene(['one', 'other', 'one', 'one']);
  end('one');
  expect(await Promise.all([waits[0], waits[2], waits[3]])).toEqual(['something', 'something', 'something']);
  expect(Math.max(...asked)).toBeLessThanOrEqual(2); // fewer if a check falls between requests that came at once
  const goes_on = Symbol('goes on');
  expect(await Promise.race([waits[1], sleep(1_000, goes_on)])).toBe(goes_on);
  await stop();
});
