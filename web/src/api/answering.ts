import { cell } from '../store/cell.ts';

export interface Answering {
  /**
   * `slow`: a request has waited longer than usual. `failing`: the last read got no response, or a response that the
   * server is unavailable.
   */
  state: 'well' | 'slow' | 'failing';
  since: number;
}

/**
 * Whether the server responds to the console's requests; the stream of events doesn't show that. A failed write doesn't
 * count, because it may be the only request that fails: its queue, or the person, retries it.
 */
export const answering = cell<Answering>({ state: 'well', since: Date.now() });

/** A request that waits longer than this counts as slow. */
const slow_after_ms = 5_000;

/** The requests in progress, and when each was sent. `give_up` aborts a read, which the client then sends again. */
const waiting = new Set<{ since: number; is_read: boolean; give_up: AbortController }>();
let is_failing = false;

function judge(): void {
  const now = Date.now();
  const is_slow = [...waiting].some(({ since }) => now - since >= slow_after_ms);
  const state = is_failing ? 'failing' : is_slow ? 'slow' : 'well';
  if (answering.get().state !== state) answering.set({ state, since: now });
}

/** The statuses of a server, or of a proxy before it, that is unavailable at the moment. */
const unable = [502, 503, 504];

/** A `fetch` that also records whether the server responds. */
export const watchedFetch: typeof fetch = async (input, init) => {
  const give_up = new AbortController();
  const sent = { since: Date.now(), is_read: (init?.method ?? 'GET') === 'GET', give_up };
  const own = init?.signal ?? undefined;
  const signal = own === undefined ? give_up.signal : AbortSignal.any([own, give_up.signal]);
  // How long an upload takes depends on the file, so it never counts as slow.
  const is_file = typeof init?.body === 'object' && init.body !== null;
  if (!is_file) waiting.add(sent);
  const timer = setTimeout(judge, slow_after_ms);
  try {
    const response = await fetch(input, { ...init, signal });
    const is_unable = unable.includes(response.status);
    // A 401 leaves the state as it is: retrying is useless until the person has signed in again.
    if (response.status !== 401 && (sent.is_read || !is_unable)) is_failing = is_unable;
    return response;
  } catch (error) {
    // Leaving a page aborts its requests, which says nothing about the server. A timeout does.
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

/** Aborts slow reads so that they are sent again: their connection may be dead. */
export function giveUpSlow(): void {
  const now = Date.now();
  for (const { since, is_read, give_up } of waiting) if (is_read && now - since >= slow_after_ms) give_up.abort();
}
