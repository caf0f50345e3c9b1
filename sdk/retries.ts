import { aborted, BatonApiError } from './errors.ts';

export interface Patience {
  /** How often a failed attempt is repeated. */
  retries: number;
  /** The longest wait before a repetition, unless the server asks for one. */
  max_wait_ms: number;
  /** The longest wait that the server may ask for. If it asks for a longer one, the call fails instead. */
  max_asked_ms: number;
  signal: AbortSignal | undefined;
}

const first_wait_ms = 200;

/** Waits for this time, or until the signal aborts. */
function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    if (signal?.aborted === true) done();
  });
}

/**
 * The wait before the nth repetition. It is a random time up to a bound that doubles, so that clients that failed
 * together don’t retry together, and at least the time that the server asks for.
 */
export function waitBefore(nth: number, asked_ms: number | undefined, max_wait_ms: number): number {
  const bound = Math.min(max_wait_ms, first_wait_ms * 2 ** nth);
  return asked_ms === undefined ? Math.random() * bound : asked_ms + Math.random() * Math.min(bound, asked_ms / 4);
}

/** Makes attempts until one succeeds, one fails with an error that is not retryable, or the retries are used up. */
export async function persist<T>(patience: Patience, attempt: () => Promise<T>): Promise<T> {
  const { retries, max_wait_ms, max_asked_ms, signal } = patience;
  for (let nth = 0; ; nth++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof BatonApiError) || !error.retryable || nth >= retries) throw error;
      if ((error.retry_after_ms ?? 0) > max_asked_ms) throw error;
      await wait(waitBefore(nth, error.retry_after_ms, max_wait_ms), signal);
      if (signal?.aborted === true) throw aborted(error.operation, error, error.idempotency_key);
    }
  }
}
