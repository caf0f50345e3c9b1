import { answering, giveUpSlow } from './answering.ts';
import { cell } from '../store/cell.ts';

const first_wait_ms = 5_000;
const max_wait_ms = 30_000;

/** When the next automatic retry runs; undefined while the server responds. */
export const next_try = cell<number | undefined>(undefined);

/** The functions that retry immediately; each part of the page that may show a failure adds one. */
const tries = new Set<() => void>();

/** Immediately retries everything that got no response. */
export function tryNow(): void {
  giveUpSlow();
  for (const again of tries) again();
}

/**
 * Calls the function periodically while the server does not respond, and once when it responds again. Stops when the
 * returned function is called.
 */
export function retry(again: () => void): () => void {
  let tried = 0;
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let was = answering.get().state;
  const plan = () => {
    const ms = Math.min(max_wait_ms, first_wait_ms * 2 ** tried++);
    next_try.set(Date.now() + ms);
    timer = setTimeout(() => {
      again();
      plan();
    }, ms);
  };
  const follow = () => {
    const { state } = answering.get();
    if (state === 'failing' && timer === undefined) plan();
    if (state !== 'failing') {
      clearTimeout(timer);
      timer = undefined;
      tried = 0;
      next_try.set(undefined);
    }
    const is_back = was === 'failing' && state === 'well';
    was = state;
    // At most once per interval: if requests alternately fail and succeed, an overloaded server must not get more of
    // them.
    if (!is_back || Date.now() - last < first_wait_ms) return;
    last = Date.now();
    again();
  };
  const stop = answering.subscribe(follow);
  addEventListener('online', again);
  tries.add(again);
  follow();
  return () => {
    stop();
    clearTimeout(timer);
    next_try.set(undefined);
    removeEventListener('online', again);
    tries.delete(again);
  };
}
