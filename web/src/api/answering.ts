import { cell } from '../store/cell.ts';

export interface Answering {
  /** `slow`: a request waits for longer than is usual. `failing`: the last read was not answered, or by a server that can't. */
  state: 'well' | 'slow' | 'failing';
  since: number;
}

/**
 * How the server answers what the console asks: the stream of events says nothing of it. A write that fails is no sign of it, as
 * it may have failed alone: it is tried again by the queue that it is in, or by who sent it.
 */
export const answering = cell<Answering>({ state: 'well', since: Date.now() });

/** A request that waits for longer is worth a word. */
const slow_after_ms = 5_000;

/** The requests that wait, and when each was sent. `give_up`: ends one that changes nothing, so that it is sent again. */
const waiting = new Set<{ since: number; is_read: boolean; give_up: AbortController }>();
let is_failing = false;

function judge(): void {
  const now = Date.now();
  const is_slow = [...waiting].some(({ since }) => now - since >= slow_after_ms);
  const state = is_failing ? 'failing' : is_slow ? 'slow' : 'well';
  if (answering.get().state !== state) answering.set({ state, since: now });
}

/** Responses of a server, or of a proxy before it, that can't do anything at the moment. */
const unable = [502, 503, 504];

/** Sends a request, and takes note of how it is answered. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const give_up = new AbortController();
  const sent = { since: Date.now(), is_read: (init?.method ?? 'GET') === 'GET', give_up };
  const own = init?.signal ?? undefined;
  const signal = own === undefined ? give_up.signal : AbortSignal.any([own, give_up.signal]);
  // A file takes the time that it takes.
  const is_file = typeof init?.body === 'object' && init.body !== null;
  if (!is_file) waiting.add(sent);
  const timer = setTimeout(judge, slow_after_ms);
  try {
    const response = await fetch(input, { ...init, signal });
    const is_unable = unable.includes(response.status);
    // Where the session is over, signing in comes first: nothing is to be tried again before.
    if (response.status !== 401 && (sent.is_read || !is_unable)) is_failing = is_unable;
    return response;
  } catch (error) {
    // A page that is left ends what it asked for: that says nothing of the server. A timeout does.
    const is_ended =
      own?.aborted === true && !(own.reason instanceof DOMException && own.reason.name === 'TimeoutError');
    if (sent.is_read && !is_ended && !give_up.signal.aborted) is_failing = true;
    throw error;
  } finally {
    clearTimeout(timer);
    waiting.delete(sent);
    judge();
  }
};

/** Sends reads that wait for too long again: the connection that they wait on may be dead. */
export function giveUpSlow(): void {
  const now = Date.now();
  for (const { since, is_read, give_up } of waiting) if (is_read && now - since >= slow_after_ms) give_up.abort();
}
