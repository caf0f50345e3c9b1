import { setTimeout as sleep } from 'node:timers/promises';
import { personOf } from '../access/authorize.ts';
import { BatonError } from '../errors.ts';
import { rateLimited } from '../lib/limit.ts';
import { narrowed } from '../serving/answer.ts';
import type { Asked } from '../serving/following.ts';
import type { Events, read_events } from './contract.ts';
import { most, type Waiting } from './waiting.ts';

type Asking = Asked<typeof read_events>;

/** How long a request rests when there is no room for it to wait or to read, and for each needless wake-up (`Wakes`). */
const rest_ms = 1_000;
/** How many needless wake-ups a stream may have before it rests. */
const free_wakes = 4;
/** A stream ends after this time. Its client reconnects with a credential that is valid then. */
const max_stream_ms = 15 * 60_000;

/** Ignores `overloaded`, so that a request that has waited keeps waiting. Rethrows every other error. */
function unlessOverloaded(error: unknown): undefined {
  if (!(error instanceof BatonError && error.code === 'overloaded')) throw error;
}

/**
 * Decides how long a request rests after it was woken for events that it did not ask for. The first few wake-ups cost
 * no rest; in the long run, there is one wake-up per rest.
 */
export class Wakes {
  readonly #free_ms: number;
  /** When the rests of all wake-ups so far would end, if they followed one another. */
  #until = 0;

  constructor(free = free_wakes) {
    this.#free_ms = free * rest_ms;
  }

  /** How long to rest after one more needless wake-up, in milliseconds. */
  restAfter(now: number): number {
    this.#until = Math.max(this.#until, now) + rest_ms;
    return Math.max(0, this.#until - this.#free_ms - now);
  }
}

type Query = Asking['query'];

/** Queries of requests that have waited, and when each was asked again. Such requests share the result of one read. */
const again = new WeakMap<Query, number>();
export const askedAgainAt = (query: Query): number | undefined => again.get(query);

/** Reads once more for a waiting request. Such reads take turns. */
function readAgain(waiting: Waiting, { caller, query, read }: Asking, after: string): Promise<Events | undefined> {
  const asked = { ...query, after };
  again.set(asked, performance.now());
  return waiting.read(personOf(caller), () => read(asked)).catch(unlessOverloaded);
}

/** Waits for events to respond with, for as long as the request allows. */
export async function poll(waiting: Waiting, first: Events, asked: Asking): Promise<Events> {
  const { query, caller: identity, workspace_id, network, isGone } = asked;
  const began = performance.now();
  const until = began + query.wait * 1000;
  const wakes = new Wakes(Math.min(free_wakes, Math.ceil(query.wait / 5))); // the client’s next request has as many again
  let page = first;
  let rests_ms = 0;
  while (page.data.length === 0 && page.up_to_date) {
    const ms = until - performance.now();
    if (ms <= 0) break;
    const giveBack = waiting.take(identity, network);
    if (giveBack === undefined) {
      await sleep(Math.min(rest_ms, ms)); // so that a client that asks again at once is slowed down
      break;
    }
    const sequence = Number(page.next_offset);
    const wait = { workspace_id, sequence, identity, isGone, ms, rest_ms: rests_ms };
    const ended = await waiting.forEvents(wait).finally(giveBack);
    if (ended === 'over') {
      // Its client asks again at once, and while a stopping process drains, it still gets the request.
      const rest = Math.min(began + rest_ms, until) - performance.now();
      if (!isGone() && rest > 0) await sleep(rest);
      break;
    }
    // Read once more even if the time is over: the caller may have lost access, or the database may be unreachable.
    const more = await readAgain(waiting, asked, page.next_offset);
    rests_ms = more === undefined ? rest_ms : wakes.restAfter(performance.now());
    page = more ?? page;
  }
  return page;
}

/** Pages with all their fields, written as server-sent events. Many streams send the same page. */
const whole_frames = new WeakMap<Events, string>();

function framesOf(page: Events, query: Query): string {
  if (query.fields !== undefined) return writeFrames(page, query);
  const frames = whole_frames.get(page) ?? writeFrames(page, query);
  whole_frames.set(page, frames);
  return frames;
}

/**
 * Writes a page as server-sent events, each with its offset. A last one carries the offset reached, unless the last
 * event has it.
 */
function writeFrames(page: Events, query: Query): string {
  const { data, next_offset } = page;
  const shown = narrowed(page, query) as { data: unknown[] };
  const frames = data.map(({ offset }, n) => `id: ${offset}\ndata: ${JSON.stringify(shown.data[n])}\n\n`);
  if (data.at(-1)?.offset !== next_offset) frames.push(`id: ${next_offset}\n\n`);
  return frames.join('');
}

/**
 * Streams events until the client leaves, loses access, or the process stops. Throws `rate_limited` before anything is
 * sent.
 */
export function stream(waiting: Waiting, first: Events, asked: Asking): AsyncIterable<string> {
  const giveBack = waiting.take(asked.caller, asked.network);
  if (giveBack === undefined) {
    const detail = 'Too many requests are waiting for events. Follow several projects or tickets in one request.';
    throw rateLimited({ name: 'streams', quota: most.account }, rest_ms / 1000, detail);
  }
  asked.after(async () => giveBack());
  return follow(waiting, sent(first, asked.query), asked);
}

/** A page ready to be sent, and the offset to continue from. */
interface Sent {
  frame: string;
  next_offset: string;
  up_to_date: boolean;
  is_empty: boolean;
}

const sent = (page: Events, query: Query): Sent => {
  const { data, next_offset, up_to_date } = page;
  return { frame: framesOf(page, query), next_offset, up_to_date, is_empty: data.length === 0 };
};

/** Takes the frame out of a page, so that its memory is freed while the stream waits for the next page. */
function taken(next: Sent): string {
  const { frame } = next;
  next.frame = '';
  return frame;
}

/** Waits for the next page. Returns `over` when the stream has to end, and undefined when there was no room for the read. */
async function next(
  waiting: Waiting,
  { last, wakes, until }: { last: Sent; wakes: Wakes; until: number },
  asked: Asking,
): Promise<Sent | 'over' | undefined> {
  const { caller: identity, workspace_id, query, isGone } = asked;
  if (last.up_to_date) {
    const now = performance.now();
    const ms = until - now;
    const rests_ms = last.is_empty ? wakes.restAfter(now) : 0;
    const wait = { workspace_id, sequence: Number(last.next_offset), identity, isGone, ms, rest_ms: rests_ms };
    if (ms <= 0 || (await waiting.forEvents(wait)) === 'over') return 'over';
  }
  const page = await readAgain(waiting, asked, last.next_offset);
  return page && sent(page, query);
}

async function* follow(waiting: Waiting, first: Sent, asked: Asking): AsyncGenerator<string, undefined> {
  const until = performance.now() + max_stream_ms;
  const wakes = new Wakes();
  let last = { ...first, is_empty: false };
  first.frame = '';
  yield taken(last);
  while (!asked.isGone() && !waiting.isStopping()) {
    const more = await next(waiting, { last, wakes, until }, asked);
    if (more === 'over') return;
    if (more === undefined) {
      await sleep(rest_ms);
      continue;
    }
    const is_news = more.next_offset !== last.next_offset;
    last = more;
    if (is_news) yield taken(last);
  }
}
