import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Events, read_events } from './contract.ts';
import type { Asked } from '../serving/following.ts';
import { poll, stream, Wakes } from './follow.ts';
import { Waiting } from './waiting.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A page of a megabyte. */
const pageOf = (offset: string): Events => ({
  data: [{ offset, after: { title: 'x'.repeat(2 ** 20) } } as unknown as Events['data'][number]],
  next_offset: offset,
  up_to_date: true,
});

test('a waiting stream keeps no page that it has sent in memory', async () => {
  let last = 1;
  const waiting = new Waiting({
    lastOf: (ids) => Promise.resolve(new Map(ids.map((id) => [id, last]))),
    endedOf: () => Promise.resolve([]),
    isStopping: () => false,
  });
  const pages: WeakRef<Events>[] = [];
  const make = (offset: string) => {
    const page = pageOf(offset);
    pages.push(new WeakRef(page));
    return page;
  };
  let gone = false;
  const asked = {
    query: { fields: [] },
    caller: { user_id: 'u', session_id: 's', token: null },
    workspace_id: 'w',
    network: 'n',
    isGone: () => gone,
    after: () => undefined,
    read: ({ after }: { after: string }) => Promise.resolve(make(String(Number(after) + 1).padStart(16, '0'))),
  } as unknown as Asked<typeof read_events>;
  const frames = stream(waiting, make('0000000000000001'), asked)[Symbol.asyncIterator]();
  const lengthOfNext = async () => ((await frames.next()).value as string).length;
  expect(await lengthOfNext()).toBeGreaterThan(2 ** 20);
  const waits = frames.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  collect();
  expect(pages.map((page) => page.deref())).toEqual([undefined]);
  last = 2;
  expect(((await waits).value as string).length).toBeGreaterThan(2 ** 20);
  const waits_again = frames.next();
  await new Promise((resolve) => setTimeout(resolve, 50));
  collect();
  expect(pages.map((page) => page.deref())).toEqual([undefined, undefined]);
  gone = true;
  expect((await waits_again).done).toBe(true);
});

test('a filtered stream sends a matching event soon, even after several single events that do not match', async () => {
  let [last, gone] = [1, false];
  const waiting = new Waiting({
    lastOf: (ids) => Promise.resolve(new Map(ids.map((id) => [id, last]))),
    endedOf: () => Promise.resolve([]),
    isStopping: () => false,
  });
  const empty = (sequence: number): Events => {
    const next_offset = String(sequence).padStart(16, '0');
    return { data: [], next_offset, up_to_date: true };
  };
  const asked = {
    query: { fields: [] },
    caller: { user_id: 'u', session_id: 's', token: null },
    workspace_id: 'w',
    network: 'n',
    isGone: () => gone,
    after: () => undefined,
    read: ({ after }: { after: string }) => {
      const sequence = Number(after) + 1;
      last = sequence + 1; // the next comes at once
      return Promise.resolve(sequence < 5 ? empty(sequence) : pageOf(String(sequence).padStart(16, '0')));
    },
  } as unknown as Asked<typeof read_events>;
  const began = performance.now();
  const frames: string[] = [];
  last = 2;
  for await (const frame of stream(waiting, empty(1), asked)) {
    frames.push(frame);
    gone = frame.includes('data:');
  }
  expect(frames.map((frame) => [frame.slice(0, 20), frame.includes('data:')])).toEqual(
    [1, 2, 3, 4, 5].map((n) => [`id: ${String(n).padStart(16, '0')}`, n === 5]),
  );
  expect(performance.now() - began).toBeLessThan(2_000);
});

describe('a request that is woken needlessly', () => {
  /** How often it is woken within a minute in which events happen all the time. */
  function wakesInAMinute(wakes: Wakes): { count: number; rests: number[] } {
    const rests: number[] = [];
    for (let now = 5_000; now < 65_000; now += 100 + (rests.at(-1) ?? 0)) rests.push(wakes.restAfter(now));
    return { count: rests.length, rests };
  }

  test('does not rest at first, and in the long run is woken once a second', () => {
    const { count, rests } = wakesInAMinute(new Wakes());
    expect(rests.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(rests[4]).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(65);
    // Control: a request that never rests.
    expect(wakesInAMinute({ restAfter: () => 0 } as unknown as Wakes).count).toBe(600);
  });

  test('does not rest at all if that happens rarely', () => {
    const wakes = new Wakes();
    for (let n = 0; n < 30; n++) expect(wakes.restAfter(n * 1_500)).toBe(0);
  });
});

test.each([
  [20, 900],
  [0, 0],
])('a request that comes while the process stops, and may wait for %d s, slows its client down', async (wait, ms) => {
  const none = () => Promise.resolve([]);
  const waiting = new Waiting({ lastOf: () => Promise.resolve(new Map()), endedOf: none, isStopping: () => true });
  const asked = { query: { wait }, caller: { user_id: 'u' }, network: 'n', isGone: () => false };
  const first: Events = { data: [], next_offset: '0000000000000001', up_to_date: true };
  const began = performance.now();
  expect(await poll(waiting, first, asked as unknown as Asked<typeof read_events>)).toBe(first);
  const lasted = performance.now() - began;
  expect(lasted).toBeGreaterThanOrEqual(ms);
  expect(lasted).toBeLessThan(10_000);
});
