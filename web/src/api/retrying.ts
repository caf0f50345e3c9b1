import { answering, giveUpSlow } from './answering.ts';
import { cell } from '../store/cell.ts';

const first_wait_ms = 5_000;
const max_wait_ms = 30_000;

/** When what failed is tried again by itself; undefined while the server answers. */
export const next_try = cell<number | undefined>(undefined);

/** Tries again, at once, what failed. Whoever shows something that may have failed adds a function. */
const tries = new Set<() => void>();

/** Tries again at once whatever was not answered. */
export function tryNow(): void {
  giveUpSlow();
  for (const again of tries) again();
}

/** Has something tried again when the server does not answer, and once when it does again, until the function it returns is called. */
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
    // Not for each of many that fail and succeed in turn: a server that has too much to do gets no more of it.
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
