import { setTimeout as sleep } from 'node:timers/promises';
import { personOf } from '../access/authorize.ts';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { narrowed } from '../serving/answer.ts';
import type { Asked } from '../serving/serve.ts';
import type { Events, read_events } from './contract.ts';
import { most, type Waiting } from './waiting.ts';

type Asking = Asked<typeof read_events>;

/** In place of a wait for which there is no room, or of a read. */
const rest_ms = 1_000;
/** A stream ends after this, and its client comes back with a credential of its own time. */
const max_stream_ms = 15 * 60_000;

/** Who has waited goes on waiting where there is no room at the moment. */
function unlessOverloaded(error: unknown): undefined {
  if (!(error instanceof BatonError && error.code === 'overloaded')) throw error;
}

/** Reads once more for one of those that wait, each of them in turn. */
function readAgain(waiting: Waiting, { caller, query, read }: Asking, after: string): Promise<Events | undefined> {
  return waiting.read(personOf(caller), () => read({ ...query, after })).catch(unlessOverloaded);
}

/** Waits as long as the request says for something to respond with. */
export async function poll(waiting: Waiting, first: Events, asked: Asking): Promise<Events> {
  const { query, caller: identity, workspace_id, network, isGone } = asked;
  const until = performance.now() + query.wait * 1000;
  let page = first;
  for (let round = 0; page.data.length === 0 && page.up_to_date; round++) {
    const ms = until - performance.now();
    if (ms <= 0) break;
    const giveBack = waiting.take(identity, network);
    if (giveBack === undefined) {
      await sleep(Math.min(rest_ms, ms)); // a client that asks again at once is no busier than one that waits
      break;
    }
    const sequence = Number(page.next_offset);
    const wait = { workspace_id, sequence, identity, isGone, ms, again: round > 0 };
    const ended = await waiting.forEvents(wait).finally(giveBack);
    if (ended === 'over') break;
    // At the end of its time it is read once more: the right may have ended, or the database be away.
    page = (await readAgain(waiting, asked, page.next_offset)) ?? page;
  }
  return page;
}

/** A page as server-sent events, each with its offset; last the place that was reached, where nothing else names it. */
function framesOf(page: Events, query: Asking['query']): string {
  const { data, next_offset } = page;
  const shown = narrowed(page, query) as { data: unknown[] };
  const frames = data.map(({ offset }, n) => `id: ${offset}\ndata: ${JSON.stringify(shown.data[n])}\n\n`);
  if (data.at(-1)?.offset !== next_offset) frames.push(`id: ${next_offset}\n\n`);
  return frames.join('');
}

/** Follows the events until the client leaves, the right ends, or the process stops. Throws `rate_limited` at once. */
export function stream(waiting: Waiting, first: Events, asked: Asking): AsyncIterable<string> {
  const giveBack = waiting.take(asked.caller, asked.network);
  if (giveBack === undefined) {
    const detail = 'Too many requests wait for events. Follow several projects or tickets in one.';
    throw rateLimited({ name: 'streams', quota: most.account }, rest_ms / 1000, detail);
  }
  asked.after(async () => giveBack());
  return follow(waiting, first, asked);
}

async function* follow(waiting: Waiting, first: Events, asked: Asking): AsyncGenerator<string, undefined> {
  const { caller: identity, workspace_id, query, isGone } = asked;
  const until = performance.now() + max_stream_ms;
  yield framesOf(first, query);
  let { next_offset, up_to_date } = first;
  let again = false;
  while (!isGone() && !waiting.isStopping()) {
    if (up_to_date) {
      const ms = until - performance.now();
      if (ms <= 0) return;
      const wait = { workspace_id, sequence: Number(next_offset), identity, isGone, ms, again };
      if ((await waiting.forEvents(wait)) === 'over') return;
    }
    const page = await readAgain(waiting, asked, next_offset);
    if (page === undefined) {
      await sleep(rest_ms);
      continue;
    }
    again = page.data.length === 0;
    if (page.next_offset !== next_offset) yield framesOf(page, query);
    ({ next_offset, up_to_date } = page);
  }
}
