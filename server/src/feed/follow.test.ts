import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Events, read_events } from './contract.ts';
import type { Asked } from '../serving/serve.ts';
import { stream } from './follow.ts';
import { Waiting } from './waiting.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A page of a megabyte. */
const pageOf = (offset: string): Events => ({
  data: [{ offset, after: { title: 'x'.repeat(2 ** 20) } } as unknown as Events['data'][number]],
  next_offset: offset,
  up_to_date: true,
});

test('a stream that waits keeps none of the pages that it has sent', async () => {
  let last = 1;
  const waiting = new Waiting({
    lastOf: (ids) => Promise.resolve(new Map(ids.map((id) => [id, last]))),
    isLive: () => Promise.resolve(true),
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
